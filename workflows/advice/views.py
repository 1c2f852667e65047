"""Pages of advice: every checklist, one of them, a page for the person, and the checklists of one guidance."""

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
from access.wall import Side
from workflows.advice import acts, content, frame, lists, printing, rendering
from workflows.advice.forms import Filter, MarkForm
from workflows.advice.words import PERSONAL, PROFESSIONAL, SITUATIONS, Subject
from workflows.guidance import policy
from workflows.guidance.views import crumbs_of, guidance_for, head_of

UNPROCESSABLE = 422


@door(*policy.LOOK)
@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    """Every checklist; nothing of anybody is on it."""
    form = Filter(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    query, phase = asked.get("q", ""), asked.get("phase", "")
    rows = [
        {"subject": subject, "checklist": checklist, "pages": _pages(subject)}
        for subject, checklist in lists.found(query, phase)
    ]
    context = {"form": form, "rows": rows, "narrowed": bool(query or phase), "here": request.path}
    return render(request, "workflows/advice/list.html", context)


@door(*policy.LOOK)
@require_safe
def read(request: HttpRequest, subject: str) -> HttpResponse:
    """One checklist, on no case."""
    about = _subject(subject)
    checklist = content.library().checklist(about, lists.language())
    if checklist is None:
        return _unreadable(request, about)
    sources = {source.id: source for source in checklist.front.sources}
    points = [
        lists.ShownPoint(point, [sources[key] for key in point.sources if key in sources]) for point in checklist.points
    ]
    context = {"checklist": checklist, "points": points, "pages": _pages(about), "crumbs": _crumbs(checklist)}
    return render(request, "workflows/advice/read.html", context)


@door(*policy.LOOK)
@require_safe
def person(request: HttpRequest, subject: str, language: str) -> HttpResponse:
    """A page for the person, to print or to read together. It names nobody, and neither does its title."""
    about, page, words = _page(subject, language)
    if page is None or words is None:
        return _unreadable(request, about)
    library = content.library()
    dutch = library.pages.get((about, "nl"))
    context = {
        "page": page,
        "words": words,
        "direction": rendering.direction(language),
        "title": rendering.line(page.front.title, language),
        "text": rendering.html(page.text, language),
        "version": rendering.line(
            words.version.format(number=page.front.version, day=frame.day(page.front.as_of, language)), language
        ),
        "behind": dutch is not None and page.front.version < dutch.front.version,
        "drafts": [(code, rendering.direction(code), text) for code, text in _drafts(page)],
        "on_paper": language in printing.ON_PAPER,
        "danger": rendering.line(words.danger, language),
        "sources": rendering.line(rendering.joined(page.sources(words.unconfirmed), language), language),
        "pages": _pages(about, language),
        "crumbs": [(_("Checklists"), reverse("advice:list")), (about.label, reverse("advice:read", args=[about]))],
    }
    return render(request, "workflows/advice/person.html", context)


@door(*policy.LOOK)
@require_safe
def person_pdf(request: HttpRequest, subject: str, language: str) -> HttpResponse:
    """The same as a PDF, under a neutral name."""
    about, page, words = _page(subject, language)
    if language not in printing.ON_PAPER:
        raise Http404
    if page is None or words is None:
        return _unreadable(request, about)
    made = printing.write(page, words, [text for _code, text in _drafts(page)])
    headers = {"Content-Disposition": 'attachment; filename="loods.pdf"', "Cache-Control": "no-store"}
    return HttpResponse(made, content_type="application/pdf", headers=headers)


@door(*policy.LOOK, side=Side.CARE)
@require_safe
def of_guidance(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The checklists of one guidance: what its facts ask for, what was added, put away, and the others."""
    post = acting(request)
    guidance = guidance_for(post, pk)
    log.record(request, log.Action.READ, "advice", pk, subject=guidance.case.person_id)
    context = {**head_of(guidance, post, "checklists"), "overview": lists.overview(guidance, post)}
    return render(request, "workflows/advice/guidance.html", context)


@door(*policy.LOOK, side=Side.CARE)
@require_http_methods(["GET", "HEAD", "POST"])
def checklist(request: HttpRequest, pk: UUID, subject: str) -> HttpResponse:
    """One checklist of one guidance. POST adds a mark; a reason that is missing is asked for; what was typed stays.

    A text that changed since the page was shown is shown anew instead of ticked.
    """
    post = acting(request)
    guidance, about = guidance_for(post, pk), _subject(subject)
    may_write = policy.may_write(post, guidance)
    asked, here = None, reverse("advice:checklist", args=[pk, about])
    if request.method == "POST":
        if not may_write:
            messages.warning(request, _("Only who guides writes here, and only while the guidance runs."))
            return redirect(here)
        asked = MarkForm(request.POST)
        if asked.is_valid():
            data = asked.cleaned_data
            try:
                mark = acts.mark(guidance, post, about, **data)
            except acts.Stale:
                messages.warning(request, _("The text changed since you opened this page. Please read it again."))
                return redirect(here)
            except acts.Refused:
                raise Http404 from None
            facts = {"subject": about.value, "point": mark.point, "state": mark.state}
            log.record(request, log.Action.WRITE, "advice", pk, subject=guidance.case.person_id, detail=facts)
            messages.success(request, _("Saved."))
            return redirect(f"{here}#{mark.point}" if mark.point else reverse("advice:guidance", args=[pk]))
        if "state" in asked.errors or "seen" in asked.errors or "point" in asked.errors:
            raise Http404
    else:
        log.record(request, log.Action.READ, "advice", pk, subject=guidance.case.person_id, detail={"subject": about})
    sheet = lists.sheet(guidance, post, about)
    if sheet is None:
        return _unreadable(request, about)
    forms = {point.point.id: _form(asked, point.point.id, sheet.kept.digest) for point in sheet.points}
    context = {
        **head_of(guidance, post, "checklists"),
        "sheet": sheet,
        "checklist": sheet.checklist,
        "rows": [(point, forms[point.point.id]) for point in sheet.points],
        "whole": _form(asked, "", sheet.kept.digest),
        "pages": _pages(about, spoken=guidance.case.person.languages),
        "crumbs": [*crumbs_of(guidance)[:-1], (_("Checklists"), reverse("advice:guidance", args=[pk]))],
    }
    return render(request, "workflows/advice/checklist.html", context, status=UNPROCESSABLE if asked else 200)


def _form(asked: MarkForm | None, point: str, seen: str) -> MarkForm:
    """The form of one point, with what was typed when it is the one that was sent."""
    ids = f"id_{point or 'list'}_%s"
    if asked is not None and asked.data.get("point", "") == point:
        return MarkForm(asked.data, auto_id=ids)
    return MarkForm(initial={"point": point, "seen": seen}, auto_id=ids)


def _page(subject: str, language: str) -> tuple[Subject, content.PersonPage | None, frame.Frame | None]:
    """A page for the person and the words around it; None for what cannot be read. Errors: Http404."""
    about, library = _subject(subject), content.library()
    if about not in SITUATIONS or language not in PERSONAL:
        raise Http404
    return about, library.pages.get((about, language)), library.frames.get(language)


def _drafts(page: content.PersonPage) -> list[tuple[str, str]]:
    """The sentences that say a translator still has to look, by language: of the page and Dutch."""
    if page.language in PROFESSIONAL or page.front.read_by:
        return []
    frames = content.library().frames
    return [(code, frames[code].draft) for code in (page.language, PROFESSIONAL[0])]


def _subject(code: str) -> Subject:
    try:
        return Subject(code)
    except ValueError:
        raise Http404 from None


def _pages(subject: Subject, current: str = "", spoken: Any = ()) -> list[dict[str, Any]]:
    """Pages for the person there are on a situation, by language."""
    known = content.library().pages
    return [
        {
            "language": code,
            "name": name,
            "direction": rendering.direction(code),
            "url": reverse("advice:person", args=[subject, code]),
            "current": code == current,
            "spoken": code in spoken,
        }
        for code, name in PERSONAL.items()
        if (subject, code) in known
    ]


def _crumbs(checklist: content.Checklist) -> list[tuple[Any, str]]:
    return [(_("Checklists"), reverse("advice:list")), (checklist.front.title, "")]


def _unreadable(request: HttpRequest, subject: Subject) -> HttpResponse:
    """A text whose file has a fault: said plainly, and the other texts are still there."""
    context = {"subject": subject, "crumbs": [(_("Checklists"), reverse("advice:list")), (subject.label, "")]}
    return render(request, "workflows/advice/unreadable.html", context, status=503)
