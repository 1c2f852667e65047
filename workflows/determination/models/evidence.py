"""What speaks for and against: per source whether it may be asked, and the pieces that came."""

from __future__ import annotations

import uuid

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access import clock
from access.models import Post
from access.wall import Side
from access.wall.declaration import WRITE, Own
from workflows.determination.models.file import File
from workflows.determination.queries import EvidenceQuerySet, OfFileQuerySet
from workflows.determination.words import NEEDS_NO_CONSENT, About, ConsentState, Readers, Source


class SourceConsent(models.Model):
    """Whether one source may be asked, or may be told the outcome: the person's answer, or their guardian's.

    No is as good as yes.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="consents")
    about = models.CharField(_("for what"), max_length=10, choices=About, default=About.ASK)
    source = models.CharField(_("kind of source"), max_length=20, choices=Source)
    name = models.CharField(_("which source"), max_length=200)
    state = models.CharField(_("answer"), max_length=10, choices=ConsentState, default=ConsentState.ASKED)
    by_guardian = models.BooleanField(_("through the guardian"), default=False)
    asked_at = models.DateTimeField(_("asked"), default=clock.now)
    answered_at = models.DateTimeField(_("answered"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    recorded_by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+", db_index=False)

    objects = OfFileQuerySet.as_manager()
    wall = Own(Side.DETERMINATION, WRITE)

    class Meta:
        ordering = ["asked_at", "pk"]
        verbose_name, verbose_name_plural = _("consent for a source"), _("consents for sources")
        constraints = [
            models.CheckConstraint(
                condition=(Q(state=ConsentState.WITHDRAWN) & Q(withdrawn_at__isnull=False))
                | (~Q(state=ConsentState.WITHDRAWN) & Q(withdrawn_at=None)),
                name="determination_consent_withdrawn_when",
            )
        ]


class Evidence(models.Model):
    """A piece: where it comes from, of when it is, who may read it. It does not change; without consent nobody reads
    it any longer, and the panel's findings stand on what can be read.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="evidence")
    consent = models.ForeignKey(
        SourceConsent, on_delete=models.PROTECT, null=True, related_name="pieces", verbose_name=_("consent")
    )
    source = models.CharField(_("origin"), max_length=20, choices=Source)
    title = models.CharField(_("what it is"), max_length=200)
    dated = models.DateField(_("date"), null=True, blank=True)
    text = models.TextField(_("text"), blank=True)
    document_name = models.CharField(_("document"), max_length=200, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    document = models.BinaryField(null=True)
    readers = models.CharField(_("who may read it"), max_length=10, choices=Readers, default=Readers.PANEL)
    handover = models.UUIDField(_("handover"), null=True)
    received_at = models.DateTimeField(_("received"), default=clock.now)
    added_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    objects = EvidenceQuerySet.as_manager()
    wall = Own(Side.DETERMINATION, frozenset({"SELECT", "INSERT"}))

    class Meta:
        ordering = ["received_at", "pk"]
        verbose_name, verbose_name_plural = _("piece of evidence"), _("evidence")
        constraints = [
            models.CheckConstraint(
                condition=Q(consent__isnull=False)
                | Q(handover__isnull=False)
                | Q(source__in=[str(s) for s in NEEDS_NO_CONSENT]),
                name="determination_evidence_with_consent",
            ),
            models.CheckConstraint(
                condition=~Q(text="") | Q(document__isnull=False) | Q(handover__isnull=False),
                name="determination_evidence_says_something",
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.title
