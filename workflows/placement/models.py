"""What only a placement process knows: what is asked for, for whom, and what came of it."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import Case, F, Func, Q, When
from django.db.models.functions import Least
from django.utils.translation import gettext_lazy as _

from access import clock
from access.models import Post, Region, append_only
from access.wall import Side
from access.wall.declaration import APPEND, WRITE, Own
from access.words import PROBLEMS, Exploitation, Gender
from shelters.models import Kind, Unit
from shelters.words import LongStayReason, Wish
from workflows.engine.models import Process
from workflows.placement.queries import AskQuerySet, OfPlacementQuerySet, TurnQuerySet
from workflows.placement.words import CameOf, Outcome, Urgency

_GONE = Least("arrived_at", "stopped_at")
WAITING = Func(
    F("asked_at"),
    Case(When(Q(asked_at__gt=_GONE), then=F("asked_at")), default=_GONE),
    function="tstzrange",
)
"""From when until when a place was asked for; an arrival may be written down a minute before the question."""


FROZEN = (
    "kind", "needs", "wanted_from", "asked_at", "region", "forms", "gender", "problems", "children", "minor", "wishes",
)  # fmt: skip
"""What a request said when it was made; the database refuses to change it."""


class Stopped(models.TextChoices):
    """Why a request is no longer one, although nobody came to a place through it."""

    WITHDRAWN = "withdrawn", _("Withdrawn")
    MOOT = "moot", _("Placed another way")


class Turn(models.Model):
    """A unit in the order in which units are asked for one person, and what came of it.

    A choice of several units makes several rows at once; a unit that is asked has `asked_at`, and `ended_at` once that
    is over. A question of the provider stops the clock of the answer: `waited` is how much later its time begins
    than it was asked: as long as questions lay open, and until it became more urgent.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))
    number = models.PositiveSmallIntegerField(_("place in the order"))
    chosen_at = models.DateTimeField(_("chosen"))
    chosen_by = models.ForeignKey(
        Post, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("chosen by")
    )
    asked_at = models.DateTimeField(_("asked"), null=True)
    held_until = models.DateTimeField(_("reserved until"), null=True)
    said = models.TextField(_("said with the question"), blank=True)
    question = models.TextField(_("question of the provider"), blank=True)
    question_at = models.DateTimeField(_("asked back"), null=True)
    answer = models.TextField(_("answer to the provider"), blank=True)
    waited = models.DurationField(default=timedelta(0))
    ended_at = models.DateTimeField(_("over"), null=True)
    outcome = models.CharField(_("what came of it"), max_length=20, choices=Outcome, blank=True)

    objects = TurnQuerySet.as_manager()
    wall = Own(Side.CARE, WRITE)

    class Meta:
        ordering = ["number"]
        verbose_name, verbose_name_plural = _("unit that is asked"), _("units that are asked")
        constraints = [
            models.UniqueConstraint(fields=["process", "number"], name="placement_turn_once"),
            models.UniqueConstraint(
                fields=["process"], condition=Q(asked_at__isnull=False, ended_at=None), name="placement_one_asked"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, outcome="") | Q(ended_at__isnull=False) & ~Q(outcome=""),
                name="placement_turn_over",
            ),
        ]

    @property
    def counts_from(self) -> datetime | None:
        """From when the time for the provider's answer counts."""
        return self.asked_at + self.waited if self.asked_at is not None else None


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
    wishes = ArrayField(
        models.CharField(max_length=20, choices=Wish), verbose_name=_("wishes"), default=list, db_default=[]
    )
    person_key = models.UUIDField(default=uuid.uuid4, editable=False)
    urgency = models.CharField(_("urgency"), max_length=20, choices=Urgency, blank=True, db_default="", default="")
    term_from = models.DateTimeField(null=True)  # from when the term counts, once its urgency was changed in a state
    term_episode = models.PositiveIntegerField(null=True)  # the stay in that state; in another one it counts anew
    turn = models.ForeignKey(
        Turn,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("unit that is asked"),
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("unit"))
    held_until = models.DateTimeField(_("reserved until"), null=True)
    arrived_at = models.DateTimeField(_("arrived"), null=True)
    planned_until = models.DateField(_("planned until"), null=True)
    list_open = models.BooleanField(_("another unit is to be asked"), db_default=False, default=False)
    next_step = models.CharField(_("next step"), max_length=30, blank=True, db_default="", default="")
    longest_until = models.DateField(_("longest stay here"), null=True)  # by the rule of the unit, frozen on arrival
    longer_until = models.DateField(_("stays longer until"), null=True)
    stay_from = models.DateTimeField(null=True)  # from when the running term of the stay counts
    staying = models.UUIDField(null=True, editable=False)  # `person_key` while somebody is in the place: there once
    doubled = models.BooleanField(_("registered in another place too"), db_default=False, default=False)
    to_region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("to region")
    )
    left_at = models.DateTimeField(_("left"), null=True)
    left_to = models.CharField(_("left to"), max_length=30, blank=True)
    came_of = models.CharField(
        _("what came of looking"), max_length=20, choices=CameOf, blank=True, db_default="", default=""
    )
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
            models.Index(fields=["process"], condition=Q(list_open=True), name="placement_list_open"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["staying"], condition=Q(staying__isnull=False), name="placement_one_stay_at_once"
            )
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

    class Meta:
        indexes = [models.Index(fields=["at"], include=["process", "reason"], name="placement_refusal_at")]


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


class LongerStay(models.Model):
    """That somebody stays longer than was planned or meant, for one more period, and why. Appended only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))
    post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"))
    reason = models.CharField(_("reason"), max_length=20, choices=LongStayReason)
    remark = models.TextField(_("remark"), blank=True)

    objects = OfPlacementQuerySet.as_manager()
    wall = Own(Side.CARE, APPEND)

    class Meta:
        verbose_name, verbose_name_plural = _("longer stay"), _("longer stays")
        constraints = [models.CheckConstraint(condition=Q(until__gt=F("since")), name="placement_longer_order")]
        triggers = [append_only()]
