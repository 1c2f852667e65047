"""Moments as whole seconds since 1970, terms and office hours; what is asked more than once is remembered."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from access.clock import AMSTERDAM
from workflows.engine.calendars import Unit, end_of_term, is_working_day
from workflows.engine.models import Term
from workflows.engine.terms import ladder

DAY = 86_400
EPOCH = date(1970, 1, 1)
REMEMBERED = 200_000
"""How many ladders are kept in memory."""
Plan = tuple[int | None, int, int, int]

_days: dict[int, str] = {}
_MINUTES = [f" {m // 60:02}:{m % 60:02}:" for m in range(1440)]
_offsets: dict[int, int] = {}
_office: dict[int, int] = {}


def text(moment: int) -> str:
    """A moment as PostgreSQL reads it."""
    day, rest = divmod(moment, DAY)
    named = _days.get(day)
    if named is None:
        named = _days[day] = str(EPOCH + timedelta(days=day))
    minute, second = divmod(rest, 60)
    return f"{named}{_MINUTES[minute]}{second:02}+00"


def of(moment: datetime) -> int:
    """A datetime as seconds."""
    return int(moment.timestamp())


def as_datetime(moment: int) -> datetime:
    """Seconds as an aware datetime."""
    return datetime.fromtimestamp(moment, UTC)


def offset(moment: int) -> int:
    """How many seconds the clock in the Netherlands is ahead of UTC; it changes on full hours alone."""
    hour = moment // 3600
    known = _offsets.get(hour)
    if known is None:
        ahead = as_datetime(moment).astimezone(AMSTERDAM).utcoffset()
        known = _offsets[hour] = int(ahead.total_seconds())  # type: ignore[union-attr]
    return known


def local_day(moment: int) -> int:
    """The day in the Netherlands, as days since 1970."""
    return (moment + offset(moment)) // DAY


def midnight(day: int) -> int:
    """The moment a day begins in the Netherlands."""
    moment = day * DAY - 3600
    return day * DAY - offset(moment)


def _working_day(day: int) -> int:
    """The day itself when people work on it, else the next on which they do."""
    known = _office.get(day)
    if known is None:
        found = EPOCH + timedelta(days=day)
        while not is_working_day(found):
            found += timedelta(days=1)
        known = _office[day] = (found - EPOCH).days
    return known


def at_work(moment: int, chance: random.Random) -> int:
    """The moment itself in office hours, else soon after they begin; on a full minute."""
    ahead = offset(moment)
    day, second = divmod(moment + ahead, DAY)
    working = _working_day(day)
    if working == day and 8 * 3600 <= second < 18 * 3600:
        return moment - moment % 60
    if working == day and second >= 18 * 3600:
        working = _working_day(day + 1)
    return working * DAY - ahead + 8 * 3600 + int(chance.random() * 150) * 60


@dataclass(frozen=True, slots=True)
class Clock:
    """A term, with what is asked of it a million times: its length and its ladder when these count in hours."""

    key: int
    row: Term
    length: int | None
    ladder: tuple[int, int, int] | None

    @classmethod
    def of(cls, row: Term) -> Clock:
        """A row of the table of terms, as it is used here."""
        in_hours = {row.remind_unit, row.escalate_unit, row.again_unit} == {str(Unit.HOURS)}
        amounts = (row.remind_amount * 3600, row.escalate_amount * 3600, row.again_amount * 3600)
        length = row.amount * 3600 if row.unit == Unit.HOURS else None
        return cls(row.pk, row, length, amounts if in_hours else None)


class Clockwork:
    """Ends of terms and their ladders, as `workflows.engine.terms` computes them."""

    def __init__(self) -> None:
        self._ends: dict[tuple[int, int], int] = {}
        self._ladders: dict[tuple[int, int], tuple[int, int, int, int]] = {}

    def end(self, term: Clock, start: int) -> int:
        """When a term ends that was not paused."""
        if term.length is not None:
            return start + term.length
        key = (term.key, local_day(start))  # days are counted from the day after, whatever the hour
        known = self._ends.get(key)
        if known is None:
            known = self._ends[key] = self.end_paused(term, start, 0)
        return known

    def end_paused(self, term: Clock, start: int, paused: int) -> int:
        """When a term ends that stood still for a number of seconds."""
        row, pause = term.row, timedelta(seconds=paused)
        return of(end_of_term(as_datetime(start), row.amount, Unit(row.unit), paused=pause, statutory=row.statutory))

    def plan(self, term: Clock, start: int, due: int) -> Plan:
        """The moments of the rungs; a reminder that would come before the start is left out."""
        if term.ladder is not None:
            remind, escalate, again = term.ladder
            moments = (due - remind, due, due + escalate, due + escalate + again)
        else:
            key = (term.key, due)
            known = self._ladders.get(key)
            if known is None:
                reminder, end, first, second = (of(m) for m in ladder(term.row, as_datetime(due)))
                known = (reminder, end, first, second)
                if len(self._ladders) < REMEMBERED:
                    self._ladders[key] = known
            moments = known
        return moments if moments[0] > start else (None, *moments[1:])
