"""A unit on one page: how it stands, what it offers when, what is out of service, and what changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from access import clock, log
from access.doors import acting, door
from access.wall import Side
from shelters import changes, freshness, inventory, offer, policy
from shelters.changes import Version
from shelters.forms.acts import WordForm
from shelters.forms.finding import SeenForm, moment_of
from shelters.models import Placeable, Unit, schemes
from shelters.offer import ABOUT_FIGURES
from shelters.queries import Stays, standing_at, stays_at
from shelters.words import Kind, Measure, OutReason

WORDS_SHOWN, CHANGES_SHOWN = 3, 8


@dataclass(frozen=True, slots=True)
class Line:
    """A dated line as the page shows it: when it holds, whether that is past, now or planned, and what it changes."""

    since: date
    until: date | None
    when: str
    facts: dict[str, Any]
    scheme: str
    differences: list[offer.Difference]
    remark: str


@dataclass(frozen=True, slots=True)
class Out:
    """Places out of service as the page shows them; `revisions` tells how often it was revised."""

    key: int
    since: date
    until: date
    when: str
    places: int
    reason: str
    remark: str
    revisions: int


def found_unit(request: HttpRequest, pk: int, may: Any = None, *, lock: bool = False) -> Unit:
    """The unit of an address; `may` is asked whether the post may. Errors: Http404, PermissionDenied."""
    post = acting(request)
    if lock:  # whoever takes a place in it waits until what it offers is settled
        inventory.locked(pk)
    unit: Unit | None = Unit.objects.for_post(post).select_related("region", "organisation").filter(pk=pk).first()
    if unit is None:
        raise Http404
    if may is not None and not may(post, unit):
        raise PermissionDenied
    return unit


@door(*policy.LOOK, side=Side.CARE)
@require_safe
def unit(request: HttpRequest, pk: int) -> HttpResponse:
    """A unit today, or on another day, as we know it now or as it was known."""
    return page(request, found_unit(request, pk))


def page(request: HttpRequest, unit: Unit, word: WordForm | None = None, status: int = 200) -> HttpResponse:
    """The page of a unit; `word` is a word on what takes somebody that could not be kept."""
    post, seen = acting(request), SeenForm(request.GET)
    day, known_at, today = seen.on, seen.known_at, clock.today()
    moment, is_now = moment_of(day), known_at is None and day == today
    memory = changes.remembered([unit.pk])
    lines, outs = memory.lines[unit.pk], memory.outs[unit.pk]
    by_code = {scheme.pk: scheme for scheme in schemes()}
    names = {code: str(scheme) for code, scheme in by_code.items()}
    now = standing_at(moment, known_at=known_at, units=[unit.pk]).get(unit.pk)
    stays = stays_at(moment, [unit.pk], known_at=known_at).get(unit.pk, Stays())
    known = changes.known(lines, known_at)
    told = _lines(known, day, unit, names)
    gone = _outs(outs, known_at, day)
    events = [e for e in changes.story([unit], memory, post) if known_at is None or e.at <= known_at]
    if word is None and is_now and now is not None and policy.may_say(post, unit):
        word = WordForm(None, free=now.free)
    context = {
        "unit": unit,
        "seen": seen,
        "day": day,
        "known_at": known_at,
        "is_now": is_now,
        "now": now,
        "stays": stays,
        "left": 0 if now is not None else sum(n for _day, n in stays.leaving) + stays.unplanned,
        "caseload": Kind(unit.kind).measure is Measure.CASELOAD,
        "lines": told,
        "ends": told[-1].until if told else None,
        "outs": gone,
        "past_outs": [out for out in gone if out.when == "past"],
        "words": _words(unit, moment, known_at),
        "word": word,
        "events": events[:CHANGES_SHOWN],
        "more_events": len(events) > CHANGES_SHOWN,
        "may_change": policy.may_change(post, unit) and known_at is None,
        "may_keep": policy.may_keep(post, unit) and known_at is None,
        "crumbs": [(_("Shelter"), f"{reverse('shelters:list')}?region={unit.region_id}"), (unit.name, "")],
    }
    holding = next((version for version in known if day in version.span), None)
    if holding is None:
        context["empty"] = _when_empty(told, day)
    else:
        scheme, seen_from = by_code[holding.facts["scheme_id"]], min(day, today)
        checked = freshness.checked([(unit.pk, holding.facts["as_of"])], seen_from)[unit.pk]
        context |= {
            "holding": holding,
            "scheme": scheme,
            "offers": offer.facts(holding.facts, unit.kind, names),
            "checked": checked,
            "stale": freshness.stale(checked, scheme, seen_from),
        }
    return render(request, "shelters/unit.html", context, status=status)


def _when(since: date, until: date | None, day: date) -> str:
    if since > day:
        return "planned"
    return "now" if until is None or until > day else "past"


def _lines(versions: list[Version], day: date, unit: Unit, schemes: dict[str, str]) -> list[Line]:
    """The lines in the order of days; what only was checked again goes on in the same line."""
    told: list[Line] = []
    for version in versions:
        since, until = version.span.lower, version.span.upper
        before = told[-1] if told and told[-1].until == since else None
        names = [n for n in offer.differing(before.facts, version.facts) if n not in ABOUT_FIGURES] if before else []
        if before and not names:
            told[-1] = replace(before, until=until, when=_when(before.since, until, day))
            continue
        told.append(
            Line(
                since=since,
                until=until,
                when=_when(since, until, day),
                facts=version.facts,
                scheme=schemes.get(version.facts["scheme_id"], ""),
                differences=offer.differences(names, before.facts, version.facts, unit.kind, schemes) if before else [],
                remark=version.remark,
            )
        )
    return told


def _when_empty(lines: list[Line], day: date) -> str:
    """Why nothing holds on a day, in a sentence."""
    ahead = [line.since for line in lines if line.since > day]
    if ahead:
        return _("On this day the unit is not there yet.")
    return _("On this day the unit is not there any more.") if lines else _("Nothing was known of this unit then.")


def _outs(versions: list[Version], known_at: datetime | None, day: date) -> list[Out]:
    found = []
    for version in changes.known(versions, known_at):
        earlier = [v for v in versions if v.row == version.row and v.since < version.since]
        found.append(
            Out(
                version.row, version.span.lower, version.span.upper,
                _when(version.span.lower, version.span.upper, day), version.facts["places"],
                str(OutReason(version.facts["reason"]).label), version.remark, len(earlier),
            )
        )  # fmt: skip
    order = {"now": 0, "planned": 1, "past": 2}
    return sorted(found, key=lambda out: (order[out.when], out.since))


def _words(unit: Unit, moment: datetime, known_at: datetime | None) -> list[tuple[Placeable, bool]]:
    rows = Placeable.objects.filter(unit=unit, at__lte=min(moment, known_at or moment))
    said = rows.select_related("post__user", "post__organisation").order_by("-at", "-pk")[:WORDS_SHOWN]
    return [(word, freshness.too_old(word.at, moment)) for word in said]


@door(*policy.CHANGE, side=Side.CARE)
@require_http_methods(["GET", "POST"])
def say(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how many places take somebody now."""
    unit = found_unit(request, pk, policy.may_say, lock=request.method == "POST")
    if request.method == "GET":
        return redirect("shelters:unit", pk=pk)
    now = standing_at(clock.now(), units=[pk]).get(pk)
    form = WordForm(request.POST, free=now.free if now else 0)
    if not form.is_valid():
        return page(request, unit, form, 409 if form.changed_by_other else 422)
    number = form.cleaned_data["number"]
    inventory.say_placeable(unit, number, acting(request), form.cleaned_data["remark"])
    log.record(request, log.Action.WRITE, "unit", pk, detail={"placeable": number})
    said = ngettext("Noted: %(n)d is placeable now.", "Noted: %(n)d are placeable now.", number) % {"n": number}
    messages.success(request, said)
    return redirect("shelters:unit", pk=pk)


@door(*policy.CHANGE, side=Side.CARE)
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that what the unit offers is still right today."""
    unit = found_unit(request, pk, policy.may_change, lock=request.method == "POST")
    if request.method == "POST":
        try:
            inventory.change(unit, {"as_of": clock.today()}, since=clock.today(), acting=acting(request))
        except inventory.Gap:
            messages.warning(request, _("The unit is not there today; there is nothing to confirm."))
        else:
            log.record(request, log.Action.WRITE, "unit", pk, detail={"as_of": clock.today().isoformat()})
            messages.success(request, _("Noted: checked today."))
    return redirect("shelters:unit", pk=pk)
