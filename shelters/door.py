"""The door through which processes use places. Nothing else of this room is for them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Max, Sum
from django.utils.translation import gettext_lazy as _

from access import clock
from access.clock import AMSTERDAM
from shelters.inventory import locked
from shelters.models import Capacity, OutOfService, Stay, longest_stay


class NoPlace(Exception):
    """The unit has no free place; `message` is a sentence for the page."""

    message = _("There is no free place left in this unit. Somebody may just have been first.")


_HOLD = """
SELECT FROM shelters_unit WHERE id = %(unit)s FOR NO KEY UPDATE;
WITH taken AS (SELECT DISTINCT place FROM shelters_stay WHERE unit_id = %(unit)s AND period && %(period)s)
INSERT INTO shelters_stay (id, unit_id, place, period, ref, known_since)
SELECT %(id)s, unit_id, (SELECT min(n) FROM generate_series(1, places) n WHERE n NOT IN (SELECT place FROM taken)),
    %(period)s, %(ref)s, %(known)s
FROM shelters_capacity
WHERE unit_id = %(unit)s AND holds @> %(day)s AND active AND places > (SELECT count(*) FROM taken) +
    COALESCE((SELECT sum(places) FROM shelters_outofservice WHERE unit_id = %(unit)s AND period @> %(day)s), 0)
RETURNING place
"""
"""Wait for one's turn at the unit, then look and take: two statements, so that the second sees what the one before us
took, in one message, so that nobody waits for our way there and back."""


def hold(unit_id: int, ref: UUID, at: datetime, until: datetime | None = None) -> Stay:
    """Reserve the lowest free place of a unit from a moment on, until it is released or, with `until`, expires.

    Locks the unit, so that several who want the last place come one after the other.
    Errors: NoPlace when none is free, the unit is not there on that day, or it is closed to new people.
    """
    stay = Stay(unit_id=unit_id, period=DateTimeTZRange(at, until), ref=ref, known_since=clock.now())
    facts = {"id": stay.pk, "unit": unit_id, "period": stay.period, "ref": ref, "known": stay.known_since}
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, {**facts, "day": at.astimezone(AMSTERDAM).date()})
        while cursor.nextset():  # of the lock nothing is wanted but that it is held
            pass
        held = cursor.fetchone()
    if held is None:
        raise NoPlace
    stay.place = held[0]
    stay._state.adding, stay._state.db = False, connection.alias
    return stay


def queue_up(units: Iterable[int]) -> None:
    """Wait for one's turn at several units at once, always in the same order, so that nobody waits for each other."""
    for unit_id in sorted(set(units)):
        locked(unit_id)


def out_on(unit_id: int, day: date) -> int:
    """How many places of a unit are out of service on a day."""
    rows = OutOfService.objects.filter(unit=unit_id, period__contains=day)
    return int(rows.aggregate(n=Sum("places", default=0))["n"])


def confirm(ref: UUID, at: datetime) -> None:
    """Keep what was reserved until it is released, whether or not the reservation had expired meanwhile.

    Errors: NoPlace when it had, and nothing else in the unit is free any more; and when the unit no longer offers the
    place: it was closed, or has fewer places than people.
    """
    # What was reserved last: places that were held before it and given back are nothing to keep.
    rows = Stay.objects.select_for_update().filter(ref=ref, period__isempty=False)
    stay = rows.order_by("-period__startswith").first()
    if stay is None or stay.period.upper is None:
        return
    if locked(stay.unit_id) is None or _withdrawn(stay, at):
        raise NoPlace
    others = Stay.objects.exclude(pk=stay.pk).filter(unit=stay.unit_id, place=stay.place)
    if stay.period.upper <= at or others.filter(period__overlap=DateTimeTZRange(at, None)).exists():
        hold(stay.unit_id, ref, at)
    else:
        _change(stay, period=DateTimeTZRange(stay.period.lower, None))


def _withdrawn(stay: Stay, at: datetime) -> bool:
    """Whether the unit took back, while it was being asked, the place that is held."""
    day = at.astimezone(AMSTERDAM).date()
    line = Capacity.objects.filter(unit=stay.unit_id, holds__contains=day, active=True).values_list("places").first()
    if line is None:
        return True
    others = Stay.objects.filter(unit=stay.unit_id, period__contains=at).exclude(pk=stay.pk).values("place").distinct()
    return others.count() + out_on(stay.unit_id, day) >= line[0]


def prolong(ref: UUID, at: datetime, until: datetime) -> bool:
    """Let what is reserved expire at another moment. Out: whether it still was; what had expired stays so."""
    held = [stay for stay in _held(ref, at) if stay.period.upper is not None]
    for stay in held:
        locked(stay.unit_id)
        later = DateTimeTZRange(stay.period.lower, until)
        if Stay.objects.exclude(pk=stay.pk).filter(unit=stay.unit_id, place=stay.place, period__overlap=later).exists():
            return False  # somebody reserved the same place for afterwards
        _change(stay, period=later)
    return bool(held)


def plan(ref: UUID, planned_until: date | None, now: datetime) -> None:
    """Until when somebody who is in a place is expected to stay, as it is known now."""
    for stay in _held(ref, now):
        _change(stay, planned_until=planned_until)


def last_day(unit_id: int, since: date) -> date | None:
    """On which day the longest stay in a unit is over for somebody who came on a day: by the rule of the unit or else
    of its scheme. None where neither has one.
    """
    line = Capacity.objects.filter(unit=unit_id, holds__contains=since).select_related("scheme").first()
    limit = longest_stay(line.maximum_stay_days, line.scheme) if line is not None else None
    return since + limit if limit is not None else None


def arrive(ref: UUID, at: datetime, planned_until: date | None, now: datetime) -> None:
    """Somebody is in the place since `at`; until when they are expected to stay, if anybody can say."""
    for stay in _held(ref, now):
        _change(stay, arrived_at=max(at, stay.period.lower), planned_until=planned_until)


def release(ref: UUID, at: datetime) -> None:
    """Give back what a process holds, from a moment on. A place held for no time at all was never taken."""
    for stay in _held(ref, at):
        _change(stay, period=DateTimeTZRange(stay.period.lower, at) if stay.period.lower < at else _NEVER)


_NEVER = DateTimeTZRange(empty=True)


def _held(ref: UUID, at: datetime) -> list[Stay]:
    rows = Stay.objects.select_for_update().filter(ref=ref, period__isempty=False)
    return [stay for stay in rows if stay.period.upper is None or stay.period.upper > at]


def _change(stay: Stay, **facts: object) -> None:
    for name, value in facts.items():
        setattr(stay, name, value)
    stay.known_since = clock.now()
    stay.save(update_fields=[*facts, "known_since"])


def places_in_use(unit_id: int, at: datetime, until: datetime | None = None) -> int:
    """The highest number of a place taken from a moment on (until another); a unit cannot have fewer. None taken: 0."""
    stays = Stay.objects.filter(unit=unit_id, period__overlap=DateTimeTZRange(at, until))
    return stays.aggregate(most=Max("place"))["most"] or 0
