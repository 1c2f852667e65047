"""The lines with which a statement begins: what the inventory says now, or what was stated last.

The inventory knows who stays where only for units whose stays are kept in Loods. Of another unit its places are live
and the rest is carried over from the last statement. Either way a line counts as carried over until somebody confirms
it; and where nobody ever stated anything and the inventory knows nothing, the figure is missing, not zero.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Exists, F, OuterRef

from access.clock import AMSTERDAM
from access.words import PROBLEMS
from shelters.models import Capacity, OutOfService, Stay, longest_stay
from shelters.queries import last_moment, standing
from shelters.words import Takes
from workflows.capacity_statement.models import Line, LongStay, Statement


def day_of(period: DateRange, now: datetime) -> date:
    """The day as of which a statement is filled in: today, or the last day of a period that is over."""
    day: date = min(now.astimezone(AMSTERDAM).date(), period.upper - timedelta(days=1))
    return day


def units_of(region_id: int, rhythm: str, period: DateRange, day: date) -> list[Capacity]:
    """The capacity lines of which a region must state in a period: in use and of that rhythm, as they hold on a day.

    A unit that begins later in the period or ended before the day is stated as it holds on the nearest day of it.
    """
    rows = Capacity.objects.filter(
        unit__region=region_id, holds__overlap=period, scheme__stated_every=rhythm, active=True
    ).select_related("unit", "unit__organisation", "scheme")
    found: dict[int, Capacity] = {}
    for row in rows.order_by("holds"):
        if row.unit_id not in found or row.holds.lower <= day:
            found[row.unit_id] = row
    return sorted(found.values(), key=lambda row: (row.unit.organisation.name, row.unit.name, row.unit_id))


def lines(statement: Statement, now: datetime) -> list[Line]:
    """The lines of a new statement, not saved."""
    day = day_of(statement.period, now)
    offered = units_of(statement.region_id, statement.rhythm, statement.period, day)
    keys = [row.unit_id for row in offered]
    live = standing(day, units=keys)
    kept = set(Stay.objects.filter(unit__in=keys).values_list("unit", flat=True).distinct())
    gone = {
        row.unit_id: row for row in OutOfService.objects.filter(unit__in=keys, period__contains=day).order_by("period")
    }
    last = last_stated(keys, statement.period.lower)
    return [
        _line(
            statement,
            row,
            live.get(row.unit_id),
            row.unit_id in kept,
            gone.get(row.unit_id),
            last.get(row.unit_id),
            day,
        )
        for row in offered
    ]


def last_stated(units: list[int], day: date) -> dict[int, Line]:
    """The line stated last before a period begins, by unit."""
    rows = Line.objects.published_before(day).filter(unit__in=units)
    return {row.unit_id: row for row in rows.order_by("unit_id", "-statement__period").distinct("unit_id")}


def _line(
    statement: Statement, row: Capacity, live: Any, kept: bool, gone: OutOfService | None, last: Line | None, day: date
) -> Line:
    figures: dict[str, Any]
    if live is not None and kept:
        figures, as_of = {"occupied": live.occupied, "reserved": live.reserved}, day
    else:  # as old as when somebody counted, however often it is carried over
        figures = {name: getattr(last, name, None) for name in ("occupied", "reserved")}
        as_of = last.as_of if last else day
    out = live.out if live is not None else getattr(last, "out_of_service", None)
    return Line(
        statement=statement,
        unit=row.unit,
        organisation_id=row.unit.organisation_id,
        kind=row.unit.kind,
        scheme=row.scheme,
        forms=row.forms,
        genders=row.genders,
        problems=[str(need) for need in PROBLEMS if getattr(row, need) == Takes.YES],
        children=row.children == Takes.YES,
        minors=row.age_from is not None and row.age_from < 18,
        places=row.places,
        out_of_service=out,
        out_reason=gone.reason if gone else "",
        out_until=gone.period.upper if gone else None,
        placeable=live.placeable if live is not None else None,
        waiting=row.waiting_list if row.waiting_list is not None else getattr(last, "waiting", None),
        live_places=live.places if live is not None else None,
        live_occupied=live.occupied if live is not None and kept else None,
        live_reserved=live.reserved if live is not None and kept else None,
        live_out_of_service=live.out if live is not None else None,
        as_of=as_of,
        source=last.source if last else row.source,
        untouched=(last.untouched + 1 if last.carried else 0) if last else 0,
        **figures,
    )


def long_stays(statement: Statement, now: datetime) -> list[LongStay]:
    """The stays in units of the statement that last longer than their scheme is meant for, not saved.

    The reason given last time is carried over: it is asked again each period and most often the same.
    """
    day = day_of(statement.period, now)
    offered = units_of(statement.region_id, statement.rhythm, statement.period, day)
    all_limits = {row.unit_id: longest_stay(row.maximum_stay_days, row.scheme) for row in offered}
    limits = {unit: limit for unit, limit in all_limits.items() if limit is not None}
    if not limits:
        return []
    newer = LongStay.objects.filter(stay=OuterRef("stay"), pk__gt=OuterRef("pk"))
    before = {row.stay: row for row in LongStay.objects.filter(unit__in=limits).filter(~Exists(newer)).order_by("pk")}
    stays = Stay.objects.filter(
        unit__in=limits, period__contains=min(now, last_moment(day)), arrived_at__isnull=False
    ).annotate(came=F("arrived_at"))
    found = []
    for stay in stays.order_by("came"):
        since = stay.came.astimezone(AMSTERDAM).date()
        if since + limits[stay.unit_id] < day:
            said = before.get(UUID(str(stay.pk)))
            found.append(
                LongStay(
                    statement=statement, unit_id=stay.unit_id, stay=stay.pk, since=since,
                    reason=said.reason if said else "", remark=said.remark if said else "",
                )
            )  # fmt: skip
    return found
