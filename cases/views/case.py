"""Changing a case, closing it and opening it again."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from access.doors import acting, door
from cases import closing, policy
from cases.forms import CaseForm, CloseCase, ReopenCase
from cases.models import TimelineEntry
from cases.views.common import back_to, find_case, form_page, sent, wrote
from cases.words import EntryKind


@door(*policy.WORK)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change the facts of a case."""
    case = find_case(request, pk, lock=request.method == "POST")
    if not case.is_open:
        messages.warning(request, _("This case is closed. Reopen it to change it."))
        return back_to(case)
    form = CaseForm(sent(request), instance=case, acting=acting(request))
    if request.method == "POST" and form.is_valid():
        form.save()
        if form.changed_now:
            TimelineEntry.objects.create(
                case=case, kind=EntryKind.CHANGED, by=acting(request), detail=form.change_record()
            )
            wrote(request, case, "case", case.pk, fields=form.changed_now)
        messages.success(request, _("Saved."))
        return back_to(case)
    return form_page(request, case, form, _("Change the case"))


@door(*policy.CLOSE)
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Close a case with a reason, when nothing on it goes on."""
    case = find_case(request, pk, lock=request.method == "POST")
    if not case.is_open:
        messages.info(request, _("This case is closed already."))
        return back_to(case)
    obstacles = closing.in_the_way(case)
    form = CloseCase(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            closing.close(case, acting(request), form.cleaned_data["reason"], form.cleaned_data["explanation"])
        except closing.CannotClose as stopped:
            obstacles = stopped.reasons
            form.add_error(None, _("The case cannot be closed while something goes on."))
        else:
            wrote(request, case, "case", case.pk, closed=form.cleaned_data["reason"])
            messages.success(request, _("The case is closed."))
            return back_to(case)
    return form_page(
        request,
        case,
        form,
        _("Close the case"),
        obstacles=obstacles,
        submit=_("Close the case"),
        template="cases/close.html",
    )


@door(*policy.MANAGE)
@require_http_methods(["GET", "POST"])
def reopen(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Open a closed case again, with the reason."""
    case = find_case(request, pk, lock=request.method == "POST")
    if case.is_open:
        messages.info(request, _("This case is open."))
        return back_to(case)
    form = ReopenCase(sent(request))
    if request.method == "POST" and form.is_valid():
        closing.reopen(case, acting(request), form.cleaned_data["reason"])
        wrote(request, case, "case", case.pk, reopened=True)
        messages.success(request, _("The case is open again."))
        return back_to(case)
    return form_page(request, case, form, _("Reopen the case"), submit=_("Reopen the case"))
