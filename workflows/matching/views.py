"""The page on which a place is sought for a case, and the proposal for all who wait."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from access import log
from access.doors import acting, door
from access.roles import Role
from access.wall import Side
from cases.models import Case
from shelters.matching.find import explain, find
from shelters.matching.wanted import Impossible
from workflows.casepage.views import SEEKERS
from workflows.engine import errors
from workflows.engine.models import Process
from workflows.matching import asking, national
from workflows.matching.forms import WantedForm


@door(*SEEKERS, side=Side.CARE)
@require_http_methods(["GET", "POST"])
def place(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Places that fit the case, best first; what nearly fits; and why nothing does.

    Asked by POST, so that nothing of a person stands in an address. `choose` keeps the answer and asks the unit, with
    the units of `then` after it; where no place is asked for yet, it goes on to asking. `consult` asks a unit that
    would fit if its provider says yes to this person: what stands in the way is said with the question. `keep`
    keeps what is asked without choosing, so that the proposal for all who wait knows it.
    """
    post = acting(request)
    asked = asking.with_said(Case.objects.for_post(post))
    case: Any = asked.select_related("region").filter(pk=pk).first()
    if case is None:
        raise Http404
    log.record(request, log.Action.READ, "case", case.pk, subject=case.person_id)
    form = WantedForm(request.POST if request.method == "POST" else None, case, post)
    context: dict[str, Any] = {"case": case, "form": form, "back": reverse("case:page", args=[case.pk])}
    status = 200
    if form.is_bound and not form.is_valid():
        status = 422
    else:
        try:
            wanted, dates = form.asked()
            found = find(wanted, post, dates)
            running = asking.request_of(case, post)
            context["running"] = running
            if (chosen := request.POST.get("choose")) is not None:
                if chosen in {str(one.unit) for one in found}:
                    asking.keep(case.pk, post, wanted, dates, asking.seen_in(found), int(chosen), form.apart_from)
                    if running is not None:
                        return _asked(request, case, running, _listed(request, chosen, found))
                    messages.success(request, _("The choice was kept with the case. Now ask for the place."))
                    return redirect("case:start", pk=case.pk, kind="placement")
                messages.warning(request, _("This place no longer fits. Look at the answer again."))
                status = 409
            if "keep" in request.POST:
                asking.keep(case.pk, post, wanted, dates, asking.seen_in(found), None, form.apart_from)
                messages.success(
                    request, _("What is asked was kept with the case, and holds wherever a place is sought.")
                )
                return redirect("matching:place", pk=case.pk)
            why = explain(wanted, post, dates)
            near = {str(miss.unit): miss for miss in why.near if asking.in_consultation(miss)}
            miss = near.get(request.POST.get("consult", ""))
            if miss is not None and running is not None:
                asking.keep(case.pk, post, wanted, dates, asking.seen_in(found), miss.unit, form.apart_from)
                said = "; ".join(f"{one.text}: {one.detail}" for one in miss.obstacles)
                return _asked(request, case, running, [str(miss.unit)], _("In consultation: %(what)s") % {"what": said})
            context |= {"found": found, "why": why, "answered": True, "consult": {int(unit) for unit in near}}
        except Impossible as wrong:
            context["impossible"], status = wrong.reasons, 422
    return render(request, "workflows/matching/place.html", context, status=status)


def _listed(request: HttpRequest, chosen: str, found: list[Any]) -> list[str]:
    """The unit that was chosen and those to be asked after it, in the order of the answer."""
    ticked = set(request.POST.getlist("then")) - {chosen}
    return [chosen, *(str(one.unit) for one in found if str(one.unit) in ticked)][:3]


def _asked(request: HttpRequest, case: Case, running: Process, units: list[str], said: str = "") -> HttpResponse:
    """Ask, and say on the page of the case what came of it; a refusal says why and leaves nothing held."""
    try:
        asking.ask(running, acting(request), units, said)
    except errors.EngineError as wrong:
        messages.warning(request, _why(wrong))
        return redirect("matching:place", pk=case.pk)
    log.record(request, log.Action.WRITE, "process", running.pk, subject=case.person_id)
    messages.success(request, _("The unit is asked, and its place is held until the answer. The choice was kept."))
    return redirect(reverse("case:process", args=[running.pk]))


@door(Role.NATIONAL_DESK, side=Side.CARE)
@require_http_methods(["GET", "POST"])
def proposal(request: HttpRequest) -> HttpResponse:
    """All open requests and all free places at once: a proposal beside first come, first served. Assigns nothing.

    POST: units are asked as proposed for the requests that people chose (`national.Row.choice`); a request that is no
    longer as it was shown, or whose place is gone, is left and named.
    Where many wait the page comes at once and says that it looks; the proposal follows (`shown`).
    """
    post = acting(request)
    if request.method == "POST":
        try:
            decisions = [national.Decision.read(text) for text in request.POST.getlist("chosen")[: national.MOST]]
        except ValueError as wrong:
            raise BadRequest from wrong
        _tell(request, national.decide(post, decisions))
        return redirect("matching:proposal")
    if "shown" not in request.GET and national.takes_long(post):
        return render(request, "workflows/matching/proposal.html", {"follows": True})
    rows, comparison = national.proposal(post)
    log.record(request, log.Action.READ, "placement", detail={"rows": len(rows)})
    return render(request, "workflows/matching/proposal.html", {"rows": rows, "comparison": comparison})


def _tell(request: HttpRequest, came: dict[UUID, errors.EngineError | None]) -> None:
    """Say how many units are asked, and of each request that was left why."""
    asked = [key for key, error in came.items() if error is None]
    log.record(request, log.Action.WRITE, "placement", detail={"asked": [str(key) for key in asked]})
    if not came:
        messages.info(request, _("Nothing was chosen. Choose the requests for which you want to ask a unit."))
    if asked:
        text = ngettext(
            "For %(n)s request the unit is asked; its place is held until the answer.",
            "For %(n)s requests the unit is asked; the places are held until the answers.",
            len(asked),
        )
        messages.success(request, text % {"n": len(asked)})
    left = {key: error for key, error in came.items() if error is not None}
    numbers = national.numbers_of(acting(request), left)
    for key, error in left.items():
        what = {"request": numbers.get(key) or _("A request"), "why": _why(error)}
        messages.warning(request, _("%(request)s was left as it was. %(why)s") % what)


def _why(error: errors.EngineError) -> str:
    if isinstance(error, errors.BadFacts):
        return " ".join(str(text) for texts in error.form.errors.values() for text in texts)
    return str(error.message)
