"""Completeness and timeliness: what was expected, what came, and what came in time; for regions and for units.

Expected are the units that were in use in a period under a scheme of its rhythm. What came are lines that say how many
places there are and how many are occupied: an empty line is not complete. A region or a unit without a statement shows
as such, with the last figure that is known and its age, never as zero.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from access.models import Post, Region
from shelters import freshness
from shelters.models import Capacity, Scheme
from workflows.capacity_statement import filling, periods
from workflows.capacity_statement.models import Line
from workflows.capacity_statement.words import named, short

SHOWN = 8
"""How many periods a matrix shows, the one that runs included."""

MARKS = {
    "published": ("done", _("in time")),
    "late": ("today", _("came late")),
    "checked": ("waiting", _("being checked")),
    "asked": ("today", _("questions asked")),
    "running": ("info", _("in preparation")),
    "overdue": ("overdue", _("not in yet")),
    "missing": ("overdue", _("missing")),
    "none": ("plain", _("nothing expected")),
}
"""How a cell is marked and what it says: kind of badge and words."""
NOT_COUNTED = ("running", "none")
"""Marks of periods that say nothing of completeness: still running, or nothing to state."""


@dataclass
class Square:
    """One region, or one unit, in one period."""

    mark: str
    expected: int = 0
    came: int = 0
    late: bool = False
    statement: Any = None
    carried: int = 0
    line: Line | None = None

    @property
    def badge(self) -> str:
        """Kind of badge."""
        return MARKS[self.mark][0]

    @property
    def text(self) -> Any:
        """In words."""
        return MARKS[self.mark][1]


@dataclass(kw_only=True)
class Row:
    """Something over the periods: squares and the heads of their columns."""

    squares: list[Square]
    heads: list[tuple[str, str]]

    @property
    def share(self) -> tuple[int, int, int]:
        """Of the periods that count: units expected, units that came, units that came in time."""
        over = [square for square in self.squares if square.mark not in NOT_COUNTED]
        in_time = sum(square.came for square in over if not square.late)
        return sum(square.expected for square in over), sum(square.came for square in over), in_time

    @property
    def labelled(self) -> list[tuple[Square, str]]:
        """Each square with the head of its column."""
        return [(square, head) for square, (head, _full) in zip(self.squares, self.heads, strict=True)]


@dataclass(kw_only=True)
class Band(Row):
    """One region over the periods, and what is known of it last."""

    region: Region
    rhythm: str
    last_known: date | None = None
    age: int | None = None  # days
    places: int | None = None
    occupied: int | None = None
    missing: int = 0  # units of which nobody knew

    @property
    def stale(self) -> bool:
        """Whether the last figure is older than its rhythm, or there is none."""
        return self.age is None or self.age > freshness.MOST[Scheme.Rhythm(self.rhythm)].days


@dataclass
class Matrix:
    """All regions, or all units of a region, of one rhythm."""

    rhythm: str
    heads: list[tuple[str, str]]
    bands: list[Any]

    @property
    def label(self) -> str:
        """Weekly or monthly."""
        return str(Scheme.Rhythm(self.rhythm).label)


Span = tuple[str, date]
"""A period: its rhythm and first day."""


def _spans(day: date) -> dict[str, list[Any]]:
    return {rhythm: periods.last(rhythm, day, SHOWN) for rhythm in periods.Rhythm.values}


def _heads(rhythm: str, spans: list[Any]) -> list[tuple[str, str]]:
    return [(short(rhythm, span), named(rhythm, span)) for span in spans]


def by_region(post: Post, day: date) -> list[Matrix]:
    """A matrix for each rhythm that has units in the regions of the post. Four queries, however many regions."""
    regions = {row.pk: row for row in Region.objects.care().for_post(post).order_by("name")}
    spans = _spans(day)
    expected, stated = _expected(spans, sorted(regions)), _stated(spans, sorted(regions))
    known = _last_known(day)
    made = []
    for rhythm, own in spans.items():
        heads = _heads(rhythm, own)
        bands = [
            Band(
                region=region,
                rhythm=rhythm,
                heads=heads,
                squares=[
                    _square(expected.get((pk, rhythm, s.lower), 0), stated.get((pk, rhythm, s.lower))) for s in own
                ],
                **known.get((pk, rhythm), {}),
            )
            for pk, region in regions.items()
            if any(expected.get((pk, rhythm, span.lower)) for span in own)
        ]
        if bands:
            made.append(Matrix(rhythm, heads, bands))
    return made


def _flat(spans: dict[str, list[Any]]) -> list[list[Any]]:
    flat = [(rhythm, span.lower, span.upper) for rhythm, own in spans.items() for span in own]
    return [list(column) for column in zip(*flat, strict=True)]


def _expected(spans: dict[str, list[Any]], regions: list[int]) -> dict[tuple[int, str, date], int]:
    with connection.cursor() as cursor:
        cursor.execute(
            # What units offer is read once and then held against each period: not once for each period.
            "WITH offered AS MATERIALIZED ("
            "SELECT u.region_id, s.stated_every AS rhythm, range_agg(c.holds) AS held FROM shelters_unit u "
            "JOIN shelters_capacity c ON c.unit_id = u.id AND c.active "
            "JOIN shelters_scheme s ON s.code = c.scheme_id WHERE u.region_id = ANY(%(regions)s) "
            "GROUP BY u.id, s.stated_every) "
            "SELECT o.region_id, p.rhythm, p.start, count(*) "
            "FROM unnest(%(rhythms)s::text[], %(starts)s::date[], %(stops)s::date[]) AS p(rhythm, start, stop) "
            "JOIN offered o ON o.rhythm = p.rhythm AND o.held && daterange(p.start, p.stop) GROUP BY 1, 2, 3",
            dict(zip(("rhythms", "starts", "stops"), _flat(spans), strict=True)) | {"regions": regions},
        )
        return {(region, rhythm, start): count for region, rhythm, start, count in cursor.fetchall()}


@dataclass
class _Stated:
    pk: Any
    state: str
    late: bool
    overdue: bool
    came: int
    carried: int


def _stated(spans: dict[str, list[Any]], regions: list[int]) -> dict[tuple[int, str, date], _Stated]:
    """Of each region and period the published version in force, else the newest."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (s.region_id, s.rhythm, s.period) s.region_id, s.rhythm, lower(s.period), "
            "s.process_id, p.state, s.late, p.rung >= 2, l.came, l.carried "
            "FROM unnest(%s::text[], %s::date[], %s::date[]) AS asked(rhythm, start, stop) "
            "JOIN capacity_statement_statement s ON s.rhythm = asked.rhythm "
            "AND s.period = daterange(asked.start, asked.stop) JOIN engine_process p ON p.id = s.process_id "
            "CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE places IS NOT NULL AND occupied IS NOT NULL) AS came, "
            "count(*) FILTER (WHERE carried) AS carried "
            "FROM capacity_statement_line WHERE statement_id = s.process_id) l WHERE s.region_id = ANY(%s) "
            "ORDER BY s.region_id, s.rhythm, s.period, (p.state = 'published') DESC, s.version DESC",
            [*_flat(spans), regions],
        )
        return {tuple(row[:3]): _Stated(*row[3:]) for row in cursor.fetchall()}  # type: ignore[misc]


def _mark(found: _Stated | None, expected: int) -> str:
    if found is None:
        return "missing" if expected else "none"
    marks = {
        "published": "late" if found.late else "published",
        "submitted": "checked",
        "returned": "asked",
        "expired": "missing",
    }
    return marks.get(found.state, "overdue" if found.overdue else "running")


def _square(expected: int, found: _Stated | None) -> Square:
    mark = _mark(found, expected)
    if found is None:
        return Square(mark, expected)
    came = found.came if found.state in ("published", "submitted", "returned") else 0
    return Square(mark, max(expected, came), came, found.late, found.pk, found.carried)


def _last_known(day: date) -> dict[tuple[int, str], dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT region, rhythm, oldest, places, occupied, missing FROM capacity_statement_freshness(%s)", [day]
        )
        return {
            (region, rhythm): {
                "last_known": oldest, "age": (day - oldest).days, "places": places, "occupied": occupied,
                "missing": missing,
            }
            for region, rhythm, oldest, places, occupied, missing in cursor.fetchall()
        }  # fmt: skip


@dataclass(kw_only=True)
class UnitBand(Row):
    """One unit over the periods, and its last line that is known."""

    unit: Any
    last: Line | None = None
    age: int | None = None


@dataclass
class OfRegion:
    """The units of a region over the periods, for each rhythm."""

    region: Region
    parts: list[Matrix] = field(default_factory=list)


def of_region(post: Post, pk: int, day: date) -> OfRegion | None:
    """The units of a region over the last periods; None when the post does not work there. Five queries."""
    region = Region.objects.care().for_post(post).filter(pk=pk).first()
    if region is None:
        return None
    spans = _spans(day)
    stated = _stated(spans, [pk])
    lines = _lines_of([one.pk for one in stated.values()])
    offered = _offered(spans, pk)
    last = filling.last_stated([unit.pk for unit, _held in offered.values()], max(s[-1].upper for s in spans.values()))
    made = OfRegion(region)
    for rhythm, own in spans.items():
        bands = []
        for unit, held in offered.values():
            if held_in := {span.lower for span in own if (rhythm, span.lower) in held}:
                squares = [
                    _of_unit(
                        span.lower in held_in,
                        stated.get((pk, rhythm, span.lower)),
                        lines.get((unit.pk, rhythm, span.lower)),
                    )
                    for span in own
                ]
                known = last.get(unit.pk)
                age = (day - known.as_of).days if known else None
                bands.append(UnitBand(unit=unit, squares=squares, heads=_heads(rhythm, own), last=known, age=age))
        if bands:
            made.parts.append(Matrix(rhythm, _heads(rhythm, own), bands))
    return made


def _of_unit(expected: bool, found: _Stated | None, line: Line | None) -> Square:
    if found is None or (line is None and not expected):
        return Square("missing" if expected else "none", int(expected))
    mark = _mark(found, int(expected))
    if mark in ("overdue", "running"):
        return Square(mark, int(expected), statement=found.pk)
    came = int(line is not None and None not in (line.places, line.occupied) and mark != "missing")
    mark = mark if came else "missing"
    return Square(mark, 1, came, found.late, found.pk, int(bool(line and line.carried)), line if came else None)


def _lines_of(statements: list[Any]) -> dict[tuple[int, str, date], Line]:
    rows = Line.objects.filter(statement__in=statements).select_related("statement")
    return {(row.unit_id, row.statement.rhythm, row.statement.period.lower): row for row in rows}


def _offered(spans: dict[str, list[Any]], region: int) -> dict[int, tuple[Any, set[Span]]]:
    """The units of a region that were in use in any of the periods, with the periods of which they are stated."""
    edges = [edge for own in spans.values() for edge in (own[0].lower, own[-1].upper)]
    rows = Capacity.objects.filter(
        unit__region=region, active=True, holds__overlap=DateRange(min(edges), max(edges))
    ).select_related("unit__organisation", "scheme")
    found: dict[int, tuple[Any, set[Span]]] = {}
    held: dict[int, set[Span]] = defaultdict(set)
    for row in rows.order_by("unit__organisation__name", "unit__name", "unit"):
        rhythm = row.scheme.stated_every
        for span in spans[rhythm]:
            if row.holds.lower < span.upper and (row.holds.upper is None or row.holds.upper > span.lower):
                held[row.unit_id].add((rhythm, span.lower))
        if held[row.unit_id]:
            found[row.unit_id] = (row.unit, held[row.unit_id])
    return found
