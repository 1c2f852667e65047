"""The page on which a place is sought for a case, and the proposal for all who wait."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from access import log
from access.doors import acting, door
from access.roles import Role
from access.wall import Side
from cases.models import Case
from shelters.matching.find import explain, find
from shelters.matching.wanted import Impossible
from workflows.casepage.views import SEEKERS
from workflows.matching import asking, national
from workflows.matching.forms import WantedForm


@door(*SEEKERS, side=Side.CARE)
@require_http_methods(["GET", "POST"])
def place(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Places that fit the case, best first; what nearly fits; and why nothing does.

    Asked by POST, so that nothing of a person stands in an address. `choose` keeps the answer and goes on to asking.
    """
    post = acting(request)
    case = Case.objects.for_post(post).select_related("person", "region").filter(pk=pk).first()
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
            if (chosen := request.POST.get("choose")) is not None:
                if chosen in {str(one.unit) for one in found}:
                    asking.keep(case, post, wanted, dates, found, int(chosen))
                    messages.success(request, _("The choice was kept with the case. Now ask for the place."))
                    return redirect("case:start", pk=case.pk, kind="placement")
                messages.warning(request, _("This place no longer fits. Look at the answer again."))
                status = 409
            context |= {"found": found, "why": explain(wanted, post, dates), "answered": True}
        except Impossible as wrong:
            context["impossible"], status = wrong.reasons, 422
    return render(request, "workflows/matching/place.html", context, status=status)


@door(Role.NATIONAL_DESK, side=Side.CARE)
@require_safe
def proposal(request: HttpRequest) -> HttpResponse:
    """All open requests and all free places at once: a proposal beside first come, first served. Assigns nothing."""
    rows, comparison = national.proposal(acting(request))
    log.record(request, log.Action.READ, "placement", detail={"rows": len(rows)})
    return render(request, "workflows/matching/proposal.html", {"rows": rows, "comparison": comparison})
