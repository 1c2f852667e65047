"""What the pages for providers read: requests, who comes and goes, and how the units stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from access import clock
from access.models import Post
from access.roles import Role
from cases.models import Case
from cases.queries import named
from cases.words import Need
from shelters.models import Stay, Unit, schemes
from shelters.planner.timeline import local, longest
from shelters.queries import Standing, UnitQuerySet, standing_at
from shelters.words import Kind, Measure
from workflows.casepage import offers
from workflows.casepage.circumstances import known_of_person
from workflows.casepage.records import machine_for, with_records
from workflows.engine.machine import Machine
from workflows.engine.models import Process
from workflows.placement.machine import Placement, S
from workflows.placement.models import Turn
from workflows.providers.showing import name_of

LEAVES_WITHIN = timedelta(days=14)
MOST = 40
"""So many lines of each list; more nobody reads in one go, and the page says how many there are."""


def units_of(post: Post) -> UnitQuerySet:
    """The units a post keeps: a provider's own, a coordinator's those of the own regions."""
    rows: UnitQuerySet = Unit.objects.for_post(post)
    if post.role != Role.SHELTER_PROVIDER and not post.national:
        rows = rows.filter(region__in=sorted(post.region_ids))
    return rows


def guests(post: Post) -> QuerySet[Stay]:
    """The stays a post sees, each with `guest`: a dictionary with `number` (of the case) and `state` (of the process).

    None where the case is restricted and the post is not named for it: the place is taken, and that is all there is
    to know. Only the number is told; a name stands in the file alone.
    """
    number = Case.objects.filter(pk=OuterRef("case_id")).values("number")
    asked = (
        Process.objects.filter(pk=OuterRef("ref"), kind=Placement.kind)
        .filter(Q(restricted=False) | named(post, "case_id"))
        .values(told=JSONObject(number=Subquery(number), state="state"))
    )
    rows: QuerySet[Stay] = Stay.objects.for_post(post).annotate(guest=Subquery(asked))
    return rows


def with_subject(rows: QuerySet[Stay]) -> QuerySet[Stay]:
    """With whom a stay is of, as `subject`: for the access log alone, and shown nowhere."""
    person = Case.objects.filter(pk=OuterRef("case_id")).values("person_id")
    of = Process.objects.filter(pk=OuterRef("ref")).annotate(person=Subquery(person)).values("person")
    return rows.annotate(subject=Subquery(of))


def guest_and_mates(post: Post, key: UUID, now: datetime) -> tuple[Any, list[Any]]:
    """A stay that a post sees, with its subject, or None; and who takes the other places of its unit now."""
    unit = Stay.objects.filter(pk=key).values("unit")
    rows: Any = with_subject(guests(post)).select_related("unit__region").filter(unit__in=unit)
    rows = rows.filter(Q(pk=key) | Q(period__contains=now))
    mates = {stay.pk: stay for stay in rows.order_by("place")}
    return mates.pop(key, None), list(mates.values())


@dataclass(frozen=True, slots=True)
class Request:
    """Something asked of a provider: the process, what is known of the person, and the steps the reader can make."""

    machine: Machine
    number: str
    person: list[tuple[str, str]]
    needs: list[str]
    steps: list[offers.Offer]

    @property
    def process(self) -> Process:
        """The row."""
        return self.machine.process

    @property
    def record(self) -> Any:
        """What is asked."""
        return self.machine.record


@dataclass(frozen=True, slots=True)
class Question:
    """What a provider asked before it can answer: the request lies with others until they have answered."""

    turn: Turn
    number: str
    urgent: bool


@dataclass(frozen=True, slots=True)
class Leaving:
    """Somebody who leaves soon, should have left, or stays longer than the longest stay."""

    stay: Any
    unit: Unit
    arrived: date
    planned: date | None
    last: date | None

    @property
    def name(self) -> str:
        """By what it is spoken of."""
        return name_of(self.stay)

    @property
    def over(self) -> bool:
        """Whether the planned day has passed."""
        return self.planned is not None and self.planned < clock.today()

    @property
    def too_long(self) -> bool:
        """Whether the longest stay has been reached."""
        return self.last is not None and self.last <= clock.today()

    @property
    def first_day(self) -> date:
        """By which day it is put in order."""
        return min(day for day in (self.planned, self.last) if day is not None)


@dataclass(frozen=True, slots=True)
class Glance:
    """A unit and how it stands now; `now` is None when it is not there today."""

    unit: Any
    now: Standing | None
    caseload: bool


@dataclass(slots=True)
class House:
    """Everything on the page of a provider."""

    units: list[Glance] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    coming: list[Request] = field(default_factory=list)
    leaving: list[Leaving] = field(default_factory=list)
    more_leaving: int = 0

    @property
    def shown_units(self) -> list[Glance]:
        """As many units as a page shows; a coordinator may have very many."""
        return self.units[:MOST]

    @property
    def more_units(self) -> int:
        """How many are not shown."""
        return len(self.units) - len(self.shown_units)


def house(post: Post) -> House:
    """What a provider has to do and to know today; five queries."""
    now, today = clock.now(), clock.today()
    units = list(
        units_of(post)
        .line_on(today)
        .annotate(longest=F("line__maximum_stay_days"))
        .select_related("region", "organisation")
        .order_by("region__name", "name", "pk")
    )
    keys = [unit.pk for unit in units]
    stands = standing_at(now, units=keys) if keys else {}
    caseload = {kind.value for kind in Kind if kind.measure is Measure.CASELOAD}
    made = House([Glance(unit, stands.get(unit.pk), unit.kind in caseload) for unit in units])
    for request in requests(post, now):
        (made.coming if request.process.state == S.ACCEPTED else made.asked).append(request)
    made.questions = questions(post) if keys and post.role == Role.SHELTER_PROVIDER else []
    found = _leaving(post, units, now) if keys else []
    made.leaving, made.more_leaving = found[:MOST], max(len(found) - MOST, 0)
    return made


def requests(post: Post, now: datetime) -> list[Request]:
    """Placements that lie with providers, as far as the post sees them: those whose term ends first come first."""
    number = Case.objects.filter(pk=OuterRef("case_id")).values("number")
    asked = Process.objects.for_post(post).open().filter(kind=Placement.kind, owner_role=Role.SHELTER_PROVIDER)
    rows = with_records(asked, post).select_related("owner_organisation").annotate(number=Subquery(number))
    machines = ((machine_for(row, post, now), row.number) for row in rows.order_by("due_at", "pk")[:MOST])
    return [
        Request(
            machine, number or "", known_of_person(machine.process),
            [str(Need(code).label) for code in machine.record.needs if code in Need.values],
            offers.steps(machine, post)[0],
        )
        for machine, number in machines
    ]  # fmt: skip


def questions(post: Post) -> list[Question]:
    """The open questions of a provider, the oldest first. Until they are answered the request lies with the
    coordinator, and of the person nothing more is told than the number by which people speak of it."""
    number = Case.objects.filter(pk=OuterRef("process__case_id")).values("number")
    asked = Turn.objects.for_post(post).filter(ended_at=None, process__state=S.QUESTION, process__kind=Placement.kind)
    rows: Any = asked.select_related("unit", "process").annotate(case_number=Subquery(number))
    return [
        Question(turn, turn.case_number or "", turn.process.urgent)
        for turn in rows.order_by("question_at", "pk")[:MOST]
    ]


def _leaving(post: Post, units: Iterable[Any], now: datetime) -> list[Leaving]:
    by_key, by_code = {unit.pk: unit for unit in units}, {scheme.pk: scheme for scheme in schemes()}
    soon = local(now) + LEAVES_WITHIN
    found = []
    there: Any = guests(post).filter(unit__in=list(by_key), period__contains=now, arrived_at__isnull=False)
    for stay in there:
        arrived = local(stay.arrived_at)
        unit = by_key[stay.unit_id]
        last = longest(unit.longest, unit.scheme, by_code, arrived)
        told = Leaving(stay, unit, arrived, stay.planned_until, last)
        if (told.planned and told.planned <= soon) or (last and last <= soon):
            found.append(told)
    return sorted(found, key=lambda one: (one.first_day, one.unit.name, one.stay.place))
