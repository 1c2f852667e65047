"""Files in the file: what stands in the database about them. The content lies encrypted elsewhere."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access import clock
from access.models import Post
from access.wall import Side
from access.wall.declaration import WRITE, Own
from cases.models.case import Case
from cases.queries import DocumentQuerySet
from cases.words import DocumentKind


class Document(models.Model):
    """A document on a case; `cases.documents` stores and opens the content. Removed documents keep this row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="documents", verbose_name=_("case file"))
    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(_("kind of document"), max_length=20, choices=DocumentKind, default=DocumentKind.REPORT)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size"), help_text=_("In bytes."))
    sha256 = models.CharField(max_length=64)
    stored_name = models.UUIDField(unique=True, default=uuid.uuid4)
    uploaded_by = models.ForeignKey(
        Post, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("added by")
    )
    uploaded_at = models.DateTimeField(_("added"), default=clock.now)
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True)
    removed_by = models.ForeignKey(
        Post,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("removed by"),
    )
    removed_reason = models.CharField(_("reason for removal"), max_length=500, blank=True)

    objects = DocumentQuerySet.as_manager()
    wall = Own(Side.CARE, WRITE)

    class Meta:
        verbose_name, verbose_name_plural = _("document"), _("documents")
        indexes = [models.Index(fields=["case", "uploaded_at"], name="cases_document_case")]
        constraints = [
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_reason="") | (Q(removed_at__isnull=False) & ~Q(removed_reason="")),
                name="cases_document_removed_with_reason",
            )
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk.hex[:4]}"
