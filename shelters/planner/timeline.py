"""A unit over some weeks: its places, and what takes them, as bars on days.

A bar ends on the first day that is free again. What has no end that anybody knows goes on to the last day shown. What
is out of service is a number of places and names none, so it has rows of its own beneath the places.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from django.db.models import QuerySet

from access import clock
from access.clock import AMSTERDAM
from shelters.models import Capacity, OutOfService, Scheme, Stay, Unit, longest_stay, schemes
from shelters.queries import last_moment
from shelters.words import OutReason

WEEKS = 8
DAYS = WEEKS * 7
MOST_ROWS = 60
"""More places than fit on a page: those in which something is are shown, and free ones up to here."""

THERE, RESERVED, OVER, GONE = "there", "reserved", "over", "gone"


@dataclass(frozen=True, slots=True)
class Window:
    """The weeks that are shown; `first` is a Monday."""

    first: date

    @classmethod
    def around(cls, day: date) -> Window:
        """The weeks that begin with that of a day."""
        return cls(day - timedelta(days=day.weekday()))

    @property
    def until(self) -> date:
        """The day after the last."""
        return self.first + timedelta(days=DAYS)

    @property
    def days(self) -> list[date]:
        """Every day."""
        return [self.first + timedelta(days=nth) for nth in range(DAYS)]

    @property
    def weeks(self) -> list[date]:
        """The Mondays."""
        return [self.first + timedelta(weeks=nth) for nth in range(WEEKS)]

    @property
    def moments(self) -> DateTimeTZRange:
        """From the first moment to the last."""
        return DateTimeTZRange(last_moment(self.first - timedelta(days=1)), last_moment(self.until))

    def column(self, day: date) -> int:
        """The column of a day, counted from 1; days before the first and after the last lie at the edges."""
        return min(max((day - self.first).days, 0), DAYS) + 1

    def shows(self, day: date) -> bool:
        """Whether a day is among them."""
        return self.first <= day < self.until


@dataclass(frozen=True, slots=True)
class Bar:
    """What takes a place from a day until (not including) another; `until` None: nobody knows.

    `stay`: the row it stands for, None for what is out of service. `last`: the day by which somebody should have left
    according to the longest stay. `first_column`, `after_column`: where it lies. `movable`: it takes the place now.
    """

    what: str
    since: date
    until: date | None
    first_column: int
    after_column: int
    stay: Any = None
    last: date | None = None
    movable: bool = False
    places: int = 0
    reason: str = ""

    @property
    def too_long(self) -> bool:
        """Whether somebody stays longer than the longest stay."""
        return self.last is not None and self.what in (THERE, OVER) and self.last <= clock.today()

    @property
    def open_end(self) -> bool:
        """Whether nobody knows until when."""
        return self.until is None


@dataclass(slots=True)
class Row:
    """A place and what takes it; `free`: somebody can be moved there now; `there`: the unit has this place now."""

    place: int
    there: bool
    bars: list[Bar] = field(default_factory=list)

    @property
    def free(self) -> bool:
        """Whether nothing takes it now."""
        return self.there and not any(bar.movable for bar in self.bars)


@dataclass(slots=True)
class Plan:
    """The timeline of a unit. `left_out`: places that are free all these weeks and not shown one by one."""

    window: Window
    rows: list[Row] = field(default_factory=list)
    outs: list[Bar] = field(default_factory=list)
    places: int | None = None
    active: bool = True
    left_out: int = 0


def longest(days: int | None, scheme: str | None, by_code: dict[str, Scheme], arrived: date) -> date | None:
    """The day by which who came on a day should have left: by what the unit says (`days`), else by its scheme (a code).

    None: there is no limit, or nobody has said one.
    """
    limit = longest_stay(days, by_code.get(scheme or ""))
    return arrived + limit if limit is not None else None


def local(moment: datetime) -> date:
    """The day of a moment in the Netherlands."""
    return moment.astimezone(AMSTERDAM).date()


def plan(unit: Unit, stays: QuerySet[Stay], window: Window) -> Plan:
    """The timeline of a unit; three queries.

    In: `stays`, those that the reader may see, of any unit and time, annotated as the page wants.
    """
    now, today = clock.now(), clock.today()
    asked = Capacity.objects.filter(unit=unit, holds__overlap=DateRange(min(window.first, today), window.until))
    lines = list(asked.order_by("holds"))
    line = next((one for one in lines if today in one.holds), None)
    by_code = {scheme.pk: scheme for scheme in schemes()}
    made = Plan(window, places=line.places if line else None, active=line.active if line else False)
    bars: dict[int, list[Bar]] = {}
    for stay in stays.filter(unit=unit, period__overlap=window.moments).order_by("place", "period"):
        if (bar := _bar(stay, window, now, line, by_code)) is not None:
            bars.setdefault(stay.place, []).append(bar)
    shown = [one for one in lines if one.holds.upper is None or one.holds.upper > window.first]
    most = max([one.places for one in shown] + [0])
    for place in range(1, max([most, *bars]) + 1 if bars else most + 1):
        if place in bars or (len(made.rows) < MOST_ROWS and place <= most):
            made.rows.append(Row(place, place <= (made.places or 0), bars.get(place, [])))
        elif place <= most:
            made.left_out += 1
    made.outs = _outs(unit, window)
    return made


def _bar(stay: Stay, window: Window, now: datetime, line: Capacity | None, by_code: dict[str, Scheme]) -> Bar | None:
    lower, upper = stay.period.lower, stay.period.upper
    today = local(now)
    begun = local(stay.arrived_at) if stay.arrived_at and stay.arrived_at > lower else local(lower)
    arrived = local(stay.arrived_at) if stay.arrived_at else None
    running = upper is None or upper > now
    end = local(upper) if upper is not None else stay.planned_until
    what, ends = (THERE if arrived else RESERVED) if running else GONE, end
    if running and upper is None and end is not None and end <= today:  # should have left, and nobody said so
        what, ends = OVER, today + timedelta(days=1)
    if ends is not None and ends <= begun:  # a part of a day is shown as a day
        ends = begun + timedelta(days=1)
    if begun >= window.until or (ends is not None and ends <= window.first):
        return None
    return Bar(
        what, begun, end, window.column(begun), window.column(ends or window.until), stay,
        longest(line.maximum_stay_days, line.scheme_id, by_code, arrived) if line and arrived and running else None,
        running,
    )  # fmt: skip


def _outs(unit: Unit, window: Window) -> list[Bar]:
    rows = OutOfService.objects.filter(unit=unit, period__overlap=DateRange(window.first, window.until))
    return [
        Bar(
            "out", row.period.lower, row.period.upper, window.column(row.period.lower),
            window.column(row.period.upper), places=row.places, reason=str(OutReason(row.reason).label),
        )
        for row in rows.order_by("period", "pk")
    ]  # fmt: skip
