"""The page on which people decide about mails that were refused or of which nobody knows whether they arrived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from access import log
from access.doors import EVERY_ROLE, acting, door
from access.models import Post
from access.wall import Side
from cases.models import Case
from workflows.context import WATCHERS
from workflows.engine.models import Alarm, Delivery
from workflows.engine.outbox import Decision, explain, settle
from workflows.undecided.forms import DecisionForm

SHOWN = 100
"""How many mails the page shows; whoever settles them sees the next."""


@dataclass(frozen=True)
class Row:
    """One mail as the page shows it."""

    pk: int
    number: str
    url: str
    person: str
    state: str
    refused: bool
    why: Any
    at: datetime


@door(*EVERY_ROLE)
@require_http_methods(["GET", "POST"])
def undecided(request: HttpRequest) -> HttpResponse:
    """Undecided mails of the side, oldest first; POST carries out a decision on the chosen ones."""
    post = acting(request)
    status = 200
    if request.method == "POST":
        ids = list(Delivery.objects.for_post(post).undecided().values_list("pk", flat=True))
        form = DecisionForm(request.POST, ids=ids)
        if form.is_valid():
            return _settled(request, post, form.cleaned_data["chosen"], Decision(form.cleaned_data["decision"]))
        gone = "chosen" in form.errors and bool(request.POST.getlist("chosen"))
        if gone:
            messages.info(request, _("Somebody else has decided on some of these mails. Nothing was changed."))
        else:
            for problems in form.errors.values():
                messages.error(request, str(problems[0]))
        status = 409 if gone else 422
    rows = _rows(post)
    log.record(request, log.Action.READ, "mail", detail={"rows": len(rows)})
    context = {
        "rows": rows[:SHOWN],
        "more": len(rows) > SHOWN,
        "chosen": set(request.POST.getlist("chosen")),
        "alarms": Alarm.objects.filter(side__in=post.side.sees, closed_at=None) if post.role in WATCHERS else [],
        "watches": post.role in WATCHERS,
        "decisions": Decision,
        "crumbs": [(_("Mail that waits for a decision"), request.path)],
    }
    return render(request, "workflows/undecided/page.html", context, status=status)


def _rows(post: Post) -> list[Row]:
    found = list(
        Delivery.objects.for_post(post)
        .undecided()
        .select_related("notice__process", "user")
        .order_by("changed_at", "pk")[: SHOWN + 1]
    )
    numbers: dict[Any, str] = {}
    if post.side is Side.CARE:  # the register lies on the care side
        cases = {key for row in found if (key := row.notice.process.case_id) is not None}
        numbers = dict(Case.objects.for_post(post).filter(pk__in=cases).values_list("pk", "number"))
    rows = []
    for row in found:
        process = row.notice.process
        number = numbers.get(process.case_id, "")
        url = reverse("case:page", args=[process.case_id]) if number else reverse("case:process", args=[process.pk])
        refused = row.state == Delivery.State.FAILED
        rows.append(
            Row(row.pk, number, url, row.user.name, row.get_state_display(), refused, explain(row.why), row.changed_at)
        )
    return rows


def _settled(request: HttpRequest, post: Post, ids: list[int], decision: Decision) -> HttpResponse:
    done = settle(post, ids, decision)
    for row in done:
        log.record(request, log.Action.WRITE, "mail", row.pk, detail={"decision": str(decision)})
    n = len(done)
    said = {
        Decision.ARRIVED: ngettext("%(n)d mail has arrived, you say.", "%(n)d mails have arrived, you say.", n),
        Decision.AGAIN: ngettext("%(n)d mail is sent again.", "%(n)d mails are sent again.", n),
        Decision.LEAVE: ngettext("%(n)d mail is left as it is.", "%(n)d mails are left as they are.", n),
    }[decision]
    messages.success(request, said % {"n": n})
    return redirect("workflows:undecided")
