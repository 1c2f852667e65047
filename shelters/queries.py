"""Querysets of the shelter room, and the questions to its intervals: what is free when, as known when."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from django.apps import apps
from django.db import connection, models
from django.db.models import Case, Count, F, FilteredRelation, IntegerField, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, Greatest

from access.clock import AMSTERDAM
from access.roles import Role

if TYPE_CHECKING:
    from access.models import Post


def last_moment(day: date) -> datetime:
    """The last moment of a day in the Netherlands. Whoever leaves on a day is gone by then: the day of leaving is free.

    "On a day" means at this moment, past or coming.
    """
    midnight = datetime.combine(day + timedelta(days=1), time(0), AMSTERDAM)
    return midnight.astimezone(UTC) - timedelta(microseconds=1)


class UnitQuerySet(models.QuerySet[Any]):
    """Units."""

    def for_post(self, post: Post) -> Self:
        """Included if, and only if: a provider's own organisation runs it, or the post is another on the care side.

        Whoever places people may know of every unit in the country, at region level.
        """
        if post.role == Role.SHELTER_PROVIDER:
            return self.filter(organisation=post.organisation_id)
        return self.all() if post.side == "care" else self.none()

    def line_on(self, day: date) -> Self:
        """With what the line of a day says as `places`, `active`, `scheme` (a code), and whether only CoMensha places
        people under that scheme as `exclusive`; None where there is no line."""
        return self.annotate(
            line=FilteredRelation("capacity", condition=Q(capacity__holds__contains=day)),
            places=F("line__places"),
            active=F("line__active"),
            scheme=F("line__scheme"),
            exclusive=F("line__scheme__exclusive"),
        )

    def on(self, day: date) -> Self:
        """Units that have a capacity line on a day, with what it says (see `line_on`)."""
        return self.line_on(day).filter(line__isnull=False)

    def with_free(self, at: datetime) -> Self:
        """As `on` for the day of a moment; adds `taken`, `out` and `free`: places taken, out of service, and left.

        Derived from the intervals, never a counter, and counted for each unit by itself, so that a page of a long list
        counts only what it shows. A unit that is closed to new people has none free.
        """
        day = at.astimezone(AMSTERDAM).date()
        stays = apps.get_model("shelters", "Stay").objects.filter(unit=OuterRef("pk"), period__contains=at)
        outs = apps.get_model("shelters", "OutOfService").objects.filter(unit=OuterRef("pk"), period__contains=day)
        counted = stays.order_by().values("unit").annotate(n=Count("pk")).values("n")
        missing = outs.order_by().values("unit").annotate(n=Sum("places")).values("n")
        return (
            self.on(day)
            .annotate(
                taken=Coalesce(Subquery(counted, output_field=IntegerField()), Value(0)),
                out=Coalesce(Subquery(missing, output_field=IntegerField()), Value(0)),
            )
            .annotate(
                free=Case(
                    When(active=True, then=Greatest(F("places") - F("taken") - F("out"), Value(0))),
                    default=Value(0),
                    output_field=IntegerField(),
                )
            )
        )

    def with_room(self, at: datetime) -> Self:
        """Included if, and only if, the unit has at least one free place at a moment; adds what `with_free` adds."""
        return self.with_free(at).filter(free__gt=0)


class OfUnitsQuerySet(models.QuerySet[Any]):
    """Rows that belong to a unit."""

    def for_post(self, post: Post) -> Self:
        """Included if, and only if, the unit is."""
        if post.role == Role.SHELTER_PROVIDER:
            return self.filter(unit__organisation=post.organisation_id)
        return self.all() if post.side == "care" else self.none()


class Standing(NamedTuple):  # of which a nationwide list makes thousands
    """How a unit stands on a day. `placeable` is None when nobody said in the week before."""

    unit: int
    places: int
    occupied: int
    reserved: int
    out: int
    free: int
    placeable: int | None


def standing(day: date, *, known_at: datetime | None = None, units: list[int] | None = None) -> dict[int, Standing]:
    """How units stand on a day (see `last_moment`), by key: places, occupied, reserved, out of service, free.

    In: `known_at`, to see it as it was known at that moment (None: as we know it now); `units`, to ask only for these.
    A unit without a capacity line on the day is not in the answer: missing is not zero.
    """
    return standing_at(last_moment(day), known_at=known_at, units=units)


def standing_at(
    moment: datetime, *, known_at: datetime | None = None, units: list[int] | None = None
) -> dict[int, Standing]:
    """As `standing`, at a moment instead of a day: what is reserved until this evening is not free now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT unit, places, occupied, reserved, out_of_service, free, placeable FROM shelters_at(%s, %s, %s)",
            [moment, known_at, units],
        )
        return {row[0]: Standing._make(row) for row in cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class Stays:
    """Who stays in a unit at a moment, as numbers: on which days they plan to leave, how many nobody knows of."""

    leaving: tuple[tuple[date, int], ...] = ()
    unplanned: int = 0

    @property
    def next(self) -> date | None:
        """The first day on which somebody plans to leave."""
        return self.leaving[0][0] if self.leaving else None


def stays_at(moment: datetime, units: list[int], *, known_at: datetime | None = None) -> dict[int, Stays]:
    """Planned days of leaving of those who stay in units at a moment (as it was known), by unit. No persons."""
    stay, past = (apps.get_model("shelters", name).objects for name in ("Stay", "StayPast"))
    there = Q(unit__in=units, period__contains=moment, arrived_at__lte=moment)
    columns = ("unit_id", "planned_until")
    rows: Any = stay.filter(there).order_by().values_list(*columns)
    if known_at is not None:
        then = past.filter(there, known_since__lte=known_at, known_until__gt=known_at)
        rows = rows.filter(known_since__lte=known_at).union(then.order_by().values_list(*columns), all=True)
    counted = Counter(rows)
    return {
        unit: Stays(
            tuple(sorted((day, n) for (key, day), n in counted.items() if key == unit and day is not None)),
            counted[unit, None],
        )
        for unit in {key for key, _day in counted}
    }


def free_on(day: date, *, known_at: datetime | None = None, units: list[int] | None = None) -> dict[int, int]:
    """Free places on a day by unit; as `standing`."""
    return {key: row.free for key, row in standing(day, known_at=known_at, units=units).items()}


def occupancy_between(
    since: date, until: date, *, known_at: datetime | None = None, units: list[int] | None = None
) -> dict[int, tuple[int, int]]:
    """Days that places were occupied, and days that there were places, from a day until (not including) another.

    Out: for each unit that had a capacity line on any of these days (place-days occupied, place-days there were).
    Errors: ValueError when the second day is not after the first.
    """
    if until <= since:
        raise ValueError("The end must be after the beginning.")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT unit, occupied_days, place_days FROM shelters_between(%s, %s, %s, %s)",
            [since, until, known_at, units],
        )
        return {unit: (occupied, places) for unit, occupied, places in cursor.fetchall()}
