"""Lessons: written, approved by somebody else, and then shared with everybody who works with Loods.

A lesson goes draft → approval asked → shared, or back with a reason; a shared one can be taken back. It is no process:
nobody waits for it and no term runs, so that it has its own small log (`LessonStep`).
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from access import clock, log
from access.doors import EVERY_ROLE, acting, door
from access.models import Organisation, Post, Region
from access.wall import Side
from insights.guiding.definitions import MEASURES
from insights.guiding.forms import ApprovalForm, LessonForm, WhyForm
from insights.guiding.models import Act, Lesson, LessonStep, State
from insights.guiding.policy import APPROVES, WRITES

SHOWN = 200
FROM: dict[Act, tuple[State, ...]] = {
    Act.CHANGE: (State.DRAFT, State.RETURNED),
    Act.ASK: (State.DRAFT, State.RETURNED),
    Act.APPROVE: (State.ASKED,),
    Act.SEND_BACK: (State.ASKED,),
    Act.WITHDRAW: (State.SHARED,),
}
"""From which states each act is possible."""
TO = {
    Act.ASK: State.ASKED,
    Act.APPROVE: State.SHARED,
    Act.SEND_BACK: State.RETURNED,
    Act.WITHDRAW: State.RETURNED,
}
FORMS: dict[Act, type[Form]] = {
    Act.ASK: Form,
    Act.APPROVE: ApprovalForm,
    Act.SEND_BACK: WhyForm,
    Act.WITHDRAW: WhyForm,
}


def may(post: Post, lesson: Lesson, act: Act) -> bool:
    """Whether a post may do it now: the writer changes and asks, somebody else who may approves or sends back."""
    if lesson.state not in FROM[act]:
        return False
    mine = lesson.writer_id == post.user_id
    if act in (Act.CHANGE, Act.ASK):
        return mine and post.role in WRITES
    if act is Act.WITHDRAW:
        return post.role in APPROVES
    return post.role in APPROVES and not mine


def _known() -> set[str]:
    """Words that are names of organisations and regions, in small letters."""
    names = [*Organisation.objects.values_list("name", flat=True), *Region.objects.values_list("name", flat=True)]
    return {word.strip("().,").lower() for name in names for word in name.split()}


def _find(post: Post, pk: UUID, *, lock: bool = False) -> Lesson:
    rows = Lesson.objects.for_post(post)
    rows = rows.select_for_update(of=("self",)) if lock else rows.select_related("writer", "approver")
    found: Lesson | None = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _step(lesson: Lesson, act: Act, post: Post, reason: str = "") -> None:
    LessonStep.objects.create(side=post.side, lesson=lesson, act=act, user_id=post.user_id, reason=reason)


@door(*EVERY_ROLE)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Shared lessons per measure; for who writes or approves also what is under way."""
    from insights.guiding.views import tabs

    post = acting(request)
    rows = list(Lesson.objects.for_post(post).select_related("writer").order_by("-changed_at")[:SHOWN])
    shared = [row for row in rows if row.state == State.SHARED]
    log.record(request, log.Action.READ, "lessons")
    context = {
        "parts": [
            (label, [row for row in shared if row.measure == code])
            for code, label in MEASURES.items()
            if any(row.measure == code for row in shared)
        ],
        "mine": [row for row in rows if row.writer_id == post.user_id and row.state != State.SHARED],
        "to_read": [row for row in rows if may(post, row, Act.APPROVE)],
        "writes": post.role in WRITES,
        "tabs": tabs("lessons", post.role),
    }
    return render(request, "insights/guiding/lessons.html", context)


@door(*EVERY_ROLE)
@require_safe
def lesson(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One lesson, what was done with it, and what can be done now."""
    post = acting(request)
    row = _find(post, pk)
    log.record(request, log.Action.READ, "lesson", pk)
    return _shown(request, post, row)


def _shown(
    request: HttpRequest, post: Post, row: Lesson, bound: tuple[Act, Form] | None = None, *, status: int = 200
) -> HttpResponse:
    acts = []
    for act, make in FORMS.items():
        if may(post, row, act):
            form = bound[1] if bound and bound[0] is act else make(auto_id=f"{act}-%s")
            acts.append((act, _label(act), form, reverse("guiding:act_on_lesson", args=[row.pk, act])))
    open_ = row.state != State.SHARED or post.role in APPROVES
    context = {
        "lesson": row, "acts": acts, "changes": may(post, row, Act.CHANGE),
        "mine": row.writer_id == post.user_id and post.role in APPROVES and row.state == State.ASKED,
        "steps": row.steps.select_related("user") if open_ else (),
        "crumbs": [(_("Lessons"), reverse("guiding:lessons")), (row.title, "")],
    }  # fmt: skip
    return render(request, "insights/guiding/lesson.html", context, status=status)


def _label(act: Act) -> str:
    return {
        Act.ASK: _("Ask for approval"),
        Act.APPROVE: _("Approve and share"),
        Act.SEND_BACK: _("Return to the writer"),
        Act.WITHDRAW: _("Stop sharing"),
    }[act]


@door(*WRITES)
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """A new lesson, as a draft."""
    post = acting(request)
    form = LessonForm(request.POST, known=_known()) if request.method == "POST" else LessonForm()
    if form.is_bound and form.is_valid():
        row = Lesson.objects.create(side=post.side, writer_id=post.user_id, changed_at=clock.now(), **_texts(form))
        _step(row, Act.WRITE, post)
        log.record(request, log.Action.WRITE, "lesson", row.pk)
        messages.success(request, _("Kept as a draft. Nobody else sees it until you ask for approval."))
        return redirect("guiding:lesson", row.pk)
    return _form(request, form, reverse("guiding:lessons"), _("Write a lesson"))


@door(*WRITES)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change one's own draft, or what was returned."""
    post = acting(request)
    row = _find(post, pk, lock=request.method == "POST")
    if row.writer_id != post.user_id:
        raise Http404
    if not may(post, row, Act.CHANGE):
        messages.warning(request, _("This lesson waits for approval or is shared already, so it stays as it is."))
        return redirect("guiding:lesson", pk)
    given = {name: getattr(row, name) for name in ("measure", "title", "tried", "seen", "advice")}
    form = LessonForm(request.POST, known=_known()) if request.method == "POST" else LessonForm(initial=given)
    if form.is_bound and form.is_valid():
        for name, value in _texts(form).items():
            setattr(row, name, value)
        row.version, row.changed_at = row.version + 1, clock.now()
        row.save()
        _step(row, Act.CHANGE, post)
        log.record(request, log.Action.WRITE, "lesson", pk)
        return redirect("guiding:lesson", pk)
    return _form(request, form, reverse("guiding:lesson", args=[pk]), _("Change the lesson"))


def _texts(form: LessonForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in ("measure", "title", "tried", "seen", "advice")}


def _form(request: HttpRequest, form: LessonForm, back: str, title: str) -> HttpResponse:
    context = {"form": form, "back": back, "title": title}
    return render(request, "insights/guiding/write.html", context, status=422 if form.is_bound else 200)


@door(*WRITES)
@require_http_methods(["POST"])
def act(request: HttpRequest, pk: UUID, act: str) -> HttpResponse:
    """Ask for approval, approve, return, or stop sharing."""
    post = acting(request)
    row = _find(post, pk, lock=True)
    if act not in FORMS:
        raise Http404
    chosen = Act(act)
    if not may(post, row, chosen):
        messages.warning(request, _("That cannot be done now. This is how the lesson stands."))
        return redirect("guiding:lesson", pk)
    if request.POST.get("version") != str(row.version):
        messages.warning(request, _("The lesson was changed in the meantime. Read it again first."))
        return redirect("guiding:lesson", pk)
    form = FORMS[chosen](request.POST, auto_id=f"{chosen}-%s")
    if not form.is_valid():
        return _shown(request, post, row, (chosen, form), status=422)
    row.state, row.version, row.changed_at = TO[chosen], row.version + 1, clock.now()
    if chosen is Act.APPROVE:
        row.side, row.approver_id, row.shared_at = Side.COMMON, post.user_id, clock.now()
    _step(row, chosen, post, form.cleaned_data.get("reason", ""))
    row.save()
    log.record(request, log.Action.WRITE, "lesson", pk, detail={"act": act})
    messages.success(request, _("Done."))
    return redirect("guiding:lesson", pk)
