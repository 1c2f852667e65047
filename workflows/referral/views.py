"""The intake: a report comes in, and a referral process begins."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.core import signing
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from access import log
from access.doors import acting, door
from access.models import Post
from access.roles import Role
from cases.forms import IntakeForm
from cases.models import Case
from cases.models import Referral as Report
from workflows.casepage import answers
from workflows.casepage.circumstances import circumstances
from workflows.engine.models import Process
from workflows.engine.steps import open_process
from workflows.referral.machine import Referral

SALT = "workflows.referral.intake"


class Intake(IntakeForm):
    """The intake with a key of its own: a page that is sent twice makes one report, not two."""

    key = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", signing.dumps(uuid4().hex, salt=SALT))
        self.fields["urgent"].widget.attrs["autofocus"] = True  # at night nobody looks for the first field

    def report_key(self) -> UUID:
        """The key the report gets; one that was tampered with counts as none."""
        try:
            return UUID(hex=signing.loads(self.data.get("key", ""), salt=SALT))
        except (signing.BadSignature, ValueError):
            return uuid4()


@door(Role.CARE_COORDINATOR, Role.CASEWORKER, Role.NATIONAL_DESK)
@require_http_methods(["GET", "POST"])
def intake(request: HttpRequest) -> HttpResponse:
    """Person, case and report on one page; afterwards a referral process runs and somebody must act."""
    post = acting(request)
    if request.method == "GET":
        return _page(request, Intake(acting=post))
    form = Intake(request.POST, acting=post)
    key = form.report_key()
    if sent := _sent_before(request, key, post):
        return sent
    valid = form.is_valid()
    for likeness in form.duplicates:
        log.record(request, log.Action.READ, "person", likeness.person.pk, subject=likeness.person.pk)
    if not valid:
        # Of two pages sent at once the second may meet the person that the first has just written.
        return _sent_before(request, key, post) or _page(request, form, status=422)
    try:
        with transaction.atomic():
            report = form.save(key)
            process = begin(report, post)
    except IntegrityError:  # the same page arrived twice at the same moment, and the other was first
        if sent := _sent_before(request, key, post):
            return sent
        raise
    log.record(request, log.Action.WRITE, "case", report.case_id, subject=report.case.person_id)
    for level, sentence in taken_in(report.case, process):
        messages.add_message(request, level, sentence)
    return redirect("case:page", pk=report.case_id)


def begin(report: Report, post: Post) -> Process:
    """Open a referral process for a report, in the caller's transaction."""
    case = report.case
    return open_process(
        Referral,
        acting=post,
        case_id=case.pk,
        region_id=case.region_id,
        restricted=case.restricted,
        urgent=report.urgent,
        facts=circumstances(case),
        record={"report": report},
    )


def taken_in(case: Case, process: Process) -> list[tuple[int, str]]:
    """What the page says afterwards: the number, who must act by when, and that nobody coordinates in the region."""
    told = [
        (
            messages.SUCCESS,
            _("Case %(number)s: the report is in.") % {"number": case.number} + " " + answers.now_stands(process),
        )
    ]
    if process.owner_role == Role.NATIONAL_DESK:
        sentence = _("%(region)s has no care coordinator in Loods, so the referral went to the national desk.")
        told.append((messages.WARNING, sentence % {"region": case.region.name}))
    return told


def _page(request: HttpRequest, form: Intake, status: int = 200) -> HttpResponse:
    return render(
        request, "workflows/intake/intake.html", {"form": form, "cancel": reverse("cases:list")}, status=status
    )


def _sent_before(request: HttpRequest, key: UUID, post: Post) -> HttpResponse | None:
    """The answer to a page that was sent already: the case it made."""
    report = Report.objects.filter(pk=key).first()
    if report is None:
        return None
    case = Case.objects.for_post(post).filter(pk=report.case_id).first()
    if case is None:
        raise Http404
    messages.info(request, _("This was saved already; it was not saved a second time."))
    return redirect("case:page", pk=case.pk)
