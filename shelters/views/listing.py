"""Where there is a place: the list of units as they stand at this moment, or on another day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.paginator import Paginator
from django.db import connection
from django.db.models import DateField, F, OuterRef, Q, Subquery, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from access import clock
from access.doors import acting, door
from access.models import Post
from access.roles import Role
from access.wall import Side
from shelters import freshness, policy
from shelters.forms.finding import UnitFilter, care_regions, moment_of
from shelters.models import Capacity, Placeable, Scheme, Stay, Unit
from shelters.queries import Standing, standing_at
from shelters.words import Kind, Measure

PAGE = {"region": 50, "country": 25}
"""Units on a page: all of most regions; of the whole country few, since nobody reads it from end to end."""


@dataclass(frozen=True, slots=True)
class Row:
    """A unit in the list; `unit` was read with what its line, the last word and the stays say."""

    unit: Any
    now: Standing
    scheme: str
    checked: date | None
    stale: bool
    word_old: bool
    caseload: bool


@dataclass(slots=True)
class Sum:
    """Units in use, added up; places and caseload never together."""

    units: int = 0
    places: int = 0
    occupied: int = 0
    reserved: int = 0
    out: int = 0
    free: int = 0

    def add(self, now: Standing) -> None:
        """One more unit."""
        self.add_up(1, now.places, now.occupied, now.reserved, now.out, now.free)

    def add_up(self, units: int, places: int, occupied: int, reserved: int, out: int, free: int) -> None:
        """More units, with what they have together."""
        self.units += units
        self.places += places
        self.occupied += occupied
        self.reserved += reserved
        self.out += out
        self.free += free


@dataclass(slots=True)
class Found:
    """The units of a page in order, of how many, and the sums of all; and those that are not there on the day, for who
    keeps them."""

    now: list[Standing] = field(default_factory=list)
    all: int = 0
    page: int = PAGE["region"]
    sums: dict[Measure, Sum] = field(default_factory=lambda: {measure: Sum() for measure in Measure})
    elsewhere: list[tuple[int, str, date | None]] = field(default_factory=list)


@door(*policy.LOOK, side=Side.CARE)
@require_safe
def units(request: HttpRequest) -> HttpResponse:
    """Units with their places, how many are taken and how many are free."""
    post = acting(request)
    asked = UnitFilter(request.GET, post)
    moment = moment_of(asked.on)
    number = _number(request.GET.get("page", ""))
    found = _found(asked, post, moment, number)
    shown = Paginator(range(found.all), found.page)
    page = shown.get_page(number)
    context = {
        "filter": asked,
        "rows": _rows(found.now, asked, moment),
        "everything": f"{reverse('shelters:list')}?region=" if asked.narrows else "",
        "may_add": policy.may_add(post),
        "beds": found.sums[Measure.PLACES],
        "caseload": found.sums[Measure.CASELOAD],
        "today": asked.on == clock.today(),
        "day": asked.on,
        "at": moment,
        "elsewhere": found.elsewhere,
        "previous": _page_address(request, page.previous_page_number()) if page.has_previous() else "",
        "next": _page_address(request, page.next_page_number()) if page.has_next() else "",
        "where": _("%(from)s–%(to)s of %(all)s")
        % {"from": page.start_index(), "to": page.end_index(), "all": shown.count},
    }
    return render(request, "shelters/list.html", context)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and 0 < len(text) < 7 and int(text) else 1


def _found(asked: UnitFilter, post: Post, moment: datetime, number: int) -> Found:
    few = asked.chosen.get("region") or post.role == Role.SHELTER_PROVIDER
    return (_of_few if few else _of_many)(asked, post, moment, number)


def _of_few(asked: UnitFilter, post: Post, moment: datetime, number: int) -> Found:
    """Units of one region or provider, those among them that are not there on the day: counted each by itself."""
    rows: Any = Unit.objects.for_post(post).line_on(asked.on)
    rows = rows.filter(asked.condition & _listed(post, asked)).order_by("region__name", "-active", "name", "pk")
    ahead = Capacity.objects.filter(unit=OuterRef("pk"), holds__startswith__gt=asked.on).order_by("holds")
    begins: Any = Subquery(ahead.values("holds__startswith")[:1]) if asked.chosen.get("region") else Value(
        None, output_field=DateField()
    )  # fmt: skip
    units = list(rows.values_list("pk", "name", "kind", "active", begins))
    stands, found = standing_at(moment, units=[unit[0] for unit in units]), Found()
    there = []
    for key, name, kind, active, begins_on in units:
        now = stands.get(key)
        if now is None:
            found.elsewhere.append((key, name, begins_on))
        elif now.free or not asked.chosen.get("free"):
            there.append(now)
            if active:
                found.sums[Kind(kind).measure].add(now)
    found.all = len(there)
    first = min(number - 1, max(found.all - 1, 0) // found.page) * found.page
    found.now = there[first : first + found.page]
    return found


_MANY = """
WITH asked (unit, kind, region_id, region, name) AS ({units}), found AS MATERIALIZED (
    SELECT asked.kind, asked.region, asked.name, unit, stands.places, stands.active, stands.occupied, stands.reserved,
        stands.out_of_service, stands.free FROM asked
    JOIN shelters_at(%s, NULL, NULL) stands USING (unit)
    WHERE (stands.active OR asked.region_id = ANY(%s)) AND (stands.free > 0 OR NOT %s)
), counted AS (SELECT count(*) AS n FROM found)
SELECT n, (
    SELECT json_agg(json_build_array(unit, places, occupied, reserved, out_of_service, free, NULL)) FROM (
        SELECT * FROM found ORDER BY region, active DESC, name, unit
        LIMIT {page} OFFSET LEAST(%s - 1, GREATEST(n - 1, 0) / {page}) * {page}) page
), (
    SELECT json_agg(json_build_array(kind, units, places, occupied, reserved, gone, free)) FROM (
        SELECT kind, count(*) AS units, sum(places) AS places, sum(occupied) AS occupied, sum(reserved) AS reserved,
            sum(out_of_service) AS gone, sum(free) AS free
        FROM found WHERE active GROUP BY kind) sums
) FROM counted
"""


def _of_many(asked: UnitFilter, post: Post, moment: datetime, number: int) -> Found:
    """Units of the whole country that are there: the database counts them all at once, and gives those of the page and
    the sums. What a line says is read only where it is asked about: each reading of all lines costs. So does the word
    on what is placeable: it is read with the units of the page (`_rows`), and is None here."""
    units: Any = Unit.objects.for_post(post)
    if asked.of_line:
        units = units.line_on(asked.on)
    units = units.filter(asked.condition).order_by()
    statement, values = units.values_list("pk", "kind", "region_id", "region__name", "name").query.sql_with_params()
    given = [*values, moment, _kept(post), bool(asked.chosen.get("free")), number]
    with connection.cursor() as cursor:
        cursor.execute(_MANY.format(units=statement, page=PAGE["country"]), given)
        count, page, sums = cursor.fetchone()
    found = Found([Standing._make(row) for row in page or ()], count, PAGE["country"])
    for kind, *numbers in sums or ():
        found.sums[Kind(kind).measure].add_up(*numbers)
    return found


def _kept(post: Post) -> list[int]:
    """The regions in which a post keeps units, and so sees those that are out of use."""
    if not policy.may_add(post):
        return []
    regions = {key for key, _name in care_regions(clock.today())} if post.national else post.region_ids
    return sorted(regions)


def _listed(post: Post, asked: UnitFilter) -> Q:
    """Units in use; who keeps a unit sees it too when it is out of use or, in a list of one region, not there."""
    own = Q(pk__isnull=False) if post.role == Role.SHELTER_PROVIDER else Q(region__in=_kept(post))
    in_use, there = Q(active=True), Q(line__isnull=False)
    return in_use | own if asked.chosen.get("region") else in_use | (own & there)


def _rows(stands: list[Standing], asked: UnitFilter, moment: datetime) -> list[Row]:
    seen_from = min(asked.on, clock.today())
    words = Placeable.objects.filter(unit=OuterRef("pk"), at__lte=moment).order_by("-at", "-pk")
    stays = Stay.objects.filter(unit=OuterRef("pk"), period__contains=moment, arrived_at__lte=moment)
    rows = (
        Unit.objects.line_on(asked.on)
        .filter(pk__in=[now.unit for now in stands])
        .annotate(
            as_of=F("line__as_of"),
            word=Subquery(words.values("places")[:1]),
            word_at=Subquery(words.values("at")[:1]),
            leaves=Subquery(stays.order_by("planned_until").values("planned_until")[:1]),
        )
        .select_related("organisation", "region")
    )
    units = {unit.pk: unit for unit in rows}
    checked = freshness.checked(((unit.pk, unit.as_of) for unit in units.values()), seen_from)
    return [
        _row(units[now.unit], asked.schemes, now, checked[now.unit], seen_from, moment)
        for now in stands
        if now.unit in units
    ]


def _row(
    unit: Any, schemes: dict[str, Scheme], now: Standing, checked: date | None, seen_from: date, moment: datetime
) -> Row:
    scheme = schemes[unit.scheme]
    return Row(
        unit=unit,
        now=now,
        scheme=str(scheme),
        checked=checked,
        stale=freshness.stale(checked, scheme, seen_from),
        word_old=unit.word_at is not None and freshness.too_old(unit.word_at, moment),
        caseload=Kind(unit.kind).measure is Measure.CASELOAD,
    )


def _page_address(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query["page"] = str(number)
    return f"?{query.urlencode()}"
