"""Pages of handovers: the list of each side, one handover, making and ending one, and the paper for the person."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from access import log
from access.doors import acting, door
from access.models import Post
from access.printing import LANGUAGES
from access.wall import Side
from cases.models import Case
from workflows.handovers import acts, facts, policy, printing
from workflows.handovers.forms import EndForm, HandOverForm, WriteForm
from workflows.handovers.models import Handover
from workflows.handovers.papers import Paper
from workflows.handovers.queries import SENT, page_of
from workflows.handovers.words import State

SALT = "workflows.handovers"
UNPROCESSABLE, CONFLICT = 422, 409


@door(*policy.LOOK)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """What was handed over to the post's organisation, and what went from there; newest first."""
    post = acting(request)
    sent = request.GET.get("way") == SENT
    problem = ""
    try:
        shown = page_of(post, sent, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    except ValueError:
        problem = _("The address names a place in the list that does not exist; this is the beginning.")
        shown = page_of(post, sent)
    way = {"way": SENT} if sent else {}
    log.record(request, log.Action.READ, "handovers", detail={"shown": len(shown.rows)})
    context = {
        "rows": shown.rows,
        "sent": sent,
        "may_write": post.role in policy.WRITE,
        "problem": problem,
        "next": f"?{urlencode({**way, 'after': shown.after})}" if shown.after else "",
        "previous": f"?{urlencode({**way, 'before': shown.before})}" if shown.before else "",
        "tabs": [
            {"label": _("Received"), "url": "?", "current": not sent},
            {"label": _("Handed over"), "url": f"?way={SENT}", "current": sent},
        ],
    }
    return render(request, "workflows/handovers/list.html", context)


@door(*policy.LOOK)
@require_safe
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One handover: what both sides know of it and, for who may read it and while it is in force, what it says."""
    post = acting(request)
    handover = _found(post, pk)
    content = acts.content_of(handover, post, access_point="handovers:page")
    case = _case_of(handover, post)
    if content is None:
        log.record(request, log.Action.READ, "handover", handover.pk, subject=handover.subject, detail={"facts": []})
    context = {
        "handover": handover,
        "names": facts.labels(handover.facts_named),
        "content": facts.shown(content) if content is not None else None,
        "own": handover.from_side == post.side,
        "may_read": policy.may_read(post, handover),
        "may_end": policy.may_end(post, handover),
        "may_answer": post.role in policy.WRITE and handover.to_side == post.side,
        "case": case,
        "crumbs": [(_("Handovers"), reverse("handovers:list")), (_("Handover"), "")],
    }
    return render(request, "workflows/handovers/page.html", context)


@door(*policy.LOOK)
@require_safe
def of_case(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was handed over from a case, and what came back."""
    post = acting(request)
    case = _case(post, pk)
    log.record(request, log.Action.READ, "case", case.pk, subject=case.person_id)
    context = {
        "case": case,
        "rows": list(Handover.objects.for_post(post).about(case.pk).with_names().newest_first()),
        "may_make": post.role in policy.MAKE and case.is_open,
        "languages": LANGUAGES.items(),
        "crumbs": _crumbs(case),
    }
    return render(request, "workflows/handovers/case.html", context)


@door(*policy.MAKE)
@require_http_methods(["GET", "POST"])
def make(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hand something over: first what and to whom, then exactly what goes, then it goes. Sent twice, it goes once."""
    post = acting(request)
    case = _case(post, pk, lock=request.method == "POST")
    if not case.is_open:
        messages.warning(request, _("This case is closed. Reopen it to change it."))
        return redirect("case:page", case.pk)
    log.record(request, log.Action.READ, "case", case.pk, subject=case.person_id)
    if request.method == "GET":
        return _asked(request, case, HandOverForm(case=case))
    form = HandOverForm(request.POST, case=case)
    if not form.is_valid():
        return _asked(request, case, form, status=UNPROCESSABLE)
    if "change" in request.POST:
        return _asked(request, case, form)
    seen = _seen(request, case)
    if seen is None:
        return _preview(request, case, form)
    key, shown = seen
    if Handover.objects.for_post(post).filter(pk=key).exists():
        messages.info(request, _("This was handed over already; it was not handed over a second time."))
        return redirect("handovers:case", case.pk)
    if shown != _digest(form.chosen()):
        return _preview(request, case, form, changed=True)
    try:
        handover = acts.hand_over(
            post,
            to_organisation=form.cleaned_data["to"],
            purpose=form.cleaned_data["purpose"],
            ground=form.cleaned_data["ground"],
            consent=form.cleaned_data["consent"].pk if form.cleaned_data["consent"] else None,
            legal_ref=form.cleaned_data["legal_ref"],
            subject=case.pk,
            facts=form.chosen(),
            until=form.cleaned_data["until"],
            key=key,
        )
    except acts.Refused as refusal:
        form.add_error(None, str(refusal.reason))
        return _asked(request, case, form, status=UNPROCESSABLE)
    detail = {"facts": handover.facts_named, "to": handover.to_side, "ground": handover.ground}
    log.record(request, log.Action.EXPORT, "handover", handover.pk, subject=case.person_id, detail=detail)
    messages.success(request, _("Handed over to %(to)s.") % {"to": handover.to_organisation.name})
    return redirect("handovers:case", case.pk)


@door(*policy.WRITE)
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """Hand over what is written on this page, from a side without a case file; as an answer to what was received, if
    the address says to what. Sent twice, it goes once.
    """
    post = acting(request)
    asked = _uuid(request.GET.get("answers", ""))
    mine = Handover.objects.for_post(post).with_names().filter(to_side=post.side)
    answered = mine.filter(pk=asked).first() if asked else None
    if asked and answered is None:
        raise Http404
    given = request.POST if request.method == "POST" else None
    form = WriteForm(given, side=post.side, initial={"to": answered.from_organisation} if answered else {})
    key = _uuid(request.POST.get("key", "")) or uuid4()
    if form.is_bound and form.is_valid():
        if Handover.objects.for_post(post).filter(pk=key).exists():
            messages.info(request, _("This was handed over already; it was not handed over a second time."))
            return redirect("handovers:page", key)
        chosen = {name: form.cleaned_data[name] for name in ("purpose", "ground", "legal_ref", "until")}
        try:
            made = acts.hand_over(
                post,
                to_organisation=form.cleaned_data["to"],
                subject=answered.subject if answered else key,
                facts=form.chosen(),
                answers=answered.pk if answered else None,
                key=key,
                **chosen,
            )
        except acts.Refused as refusal:
            form.add_error(None, str(refusal.reason))
        else:
            detail = {"facts": made.facts_named, "to": made.to_side, "ground": made.ground}
            log.record(request, log.Action.EXPORT, "handover", made.pk, subject=made.subject, detail=detail)
            messages.success(request, _("Handed over to %(to)s.") % {"to": made.to_organisation.name})
            return redirect("handovers:page", made.pk)
    context = {
        "form": form,
        "key": key,
        "answered": answered,
        "crumbs": [(_("Handovers"), reverse("handovers:list")), (_("Hand over"), "")],
    }
    return render(request, "workflows/handovers/write.html", context, status=UNPROCESSABLE if form.is_bound else 200)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@door(*policy.END)
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End a handover of one's own side: from then on the receiver cannot read it."""
    post = acting(request)
    handover = _found(post, pk)
    if handover.from_side != post.side:
        raise Http404
    back = reverse("handovers:page", args=[pk])
    if not handover.in_force:
        messages.info(request, _over(handover))
        return redirect(back)
    form = EndForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            acts.end(handover, post, form.cleaned_data["why"])
        except acts.Refused as refusal:
            messages.info(request, refusal.reason)
            return redirect(back)
        log.record(request, log.Action.WRITE, "handover", pk, subject=handover.subject, detail={"ended": True})
        messages.success(request, _("Ended. The receiver cannot read it any more."))
        return redirect(back)
    context = {
        "title": _("End the handover"),
        "lead": _("%(to)s cannot read it any more. That it was handed over stays in the list.")
        % {"to": handover.to_organisation.name},
        "form": form,
        "submit": _("End the handover"),
        "danger": True,
        "cancel": back,
        "crumbs": [(_("Handovers"), reverse("handovers:list")), (_("End the handover"), "")],
    }
    return render(request, "workflows/handovers/form.html", context, status=UNPROCESSABLE if form.is_bound else 200)


@door(*policy.LOOK)
@require_safe
def paper(request: HttpRequest, pk: UUID, language: str) -> HttpResponse:
    """The list of handovers for the person, in plain words, to print."""
    case, made = _paper(request, pk, language, log.Action.PRINT)
    with translation.override(language):
        context = {"case": case, "paper": made, "language": language, "crumbs": _crumbs(case)}
        return HttpResponse(render(request, "workflows/handovers/paper.html", context).content)


@door(*policy.LOOK)
@require_safe
def paper_pdf(request: HttpRequest, pk: UUID, language: str) -> HttpResponse:
    """The same as a PDF."""
    _case_row, made = _paper(request, pk, language, log.Action.EXPORT)
    with translation.override(language):
        content = printing.write(made, language)
    headers = {"Content-Disposition": 'attachment; filename="loods.pdf"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _paper(request: HttpRequest, pk: UUID, language: str, action: str) -> tuple[Case, Paper]:
    post = acting(request)
    if language not in LANGUAGES or post.side is not Side.CARE:
        raise Http404
    case = _case(post, pk)
    log.record(request, action, "handovers", case.pk, subject=case.person_id)
    rows = Handover.objects.for_post(post).about(case.pk).with_names().newest_first()
    with translation.override(language):
        return case, Paper.of(case, list(rows), post)


def _found(post: Post, pk: UUID) -> Handover:
    handover: Handover | None = Handover.objects.for_post(post).with_names().filter(pk=pk).first()
    if handover is None:
        raise Http404
    return handover


def _case(post: Post, pk: UUID, lock: bool = False) -> Case:
    """The case, if the post sees it; `lock` holds its row until the request ends.

    On another side there are no cases, and none is asked for.
    """
    case = None
    if post.side is Side.CARE:
        cases = Case.objects.for_post(post).select_related("person", "region")
        if lock:
            cases = cases.select_for_update(of=("self",), no_key=True)
        case = cases.filter(pk=pk).first()
    if case is None:
        raise Http404
    return case


def _case_of(handover: Handover, post: Post) -> Case | None:
    """The case on one's own side that a handover comes from or answers, if there is one."""
    if post.side is not Side.CARE:
        return None
    subject: Any = handover.subject
    if handover.from_side != Side.CARE:
        if handover.answers is None:
            return None
        subject = Handover.objects.filter(pk=handover.answers).values_list("subject", flat=True).first()
    return Case.objects.for_post(post).filter(pk=subject).first() if subject else None


def _crumbs(case: Case) -> list[tuple[Any, str]]:
    return [
        (_("Cases"), reverse("cases:list")),
        (case.number, reverse("case:page", args=[case.pk])),
        (_("Handovers"), ""),
    ]


def _asked(request: HttpRequest, case: Case, form: HandOverForm, status: int = 200) -> HttpResponse:
    context = {"case": case, "form": form, "crumbs": _crumbs(case)}
    return render(request, "workflows/handovers/make.html", context, status=status)


def _preview(request: HttpRequest, case: Case, form: HandOverForm, changed: bool = False) -> HttpResponse:
    """Exactly what would go. The page carries what it showed, signed: what goes is what was seen."""
    chosen = form.chosen()
    seal = signing.dumps({"key": uuid4().hex, "case": case.pk.hex, "facts": _digest(chosen)}, salt=SALT)
    typed = [(name, value) for name in form.fields for value in request.POST.getlist(name)]
    context = {
        "case": case,
        "form": form,
        "chosen": facts.shown(chosen),
        "typed": typed,
        "seal": seal,
        "changed": changed,
        "crumbs": _crumbs(case),
    }
    return render(request, "workflows/handovers/preview.html", context, status=CONFLICT if changed else 200)


def _digest(chosen: dict[str, Any]) -> str:
    return salted_hmac(SALT, json.dumps(chosen, sort_keys=True)).hexdigest()


def _seen(request: HttpRequest, case: Case) -> tuple[UUID, str] | None:
    try:
        seal = signing.loads(request.POST.get("seal", ""), salt=SALT, max_age=3600)
        if seal["case"] != case.pk.hex:
            return None
        return UUID(hex=seal["key"]), seal["facts"]
    except (signing.BadSignature, KeyError, ValueError):
        return None


def _over(handover: Handover) -> str:
    if handover.state is State.ENDED:
        return _("This handover has ended already; nothing changed.")
    return _("The time of this handover is over already; nothing changed.")
