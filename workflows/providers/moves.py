"""Moving somebody to another place, and changing the planned end: what the bed planner writes.

The process is locked first, then the stay, then the units. What was done stands in the log of the process with who did
it; what was known of the stay before is kept by the database (`shelters.history`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from access import clock
from access.models import Post
from cases.models import Case
from shelters.matching.find import facts_of
from shelters.matching.rules import RULES, Rule, asked_of
from shelters.matching.wanted import Dates, Wanted
from shelters.models import Stay, Unit
from shelters.planner import moves
from shelters.policy import may_ask
from workflows.engine import acts, errors
from workflows.engine.machine import Machine, machine_of
from workflows.engine.steps import locked, write
from workflows.matching.asking import ages_on, of_request
from workflows.matching.models import Choice
from workflows.placement import moving_on
from workflows.placement.machine import HERE, S
from workflows.placement.models import PlacementRecord

_KEPT = ("residence", "security")
UNTOLD = frozenset({"unsafe", "apart", "residence", "age", "security"})
"""Rules whose reason a provider is not told: it stands in the file, and not in the request that the provider saw."""


@dataclass(frozen=True, slots=True)
class Where:
    """A place to go to."""

    unit: int
    place: int


def wanted_for(ref: UUID, kinds: Iterable[str]) -> Wanted | None:
    """What the place of somebody must be: what was asked in the request, and what the file adds to it.

    In: the process that asked; `kinds` of shelter that will do. What was last answered to in the matching for this case
    (regions that are unsafe, people who must not be met, residence status, security) holds on. None: nothing asked.
    """
    record = PlacementRecord.objects.select_related("process").filter(pk=ref).first()
    if record is None:
        return None
    answered = Choice.objects.filter(case=OuterRef("pk")).order_by("-at").values("wanted")[:1]
    cases = Case.objects.select_related("person").annotate(answered=Subquery(answered))
    case: Any = cases.filter(pk=record.process.case_id).first()
    more: dict[str, Any] = {}
    if case is not None:
        more["lowest_age"], more["highest_age"] = ages_on(case.person, clock.today())
        said = case.answered or {}
        more |= {name: said.get(name) or "" for name in _KEPT}
        more["unsafe"] = frozenset(int(key) for key in said.get("unsafe", []))
        more["apart"] = frozenset(UUID(key) for key in said.get("apart", []))
    return of_request(record, kinds, **more)


def obstacles(wanted: Wanted, units: Iterable[int], post: Post) -> dict[int, list[Rule]]:
    """Which hard rules each unit fails for somebody, by unit; a unit that fails none has an empty list."""
    found = facts_of(units, wanted, post, Dates(clock.today()))
    rules = asked_of(wanted)
    return {key: [rule for rule in rules if not rule.fits(wanted, facts)] for key, facts in found.items()}


def because(rules: Iterable[Rule]) -> str:
    """Why a unit will not do, in words that tell a provider nothing it has not seen."""
    told = [str(rule.text) for rule in rules if rule.code not in UNTOLD]
    if any(rule.code in UNTOLD for rule in rules):
        told.append(_("something only the care coordinator can look at"))
    return ", ".join(told)


assert {rule.code for rule in RULES} >= UNTOLD


@transaction.atomic
def change(post: Post, stay: Stay, seen: str, to: Where, until: date | None) -> Stay:
    """Put somebody in a place, and say until when they are expected to stay; what is as it was is not written.

    In: the stay as it was read, and what the page showed of it (`moves.mark`). Out: the row that holds now.
    Errors: moves.Raced when somebody else was first, moves.Refused when it cannot be; then nothing was changed.
    """
    machine = _machine(stay.ref, post)
    now = machine.now if machine is not None and machine.now is not None else clock.now()
    held = moves.lock_stay(post, stay.pk, seen, now)
    before = Where(held.unit_id, held.place)
    kept: dict[str, Any] = {}
    if until != held.planned_until:
        was = held.planned_until
        _not_beyond(machine, until)
        moves.replan(held, until, now)
        kept["planned_until"] = until
        if machine is not None:
            kept |= moving_on.follow_plan(machine, until)
        _log(machine, acts.PLANNED_END, until=str(until or ""), was=str(was or ""))
    if to != before:
        if to.unit != before.unit:
            kept["unit"] = _checked(post, machine, held, to.unit)
        held = moves.move(held, to.unit, to.place, now)
        _log(machine, acts.OTHER_PLACE, unit=to.unit, place=to.place, was=[before.unit, before.place])
    if kept and machine is not None:
        PlacementRecord.objects.filter(pk=stay.ref).update(**kept)
    return held


def _machine(ref: UUID, post: Post) -> Machine | None:
    """The machine over the process that asked, locked; None when there is none, or it is over.

    The stay decides who may change it, not the process: once somebody is in the place it lies with the coordinator.
    """
    try:
        process, now = locked(ref, None)
    except errors.NotFound:
        return None
    machine = machine_of(process)(process, None, now)
    machine.acting = post
    return machine


def _not_beyond(machine: Machine | None, until: date | None) -> None:
    """Nobody plans beyond the longest stay: that needs a reason, which the placement asks. Errors: moves.Refused."""
    if machine is None or until is None:
        return
    known = [day for day in (machine.record.longest_until, machine.record.longer_until) if day is not None]
    if machine.record.longest_until is not None and until > max(known):
        text = _("The longest stay ends on %(day)s. The care coordinator decides about longer, with a reason.")
        raise moves.Refused(text % {"day": date_format(max(known), "j F Y")})


def _log(machine: Machine | None, action: str, **facts: Any) -> None:
    if machine is None:
        return
    machine.facts_seen = {}  # each line its own
    machine.note(**facts)
    machine.process.version += 1
    write(machine, action, machine.process.state)


def _checked(post: Post, machine: Machine | None, stay: Stay, unit_id: int) -> Any:
    """Another unit of the same provider that answers to every hard rule. Errors: moves.Refused."""
    if machine is not None and machine.process.state not in (S.ACCEPTED, *HERE):
        raise moves.Refused(_("Answer the request first; after that the person can go to another unit."))
    asked = Unit.objects.for_post(post).on(clock.today()).filter(pk__in=[unit_id, stay.unit_id])
    found: dict[int, Any] = {unit.pk: unit for unit in asked}
    here, there = found.get(stay.unit_id), found.get(unit_id)
    if there is None or here is None or there.organisation_id != here.organisation_id:
        raise moves.Refused(_("This is no unit of the same provider."))
    if there.exclusive and not may_ask(post, there.exclusive):
        raise moves.Refused(_("Only CoMensha places people in that unit."))
    wanted = wanted_for(stay.ref, {here.kind})
    failing = obstacles(wanted, [unit_id], post).get(unit_id, []) if wanted is not None else []
    if failing:
        why = because(failing)
        raise moves.Refused(_("%(unit)s does not fit: %(why)s.") % {"unit": there.name, "why": why})
    return there
