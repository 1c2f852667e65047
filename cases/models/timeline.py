"""What people and acts wrote down about a case."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from access import clock
from access.models import Post, append_only
from access.wall import Side
from access.wall.declaration import APPEND, Own
from cases.models.case import Case
from cases.queries import OfCaseQuerySet
from cases.words import EntryKind


class TimelineEntry(models.Model):
    """A line somebody wrote, or an act left. Appended only; a mistake is mended by another line."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="entries", verbose_name=_("case file"))
    at = models.DateTimeField(_("when"), default=clock.now)
    kind = models.CharField(_("kind"), max_length=20, choices=EntryKind, default=EntryKind.NOTE)
    text = models.TextField(_("text"), blank=True)
    detail = models.JSONField(
        _("detail"), default=dict, editable=False, help_text=_("Codes of the act that left the line.")
    )
    by = models.ForeignKey(Post, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("by"))
    written_at = models.DateTimeField(_("written"), default=clock.now, editable=False)

    objects = OfCaseQuerySet.as_manager()
    wall = Own(Side.CARE, APPEND)

    class Meta:
        verbose_name, verbose_name_plural = _("line of the timeline"), _("timeline")
        indexes = [models.Index(fields=["case", "at"], name="cases_entry_case")]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk.hex[:4]}"
