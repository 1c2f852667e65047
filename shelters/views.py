"""Where there is a place: a list of units per region, and the keeping of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from access import clock, log
from access.doors import acting, door
from shelters import inventory, policy
from shelters.forms import UnitFilter, UnitForm, as_it_stands
from shelters.models import Unit

PAGE = 50


@door(*policy.LOOK)
@require_safe
def units(request: HttpRequest) -> HttpResponse:
    """Units with their places, how many are taken and how many are free at this moment."""
    post = acting(request)
    found = UnitFilter(request.GET, post)
    # Who keeps the list sees what is out of use too, to take it in use again.
    listed = Q(active=True) | Q(region__in=sorted(post.region_ids)) if policy.may_add(post) else Q(active=True)
    rows = found.narrowed(Unit.objects.for_post(post).with_free(clock.now()).filter(listed))
    rows = rows.select_related("region", "organisation").order_by("region__name", "-active", "name", "pk")
    shown = Paginator(rows, PAGE)
    page = shown.get_page(request.GET.get("page"))
    for unit in page.object_list:
        unit.may_change = policy.may_change(post, unit)
    everything = f"{reverse('shelters:list')}?region="
    context = {
        "filter": found,
        "page": page,
        "everything": everything if any(found.data.get(name) for name in found.fields) else "",
        "may_add": policy.may_add(post),
        "sums": _sums(rows) if found.data.get("region") or shown.num_pages == 1 else None,
        "at": clock.now(),
        "previous": _page_address(request, page.previous_page_number()) if page.has_previous() else "",
        "next": _page_address(request, page.next_page_number()) if page.has_next() else "",
        "where": _("%(from)s–%(to)s of %(all)s")
        % {"from": page.start_index(), "to": page.end_index(), "all": shown.count},
    }
    return render(request, "shelters/list.html", context)


def _sums(rows: Any) -> dict[str, int]:
    """Places, taken and free of the units in use. Asked for a region; the whole country is for the national picture."""
    found: dict[str, int] = rows.filter(active=True).aggregate(
        all_places=Sum("places", default=0), occupied=Sum("taken", default=0)
    )
    return {**found, "free": found["all_places"] - found["occupied"]}


def _page_address(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query["page"] = str(number)
    return f"?{query.urlencode()}"


@door(*policy.CHANGE)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Add a unit in a region of the post."""
    form = UnitForm(request.POST or None, acting=acting(request))
    if request.method == "POST" and form.is_valid():
        return _saved(request, form)
    return _form(request, form, _("Add a unit"))


@door(*policy.CHANGE)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a unit in a region of the post."""
    if request.method == "POST":  # whoever takes a place in it waits until its number of places is settled
        inventory.locked(pk)
    rows = Unit.objects.for_post(acting(request)).with_free(clock.now()).select_related("region", "organisation")
    unit = rows.filter(pk=pk).first()
    if unit is None:
        raise Http404
    if not policy.may_change(acting(request), unit):
        raise PermissionDenied
    form = UnitForm(request.POST or None, unit=unit, acting=acting(request))
    if request.method == "POST" and form.is_valid():
        return _saved(request, form)
    return _form(request, form, _("Change a unit"))


def _saved(request: HttpRequest, form: UnitForm) -> HttpResponse:
    unit = form.save()
    detail = {name: form.cleaned_data[name] for name in ("places", "active") if name in form.cleaned_data}
    log.record(request, log.Action.WRITE, "unit", unit.pk, detail=detail)
    messages.success(request, _("Saved: %(name)s.") % {"name": unit.name})
    return redirect(f"{reverse('shelters:list')}?region={unit.region_id}")


def _form(request: HttpRequest, form: Any, title: str) -> HttpResponse:
    status = (409 if form.changed_by_other else 422) if form.is_bound else 200
    if form.is_bound and form.changed_by_other:
        # Whoever saves once more has seen what it is now.
        form.data = form.data.copy()
        form.data["seen"] = form.initial["seen"]
    now = as_it_stands(form.instance.pk) if form.instance.pk else None
    crumbs = [(_("Shelter"), reverse("shelters:list")), (title, "")]
    context = {"form": form, "title": title, "back": reverse("shelters:list"), "now": now, "crumbs": crumbs}
    return render(request, "shelters/unit.html", context, status=status)
