"""Who may open a restricted case."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from access.doors import acting, door
from cases import policy, restricting
from cases.forms import EndRestriction, NameForm, RestrictForm
from cases.models import CaseAccess
from cases.views.common import UNPROCESSABLE, back_to, crumbs, find_case, form_page, read, sent, wrote


@door(*policy.MANAGE)
@require_http_methods(["GET", "POST"])
def people(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who is named for a restricted case; name somebody more."""
    case = find_case(request, pk, lock=request.method == "POST")
    form = NameForm(sent(request), case=case)
    if not case.restricted:
        return redirect("cases:restrict", case.pk)
    if request.method == "POST" and form.is_valid():
        naming = restricting.name(case, form.cleaned_data["user"], acting(request), form.cleaned_data["until"])
        wrote(request, case, "case_access", naming.pk)
        messages.success(request, _("The colleague can open this case now."))
        return redirect("cases:access", case.pk)
    read(request, case)
    context = {
        "case": case,
        "form": form,
        "named": case.named.in_force().select_related("user", "granted_by__user").order_by("user__name"),
        "crumbs": crumbs(case, _("Who may open this case")),
    }
    return render(request, "cases/access.html", context, status=UNPROCESSABLE if form.is_bound else 200)


@door(*policy.MANAGE)
@require_http_methods(["GET", "POST"])
def restrict(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Restrict a case to named people."""
    case = find_case(request, pk, lock=request.method == "POST")
    if case.restricted:
        return redirect("cases:access", case.pk)
    form = RestrictForm(sent(request))
    if request.method == "POST" and form.is_valid():
        restricting.restrict(case, acting(request), form.cleaned_data["reason"])
        wrote(request, case, "case", case.pk, restricted=True)
        messages.success(request, _("Only named people can open this case now. You are one of them."))
        return redirect("cases:access", case.pk)
    lead = _("Then only people who are named see this case; for all others it does not exist.")
    return form_page(request, case, form, _("Restrict the case"), lead=lead, submit=_("Restrict the case"))


@door(*policy.MANAGE)
@require_http_methods(["GET", "POST"])
def open_up(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End the restriction."""
    case = find_case(request, pk, lock=request.method == "POST")
    if not case.restricted:
        return back_to(case)
    form = EndRestriction(sent(request))
    if request.method == "POST" and form.is_valid():
        restricting.open_up(case, acting(request), form.cleaned_data["reason"])
        wrote(request, case, "case", case.pk, restricted=False)
        messages.success(request, _("All colleagues of the region can open this case again."))
        return back_to(case)
    return form_page(request, case, form, _("End the restriction"), submit=_("End the restriction"))


@door(*policy.MANAGE)
@require_POST
def end(request: HttpRequest, pk: UUID, naming: UUID) -> HttpResponse:
    """End that somebody is named."""
    case = find_case(request, pk, lock=True)
    found = CaseAccess.objects.for_post(acting(request)).in_force().filter(case=case, pk=naming).first()
    if found is None:
        raise Http404
    found.case = case
    try:
        restricting.end(found, acting(request))
    except restricting.CannotEnd as stopped:
        messages.error(request, stopped.reason)
        return redirect("cases:access", case.pk)
    wrote(request, case, "case_access", found.pk, ended=True)
    messages.success(request, _("The access has ended."))
    if found.user_id == acting(request).user_id:
        return redirect("cases:list")
    return redirect("cases:access", case.pk)
