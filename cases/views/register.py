"""The register: finding cases."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from access import log
from access.doors import EVERY_ROLE, acting, door
from access.keyset import Key, Page, page_of
from cases import numbers, policy
from cases.catalogue import CATALOGUE, GROUNDS
from cases.forms import RegisterFilter, SearchForm
from cases.forms.register import ALL, CLOSED
from cases.models import Case, Person, Search

PAGE, MOST = 25, 500
NEWEST_FIRST = [Key("opened_at", True, datetime), Key("id", True, UUID)]


@door(*policy.WORK)
@require_GET
def register(request: HttpRequest) -> HttpResponse:
    """Cases this post sees, newest first, narrowed by filters in the address and by a search kept elsewhere."""
    post = acting(request)
    form = RegisterFilter(request.GET, acting=post)
    chosen = form.chosen
    searched = Search.objects.for_post(post).filter(pk=chosen["search"]).first() if "search" in chosen else None
    cases = _narrowed(Case.objects.for_post(post), chosen).select_related("person", "region")
    if "number" in chosen:
        page, many = _numbered(cases, chosen["number"])
    elif searched is not None:
        found = _found(cases, searched.text)
        many = len(found) > MOST
        page = _page(request, cases.filter(pk__in=found[:MOST]))
    else:
        page, many = _page(request, cases), False
    action = log.Action.SEARCH if "search" in chosen or "number" in chosen else log.Action.READ
    shown = [str(case.person_id) for case in page.rows]
    log.record(request, action, "register", detail={"filters": sorted(chosen), "persons": shown})
    context = {
        "page": page,
        "many": many,
        "previous": _address(request, page, "before"),
        "next": _address(request, page, "after"),
        "filter": form,
        "narrowed": bool(set(chosen) - {"state"}) or chosen.get("state", "open") != "open",
        "search_form": SearchForm(initial={"text": searched.text if searched else chosen.get("number", "")}),
        "searched": searched or chosen.get("number"),
        "worn_out": "search" in chosen and searched is None,
        "crumbs": [(_("Cases"), "")],
    }
    return render(request, "cases/register.html", context)


@door(*policy.WORK)
@require_POST
def search(request: HttpRequest) -> HttpResponse:
    """Take what somebody searches for and lead to the register; a name stays behind, a number goes along."""
    form = SearchForm(request.POST)
    target = reverse("cases:list")
    if not form.is_valid():
        return redirect(target)
    text = form.cleaned_data["text"]
    query = QueryDict(mutable=True)
    query["state"] = ALL
    if number := numbers.beginning(text):
        query["number"] = number
    else:
        Search.objects.worn_out().delete()
        query["search"] = str(Search.objects.create(user=acting(request).user, text=text).pk)
    return redirect(f"{target}?{query.urlencode()}")


@door(*EVERY_ROLE)
@require_safe
def what_we_keep(request: HttpRequest) -> HttpResponse:
    """Which facts are kept about people, what each is for, and on which grounds they may be received."""
    from django.apps import apps

    tables = []
    for name, fields in CATALOGUE.items():
        meta = apps.get_model("cases", name)._meta
        told = [(meta.get_field(key), entry) for key, entry in fields.items() if entry.data != "none"]
        if told:
            tables.append((meta.verbose_name, [(getattr(f, "verbose_name", f.name), entry) for f, entry in told]))
    context = {"tables": tables, "grounds": GROUNDS.items(), "crumbs": [(_("What we keep and why"), "")]}
    return render(request, "cases/what_we_keep.html", context)


def _page(request: HttpRequest, cases: QuerySet[Case]) -> Page[Case]:
    """The page that the address asks for; a mark that makes no sense is as good as none."""
    try:
        after, before = request.GET.get("after", ""), request.GET.get("before", "")
        return page_of(cases, NEWEST_FIRST, PAGE, after=after, before=before)
    except ValueError:
        return page_of(cases, NEWEST_FIRST, PAGE)


def _narrowed(cases: QuerySet[Case], chosen: dict[str, Any]) -> QuerySet[Case]:
    state = chosen.get("state", "open")
    if state == CLOSED:
        cases = cases.filter(closed_at__isnull=False)
    elif state != ALL:
        cases = cases.filter(closed_at=None)
    if "region" in chosen:
        cases = cases.filter(region=chosen["region"])
    if "form" in chosen:
        cases = cases.filter(forms__contains=[chosen["form"]])
    if "danger" in chosen:
        cases = cases.filter(safety_level=chosen["danger"])
    return cases


def _numbered(cases: QuerySet[Case], beginning: str) -> tuple[Page[Case], bool]:
    """The first cases whose number begins so, in the order of their numbers, and whether there are more."""
    # From the lowest to the highest such number: an index has them in order, whatever the collation.
    start = beginning.strip().upper()
    first, last = f"{start}{'L-0000-000000'[len(start) :]}", f"{start}{'L-9999-999999'[len(start) :]}"
    found = list(cases.filter(number__range=(first, last)).order_by("number")[: PAGE + 1])
    return Page(found[:PAGE]), len(found) > PAGE


def _found(cases: QuerySet[Case], text: str) -> list[UUID]:
    """Keys of cases of persons of that name, or of persons that somebody of that name was merged into.

    At most `MOST` and one: who types two letters of a name gets some of thousands, quickly, and is told so.
    """
    persons = Person.objects.named(text).order_by().values(one=Coalesce("merged_into", "pk"))
    return list(cases.filter(person__in=persons).order_by().values_list("pk", flat=True)[: MOST + 1])


def _address(request: HttpRequest, page: Page[Case], direction: str) -> str:
    mark = page.before if direction == "before" else page.after
    if not mark:
        return ""
    query = request.GET.copy()
    for name in ("before", "after"):
        query.pop(name, None)
    query[direction] = mark
    return f"?{query.urlencode()}"
