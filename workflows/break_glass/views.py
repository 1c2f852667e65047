"""Pages of break-glass: asking, the list for who oversees it, and one use with what was read."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access import log
from access.clock import AMSTERDAM
from access.doors import acting, door
from access.models import Post
from workflows.break_glass import acts, policy
from workflows.break_glass.forms import AskForm
from workflows.break_glass.machine import T
from workflows.break_glass.models import Attempt, Tried, Use
from workflows.break_glass.queries import READ_MOST, read_during
from workflows.casepage import answers, reading
from workflows.casepage.lanes import lane

SHOWN = 50
KINDS: dict[str, Any] = {
    "case": gettext_lazy("Case"),
    "person": gettext_lazy("Person"),
    "document": gettext_lazy("Document"),
    "note": gettext_lazy("Note"),
    "consent": gettext_lazy("Consent"),
    "case_access": gettext_lazy("Named people"),
    "process": gettext_lazy("Process"),
    "handover": gettext_lazy("Handover"),
    "handovers": gettext_lazy("Handovers"),
}
"""Kinds of objects of the access log in words; another is shown by its code."""


@door(*policy.BREAK)
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Open a restricted case by its number. Whatever does not open answers in one way."""
    post = acting(request)
    form = AskForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        return _asked(request, form, status=422 if form.is_bound else 200)
    number, reason = form.cleaned_data["number"], form.cleaned_data["reason"]
    if case := acts.known(post, number):
        messages.info(request, _("You can open this case as it is; no glass was broken."))
        return redirect("case:page", case.pk)
    try:
        use = acts.break_glass(post, number, reason)
    except (acts.Nothing, acts.TooMany) as answer:
        return _asked(request, form, status=422, problem=answer.reason)
    messages.warning(request, _("The case is open to you. Your supervisor and the privacy officer have been told."))
    return redirect("case:page", use.case_id)


@door(*policy.OVERSEE)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Every use that the post oversees, newest first, and the attempts that opened nothing."""
    post = acting(request)
    uses = Use.objects.for_post(post).select_related("process", "case", "post__user", "post__organisation", "access")
    attempts = Attempt.objects.for_post(post).filter(opened=False).select_related("post__user", "post__organisation")
    log.record(request, log.Action.READ, "break_glass")
    context = {
        "uses": [_with_state(use) for use in uses.order_by("-opened_at", "-pk")[:SHOWN]],
        "attempts": attempts.order_by("-at", "-pk")[:SHOWN],
    }
    return render(request, "workflows/break_glass/list.html", context)


@door(*policy.LOOK)
@require_safe
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One use: who, why, how long, what was read, and what the review found."""
    post = acting(request)
    use = _found(post, pk)
    log.record(request, log.Action.READ, "break_glass", pk, subject=use.case.person_id)
    read = reading.of_process(pk, post)
    machine = read.machines[0] if read.machines else None
    lines = read_during(use)
    for line in lines:
        line.kind_label = KINDS.get(line.object_kind, line.object_kind)  # type: ignore[attr-defined]
    context: dict[str, Any] = {
        "use": use,
        "lines": lines,
        "cut": len(lines) >= READ_MOST,
        "lane": lane(machine, read.log.get(pk, []), post) if machine else None,
        "mine": use.post.user_id == post.user_id,
        **answers.coming_from(request),
        "crumbs": [*_way(post), (_("One use"), "")],
    }
    _with_state(use)
    return render(request, "workflows/break_glass/page.html", context)


@door(*policy.TRIED)
@require_safe
def tried(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One day of somebody's attempts that opened nothing: which numbers, why, and what was made of it."""
    post = acting(request)
    days = Tried.objects.for_post(post).select_related("process", "post__user", "post__organisation")
    day: Tried | None = days.filter(pk=pk).first()
    if day is None:
        raise Http404
    log.record(request, log.Action.READ, "break_glass", pk)
    read = reading.of_process(pk, post)
    machine = read.machines[0] if read.machines else None
    begins = datetime.combine(day.on, time(), AMSTERDAM)
    attempts = Attempt.objects.filter(
        post__user=day.user_id, opened=False, at__gte=begins, at__lt=begins + timedelta(days=1)
    )
    context: dict[str, Any] = {
        "day": day,
        "state_label": T(day.process.state).label,
        "attempts": attempts.order_by("at", "pk")[:SHOWN],
        "lane": lane(machine, read.log.get(pk, []), post) if machine else None,
        **answers.coming_from(request),
        "crumbs": [*_way(post), (_("Attempts that opened nothing"), "")],
    }
    return render(request, "workflows/break_glass/tried.html", context)


@door(*policy.BREAK)
@require_POST
def end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give the access back before its time: only who broke the glass."""
    post = acting(request)
    use = _found(post, pk)
    if use.post.user_id != post.user_id:
        raise Http404
    acts.end_access(use)
    log.record(request, log.Action.WRITE, "break_glass", pk, subject=use.case.person_id, detail={"ended": True})
    messages.success(request, _("The access has ended."))
    return redirect("break_glass:page", pk)


def _asked(request: HttpRequest, form: AskForm, status: int = 200, problem: Any = "") -> HttpResponse:
    context = {
        "form": form,
        "problem": problem,
        "crumbs": [(_("Cases"), reverse("cases:list")), (_("Break-glass"), "")],
    }
    return render(request, "workflows/break_glass/ask.html", context, status=status)


def _found(post: Post, pk: UUID) -> Use:
    uses = Use.objects.for_post(post).select_related("process", "case", "post__user", "post__organisation", "access")
    found: Use | None = uses.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _with_state(use: Use) -> Use:
    from workflows.break_glass.machine import S

    use.state_label = S(use.process.state).label  # type: ignore[attr-defined]
    return use


def _way(post: Post) -> list[tuple[Any, str]]:
    if post.role in policy.OVERSEE:
        return [(_("Break-glass"), reverse("break_glass:list"))]
    return [(_("Break-glass"), reverse("break_glass:ask"))]
