"""How a case came to us."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from access import clock
from access.models import Organisation, Post
from access.wall import Side
from access.wall.declaration import WRITE, Own
from cases.models.case import Case
from cases.queries import OfCaseQuerySet
from cases.words import LegalGround, SourceKind


class Referral(models.Model):
    """A report that somebody may be a victim; several about one person lie on one case."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="referrals", verbose_name=_("case file"))
    source_kind = models.CharField(_("who refers"), max_length=20, choices=SourceKind)
    source_organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("organisation that refers"),
    )
    source_name = models.CharField(
        _("name of the organisation"), max_length=200, blank=True, help_text=_("When it is not in the list.")
    )
    received_at = models.DateTimeField(_("received"), default=clock.now)
    urgent = models.BooleanField(_("emergency"), default=False, help_text=_("Danger now: hours count, not days."))
    legal_ground = models.CharField(_("legal ground"), max_length=20, choices=LegalGround)
    story = models.TextField(_("what is known"), blank=True)
    contact_name = models.CharField(_("contact at the organisation"), max_length=200, blank=True)
    contact_details = models.CharField(_("telephone or e-mail of the contact"), max_length=200, blank=True)
    registered_by = models.ForeignKey(
        Post, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("registered by")
    )
    registered_at = models.DateTimeField(_("registered"), default=clock.now, editable=False)

    objects = OfCaseQuerySet.as_manager()
    wall = Own(Side.CARE, WRITE)

    class Meta:
        verbose_name, verbose_name_plural = _("referral"), _("referrals")
        indexes = [models.Index(fields=["case", "received_at"], name="cases_referral_case")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk.hex[:4]}"

    @property
    def source(self) -> str:
        """Who referred, in words: the organisation, the name typed, or the kind."""
        if self.source_organisation is not None:
            return self.source_organisation.name
        return self.source_name or self.get_source_kind_display()
