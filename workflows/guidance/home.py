"""What a navigator sees in the morning: contacts of today, what presses, and how calm each person's guidance is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import F, Q, Subquery

from access import clock
from access.models import Deputy, Post
from cases.models import Case
from workflows.engine.models import Process
from workflows.guidance.machine import S
from workflows.guidance.models import Appointment, Guidance, NavigatorProfile, PoliceContact
from workflows.guidance.words import Kind, PhaseCode

SOON = timedelta(days=7)
PRESSING = timedelta(hours=24)
"""What must be done within so long is needed now: a first contact at night is not calm until it is late."""
BEFORE_THE_LAW = (Kind.COURT, Kind.INTERVIEW)
"""Appointments that stand under police and court as well."""


@dataclass
class Charge:
    """One person somebody guides, and what presses there. `sign`: ``calm``, ``soon`` or ``now``; `stands_in`: it is
    another navigator's.
    """

    guidance: Guidance
    process: Process
    case: Case
    sign: str = "calm"
    stands_in: bool = False

    @property
    def state_label(self) -> str:
        """Where the guidance stands, in words."""
        return str(S(self.process.state).label)

    @property
    def phase_labels(self) -> list[str]:
        """The phases that run, in words."""
        return [str(PhaseCode(code).label) for code in self.guidance.phases]


@dataclass(frozen=True)
class Expected:
    """That somebody is expected by police, prosecution or court: when, for what, and on which page it stands."""

    charge: Charge
    at: datetime
    what: str
    tab: str


@dataclass
class Day:
    """The home of a navigator."""

    charges: list[Charge]
    today: list[Any]
    overdue: list[Charge]
    plans: list[tuple[Charge, Process]]
    court: list[Expected]
    load: int
    most: int


def day_of(post: Post) -> Day:
    """What the post guides, has taken, or stands in for: for an absent post, and for who is its deputy with one person
    while who guides is away. Four queries, however many people it is.
    """
    mine = [post.pk, *post.acts_for]
    away = Deputy.objects.acting_on(clock.today()).values("absent")
    now = clock.now()
    rows: list[Any] = list(
        Guidance.objects.for_post(post)
        .running()
        .filter(Q(navigator__in=mine) | Q(process__assignee=post.pk) | Q(deputy=post.pk, navigator__in=away))
        .select_related("process", "case__person")
        .annotate(most=Subquery(NavigatorProfile.objects.filter(pk=post.pk).values("most")))
        .order_by("process__due_at")
    )
    charges = {row.case_id: Charge(row, row.process, row.case, stands_in=_stands_in(row, post)) for row in rows}
    beside = Process.objects.for_post(post).filter(case_id__in=charges, kind="safety_plan", closed_at=None)
    plans = [(charges[p.case_id], p) for p in beside.order_by("due_at") if p.due_at and p.due_at < now + SOON]
    begin = datetime.combine(clock.today(), time(0), clock.AMSTERDAM)
    week: list[Any] = list(
        Appointment.objects.for_post(post)
        .filter(guidance__in=[c.guidance.pk for c in charges.values()], cancelled_at=None)
        .filter(at__gte=begin, at__lt=now + SOON)
        .annotate(case_key=F("guidance__case"))
        .defer("note")
        .order_by("at")
    )
    for one in week:
        one.charge = charges[one.case_key]
    today = [one for one in week if one.at < begin + timedelta(days=1)]
    contacts = PoliceContact.objects.for_post(post).filter(
        case__in=charges, process__state="planned", planned_at__lt=now + SOON, planned_at__gte=now - timedelta(days=1)
    )
    court = _expected(charges, contacts, [one for one in week if one.kind in BEFORE_THE_LAW])
    overdue = [c for c in charges.values() if c.process.due_at and c.process.due_at < now]
    _signs(charges, plans, court, now)
    most = (rows[0].most if rows else None) or NavigatorProfile(pk=post.pk).most
    own = sum(c.guidance.weight for c in charges.values() if c.guidance.navigator_id == post.pk)
    return Day(list(charges.values()), today, overdue, plans, court, own, most)


def _stands_in(row: Guidance, post: Post) -> bool:
    return row.navigator_id != post.pk and row.process.state != S.HANDING_OVER


def _expected(
    charges: dict[Any, Charge], contacts: Iterable[PoliceContact], appointments: Iterable[Any]
) -> list[Expected]:
    """By police and court, the soonest first; what was planned both as a contact and as an appointment, once."""
    found = [
        Expected(charges[c.case_id], c.planned_at, f"{c.get_authority_display()}, {c.get_event_display()}", "reporting")
        for c in contacts
    ]
    known = {(one.charge.guidance.pk, one.at) for one in found}
    found += [
        Expected(one.charge, one.at, str(one.get_kind_display()), "plan")
        for one in appointments
        if (one.guidance_id, one.at) not in known
    ]
    return sorted(found, key=lambda one: one.at)


def _signs(
    charges: dict[Any, Charge],
    plans: list[tuple[Charge, Process]],
    court: list[Expected],
    now: datetime,
) -> None:
    for expected in court:
        expected.charge.sign = "soon"
    for charge in charges.values():
        if charge.process.due_at and charge.process.due_at < now + SOON:
            charge.sign = "soon"
    for charge, plan in plans:
        charge.sign = "now" if plan.due_at and plan.due_at < now else "soon"
    for charge in charges.values():
        due = charge.process.due_at
        if charge.process.state == S.CONTACT_LOST or (due and due < now + PRESSING):
            charge.sign = "now"
