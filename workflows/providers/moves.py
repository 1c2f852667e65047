"""Moving somebody to another place, and changing the planned end: what the bed planner writes.

The process is locked first, then the stay, then the units. What was done stands in the log of the process with who did
it; what was known of the stay before is kept by the database (`shelters.history`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from access import clock
from access.clock import AMSTERDAM
from access.models import Post
from shelters.matching.rules import RULES, Rule
from shelters.matching.wanted import Dates
from shelters.models import Stay, Unit
from shelters.planner import moves
from shelters.policy import may_ask
from workflows.engine import acts, errors
from workflows.engine.machine import Machine, machine_of
from workflows.engine.steps import locked, write
from workflows.matching.asking import obstacles, wanted_for
from workflows.placement import moving_on, telling
from workflows.placement.machine import HERE, S
from workflows.placement.models import PlacementRecord

UNTOLD = frozenset({"unsafe", "apart", "residence", "age", "security"})
"""Rules whose reason a provider is not told: it stands in the file, and not in the request that the provider saw."""


@dataclass(frozen=True, slots=True)
class Where:
    """A place to go to; of `other`, as it was `seen`, who is in it now and comes to the place that becomes free."""

    unit: int
    place: int
    other: UUID | None = None
    seen: str = ""


def failing(ref: UUID, kind: str, units: Iterable[int], post: Post, since: date) -> dict[int, list[Rule]]:
    """Which hard rules each unit fails for whoever `ref` asked for, from a day on; one place of a unit is moved.

    In: `kind`, of the unit they are in. Nobody asked for anything: nothing fails.
    """
    wanted = wanted_for(ref, {kind})
    return obstacles(replace(wanted, places=1), units, post, Dates(since)) if wanted is not None else {}


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

    In: the stay as it was read, and what the page showed of it (`moves.mark`); where to: a free place, or that of
    somebody in the same unit, who then comes to theirs. Out: the row that holds now.
    Errors: moves.Raced when somebody else was first, moves.Refused when it cannot be; then nothing was changed.
    """
    other = _other(post, to)
    machines = {ref: _machine(ref, post) for ref in sorted({stay.ref, *([other.ref] if other else [])})}
    machine = machines[stay.ref]
    now = machine.now if machine is not None and machine.now is not None else clock.now()
    marks = {stay.pk: seen, **({other.pk: to.seen} if other else {})}
    locked_stays = {key: moves.lock_stay(post, key, marks[key], now) for key in sorted(marks)}
    held = locked_stays[stay.pk]
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
        _tell(machine, "planned_end")
    if other is not None:
        held, theirs = moves.swap(held, locked_stays[other.pk], now)
        _log(machine, acts.OTHER_PLACE, unit=held.unit_id, place=held.place, was=[before.unit, before.place])
        _log(machines[other.ref], acts.OTHER_PLACE, unit=theirs.unit_id, place=theirs.place, was=[to.unit, to.place])
    elif to != before:
        if to.unit != before.unit:
            kept["unit"] = _checked(post, machine, held, to.unit)
        held = moves.move(held, to.unit, to.place, now)
        _log(machine, acts.OTHER_PLACE, unit=to.unit, place=to.place, was=[before.unit, before.place])
        if to.unit != before.unit:  # another number in the same unit changes nothing for anybody else
            _tell(machine, "other_unit")
    if kept and machine is not None:
        PlacementRecord.objects.filter(pk=stay.ref).update(**kept)
    return held


def _other(post: Post, to: Where) -> Stay | None:
    """Who changes places, if anybody does. Errors: moves.Raced when they are not to be seen any more."""
    if to.other is None:
        return None
    found: Stay | None = Stay.objects.for_post(post).filter(pk=to.other).first()
    if found is None:
        raise moves.Raced
    return found


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


def _tell(machine: Machine | None, what: str) -> None:
    """Tell those for whom it matters when or where somebody stays."""
    if machine is not None:
        telling.tell_of(machine, what, machine.record.unit.organisation_id if machine.record.unit else None)


def _checked(post: Post, machine: Machine | None, stay: Stay, unit_id: int) -> Any:
    """Another unit of the same provider that answers to every hard rule. Errors: moves.Refused."""
    if machine is not None and machine.process.state not in (S.ACCEPTED, *HERE):
        raise moves.Refused(_("Answer the request first; after that the person can go to another unit."))
    day = moves.ahead_of(stay, clock.now()).lower.astimezone(AMSTERDAM).date()
    asked = Unit.objects.for_post(post).on(day).filter(pk__in=[unit_id, stay.unit_id])
    found: dict[int, Any] = {unit.pk: unit for unit in asked}
    here, there = found.get(stay.unit_id), found.get(unit_id)
    if there is None or here is None or there.organisation_id != here.organisation_id:
        raise moves.Refused(_("This is no unit of the same provider."))
    if there.exclusive and not may_ask(post, there.exclusive):
        raise moves.Refused(_("Only CoMensha places people in that unit."))
    if rules := failing(stay.ref, here.kind, [unit_id], post, day).get(unit_id, []):
        why = because(rules)
        raise moves.Refused(_("%(unit)s does not fit: %(why)s.") % {"unit": there.name, "why": why})
    return there
