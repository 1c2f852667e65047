"""Keeping units: adding, changing, naming and ending them, and taking places out of service."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.backends.postgresql.psycopg_any import DateRange
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from access import clock, log
from access.doors import acting, door
from access.wall import Side
from shelters import inventory, offer, policy
from shelters.forms.acts import EndForm, NameForm, OutForm
from shelters.forms.offering import ChangeForm, NewUnitForm
from shelters.models import OutOfService, Unit
from shelters.queries import Stays, stays_at
from shelters.views.unit import found_unit


@door(*policy.KEEP, side=Side.CARE)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Add a unit in a region of the post."""
    form = NewUnitForm(_sent(request), acting=acting(request))
    if request.method == "POST" and form.is_valid():
        unit = form.save()
        detail = {"since": form.cleaned_data["since"].isoformat(), "places": form.cleaned_data["places"]}
        return _saved(request, unit, detail, _("Added: %(name)s.") % {"name": unit.name})
    crumbs = [(_("Shelter"), reverse("shelters:list")), (_("Add a unit"), "")]
    context = {"form": form, "title": _("Add a unit"), "back": reverse("shelters:list"), "crumbs": crumbs}
    return render(request, "shelters/offer.html", context, status=_status(form))


@door(*policy.CHANGE, side=Side.CARE)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what a unit offers from a day on."""
    unit = found_unit(request, pk, policy.may_change, lock=request.method == "POST")
    form = ChangeForm(_sent(request), acting=acting(request), unit=unit)
    if request.method == "POST" and form.is_valid():
        facts = form.save()
        since = form.cleaned_data["since"]
        if not facts:
            messages.info(request, _("Nothing was changed."))
            return redirect("shelters:unit", pk=pk)
        said = _("Saved: from %(day)s.") % {"day": date_format(since, "j F Y")}
        return _saved(request, unit, {"fields": sorted(facts), "since": since.isoformat()}, said)
    title = _("Change what the unit offers")
    return _form(request, "shelters/offer.html", unit, form, title, now=_as_it_is(form) if _raced(form) else None)


def _as_it_is(form: ChangeForm) -> list[offer.Fact]:
    """What the unit offers now, where anybody has said something."""
    told = offer.facts(form.line, form.of_kind, {code: str(scheme) for code, scheme in form.schemes.items()})
    return [fact for _group, facts in told for fact in facts if not fact.empty]


@door(*policy.KEEP, side=Side.CARE)
@require_http_methods(["GET", "POST"])
def name(request: HttpRequest, pk: int) -> HttpResponse:
    """Mend what a unit is called, and its provider and kind while nobody has stayed there."""
    unit = found_unit(request, pk, policy.may_keep, lock=request.method == "POST")
    form = NameForm(_sent(request), acting=acting(request), unit=unit)
    if request.method == "POST" and form.is_valid():
        changed = form.save()
        return _saved(request, unit, {"fields": changed}, _("Saved: %(name)s.") % {"name": unit.name})
    now = [
        offer.Fact(_("Name"), unit.name, False),
        offer.Fact(_("Provider"), unit.organisation.name, False),
        offer.Fact(_("Kind"), unit.get_kind_display(), False),
    ]
    return _form(request, "shelters/act.html", unit, form, _("Name and kind"), now=now if _raced(form) else None)


@door(*policy.KEEP, side=Side.CARE)
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a unit on a day."""
    unit = found_unit(request, pk, policy.may_keep, lock=request.method == "POST")
    form = EndForm(_sent(request), acting=acting(request), unit=unit)
    if request.method == "POST" and form.is_valid():
        form.save()
        day = form.cleaned_data["day"]
        stays = stays_at(clock.now(), [pk]).get(pk, Stays())
        later = stays.unplanned + sum(n for leaves, n in stays.leaving if leaves > day)
        if later:
            said = ngettext(
                "%(n)d person there has no plan to leave before that day.",
                "%(n)d people there have no plan to leave before that day.",
                later,
            )
            messages.warning(request, said % {"n": later})
        said = _("Saved: not there any more from %(day)s.") % {"day": date_format(day, "j F Y")}
        return _saved(request, unit, {"ends": day.isoformat()}, said)
    return _form(request, "shelters/act.html", unit, form, _("End the unit"), submit=_("End the unit"), danger=True)


@door(*policy.CHANGE, side=Side.CARE)
@require_http_methods(["GET", "POST"])
def take_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Take places out of service for some time."""
    unit = found_unit(request, pk, policy.may_change, lock=request.method == "POST")
    form = OutForm(_sent(request), acting=acting(request), unit=unit)
    if request.method == "POST" and form.is_valid():
        row = form.save()
        return _out_saved(request, unit, form, row)
    return _form(request, "shelters/act.html", unit, form, _("Take places out of service"))


@door(*policy.CHANGE, side=Side.CARE)
@require_http_methods(["GET", "POST"])
def revise_out(request: HttpRequest, pk: int, out: int) -> HttpResponse:
    """Revise what was said of places out of service."""
    unit = found_unit(request, pk, policy.may_change, lock=request.method == "POST")
    row = _out(unit, out)
    form = OutForm(_sent(request), acting=acting(request), unit=unit, row=row)
    if request.method == "POST" and form.is_valid():
        return _out_saved(request, unit, form, form.save())
    now = [
        offer.Fact(_("Places"), str(row.places), False),
        offer.Fact(_("From"), date_format(row.period.lower, "j F Y"), False),
        offer.Fact(_("Usable again on"), date_format(row.period.upper, "j F Y"), False),
        offer.Fact(_("Reason"), row.get_reason_display(), False),
    ]
    return _form(
        request,
        "shelters/act.html",
        unit,
        form,
        _("Revise what is out of service"),
        now=now if _raced(form) else None,
        row=row,
    )


@door(*policy.CHANGE, side=Side.CARE)
@require_http_methods(["GET", "POST"])
def finish_out(request: HttpRequest, pk: int, out: int) -> HttpResponse:
    """Places are usable again from today on; what was only planned, or began today, never was."""
    unit = found_unit(request, pk, policy.may_change, lock=request.method == "POST")
    if request.method == "POST":
        row, today = _out(unit, out), clock.today()
        if row.period.upper > today:
            begun = row.period.lower < today and "never" not in request.POST
            period = DateRange(row.period.lower, today) if begun else inventory.EMPTY
            inventory.revise_out(row, acting(request), period=period)
            log.record(request, log.Action.WRITE, "unit", pk, detail={"out_of_service": out, "ends": str(today)})
        messages.success(request, _("Saved: the places can be used again."))
    return redirect("shelters:unit", pk=pk)


def _out(unit: Unit, key: int) -> OutOfService:
    row: OutOfService | None = OutOfService.objects.filter(unit=unit, pk=key, period__isempty=False).first()
    if row is None:
        raise Http404
    return row


def _out_saved(request: HttpRequest, unit: Unit, form: OutForm, row: OutOfService) -> HttpResponse:
    if crowded := form.crowded:
        said = ngettext(
            "There is %(n)d person more than there are places left: somebody must be moved.",
            "There are %(n)d people more than there are places left: somebody must be moved.",
            crowded,
        )
        messages.warning(request, said % {"n": crowded})
    detail = {"out_of_service": row.pk, "places": row.places, "reason": row.reason}
    until = date_format(row.period.upper, "j F Y")
    return _saved(request, unit, detail, _("Saved: usable again on %(day)s.") % {"day": until})


def _saved(request: HttpRequest, unit: Unit, detail: dict[str, Any], said: str) -> HttpResponse:
    log.record(request, log.Action.WRITE, "unit", unit.pk, detail=detail)
    messages.success(request, said)
    return redirect("shelters:unit", pk=unit.pk)


def _sent(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None  # a form sent empty was sent too


def _raced(form: Any) -> bool:
    return form.is_bound and getattr(form, "changed_by_other", False)


def _status(form: Any) -> int:
    if not form.is_bound:
        return 200
    return 409 if _raced(form) else 422


def _form(request: HttpRequest, template: str, unit: Unit, form: Any, title: str, **more: Any) -> HttpResponse:
    back = reverse("shelters:unit", args=[unit.pk])
    crumbs = [
        (_("Shelter"), f"{reverse('shelters:list')}?region={unit.region_id}"),
        (unit.name, back),
        (title, ""),
    ]
    context = {"form": form, "title": title, "unit": unit, "back": back, "crumbs": crumbs, **more}
    return render(request, template, context, status=_status(form))
