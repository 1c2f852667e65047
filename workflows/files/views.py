"""Pages of the determination: the register, a file with its tabs, what the secretary does with it, and the letter."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from access import clock, log
from access.doors import acting, door
from access.models import Post
from access.printing import LANGUAGES
from access.roles import Role
from access.tongues import language_names
from workflows.casepage import answers, words
from workflows.casepage.lanes import lanes
from workflows.casepage.reading import of_file
from workflows.designs.declaration import registry as designs
from workflows.determination import acts, policy
from workflows.determination.models import (
    Decision,
    Evidence,
    File,
    Hearing,
    MemberProfile,
    Opinion,
    PanelMember,
    SourceConsent,
)
from workflows.determination.reading import content_of
from workflows.determination.words import ConsentState, Expertise, Indicator, Weight
from workflows.files import deeds, letters
from workflows.files.forms import AnswerForm, FileForm, ProfileForm, WantedForm
from workflows.files.register import Wanted, Which, page_of, reads_files
from workflows.handovers import facts

UNPROCESSABLE = 422
DOUBLE = timedelta(minutes=1)
"""The same request within this time was sent twice."""


# -- The register ----------------------------------------------------------------------------------------------------


@door(*policy.LOOK)
@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: HttpRequest) -> HttpResponse:
    """The register. What is searched for is sent, not written in the address: it can be a name."""
    post = acting(request)
    asked = request.GET.get("which", "")
    which = Which(asked) if asked in Which.values else Which.OPEN
    text = request.POST.get("text", "").strip()[:100]
    number = request.GET.get("page", "")
    form = WantedForm(request.GET, post=post)
    wanted = form.wanted()
    shown = page_of(post, which, text, int(number) if number.isdigit() and len(number) < 7 else 1, wanted)
    log.record(request, log.Action.SEARCH if text else log.Action.READ, "file", detail={"shown": len(shown)})
    context = {
        "page": shown,
        "form": form,
        "here": form.query(which=which),
        "clear": f"?which={which}",
        "narrowed": wanted != Wanted(),
        "which": which,
        "text": text,
        "reads": reads_files(post),
        "may_open": policy.may_open(post),
        "tabs": [{"label": tab.label, "url": form.query(which=tab), "current": tab == which} for tab in Which],
        "previous": form.query(which=which, page=shown.previous_page_number()) if shown.has_previous() else "",
        "next": form.query(which=which, page=shown.next_page_number()) if shown.has_next() else "",
    }
    return render(request, "workflows/files/list.html", context)


@door(*policy.LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A request comes in: by the person, a lawyer, anybody who knows them."""
    post = acting(request)
    form = FileForm(request.POST or None)
    if form.is_bound and form.is_valid():
        double = _sent_before(post, form)
        if double is not None:
            messages.info(request, _("This was opened already; it was not opened a second time."))
            return redirect("files:page", double.pk)
        file = acts.open_file(post, organisation=post.organisation, **form.cleaned_data)
        log.record(request, log.Action.WRITE, "file", file.pk, subject=file.pk)
        messages.success(request, _("File %(number)s is open.") % {"number": file.number})
        return redirect("files:page", file.pk)
    lead = _("Anybody can ask for a determination. No complaint and no police are needed.")
    return _form(request, form, _("New request"), lead, reverse("files:list"), submit=_("Open the file"))


def _sent_before(post: Post, form: FileForm) -> File | None:
    """The same request by the same secretary within the last minute: a page that was sent twice."""
    same = {name: form.cleaned_data[name] for name in ("name", "alias", "birth_date", "capacity", "story")}
    since = clock.now() - DOUBLE
    found = File.objects.for_post(post).filter(**same, received_at__gte=since, handover=None).order_by("-received_at")
    return found.first()


# -- A file ----------------------------------------------------------------------------------------------------------


@door(*policy.LOOK)
@require_safe
def process(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Where a determination is shown: on the page of its file."""
    file = File.objects.for_post(acting(request)).filter(determinations=pk).first()
    if file is None:
        raise Http404
    onward = answers.coming_from(request)["onward"]
    return redirect(f"{reverse('files:page', args=[file.pk])}{onward}#{words.anchor_of(pk)}")


@door(*policy.LOOK)
@require_safe
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A file: where it stands, what can be done, who it is about and who asked."""
    post = acting(request)
    file = _found(post, pk)
    reads = reads_files(post)
    shown = lanes(of_file(file.pk, post), post)
    log.record(request, log.Action.READ, "file", file.pk, subject=file.pk)
    context = {
        **_shell(post, file, "page"),
        "open_lanes": [one for one in shown if not one.closed],
        "closed_lanes": [one for one in shown if one.closed],
        "requirements": list(file.requirements.all()) if reads else [],
        "languages": language_names(file.languages),
        "linked": _linked(file, post) if reads and file.exploitation_id else [],
        **answers.coming_from(request),
    }
    return render(request, "workflows/files/page.html", context)


@door(*policy.READ)
@require_safe
def evidence(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Which sources may be asked, and the pieces that came, as far as the reader may know of them."""
    post = acting(request)
    file = _found(post, pk)
    log.record(request, log.Action.READ, "file", file.pk, subject=file.pk)
    context = {
        **_shell(post, file, "evidence"),
        "consents": list(file.consents.all()),
        "pieces": list(Evidence.objects.for_post(post).filter(file=file).select_related("consent")),
        "given": ConsentState.GIVEN,
        "asked": ConsentState.ASKED,
    }
    return render(request, "workflows/files/evidence.html", context)


@door(*policy.READ)
@require_safe
def piece(request: HttpRequest, pk: UUID, piece: UUID) -> HttpResponse:
    """What a piece says. It is asked anew whether it may be read, and that it was read is logged."""
    post = acting(request)
    file = _found(post, pk)
    found = Evidence.objects.for_post(post).filter(file=file, pk=piece).first()
    said = content_of(found, post, "files:piece") if found is not None else None
    if found is None or said is None:
        raise Http404
    context = {
        **_shell(post, file, "evidence"),
        "piece": found,
        "text": said.get("text", "") if found.handover is None else "",
        "handed": facts.shown(said) if found.handover is not None else [],
    }
    return render(request, "workflows/files/piece.html", context)


@door(*policy.READ)
@require_safe
def panel(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who sits, what each declared and, once all are in, what each found; and the hearing."""
    post = acting(request)
    file = _found(post, pk)
    log.record(request, log.Action.READ, "file", file.pk, subject=file.pk)
    seats = list(
        PanelMember.objects.for_post(post)
        .filter(determination__file=file)
        .select_related("post__user", "determination")
        .order_by("-determination__clock_started_at", "stage", "stood_down_at", "named_at", "pk")
    )
    readable = {one.member_id: one for one in Opinion.objects.for_post(post).filter(determination__file=file)}
    given = set(Opinion.objects.filter(determination__file=file).values_list("member_id", flat=True))
    for seat in seats:
        seat.read = readable.get(seat.pk)  # type: ignore[attr-defined]
        seat.has_given = seat.pk in given  # type: ignore[attr-defined]
        seat.stage_label = designs[seat.determination.design].stage(seat.stage).label  # type: ignore[attr-defined]
        seat.again = seat.determination.reconsiders_id is not None  # type: ignore[attr-defined]
    context = {
        **_shell(post, file, "panel"),
        "seats": seats,
        "voted": any(seat.vote for seat in seats),
        "opinions": [_opinion(seat) for seat in seats if seat.read is not None],  # type: ignore[attr-defined]
        "hearings": list(
            Hearing.objects.for_post(post)
            .filter(determination__file=file)
            .select_related("first__post__user", "second__post__user")
        ),
    }
    return render(request, "workflows/files/panel.html", context)


def _opinion(seat: Any) -> dict[str, Any]:
    weights = [(Indicator(code).label, Weight(weight).label) for code, weight in seat.read.indicators.items() if weight]
    return {"seat": seat, "row": seat.read, "weights": weights}


@door(*policy.READ)
@require_safe
def decisions(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was decided, in words the person can read, each version; and the letters."""
    post = acting(request)
    file = _found(post, pk)
    log.record(request, log.Action.READ, "file", file.pk, subject=file.pk)
    made = list(Decision.objects.for_post(post).filter(file=file).select_related("determination"))
    current = {one.pk for one in Decision.objects.current().filter(file=file)}
    for one in made:
        one.stage_label = designs[one.determination.design].stage(one.stage).label
        one.current = one.pk in current
    context = {**_shell(post, file, "decisions"), "decisions": made[::-1], "languages": LANGUAGES.items()}
    return render(request, "workflows/files/decisions.html", context)


@door(*policy.READ)
@require_safe
def letter(request: HttpRequest, pk: UUID, decision: UUID, language: str) -> HttpResponse:
    """A decision as a letter to the person, to print."""
    post = acting(request)
    file = _found(post, pk)
    made = Decision.objects.for_post(post).filter(file=file, pk=decision).select_related("determination").first()
    if made is None or language not in LANGUAGES:
        raise Http404
    log.record(request, log.Action.EXPORT, "decision", made.pk, subject=file.pk, detail={"language": language})
    with translation.override(language):
        content = letters.write(letters.Letter.of(made, file), language)
    headers = {"Content-Disposition": 'attachment; filename="loods.pdf"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


# -- What the secretary does -----------------------------------------------------------------------------------------


@door(*policy.LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def do(request: HttpRequest, pk: UUID, deed: str) -> HttpResponse:
    """A deed on a file: GET asks, POST does it."""
    post = acting(request)
    file = _found(post, pk, lock=request.method == "POST")
    if deed == "edit":
        return _edited(request, file)
    wanted = deeds.ALL.get(deed)
    if wanted is None:
        raise Http404
    back = reverse(f"files:{wanted.tab}", args=[pk])
    if not wanted.fits(file):
        messages.info(request, _("This is recorded already; nothing changed."))
        return redirect(back)
    form = wanted.form(request.POST if request.method == "POST" else None, file=file)
    if form.is_bound and form.is_valid():
        try:
            wanted.do(file, post, form)
        except acts.Refused as refusal:
            form.add_error(None, str(refusal.reason))
        else:
            log.record(request, log.Action.WRITE, "file", pk, subject=pk, detail={"deed": deed})
            messages.success(request, str(wanted.done))
            return redirect(back)
    return _asked(request, file, form, wanted.label, wanted.lead, back)


def _edited(request: HttpRequest, file: File) -> HttpResponse:
    back = reverse("files:page", args=[file.pk])
    form = FileForm(request.POST if request.method == "POST" else None, instance=file)
    if form.is_bound and form.is_valid():
        form.save()
        log.record(request, log.Action.WRITE, "file", file.pk, subject=file.pk, detail={"fields": form.changed_data})
        messages.success(request, _("Saved."))
        return redirect(back)
    lead = _("What is wrong or was not known yet. Decisions keep the words they were made with.")
    return _asked(request, file, form, _("Change the request"), lead, back)


@door(*policy.LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: HttpRequest, pk: UUID, consent: UUID) -> HttpResponse:
    """Write down how the person answered about a source, or that they took a consent back."""
    post = acting(request)
    file = _found(post, pk)
    asked = SourceConsent.objects.for_post(post).filter(file=file, pk=consent).first()
    if asked is None:
        raise Http404
    back = reverse("files:evidence", args=[pk])
    if asked.state in (ConsentState.REFUSED, ConsentState.WITHDRAWN):
        messages.info(request, _("This was answered already. Ask anew to change it."))
        return redirect(back)
    form = AnswerForm(request.POST if request.method == "POST" else None, consent=asked)
    if form.is_bound and form.is_valid():
        answer = form.cleaned_data["answer"]
        try:
            if answer == ConsentState.WITHDRAWN:
                acts.withdraw_consent(asked, post)
            else:
                acts.answer_consent(asked, post, answer == ConsentState.GIVEN)
        except acts.Refused as refusal:
            form.add_error(None, str(refusal.reason))
        else:
            log.record(request, log.Action.WRITE, "file", pk, subject=pk, detail={"consent": answer})
            messages.success(request, _("Written down."))
            return redirect(back)
    lead = asked.name
    if asked.state == ConsentState.GIVEN:
        lead = _("%(source)s: what came from it is read no longer, from this moment on.") % {"source": asked.name}
    return _asked(request, file, form, _("What the person answered"), lead, back)


# -- Members ---------------------------------------------------------------------------------------------------------


@door(*policy.READ)
@require_safe
def members(request: HttpRequest) -> HttpResponse:
    """The members of the committee: what each knows about, and when not to be asked."""
    post = acting(request)
    log.record(request, log.Action.READ, "members")
    context = {
        "rows": _members(post),
        "today": clock.today(),
        "crumbs": [(_("Determinations"), reverse("files:list")), (_("Members"), "")],
    }
    return render(request, "workflows/files/members.html", context)


@door(*policy.READ)
@require_http_methods(["GET", "HEAD", "POST"])
def member(request: HttpRequest, post: int) -> HttpResponse:
    """Change what a member knows about, or when not to be asked: the secretary for all, a member for themselves."""
    mine = acting(request)
    row = next((one for one in _members(mine) if one["post"].pk == post), None)
    if row is None:
        raise Http404
    profile = row["profile"] or MemberProfile(post=row["post"])
    form = ProfileForm(request.POST if request.method == "POST" else None, instance=profile)
    if form.is_bound and form.is_valid():
        form.save()
        log.record(request, log.Action.WRITE, "members", post)
        messages.success(request, _("Saved."))
        return redirect("files:members")
    back = reverse("files:members")
    lead = _("With this the secretary composes panels.")
    return _form(request, form, row["post"].user.name, lead, back, (_("Members"), back))


def _members(post: Post) -> list[dict[str, Any]]:
    """Members of the committee of a post with their profiles; for a member, only their own."""
    held = Post.objects.held_on(clock.today()).filter(role=Role.COMMITTEE_MEMBER, organisation=post.organisation_id)
    if post.role == Role.COMMITTEE_MEMBER:
        held = held.filter(pk=post.pk)
    profiles = {profile.pk: profile for profile in MemberProfile.objects.for_post(post)}
    rows = []
    for one in held.select_related("user").order_by("user__name", "pk"):
        profile = profiles.get(one.pk)
        knows = [Expertise(code).label for code in profile.expertise] if profile else []
        rows.append({"post": one, "profile": profile, "knows": knows})
    return rows


# -- Shared ----------------------------------------------------------------------------------------------------------


def _found(post: Post, pk: UUID, lock: bool = False) -> File:
    files = File.objects.for_post(post).select_related("region", "exploitation", "organisation")
    if lock:
        files = files.select_for_update(of=("self",), no_key=True)
    found: File | None = files.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _linked(file: File, post: Post) -> list[File]:
    found = File.objects.for_post(post).filter(exploitation=file.exploitation_id).exclude(pk=file.pk)
    return list(found.order_by("number"))


def _shell(post: Post, file: File, tab: str) -> dict[str, Any]:
    """What every tab shows: number, the person, the tabs, and what can be done on this one."""
    tabs = [
        ("page", _("Course and request")),
        ("evidence", _("Sources and evidence")),
        ("panel", _("Panel and opinions")),
        ("decisions", _("Decisions")),
    ]
    reads, leads = reads_files(post), policy.may_lead(post, file)
    return {
        "file": file,
        "reads": reads,
        "leads": leads,
        "deeds": deeds.fitting(file, tab) if leads else [],
        "tabs": [
            {"label": label, "url": reverse(f"files:{name}", args=[file.pk]), "current": name == tab}
            for name, label in tabs
        ]
        if reads
        else [],
        "crumbs": [(_("Determinations"), reverse("files:list")), (file.number, "")],
    }


def _asked(request: HttpRequest, file: File, form: Any, title: Any, lead: Any, back: str) -> HttpResponse:
    return _form(request, form, title, lead, back, (file.number, reverse("files:page", args=[file.pk])))


def _form(
    request: HttpRequest, form: Any, title: Any, lead: Any, back: str, *above: tuple[Any, str], submit: Any = ""
) -> HttpResponse:
    """A page with one form. `back`: where it leads when it is left; `above`: the pages between the register and it."""
    context = {
        "title": title,
        "lead": lead,
        "form": form,
        "submit": submit or _("Save"),
        "cancel": back,
        "crumbs": [(_("Determinations"), reverse("files:list")), *above, (title, "")],
    }
    return render(request, "workflows/files/form.html", context, status=UNPROCESSABLE if form.is_bound else 200)
