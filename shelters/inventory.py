"""Changing the inventory: what a unit offers, what is out of service, what takes somebody now.

Every act says since when something holds; that we know it since now is added here, the same moment for all it writes,
so that `shelters.changes` can tell acts apart. What was known before stays (`shelters.history`). Acts run in the
caller's transaction and lock the unit, so that changes come one after the other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from access import clock
from access.models import Organisation, Post, Region
from shelters.models import OFFERED, Capacity, OutOfService, Placeable, Unit

EMPTY = DateRange(empty=True)


class Gap(Exception):
    """Nothing is known of a unit on a day for which only a part was said."""


def locked(unit_id: int) -> Unit | None:
    """A unit, locked against others who change or book it; None when there is none."""
    rows = Unit.objects.select_for_update(no_key=True, of=("self",))
    found: Unit | None = rows.filter(pk=unit_id).order_by().first()
    return found


def add_unit(
    *, organisation: Organisation, region: Region, name: str, kind: str, since: date | None = None,
    acting: Post | None = None, **facts: Any,
) -> Unit:  # fmt: skip
    """A new unit with what it offers from a day on (None: today); `facts` are fields of a capacity line."""
    unit = Unit.objects.create(organisation=organisation, region=region, name=name, kind=kind)
    _keep(Capacity(unit=unit), DateRange(since or clock.today(), None), facts, _Act(acting))
    return unit


def change(
    unit: Unit, facts: dict[str, Any], *, since: date, until: date | None = None, acting: Post | None = None,
    remark: str = "",
) -> int:  # fmt: skip
    """Say what a unit offers from a day on, until another (not included) or until the next line that is known.

    Only the facts given change; the rest of each line that held stays. `remark` says why. Out: how many lines were
    written. Errors: Gap when on a day no line holds and the facts leave out `places`; ValueError for an end not after
    the start.
    """
    if until is not None and until <= since:
        raise ValueError("The end must be after the beginning.")
    locked(unit.pk)
    act = _Act(acting, remark)
    later = Capacity.objects.filter(unit=unit, holds__startswith__gt=since).order_by("holds")
    if until is None:
        ahead = later.first()
        until = ahead.holds.lower if ahead else None
    span = DateRange(since, until)
    written, covered = 0, since
    for line in Capacity.objects.filter(unit=unit, holds__overlap=span).order_by("holds"):
        start, end = max(line.holds.lower, since), _earlier(line.holds.upper, until)
        if covered < start:
            written += _fill(unit, covered, start, facts, act)
        written += _change_part(line, start, end, facts, act)
        if end is None:
            return written
        covered = end
    if until is None or covered < until:
        written += _fill(unit, covered, until, facts, act)
    return written


def end(unit: Unit, day: date, acting: Post | None = None, remark: str = "") -> None:
    """The unit is there no more from a day on: lines are cut off there, later ones never hold."""
    locked(unit.pk)
    act = _Act(acting, remark)
    for line in Capacity.objects.filter(unit=unit, holds__overlap=DateRange(day, None)):
        _keep(line, DateRange(line.holds.lower, day) if line.holds.lower < day else EMPTY, {}, act)


def take_out(
    unit: Unit, *, places: int, since: date, until: date, reason: str, remark: str = "", acting: Post | None = None
) -> OutOfService:
    """So many places cannot be used from a day until (not including) another, and why."""
    locked(unit.pk)
    made: OutOfService = OutOfService.objects.create(
        unit=unit, places=places, period=DateRange(since, until), reason=reason, remark=remark, entered_by=acting,
        known_since=clock.now(),
    )  # fmt: skip
    return made


def revise_out(row: OutOfService, acting: Post | None = None, **facts: Any) -> None:
    """Change what was said of places out of service: number, reason, remark, or `period` (empty: it never was)."""
    locked(row.unit_id)
    for name, value in facts.items():
        setattr(row, name, value)
    row.entered_by = acting
    row.known_since = clock.now()
    row.save()


def set_out(
    unit: Unit, places: int, *, since: date, until: date | None = None, reason: str = "", acting: Post | None = None
) -> bool:  # fmt: skip
    """Exactly so many places are out of service from a day on: what is missing goes out, with its end and reason, and
    what is too much can be used again from that day, whatever would have lasted longest first.

    Out: whether anything changed. Errors: ValueError when places go out without a reason or an end after that day.
    """
    locked(unit.pk)
    rows = list(OutOfService.objects.filter(unit=unit, period__contains=since).order_by("-period__endswith", "-pk"))
    surplus = before = sum(row.places for row in rows) - places
    if surplus < 0:
        if not reason or until is None or until <= since:
            raise ValueError("Places go out of service with a reason and an end.")
        take_out(unit, places=-surplus, since=since, until=until, reason=reason, acting=acting)
    for row in rows:
        if surplus <= 0:
            break
        left, end = max(row.places - surplus, 0), row.period.upper
        surplus -= row.places - left
        begun = row.period.lower < since
        revise_out(row, acting, period=DateRange(row.period.lower, since) if begun else EMPTY)
        if left:
            take_out(unit, places=left, since=since, until=end, reason=row.reason, remark=row.remark, acting=acting)
    return before != 0


def say_placeable(unit: Unit, places: int, acting: Post | None, remark: str = "", at: datetime | None = None) -> None:
    """A person's word that so many free places take somebody now."""
    Placeable.objects.create(unit=unit, places=places, post=acting, remark=remark, at=at or clock.now())


@dataclass(frozen=True, slots=True)
class _Act:
    """Who changes something, why, and since when we know it."""

    by: Post | None
    remark: str = ""
    at: datetime = field(default_factory=clock.now)

    def same_moment(self, line: Capacity) -> _Act:
        """What only makes room for the act stays what its own author said."""
        return _Act(line.entered_by, line.remark, self.at)


def _earlier(one: date | None, other: date | None) -> date | None:
    ends = [day for day in (one, other) if day is not None]
    return min(ends) if ends else None


def _fill(unit: Unit, since: date, until: date | None, facts: dict[str, Any], act: _Act) -> int:
    if "places" not in facts:
        raise Gap
    _keep(Capacity(unit=unit), DateRange(since, until), facts, act)
    return 1


def _change_part(line: Capacity, start: date, end: date | None, facts: dict[str, Any], act: _Act) -> int:
    """Write what a line says from now on in a part of its days; its other days become lines of their own."""
    before, after, kept = line.holds.lower, line.holds.upper, act.same_moment(line)
    said = {name: getattr(line, name) for name in OFFERED}
    if all(getattr(line, name) == value for name, value in facts.items()):
        return 0
    rest = [span for span in (DateRange(before, start), DateRange(end, after)) if _holds_any(span)]
    if before == start:
        _keep(line, DateRange(start, end), facts, act)
    else:
        _keep(line, rest.pop(0), {}, kept)
        _keep(Capacity(unit=line.unit), DateRange(start, end), said | facts, act)
    for span in rest:
        _keep(Capacity(unit=line.unit), span, said, kept)
    return 1


def _holds_any(span: DateRange) -> bool:
    if span.lower is None:  # what follows an end that is none
        return False
    return span.upper is None or span.lower < span.upper


def _keep(line: Capacity, holds: DateRange, facts: dict[str, Any], act: _Act) -> None:
    line.holds = holds
    for name, value in facts.items():
        setattr(line, name, value)
    line.entered_by, line.remark, line.known_since = act.by, act.remark, act.at
    line.save()
