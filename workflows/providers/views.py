"""The pages of a provider: today, the bed planner of a unit, and one stay in it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from access import clock, log
from access.doors import acting, door
from access.models import Post
from access.roles import Role
from access.wall import Side
from shelters import policy, sheets
from shelters.models import Stay, Unit
from shelters.planner import moves, timeline
from shelters.words import Kind, Measure
from workflows.providers import showing
from workflows.providers.choosing import choices_for
from workflows.providers.forms import MoveForm, WeeksForm
from workflows.providers.moves import change
from workflows.providers.queries import LEAVES_WITHIN, guest_and_mates, guests, house, units_of


@door(Role.SHELTER_PROVIDER, Role.CARE_COORDINATOR, side=Side.CARE)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What is asked, who comes, who goes, and how the units stand."""
    post = acting(request)
    found = house(post)
    log.record(request, log.Action.READ, "placement", detail={"rows": len(found.asked) + len(found.coming)})
    context = {
        "house": found,
        "title": _title(post),
        "provider": post.role == Role.SHELTER_PROVIDER,
        "within": LEAVES_WITHIN.days,
    }
    return render(request, "workflows/providers/home.html", context)


def _unit(request: HttpRequest, pk: int) -> Unit:
    post = acting(request)
    unit: Unit | None = Unit.objects.for_post(post).select_related("region", "organisation").filter(pk=pk).first()
    if unit is None:
        raise Http404
    if not policy.may_change(post, unit):
        raise PermissionDenied
    return unit


@door(*policy.CHANGE, side=Side.CARE)
@require_safe
def planner(request: HttpRequest, pk: int) -> HttpResponse:
    """The places of a unit over eight weeks."""
    unit, post = _unit(request, pk), acting(request)
    weeks = WeeksForm(request.GET)
    made = timeline.plan(unit, guests(post), weeks.window)
    others = units_of(post).filter(organisation=unit.organisation_id).order_by("name", "pk").values_list("pk", "name")
    log.record(request, log.Action.READ, "unit", pk, detail={"rows": sum(len(row.bars) for row in made.rows)})
    context = {
        "unit": unit,
        "units": [] if post.national else list(others),
        "plan": showing.shown(made),
        "weeks": weeks,
        "earlier": weeks.window.first - timedelta(weeks=1),
        "later": weeks.window.first + timedelta(weeks=1),
        "today": clock.today(),
        "is_now": weeks.window.shows(clock.today()),
        "downloads": [(kind, kind.upper()) for kind in sheets.TYPES],
        "caseload": Kind(unit.kind).measure is Measure.CASELOAD,
        "crumbs": [(_title(post), _home(request)), (unit.name, "")],
    }
    return render(request, "workflows/providers/planner.html", context)


def _title(post: Post) -> str:
    """What the page above is called; the national desk has none of today and comes from the list of units."""
    names = {Role.SHELTER_PROVIDER: _("Our places"), Role.NATIONAL_DESK: _("Shelter")}
    return names.get(Role(post.role), _("Providers"))


def _home(request: HttpRequest) -> str:
    return reverse("shelters:list" if acting(request).role == Role.NATIONAL_DESK else "providers:home")


@door(*policy.CHANGE, side=Side.CARE)
@require_safe
def table(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The planner as a file."""
    if kind not in sheets.TYPES:
        raise Http404
    unit, weeks = _unit(request, pk), WeeksForm(request.GET)
    made = showing.shown(timeline.plan(unit, guests(acting(request)), weeks.window))
    head, rows = showing.head(), showing.cells(made)
    log.record(request, log.Action.EXPORT, "unit", pk, detail={"rows": len(rows)})
    name = f"{unit.name}-{weeks.window.first.isoformat()}"
    if kind == "csv":
        return sheets.download(sheets.write_csv(head, rows), name, sheets.CSV)
    content = sheets.write_xlsx(head, rows, unit.name, showing.notes(unit, weeks.window))
    return sheets.download(content, name, sheets.XLSX)


@door(*policy.CHANGE, side=Side.CARE)
@require_http_methods(["GET", "POST"])
def stay(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One stay or reservation: moved to another place, expected until another day."""
    post, now = acting(request), clock.now()
    found, mates = guest_and_mates(post, pk, now)
    if found is None:
        raise Http404
    subject = found.subject
    if not policy.may_change(post, found.unit):
        raise PermissionDenied
    problem, status = "", 200
    if not moves.running(found, now):
        status = 409
        after = _where_now(request, found)
        if after is not None:
            messages.info(request, _("Somebody moved this in the meantime. You see where it is now."))
            return redirect("providers:stay", pk=after.pk)
        return render(request, "workflows/providers/stay.html", _context(request, found, None, ""), status=status)
    form = MoveForm(request.POST if request.method == "POST" else None, found, choices_for(post, found, mates, now))
    if request.method == "POST":
        if form.is_valid():
            until = form.cleaned_data.get("until") if "until" in form.fields else found.planned_until
            try:
                held = change(post, found, form.cleaned_data["seen"], form.cleaned_data["to"], until)
            except moves.Raced as refused:
                problem, status = str(refused.message), 409
            except moves.Refused as refused:
                problem, status = str(refused.message), 422
            else:
                log.record(request, log.Action.WRITE, "stay", held.pk, subject=subject, detail={"place": held.place})
                messages.success(request, showing.said(held, form.has_changed()))
                # Back on the bar itself, so that the next can be moved from there.
                return redirect(f"{_planner(held.unit_id, request.POST.get('weeks', ''))}#stay-{held.pk}")
        else:
            status = 422
    if status == 409:
        again, mates = guest_and_mates(post, pk, clock.now())
        if again is None or not moves.running(again, clock.now()):
            messages.warning(request, problem)
            after = _where_now(request, found)
            return redirect("providers:stay", pk=after.pk) if after else redirect(_planner(found.unit_id, ""))
        found, form = again, MoveForm(None, again, choices_for(post, again, mates, clock.now()))
    log.record(request, log.Action.READ, "stay", pk, subject=subject)
    return render(request, "workflows/providers/stay.html", _context(request, found, form, problem), status=status)


def _where_now(request: HttpRequest, gone: Stay) -> Stay | None:
    """The row that holds for whom a row stood that was ended by a move."""
    later = guests(acting(request)).filter(ref=gone.ref, period__contains=clock.now()).exclude(pk=gone.pk)
    return later.first()


def _planner(unit: int, weeks: str) -> str:
    try:
        day = date.fromisoformat(weeks)
    except ValueError:
        return reverse("providers:planner", args=[unit])
    return f"{reverse('providers:planner', args=[unit])}?day={day.isoformat()}"


def _context(request: HttpRequest, found: Any, form: MoveForm | None, problem: str) -> dict[str, Any]:
    back = _planner(found.unit_id, request.POST.get("weeks", "") or request.GET.get("weeks", ""))
    return {
        "stay": showing.one(found),
        "unit": found.unit,
        "form": form,
        "problem": problem,
        "back": back,
        "weeks": request.POST.get("weeks", "") or request.GET.get("weeks", ""),
        "crumbs": [(_title(acting(request)), _home(request)), (found.unit.name, back), (showing.name_of(found), "")],
    }
