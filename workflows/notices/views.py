"""The page of notices."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from access import clock
from access.doors import acting, door
from access.models import Post
from access.roles import Role
from cases.models import Case
from workflows.engine.machine import registry
from workflows.engine.models import TOLD, Notice, Process, Rung
from workflows.engine.seeing import also_seen
from workflows.notices import queries
from workflows.worklist.queries import address, cases_of
from workflows.worklist.rows import reference, state_label

SIZE = 25
ACTS: dict[str, Any] = {  # of every process; what only one kind tells, its machine says (`Machine.notices`)
    "hand_over": gettext_lazy("Handed over to you"),
    "take": gettext_lazy("Taken over by a colleague"),
    "move": gettext_lazy("Moved here with its case"),
    "break_glass": gettext_lazy("A restricted case was opened with break-glass"),
    "break_glass_tried": gettext_lazy("Somebody tried break-glass and nothing opened"),
    "signal": gettext_lazy("Early reminder"),
    "check_no": gettext_lazy("A check was answered with no"),
    "term_over": gettext_lazy("The term for a decision is over"),
}
KINDS = {
    Rung.REMINDER: ("calendar", "soon"),
    Rung.OVERDUE: ("alert", "overdue"),
    Rung.ESCALATION: ("flag", "overdue"),
    Rung.SECOND_ESCALATION: ("flag", "overdue"),
}


@dataclass(frozen=True)
class Line:
    """One notice as the page shows it."""

    notice: Notice
    label: Any
    icon: str
    badge: str
    pressing: bool
    what: str = ""
    number: str = ""
    url: str = ""


@door(*Role)
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """The notices of the post: those that press first, then the earlier ones, newest first."""
    return listing(request, acting(request))


def listing(request: HttpRequest, post: Post, query: Any = None) -> HttpResponse:
    """The page, or only the part of it that htmx asks for."""
    asked = request.GET if query is None else query
    problem = ""
    try:
        page = queries.page(post, clock.now(), SIZE, after=asked.get("after", ""), before=asked.get("before", ""))
    except ValueError:
        problem = _("The address names a place in the list that does not exist; this is the beginning.")
        page = queries.page(post, clock.now(), SIZE)
    processes = Process.objects.for_post(post).in_bulk({notice.process_id for notice in page.notices})
    processes |= also_seen(post, {notice.process_id for notice in page.notices} - processes.keys())
    cases = cases_of(post, [process.case_id for process in processes.values()])
    lines = [_line(notice, processes.get(notice.process_id), cases) for notice in page.notices]
    here = reverse("workflows:notices")
    pressing = [line for line in lines if line.pressing]
    context = {
        "pressing": pressing,
        "earlier": [line for line in lines if not line.pressing],
        "newest": max((line.notice.pk for line in pressing), default=0),
        "problem": problem,
        "link_after": f"?{urlencode({'after': page.after})}" if page.after else "",
        "link_before": f"?{urlencode({'before': page.before})}" if page.before else "",
        "back": f"{here}?{asked.urlencode()}" if asked else here,
    }
    part = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    return render(request, "workflows/notices/_list.html" if part else "workflows/notices/page.html", context)


@cache
def _of_machines() -> dict[str, Any]:
    return {code: text for machine in registry.values() for code, text in machine.notices.items()}


def _line(notice: Notice, process: Process | None, cases: dict[UUID, Case]) -> Line:
    """A notice in words. What it is about may have gone out of the post's sight: then it says no more than that."""
    if notice.rung:
        label: Any = Rung(notice.rung).label
        icon, badge = KINDS[Rung(notice.rung)]
    else:
        act, _colon, rest = notice.key.partition(":")
        act = rest.partition(":")[0] if notice.key.startswith(TOLD) else act
        icon, badge = KINDS[Rung.REMINDER] if act == "signal" else ("handover", "info")
        label = ACTS.get(act) or _of_machines().get(act) or _("Message")
    line = Line(notice=notice, label=label, icon=icon, badge=badge, pressing=bool(notice.pressing))  # type: ignore[attr-defined]
    if process is None:
        return line
    case = cases.get(process.case_id) if process.case_id else None
    return replace(
        line,
        what=f"{registry[process.kind].label} – {state_label(process)}",
        number=case.number if case else reference(process),
        url=address(process),
    )


@door(*Role)
@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """Mark notices as seen: those named, or all that the page showed as pressing and those older."""
    post = acting(request)
    if "all" in request.POST:
        up_to = request.POST.get("all", "")
        number = queries.mark_seen(post, None, int(up_to) if up_to.isdecimal() and len(up_to) < 19 else None)
    else:
        keys = [int(key) for key in request.POST.getlist("notice") if key.isdecimal() and len(key) < 19]
        number = queries.mark_seen(post, keys[:200])
    if request.htmx:  # type: ignore[attr-defined]
        answer = listing(request, post)
        answer["HX-Push-Url"] = "false"
        return answer
    messages.success(
        request,
        ngettext("%(n)d notice is marked as seen.", "%(n)d notices are marked as seen.", number) % {"n": number},
    )
    return redirect("workflows:notices")
