"""What only a placement process knows: what is asked for, for whom, and what came of it."""

from __future__ import annotations

import uuid

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import Case, F, Func, Q, When
from django.db.models.functions import Least
from django.utils.translation import gettext_lazy as _

from access import clock
from access.models import Region
from access.wall import Side
from access.wall.declaration import APPEND, WRITE, Own
from access.words import PROBLEMS, Exploitation, Gender
from shelters.models import Kind, Unit
from workflows.engine.models import Process
from workflows.placement.queries import AskQuerySet, OfPlacementQuerySet

_GONE = Least("arrived_at", "stopped_at")
WAITING = Func(
    F("asked_at"),
    Case(When(Q(asked_at__gt=_GONE), then=F("asked_at")), default=_GONE),
    function="tstzrange",
)
"""From when until when a place was asked for; an arrival may be written down a minute before the question."""


FROZEN = (
    "kind", "needs", "wanted_from", "asked_at", "region", "forms", "gender", "problems", "children", "minor",
)  # fmt: skip
"""What a request said when it was made; the database refuses to change it."""


class Stopped(models.TextChoices):
    """Why a request is no longer one, although nobody came to a place through it."""

    WITHDRAWN = "withdrawn", _("Withdrawn")
    MOOT = "moot", _("Placed another way")


class PlacementRecord(models.Model):
    """The row of one placement process: what is asked for, for whom, and what came of it. Demand is counted from it.

    What is asked, where, and what is known then of the person is frozen in the moment of asking (`asks.freeze`; the
    database refuses to change it), so that figures of the past stay what they were. `person_key` alone follows when two
    registrations turn out to be one person. It tells persons apart within the care side and is shown nowhere.
    """

    process = models.OneToOneField(Process, on_delete=models.PROTECT, primary_key=True, related_name="+")
    kind = models.CharField(_("kind of shelter"), max_length=20, choices=Kind, default=Kind.CRISIS)
    needs = ArrayField(models.CharField(max_length=40), verbose_name=_("needs"), default=list)
    wanted_from = models.DateField(_("wanted from"), null=True)
    asked_at = models.DateTimeField(_("asked"), default=clock.now)
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("region"), db_index=False
    )
    forms = ArrayField(
        models.CharField(max_length=10, choices=Exploitation), verbose_name=_("forms of exploitation"), default=list
    )
    gender = models.CharField(_("gender"), max_length=10, choices=Gender, default=Gender.UNKNOWN)
    problems = ArrayField(
        models.CharField(max_length=40, choices=[(need.value, need.label) for need in PROBLEMS]),
        verbose_name=_("problems"),
        default=list,
    )
    children = models.BooleanField(_("children along"), default=False)
    minor = models.BooleanField(_("minor"), default=False)
    person_key = models.UUIDField(default=uuid.uuid4, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("unit"))
    held_until = models.DateTimeField(_("reserved until"), null=True)
    arrived_at = models.DateTimeField(_("arrived"), null=True)
    planned_until = models.DateField(_("planned until"), null=True)
    left_to = models.CharField(_("left to"), max_length=30, blank=True)
    unmet_reason = models.CharField(_("why there is no place"), max_length=40, blank=True)
    stopped_at = models.DateTimeField(_("no longer asked for since"), null=True)
    stopped_by = models.CharField(_("why it is no longer asked for"), max_length=10, choices=Stopped, blank=True)

    objects = AskQuerySet.as_manager()
    wall = Own(Side.CARE, WRITE)

    class Meta:
        indexes = [
            models.Index(fields=["asked_at"], name="placement_asked_at"),
            models.Index(fields=["person_key"], name="placement_person_key"),
            GistIndex(WAITING, name="placement_waiting"),
        ]
        triggers = [pgtrigger.ReadOnly(name="frozen", fields=[*FROZEN])]


class Refusal(models.Model):
    """That a unit declined, and why: refused demand is counted from these. Appended only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))
    at = models.DateTimeField(_("at"))
    reason = models.CharField(_("reason"), max_length=40)
    remark = models.TextField(_("remark"), blank=True)

    objects = OfPlacementQuerySet.as_manager()
    wall = Own(Side.CARE, APPEND)


class Unmet(models.Model):
    """From when until when no place was to be found, and why: unmet demand is counted from these.

    It ends when the search goes on, or when the person came to a place another way. When the request was withdrawn
    meanwhile it has no end: it was never met.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True)
    reason = models.CharField(_("reason"), max_length=40)

    objects = OfPlacementQuerySet.as_manager()
    wall = Own(Side.CARE, WRITE)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["process"], condition=Q(until=None), name="placement_unmet_open_once"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="placement_unmet_order"),
        ]
