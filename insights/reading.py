"""Reading supply and demand through the gates in the wall: sums per region, on every side the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db import connection

from insights.cells import Supply
from insights.cuts import BY_KEY
from workflows.placement.demand import Demand, counts, demand, unmet

SPAN = relativedelta(months=12)
"""Over how long before a day demand is counted."""


def supply(day: date, known_at: datetime | None = None, apart: Iterable[str] | None = None) -> list[Supply]:
    """What there is on a day, past or coming, per group of like units. One query.

    In: `known_at`, to see it as it was known then (None: as we know it now); `apart`, keys of the cuts by which units
    are told apart besides the region (None: by everything), since fewer groups are counted sooner.
    """
    names = None if apart is None else sorted({BY_KEY[key].supply for key in apart} - {""})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT region, kind, scheme, forms, genders, problems, consult, children, minors, measure, units, places, "
            "occupied, reserved, out_of_service, free, placeable, stated_on FROM shelters_supply(%s, %s, %s)",
            [day, known_at, names],
        )
        return [Supply(*row[:3], *map(_set, row[3:7]), *row[7:]) for row in cursor.fetchall()]


def _set(some: list[str] | None) -> frozenset[str] | None:
    return None if some is None else frozenset(some)


def asked(day: date, by: str, limits: dict[str, Any]) -> tuple[list[Demand], Demand]:
    """Demand in the twelve months up to and including a day, by a cut, and the whole of it. Two queries."""
    until = day + relativedelta(days=1)
    return counts(until - SPAN, until, [by], {name: [value] for name, value in limits.items()})


def not_met(day: date, by: Sequence[str]) -> list[Demand]:
    """Requests of the twelve months up to and including a day that were not met, by some cuts. One query."""
    until = day + relativedelta(days=1)
    return unmet(until - SPAN, until, by)


def told(day: date, limits: dict[str, Any]) -> Demand:
    """As `asked`, of all that the limits leave, with reasons and what is waited for. Three queries."""
    until = day + relativedelta(days=1)
    return demand(until - SPAN, until, within={name: [value] for name, value in limits.items()})[0]


@dataclass(frozen=True)
class Freshness:
    """When a region was stated last: the oldest as-of date in what was published, and when that was."""

    region: int
    rhythm: str
    oldest: date | None
    published_at: datetime


def freshness(day: date) -> list[Freshness]:
    """The last statement of each region and rhythm that was published by a day."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT region, rhythm, oldest, published_at FROM capacity_statement_freshness(%s)", [day])
        return [Freshness(*row) for row in cursor.fetchall()]


def series(since: date, until: date, region: int | None = None, kind: str = "") -> list[tuple[date, int, int]]:
    """Places and occupied places at the end of each month. Out: (last day of the month, places, occupied)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT on_day, places, occupied FROM shelters_series(%s, %s, %s, %s)", [since, until, region, kind or None]
        )
        return list(cursor.fetchall())
