"""What a navigator sees in the morning: contacts of today, what presses, and how calm each person's guidance is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import F, Subquery

from access import clock
from access.models import Post
from cases.models import Case
from workflows.engine.models import Process
from workflows.guidance.machine import S
from workflows.guidance.models import Appointment, Guidance, NavigatorProfile, PoliceContact
from workflows.guidance.words import PhaseCode

SOON = timedelta(days=7)


@dataclass
class Charge:
    """One person somebody guides, and what presses there. `sign`: ``calm``, ``soon`` or ``now``."""

    guidance: Guidance
    process: Process
    case: Case
    sign: str = "calm"

    @property
    def state_label(self) -> str:
        """Where the guidance stands, in words."""
        return str(S(self.process.state).label)

    @property
    def phase_labels(self) -> list[str]:
        """The phases that run, in words."""
        return [str(PhaseCode(code).label) for code in self.guidance.phases]


@dataclass
class Day:
    """The home of a navigator."""

    charges: list[Charge]
    today: list[Any]
    overdue: list[Charge]
    plans: list[tuple[Charge, Process]]
    court: list[tuple[Charge, PoliceContact]]
    load: int
    most: int


def day_of(post: Post) -> Day:
    """What the post guides, or stands in for. Four queries, however many people it is."""
    mine = [post.pk, *post.acts_for]
    now = clock.now()
    rows: list[Any] = list(
        Guidance.objects.for_post(post)
        .running()
        .filter(navigator__in=mine)
        .select_related("process", "case__person")
        .annotate(most=Subquery(NavigatorProfile.objects.filter(pk=post.pk).values("most")))
        .order_by("process__due_at")
    )
    charges = {row.case_id: Charge(row, row.process, row.case) for row in rows}
    beside = Process.objects.for_post(post).filter(case_id__in=charges, kind="safety_plan", closed_at=None)
    plans = [(charges[p.case_id], p) for p in beside.order_by("due_at") if p.due_at and p.due_at < now + SOON]
    court = [
        (charges[c.case_id], c)
        for c in PoliceContact.objects.for_post(post)
        .filter(case__in=charges, process__state="planned", planned_at__lt=now + SOON)
        .exclude(planned_at__lt=now - timedelta(days=1))
        .order_by("planned_at")
    ]
    begin = datetime.combine(clock.today(), time(0), clock.AMSTERDAM)
    today: list[Any] = list(
        Appointment.objects.for_post(post)
        .filter(guidance__in=[c.guidance.pk for c in charges.values()], cancelled_at=None)
        .filter(at__gte=begin, at__lt=begin + timedelta(days=1))
        .annotate(case_key=F("guidance__case"))
        .order_by("at")
    )
    for one in today:
        one.charge = charges[one.case_key]
    overdue = [c for c in charges.values() if c.process.due_at and c.process.due_at < now]
    _signs(charges, overdue, plans, court, now)
    most = (rows[0].most if rows else None) or NavigatorProfile(pk=post.pk).most
    own = sum(c.guidance.weight for c in charges.values() if c.guidance.navigator_id == post.pk)
    return Day(list(charges.values()), today, overdue, plans, court, own, most)


def _signs(
    charges: dict[Any, Charge],
    overdue: list[Charge],
    plans: list[tuple[Charge, Process]],
    court: list[tuple[Charge, PoliceContact]],
    now: datetime,
) -> None:
    for charge, _contact in court:
        charge.sign = "soon"
    for charge, plan in plans:
        charge.sign = "now" if plan.due_at and plan.due_at < now else "soon"
    for charge in overdue:
        charge.sign = "now"
    for charge in charges.values():
        if charge.process.state == "contact_lost":
            charge.sign = "now"
