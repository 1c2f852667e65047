"""What only a reflection period knows: who offered it and how, which rule it runs under, and what followed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from access.wall import Side
from access.wall.declaration import WRITE, Own
from cases.models import Case
from workflows.engine.models import Process
from workflows.reflection_period.queries import ReflectionPeriodQuerySet
from workflows.reflection_period.words import Follows, OfferedBy, Rule


class ReflectionPeriod(models.Model):
    """The row of one reflection period.

    A case has one: the database refuses a second, unless the first was entered by mistake. Days are days in the
    Netherlands; the end of the running period is no column but follows from `started_on` and `rule` (`due_at` of the
    process), so that nobody can move it.
    """

    process = models.OneToOneField(Process, on_delete=models.PROTECT, primary_key=True, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", verbose_name=_("case"))
    offered_on = models.DateField(_("offered on"))
    offered_by = models.CharField(_("offered by"), max_length=10, choices=OfferedBy)
    offered_by_name = models.CharField(_("which unit or organisation"), max_length=200, blank=True)
    language = models.CharField(_("explained in"), max_length=3)
    interpreter = models.BooleanField(_("with an interpreter"), default=False)
    answered_on = models.DateField(_("answered on"), null=True)
    rule = models.CharField(_("rule"), max_length=10, choices=Rule, blank=True)
    started_on = models.DateField(_("started on"), null=True)
    ended_on = models.DateField(_("ended on"), null=True)
    follows = models.CharField(_("what follows"), max_length=20, choices=Follows, blank=True)
    mistaken = models.BooleanField(_("entered by mistake"), default=False)

    objects = ReflectionPeriodQuerySet.as_manager()
    wall = Own(Side.CARE, WRITE)

    class Meta:
        verbose_name, verbose_name_plural = _("reflection period"), _("reflection periods")
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(mistaken=False), name="reflection_period_once"),
            models.CheckConstraint(
                condition=Q(answered_on=None) | Q(answered_on__gte=F("offered_on")), name="reflection_period_answered"
            ),
            models.CheckConstraint(
                condition=Q(started_on=None) | Q(started_on__gte=F("offered_on")) & ~Q(rule=""),
                name="reflection_period_started",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")) & ~Q(follows=""),
                name="reflection_period_ended",
            ),
        ]
