"""Putting things in a file: notes, consents, documents."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from access import log
from access.doors import acting, door
from cases import consenting, documents, policy
from cases.forms import ConsentForm, DocumentForm, NoteForm, RemoveDocument, WithdrawConsent
from cases.models import Consent, Document, TimelineEntry
from cases.uploads import refused
from cases.views.common import back_to, case_address, crumbs, find_case, form_page, sent, wrote
from cases.words import ConsentState


@door(*policy.WORK)
@require_http_methods(["GET", "POST"])
def add_note(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write a line on the timeline."""
    case = find_case(request, pk)
    form = NoteForm(sent(request))
    if request.method == "POST" and form.is_valid():
        entry = TimelineEntry.objects.create(case=case, by=acting(request), **form.cleaned_data)
        wrote(request, case, "note", entry.pk)
        messages.success(request, _("Written on the timeline."))
        return back_to(case, "timeline")
    return form_page(request, case, form, _("Write a note"))


@door(*policy.WORK)
@require_http_methods(["GET", "POST"])
def add_consent(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record what the person says about sharing."""
    case = find_case(request, pk)
    form = ConsentForm(sent(request), acting=acting(request))
    if request.method == "POST" and form.is_valid():
        consent = consenting.record(case, acting(request), **form.cleaned_data)
        wrote(request, case, "consent", consent.pk, state=consent.state)
        messages.success(request, _("The answer is recorded."))
        return back_to(case, "consents")
    return form_page(request, case, form, _("Record consent"))


@door(*policy.WORK)
@require_http_methods(["GET", "POST"])
def withdraw_consent(request: HttpRequest, pk: UUID, consent: UUID) -> HttpResponse:
    """Record that the person takes a consent back. Also on a closed case: that is a right."""
    case = find_case(request, pk, lock=request.method == "POST")
    given = Consent.objects.for_post(acting(request)).filter(case=case).said_last().filter(pk=consent).first()
    if given is None:
        raise Http404
    if given.state != ConsentState.GIVEN:
        messages.info(request, _("This consent does not stand any more."))
        return back_to(case, "consents")
    form = WithdrawConsent(sent(request))
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["given_at"] < given.given_at.replace(second=0, microsecond=0):
            form.add_error("given_at", _("That is before the consent was given."))
        else:
            facts = {**form.cleaned_data, "given_at": max(form.cleaned_data["given_at"], given.given_at)}
            taken_back = consenting.record(
                case,
                acting(request),
                recipient_id=given.recipient_id,
                recipient_name=given.recipient_name,
                purpose=given.purpose,
                state=ConsentState.WITHDRAWN,
                **facts,
            )
            wrote(request, case, "consent", taken_back.pk, state=taken_back.state)
            messages.success(request, _("The consent is withdrawn."))
            return back_to(case, "consents")
    lead = _("%(to)s, for: %(purpose)s") % {"to": given.to, "purpose": given.get_purpose_display()}
    return form_page(request, case, form, _("Withdraw consent"), lead=lead, submit=_("Withdraw consent"))


@door(*policy.WORK)
@require_http_methods(["GET", "POST"])
def add_document(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep a document."""
    case = find_case(request, pk)
    if not case.is_open:
        messages.warning(request, _("This case is closed. Reopen it to change it."))
        return back_to(case)
    form = DocumentForm(sent(request), request.FILES if request.method == "POST" else None, refused=refused(request))
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            kept = documents.store(
                case,
                acting(request),
                content=file.content,
                type=file.type,
                title=form.cleaned_data["title"],
                kind=form.cleaned_data["kind"],
            )
        except OSError:
            form.add_error("file", _("The document could not be stored just now. Try again later."))
        else:
            wrote(request, case, "document", kept.pk)
            messages.success(request, _("The document is kept, encrypted."))
            return back_to(case, "documents")
    return form_page(request, case, form, _("Add a document"))


@door(*policy.WORK)
@require_GET
def document(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give a document out: whole, as a download, never shown inside the program."""
    found = _document(request, pk)
    try:
        content = documents.content_of(found)
    except documents.DocumentUnreadable:
        log.record(request, log.Action.REFUSED, "document", found.pk, subject=found.case.person_id)
        title = _("This document cannot be opened")
        context = {"case": found.case, "cancel": case_address(found.case), "crumbs": crumbs(found.case, title)}
        return render(request, "cases/unreadable.html", context, status=410)
    log.record(request, log.Action.EXPORT, "document", found.pk, subject=found.case.person_id)
    return HttpResponse(
        content,
        content_type=found.content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{documents.download_name(found)}"',
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )


@door(*policy.WORK)
@require_http_methods(["GET", "POST"])
def remove_document(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Destroy a document, with the reason."""
    found = _document(request, pk, lock=request.method == "POST")
    form = RemoveDocument(sent(request))
    if request.method == "POST" and form.is_valid():
        documents.remove(found, acting(request), form.cleaned_data["reason"])
        wrote(request, found.case, "document", found.pk, removed=True)
        messages.success(request, _("The document is removed."))
        return back_to(found.case, "documents")
    return form_page(
        request, found.case, form, _("Remove a document"), lead=found.title, submit=_("Remove"), danger=True
    )


def _document(request: HttpRequest, pk: UUID, lock: bool = False) -> Document:
    rows = Document.objects.for_post(acting(request)).present().select_related("case__person", "case__region")
    if lock:
        rows = rows.select_for_update(of=("self",))
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
