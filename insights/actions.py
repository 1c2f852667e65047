"""Actions on gaps: opened from the picture, followed there, and held against it: did the gap go?"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from access import clock, log
from access.doors import acting, door
from access.models import Post
from access.roles import Role
from insights import gaps, picture, policy
from insights.counting import gaps_for
from workflows.casepage import answers, reading
from workflows.casepage.lanes import lane
from workflows.engine.models import Process
from workflows.engine.steps import open_process
from workflows.supply_adjustment.machine import SupplyAdjustment
from workflows.supply_adjustment.models import Adjustment

OPENS = (Role.ACTION_OWNER,)


class ActionForm(forms.Form):
    """What is to be done about a gap."""

    title = forms.CharField(
        label=gettext_lazy("What is to be done"), max_length=200,
        help_text=gettext_lazy("In one sentence. Who, how many and by when are asked when it is planned."),
    )  # fmt: skip


@door(*policy.WHOLE)
@require_safe
def actions(request: HttpRequest) -> HttpResponse:
    """The actions a post may see: those that run first, by when they are due."""
    post = acting(request)
    rows = Process.objects.for_post(post).filter(kind=SupplyAdjustment.kind).order_by("-closed_at", "due_at")[:200]
    processes = list(rows)
    records = Adjustment.objects.select_related("region").in_bulk([process.pk for process in processes])
    log.record(request, log.Action.READ, "actions")
    context = {
        "rows": [_row(process, records[process.pk]) for process in processes if process.pk in records],
        "tabs": picture_tabs("actions"),
    }
    return render(request, "insights/actions.html", context)


def running(post: Post) -> dict[gaps.Wanted, list[tuple[UUID, str]]]:
    """The actions that run and that a post may see, by the gap they are about: key and title."""
    rows = Process.objects.for_post(post).filter(kind=SupplyAdjustment.kind, closed_at=None).values("pk")
    found: dict[gaps.Wanted, list[tuple[UUID, str]]] = {}
    for record in Adjustment.objects.filter(process__in=rows).order_by("title"):
        found.setdefault(gaps.Wanted(record.kind, record.limits), []).append((record.pk, record.title))
    return found


def _row(process: Process, record: Adjustment) -> dict[str, Any]:
    wanted = gaps.Wanted(record.kind, record.limits)
    return {
        "process": process,
        "record": record,
        "what": f"{gaps.PLACE[record.kind]}, {wanted.whom}" if record.limits else str(gaps.PLACE[record.kind]),
        "state": str(SupplyAdjustment.states(process.state).label),
    }


def picture_tabs(here: str) -> list[dict[str, Any]]:
    """The pages of the picture, for who sees the whole of it."""
    pages = (
        ("picture", _("Picture"), "insights:picture"),
        ("why", _("Why not"), "insights:why"),
        ("gaps", _("Gaps"), "insights:gaps"),
        ("actions", _("Actions"), "insights:actions"),
        ("years", _("Ten years"), "insights:years"),
        ("definitions", _("What each figure means"), "insights:definitions"),
    )
    return [{"label": label, "url": reverse(name), "current": key == here} for key, label, name in pages]


@door(*OPENS)
@require_http_methods(["GET", "POST"])
def open_action(request: HttpRequest) -> HttpResponse:
    """Open an action on the gap that the address names."""
    post = acting(request)
    wanted = _wanted(request.GET)
    if wanted is None:
        raise Http404
    gap = _now(wanted, post)
    form = ActionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        record = {
            "title": form.cleaned_data["title"],
            "kind": wanted.kind,
            **dict(wanted.limits),
            "as_of": clock.today(),
            "without": len(gap.without) if gap else 0,
            "full": len(gap.full) if gap else 0,
            "unmet": None if gap is None or gap.hidden else gap.unmet,
        }
        process = open_process(SupplyAdjustment, acting=post, record=record)
        log.record(request, log.Action.WRITE, "process", process.pk)
        return redirect("insights:action", pk=process.pk)
    context = {
        "form": form,
        "sentence": gap.sentence if gap else _("The picture shows no such gap any more."),
        "back": reverse("insights:gaps"),
    }
    return render(request, "insights/open_action.html", context, status=422 if form.is_bound else 200)


def _wanted(given: Any) -> gaps.Wanted | None:
    """The combination that an address names; None when it is none that is asked for."""
    named = {key: given.get(key) for key in ("kind", "gender", "problem", "form", "children", "minor")}
    for one in gaps.wanted():
        cut = {key: "on" if value is True else value for key, value in one.cut.items()}
        if cut == {key: value for key, value in named.items() if value}:
            return one
    return None


def _now(wanted: gaps.Wanted, post: Post) -> gaps.Gap | None:
    return next((gap for gap in gaps_for(post, clock.today()) if gap.wanted == wanted), None)


@door(*policy.WHOLE)
@require_safe
def action(request: HttpRequest, pk: UUID) -> HttpResponse:
    """An action: what was meant, how far it is, and whether the gap went."""
    post = acting(request)
    read = reading.of_process(pk, post)
    if not read.machines or not isinstance(read.machines[0].record, Adjustment):
        raise Http404
    machine = read.machines[0]
    record = machine.record
    wanted = gaps.Wanted(record.kind, record.limits)
    gap = _now(wanted, post)
    then = gaps.Gap(
        wanted, frozenset(range(record.without)), frozenset(range(record.full)), len(picture.regions(record.as_of)),
        record.unmet or 0, record.unmet is None,
    )  # fmt: skip
    log.record(request, log.Action.READ, "process", pk)
    context = {
        "lane": lane(machine, read.log.get(pk, []), post),
        "record": record,
        "then": then.sentence,
        "now": gap.sentence if gap else _("The picture shows no such gap any more."),
        "gone": gap is None,
        "crumbs": [(_("National picture"), reverse("insights:picture")), (_("Actions"), reverse("insights:actions")),
                   (record.title, "")],
        **answers.coming_from(request),
    }  # fmt: skip
    return render(request, "insights/action.html", context)
