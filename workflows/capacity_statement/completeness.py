"""Completeness and timeliness: what was expected, what came, and what came in time; for regions and for units.

Expected are the units that were in use in a period under a scheme of its rhythm. A region without a statement shows as
such, with the last figure that is known and its age, never as zero.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from access.models import Post, Region
from shelters.models import Scheme
from workflows.capacity_statement import periods
from workflows.capacity_statement.models import Line, Statement
from workflows.capacity_statement.words import named, short

SHOWN = 8
"""How many periods a matrix shows, the one that runs included."""

MARKS = {
    "published": ("done", _("in time")),
    "late": ("today", _("came late")),
    "checked": ("waiting", _("being checked")),
    "running": ("info", _("in preparation")),
    "overdue": ("overdue", _("overdue, not in yet")),
    "missing": ("overdue", _("missing")),
    "none": ("plain", _("nothing expected")),
}
"""How a cell is marked and what it says: kind of badge and words."""


@dataclass
class Square:
    """One region in one period."""

    mark: str
    expected: int
    came: int = 0
    statement: Any = None
    carried: int = 0

    @property
    def badge(self) -> str:
        """Kind of badge."""
        return MARKS[self.mark][0]

    @property
    def text(self) -> Any:
        """In words."""
        return MARKS[self.mark][1]


@dataclass
class Band:
    """One region over the periods."""

    region: Region
    squares: list[Square]
    last_known: date | None = None
    age: int | None = None  # days

    @property
    def stale(self) -> bool:
        """Whether the last figure is older than a week, or there is none."""
        return self.age is None or self.age > 7

    @property
    def share(self) -> tuple[int, int, int]:
        """Of the periods that are over: units expected, units that came, units that came in time."""
        over = [square for square in self.squares if square.mark not in ("running", "none")]
        came = sum(square.came for square in over)
        return sum(s.expected for s in over), came, sum(s.came for s in over if s.mark == "published")


@dataclass
class Matrix:
    """All regions of one rhythm."""

    rhythm: str
    heads: list[tuple[str, str]]
    bands: list[Band]

    @property
    def label(self) -> str:
        """Weekly or monthly."""
        return str(Scheme.Rhythm(self.rhythm).label)


def by_region(post: Post, day: date) -> list[Matrix]:
    """A matrix for each rhythm that has units in the regions of the post. Four queries, however many regions."""
    regions = {row.pk: row for row in Region.objects.care().for_post(post).order_by("name")}
    made = []
    for rhythm in periods.Rhythm.values:
        spans = periods.last(rhythm, day, SHOWN)
        expected = _expected(rhythm, spans, sorted(regions))
        if not expected:
            continue
        stated = _stated(rhythm, spans, sorted(regions))
        bands = [
            Band(region, [_square(expected, stated, key, span.lower) for span in spans])
            for key, region in regions.items()
            if any(expected.get((key, span.lower)) for span in spans)
        ]
        made.append(Matrix(rhythm, [(short(rhythm, span), named(rhythm, span)) for span in spans], bands))
    _add_ages(made, day)
    return made


def _expected(rhythm: str, spans: list[Any], regions: list[int]) -> dict[tuple[int, date], int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT u.region_id, p.start, count(DISTINCT c.unit_id) "
            "FROM unnest(%s::date[], %s::date[]) AS p(start, stop) "
            "JOIN shelters_capacity c ON c.holds && daterange(p.start, p.stop) AND c.active "
            "JOIN shelters_scheme s ON s.code = c.scheme_id AND s.stated_every = %s "
            "JOIN shelters_unit u ON u.id = c.unit_id WHERE u.region_id = ANY(%s) GROUP BY 1, 2",
            [[span.lower for span in spans], [span.upper for span in spans], rhythm, regions],
        )
        return {(region, start): count for region, start, count in cursor.fetchall()}


@dataclass
class _Stated:
    pk: Any
    state: str
    late: bool
    overdue: bool
    came: int
    carried: int


def _stated(rhythm: str, spans: list[Any], regions: list[int]) -> dict[tuple[int, date], _Stated]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (s.region_id, s.period) s.region_id, lower(s.period), s.process_id, p.state, s.late, "
            "p.rung >= 2, l.came, l.carried FROM capacity_statement_statement s "
            "JOIN engine_process p ON p.id = s.process_id "
            "CROSS JOIN LATERAL (SELECT count(*) AS came, count(*) FILTER (WHERE carried) AS carried "
            "FROM capacity_statement_line WHERE statement_id = s.process_id) l "
            "WHERE s.rhythm = %s AND s.region_id = ANY(%s) AND s.period && daterange(%s, %s) "
            "ORDER BY s.region_id, s.period, (p.state = 'published') DESC, s.version DESC",
            [rhythm, regions, spans[0].lower, spans[-1].upper],
        )
        return {(row[0], row[1]): _Stated(*row[2:]) for row in cursor.fetchall()}


def _square(
    expected: dict[tuple[int, date], int], stated: dict[tuple[int, date], _Stated], region: int, start: date
) -> Square:
    count, found = expected.get((region, start), 0), stated.get((region, start))
    if found is None:
        return Square("missing" if count else "none", count)
    marks = {
        "published": "late" if found.late else "published",
        "submitted": "checked",
        "expired": "missing",
    }
    mark = marks.get(found.state, "overdue" if found.overdue else "running")
    came = found.came if found.state in ("published", "submitted") else 0
    return Square(mark, max(count, came), came, found.pk, found.carried)


def _add_ages(matrices: list[Matrix], day: date) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT region, rhythm, oldest FROM capacity_statement_freshness(%s)", [day])
        known = {(region, rhythm): oldest for region, rhythm, oldest in cursor.fetchall()}
    for matrix in matrices:
        for band in matrix.bands:
            band.last_known = known.get((band.region.pk, matrix.rhythm))
            band.age = (day - band.last_known).days if band.last_known else None


@dataclass
class UnitBand:
    """One unit over the periods: what was stated as occupied of how many places."""

    name: str
    provider: str
    cells: list[Line | None] = field(default_factory=list)


@dataclass
class OfRegion:
    """The units of a region over the periods, for each rhythm."""

    region: Region
    parts: list[tuple[Matrix, list[UnitBand]]]


def of_region(post: Post, pk: int, day: date) -> OfRegion | None:
    """The units of a region over the last periods; None when the post does not work there."""
    region = Region.objects.care().for_post(post).filter(pk=pk).first()
    if region is None:
        return None
    parts = []
    for rhythm in periods.Rhythm.values:
        spans = periods.last(rhythm, day, SHOWN)
        lines = Line.objects.for_post(post).filter(
            statement__in=Statement.objects.in_force(), statement__region=pk, statement__rhythm=rhythm,
            statement__period__startswith__gte=spans[0].lower,
        )  # fmt: skip
        by_unit: dict[int, dict[date, Line]] = defaultdict(dict)
        for line in lines.select_related("unit", "organisation", "statement"):
            by_unit[line.unit_id][line.statement.period.lower] = line
        bands = [
            UnitBand(
                next(iter(rows.values())).unit.name,
                next(iter(rows.values())).organisation.name,
                [rows.get(span.lower) for span in spans],
            )
            for rows in by_unit.values()
        ]
        if bands:
            heads = [(short(rhythm, span), named(rhythm, span)) for span in spans]
            parts.append((Matrix(rhythm, heads, []), sorted(bands, key=lambda band: (band.provider, band.name))))
    return OfRegion(region, parts)
