"""The national picture: one page for who works with figures, one for everybody signed in, gaps, and ten years."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from access import clock, log
from access.doors import EVERY_ROLE, acting, door
from access.models import Post, Region
from insights import exports, gaps, maps, picture, policy, reading, why
from insights.actions import OPENS, picture_tabs, running
from insights.cells import Supply
from insights.counting import gaps_for
from insights.cuts import BY_KEY
from insights.definitions import DEMAND, FIGURES, SUPPLY, Figure
from insights.forms import PictureForm, WhyForm, YearsForm
from insights.pace import Pace, without
from shelters.models import PublishedFigure, schemes

YEARS = 10
GAPS = Pace()


class Asked:
    """A request for the picture: what was asked, the regions of the day, and who reads it."""

    def __init__(self, request: HttpRequest, whole: bool, form: type[PictureForm] = PictureForm) -> None:
        self.post: Post = acting(request)
        self.whole = whole
        self.demand = whole and bool(request.GET)  # the first view comes at once, demand follows by itself
        self.regions = picture.regions(clock.today())
        self.form = form(request.GET, self.regions, whole)
        self.given = self.form.asked()
        self.day: date = self.given["day"]
        self.other: date | None = self.given.get("other")
        self.by = self.given.get("by") or "region"
        self.limits = PictureForm.limits(self.given)
        chosen = self.given.get("figure")
        self.figure = FIGURES[chosen if chosen in FIGURES else "free"]

    @property
    def limited_to(self) -> list[tuple[str, str]]:
        """The limits in words."""
        return self.form.chosen(self.given)

    @property
    def threshold(self) -> int:
        """From which number of persons on numbers are shown."""
        return int(settings.LOODS_SMALL_NUMBER)

    def names(self) -> dict[Any, str]:
        """The values of the cut with their names, in order."""
        if self.by == "region":
            rows = [r for r in self.regions if self.limits.get("region") in (None, r.pk)]
            return {region.pk: region.name for region in rows}
        if self.by == "scheme":
            return {row.code: str(row) for row in schemes()}
        return BY_KEY[self.by].names()

    def supply(self, day: date) -> list[Supply]:
        """What there is on a day, told apart by no more than the page asks."""
        return reading.supply(day, apart={self.by, *self.limits})

    def table(self, day: date, rows: list[Supply] | None = None, by: str = "", *, demand: bool = True) -> picture.Table:
        """The table of a day, with small numbers left out for this reader; without `demand`, supply alone."""
        cut = by or self.by
        names = self.names() if cut == self.by else {region.pk: region.name for region in self.regions}
        name = BY_KEY[cut].demand if self.demand and demand else ""
        asked, in_all = reading.asked(day, name, self._limits_of_demand()) if name else ([], None)
        made = picture.table(
            day, cut, rows if rows is not None else self.supply(day), asked, in_all, names, self.limits
        )
        if not self.demand:
            made.figures = [key for key in made.figures if key in {figure.key for figure in SUPPLY}]
        if cut == "region":
            province = {region.pk: region.parent.name if region.parent else "" for region in self.regions}
            for line in made.lines:
                line.group = province.get(line.key, "")
        picture.leave_out(made, self.threshold, policy.entitled(self.post) if self.whole else frozenset())
        return made

    def _limits_of_demand(self) -> dict[str, Any]:
        return {key: value for key, value in self.limits.items() if BY_KEY[key].demand}


@door(*policy.WHOLE)
@require_safe
def whole(request: HttpRequest) -> HttpResponse:
    """The picture with supply beside demand."""
    return _page(request, Asked(request, whole=True), "insights/picture.html")


@door(*EVERY_ROLE)
@require_safe
def everybody(request: HttpRequest) -> HttpResponse:
    """The picture of the places, without anything that could point to a person."""
    return _page(request, Asked(request, whole=False), "insights/picture.html")


def _page(request: HttpRequest, asked: Asked, template: str) -> HttpResponse:
    rows = asked.supply(asked.day)
    made = asked.table(asked.day, rows)
    if asked.other:
        picture.compare(made, asked.table(asked.other))
    if request.GET.get("as") in exports.KINDS and asked.whole:
        log.record(request, log.Action.EXPORT, "picture", detail={"as": request.GET["as"], "lines": len(made.lines)})
        return exports.answer(request.GET["as"], made, asked)
    log.record(request, log.Action.READ, "picture")
    drawn = made
    if asked.by != "region" or asked.limits.get("region"):
        drawn = asked.table(asked.day, rows, "region", demand=asked.figure in DEMAND)
    ages = _ages(asked)
    context = {
        "asked": asked,
        "table": made,
        "heads": [FIGURES[key] for key in made.figures],
        "map": _map(asked, drawn),
        "compared": bool(asked.other),
        "credit": maps.CREDIT,
        "chart": _chart(made),
        "waits": _waits(made),
        "ages": ages,
        "ages_chart": {
            "names": [row["name"] for row in ages if row["days"] is not None],
            "parts": [],
            "demand": [{"name": _("days"), "values": [row["days"] for row in ages if row["days"] is not None]}],
        },
        "threshold": asked.threshold,
        "published": PublishedFigure.objects.select_related("scheme"),
        "query": request.GET.urlencode(),
        "kinds": exports.KINDS,
        "follows": asked.whole and not asked.demand,
        "all_schemes": asked.demand and "scheme" in asked.limits,
        "tabs": picture_tabs("picture") if asked.whole else [],
    }
    return render(request, template, context)


def number(value: float | None) -> str:
    """A number for the page: whole numbers plain, others with one decimal and a comma in Dutch."""
    if value is None:
        return "–"
    return number_format(value, 0 if float(value).is_integer() else 1)


def _map(asked: Asked, made: picture.Table) -> maps.Map:
    lines = {line.key: line for line in made.lines}
    provinces: dict[str, list[Region]] = {}
    names: dict[str, str] = {}
    for region in asked.regions:
        if region.parent is not None:
            provinces.setdefault(region.parent.code, []).append(region)
            names[region.parent.code] = region.parent.name
    found = {}
    key = asked.figure.key
    for code, regions in provinces.items():
        inside = [lines[region.pk] for region in regions if region.pk in lines]
        shown = [line.shown(key) for line in inside]
        hides = any(key in line.hidden for line in inside)
        known = [value for value in shown if value is not None]
        total = sum(known) if known and not hides and asked.figure.adds_up else None
        text = number(total) if not hides else "<"
        rows = tuple((line.name, _said(line, key)) for line in inside)
        found[code] = (names[code], total, text, rows)
    return maps.draw(found)


def _said(line: picture.Line, key: str) -> str:
    return "<" if key in line.hidden else number(line.numbers.get(key))


def _chart(made: picture.Table) -> dict[str, Any]:
    """What the chart draws: the same numbers as the table."""
    parts = [key for key in ("occupied", "reserved", "out_of_service", "free") if key in made.figures]
    lines = [line for line in made.lines if line.numbers.get("places") or line.numbers.get("asked")]
    return {
        "names": [line.name for line in lines],
        "parts": [{"name": str(FIGURES[key].label), "values": [line.shown(key) for line in lines]} for key in parts],
        "demand": [
            {"name": str(FIGURES[key].label), "values": [line.shown(key) for line in lines]}
            for key in ("asked", "unmet", "waiting")
            if key in made.figures
        ],
    }


def _waits(made: picture.Table) -> dict[str, Any] | None:
    """What the chart of the waiting time draws; None where there is nothing to draw."""
    lines = [line for line in made.lines if line.shown("waiting_days") is not None]
    if "waiting_days" not in made.figures or not lines:
        return None
    values = [line.shown("waiting_days") for line in lines]
    return {
        "names": [line.name for line in lines],
        "parts": [],
        "demand": [{"name": str(FIGURES["waiting_days"].label), "values": values}],
    }


def _ages(asked: Asked) -> list[dict[str, Any]]:
    """How fresh the statements are, region by region, the oldest first; a region without one stands on top."""
    found: dict[int, Any] = {}
    for row in reading.freshness(asked.day):
        kept = found.get(row.region)
        if kept is None or (row.oldest and kept.oldest and row.oldest < kept.oldest):
            found[row.region] = row
    rows = [
        {
            "name": region.name,
            "oldest": found[region.pk].oldest if region.pk in found else None,
            "days": (asked.day - found[region.pk].oldest).days if region.pk in found else None,
        }
        for region in asked.regions
    ]
    return sorted(rows, key=lambda row: (row["days"] is not None, -(row["days"] or 0), row["name"]))


@door(*policy.WHOLE)
@require_safe
def gap_list(request: HttpRequest) -> HttpResponse:
    """Where victims are not welcome, the worst first; where that takes a moment the list follows (`shown`)."""
    asked = Asked(request, whole=True)
    frame = {"day": asked.day, "tabs": picture_tabs("gaps")}
    if GAPS.follows(request, asked.day):
        return render(request, "insights/gaps.html", {**frame, "follows": True, "query": without(request)})
    names = {region.pk: region.name for region in asked.regions}
    with GAPS.timed(asked.day):
        found, at_work = gaps_for(asked.post, asked.day), running(asked.post)
    log.record(request, log.Action.READ, "gaps")
    context = frame | {
        "gaps": [
            (gap, sorted(names[key] for key in gap.without), _query(gap), at_work.get(gap.wanted, ()))
            for gap in found[:40]
        ],
        "more": max(0, len(found) - 40),
        "may_open": asked.post.role in OPENS,
    }
    return render(request, "insights/gaps.html", context)


def _query(gap: gaps.Gap) -> str:
    return urlencode({key: "on" if value is True else value for key, value in gap.wanted.cut.items()})


@door(*policy.WHOLE)
@require_safe
def years(request: HttpRequest) -> HttpResponse:
    """Places and occupied places over ten years; the numbers come a moment after the page."""
    asked = Asked(request, whole=True, form=YearsForm)
    query = request.GET.copy()
    query.pop("now", None)
    context = {
        "asked": asked,
        "since": asked.day - relativedelta(years=YEARS),
        "query": query.urlencode(),
        "tabs": picture_tabs("years"),
        "kinds": exports.KINDS,
    }
    kind, part = request.GET.get("as", ""), bool(request.headers.get("HX-Request"))
    if kind not in exports.KINDS and not part and not request.GET.get("now"):
        return render(request, "insights/years.html", context)
    shown = _series(asked)
    if kind in exports.KINDS:
        log.record(request, log.Action.EXPORT, "picture", detail={"as": kind, "lines": len(shown)})
        return exports.series(kind, shown, asked)
    context |= {
        "rows": shown,
        "threshold": asked.threshold,
        "chart": {
            "names": [day.strftime("%Y-%m") for day, _p, _o in shown],
            "parts": [
                {"name": str(FIGURES["places"].label), "values": [places for _d, places, _o in shown]},
                {"name": str(FIGURES["occupied"].label), "values": [occupied for _d, _p, occupied in shown]},
            ],
        },
    }
    return render(request, "insights/_years.html" if part else "insights/years.html", context)


@door(*policy.WHOLE)
@require_safe
def why_not(request: HttpRequest) -> HttpResponse:
    """What came of the requests: met or not and why, refused and why, and who cannot move on."""
    asked = Asked(request, whole=True, form=WhyForm)
    kind, parts = request.GET.get("as", ""), why.parts(asked)
    if kind in exports.KINDS:
        log.record(request, log.Action.EXPORT, "picture", detail={"as": kind, "lines": len(parts)})
        return exports.reasons(kind, parts, asked)
    log.record(request, log.Action.READ, "picture")
    context = {
        "asked": asked,
        "since": asked.day + relativedelta(days=1) - reading.SPAN,
        "parts": parts,
        "hides": any(row.hidden for part in parts for row in part.lines),
        "threshold": asked.threshold,
        "query": request.GET.urlencode(),
        "kinds": exports.KINDS,
        "tabs": picture_tabs("why"),
    }
    return render(request, "insights/why.html", context)


def _series(asked: Asked) -> list[tuple[date, int, int | None]]:
    """Last day of each month, places, and how many were occupied; None where that is too small for this reader."""
    rows = reading.series(
        asked.day - relativedelta(years=YEARS), asked.day, asked.limits.get("region"), asked.limits.get("kind", "")
    )
    entitled = policy.entitled(asked.post)
    small = asked.threshold if entitled is not None and asked.limits.get("region") not in entitled else 0
    return [(day, places, None if 0 < occupied < small else occupied) for day, places, occupied in rows]


@door(*EVERY_ROLE)
@require_safe
def definitions(request: HttpRequest) -> HttpResponse:
    """What each figure means, with its unit and source."""
    figures: list[tuple[str, tuple[Figure, ...]]] = [(_("Supply"), SUPPLY), (_("Demand"), DEMAND)]
    context = {
        "parts": figures,
        "threshold": settings.LOODS_SMALL_NUMBER,
        "published": PublishedFigure.objects.select_related("scheme"),
        "credit": maps.CREDIT,
    }
    return render(request, "insights/definitions.html", context)
