"""Contacts with police, prosecution and court, as the care side sees them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from access.wall import Side
from access.wall.declaration import WRITE, Own
from cases.models import Case
from workflows.engine.models import Process
from workflows.guidance.queries import OfProcessQuerySet
from workflows.guidance.words import After, Answer, Authority, Before, PoliceEvent


class PoliceContact(models.Model):
    """The row of one contact: planned, held, and what was checked. Names of officers are not kept.

    `checked_before` and `checked_after` hold an answer by code of the check; `times_told` is how often the person told
    the story in it.
    """

    process = models.OneToOneField(Process, on_delete=models.PROTECT, primary_key=True, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", verbose_name=_("case"))
    authority = models.CharField(_("with"), max_length=12, choices=Authority)
    event = models.CharField(_("what"), max_length=12, choices=PoliceEvent)
    planned_at = models.DateTimeField(_("planned"))
    place = models.CharField(_("where"), max_length=200, blank=True)
    present = models.CharField(_("who is there"), max_length=300, blank=True)
    language = models.CharField(_("language"), max_length=3, blank=True)
    interpreter = models.BooleanField(_("with an interpreter"), default=False)
    checked_before = models.JSONField(_("checked before"), default=dict)
    checked_after = models.JSONField(_("checked after"), default=dict)
    held_at = models.DateTimeField(_("held"), null=True)
    times_told = models.PositiveSmallIntegerField(_("times the story was told"), default=0)
    aftercare_at = models.DateTimeField(_("aftercare"), null=True)

    objects = OfProcessQuerySet.as_manager()
    wall = Own(Side.CARE, WRITE)

    class Meta:
        verbose_name, verbose_name_plural = _("contact with the police"), _("contacts with the police")
        indexes = [models.Index(fields=["case", "planned_at"], name="guidance_police_case")]

    @property
    def noes(self) -> list[str]:
        """The checks that were answered with a no, in words."""
        before = [str(check.label) for check in Before if self.checked_before.get(check) == Answer.NO]
        return before + [str(check.label) for check in After if self.checked_after.get(check) == Answer.NO]
