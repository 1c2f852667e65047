"""Where there is a place: the list of units as they stand at this moment, or on another day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.paginator import Paginator
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
from shelters.forms.finding import UnitFilter, moment_of
from shelters.models import Capacity, Placeable, Scheme, Stay, Unit
from shelters.queries import Standing, standing_at
from shelters.words import Kind, Measure

PAGE = 50
FEW = 1000


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
        self.units += 1
        self.places += now.places
        self.occupied += now.occupied
        self.reserved += now.reserved
        self.out += now.out
        self.free += now.free


@dataclass(slots=True)
class Found:
    """The units that answer, in order, and their sums; and those that are not there on the day, for who keeps them."""

    now: dict[int, Standing] = field(default_factory=dict)
    keys: list[int] = field(default_factory=list)
    sums: dict[Measure, Sum] = field(default_factory=lambda: {measure: Sum() for measure in Measure})
    elsewhere: list[tuple[int, str, date | None]] = field(default_factory=list)


@door(*policy.LOOK, side=Side.CARE)
@require_safe
def units(request: HttpRequest) -> HttpResponse:
    """Units with their places, how many are taken and how many are free."""
    post = acting(request)
    asked = UnitFilter(request.GET, post)
    moment = moment_of(asked.on)
    found = _found(asked, post, moment)
    shown = Paginator(found.keys, PAGE)
    page = shown.get_page(request.GET.get("page"))
    context = {
        "filter": asked,
        "rows": _rows(list(page.object_list), asked, moment, found.now),
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


def _found(asked: UnitFilter, post: Post, moment: datetime) -> Found:
    region, only_free = asked.chosen.get("region"), asked.chosen.get("free")
    ahead = Capacity.objects.filter(unit=OuterRef("pk"), holds__startswith__gt=asked.on).order_by("holds")
    begins = Subquery(ahead.values("holds__startswith")[:1]) if region else Value(None, output_field=DateField())
    rows: Any = Unit.objects.for_post(post).line_on(asked.on)
    rows = rows.filter(asked.condition & _listed(post, asked)).order_by("region__name", "-active", "name", "pk")
    units = list(rows.values_list("pk", "name", "kind", "active", begins))
    # Few units are counted by themselves; of many it is quicker to count all there are.
    found = Found(standing_at(moment, units=[unit[0] for unit in units] if len(units) < FEW else None))
    caseload = {kind.value for kind in Kind if kind.measure is Measure.CASELOAD}
    for key, name, kind, active, begins_on in units:
        stands = found.now.get(key)
        if stands is None:
            found.elsewhere.append((key, name, begins_on))
        elif stands.free or not only_free:
            found.keys.append(key)
            if active:
                found.sums[Measure.CASELOAD if kind in caseload else Measure.PLACES].add(stands)
    return found


def _listed(post: Post, asked: UnitFilter) -> Q:
    """Units in use; who keeps a unit sees it too when it is out of use or, in a list of one region, not there."""
    if post.role == Role.SHELTER_PROVIDER or (post.national and policy.may_add(post)):
        own = Q(pk__isnull=False)
    else:
        own = Q(region__in=sorted(post.region_ids)) if policy.may_add(post) else Q(pk__in=[])
    in_use, there = Q(active=True), Q(line__isnull=False)
    return in_use | own if asked.chosen.get("region") else in_use | (own & there)


def _rows(keys: list[int], asked: UnitFilter, moment: datetime, now: dict[int, Standing]) -> list[Row]:
    seen_from = min(asked.on, clock.today())
    words = Placeable.objects.filter(unit=OuterRef("pk"), at__lte=moment).order_by("-at", "-pk")
    stays = Stay.objects.filter(unit=OuterRef("pk"), period__contains=moment, arrived_at__lte=moment)
    rows = (
        Unit.objects.line_on(asked.on)
        .filter(pk__in=keys)
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
    return [_row(units[key], asked.schemes, now[key], checked[key], seen_from, moment) for key in keys if key in units]


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
