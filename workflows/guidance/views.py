"""Pages of guidance: the navigator's home, the plan of one guidance, what is written in it, and the calendar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import OuterRef, Subquery, Sum
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access import clock, log
from access.doors import acting, door
from access.models import Post
from access.roles import Role
from access.wall import Side, taken
from workflows.engine.models import Process
from workflows.guidance import calendar, home, navigators, picture, policy
from workflows.guidance.machine import S
from workflows.guidance.models import (
    Action,
    Appointment,
    Contact,
    Goal,
    Guidance,
    Measurement,
    MeasureTried,
    NewExploitation,
    Phase,
    PoliceContact,
    SafetyPlanVersion,
    Willingness,
)
from workflows.guidance.plan_forms import FORMS, TAB_OF, NoteForm, ProfileForm, row_for
from workflows.guidance.safety import PARTS

UNPROCESSABLE = 422
TABS = ("plan", "safety", "reporting")
CONTACT: dict[str, str] = {
    S.MATCHED: "first_contact", S.IN_GUIDANCE: "contact", S.CONTACT_LOST: "find_again", S.AFTERCARE: "aftercare_talk"
}  # fmt: skip
"""By state the step that writes down a contact."""
NEWEST = 20
"""So many contacts stand on the page."""


@door(Role.NAVIGATOR, side=Side.CARE)
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """The navigator's day."""
    post = acting(request)
    day = home.day_of(post)
    log.record(request, log.Action.READ, "guidances", detail={"shown": len(day.charges)})
    return render(
        request, "workflows/guidance/home.html", {"day": day, "full": day.load >= day.most, "acting_key": post.pk}
    )


@door(Role.NAVIGATOR, side=Side.CARE)
@require_POST
def note(request: HttpRequest) -> HttpResponse:
    """A quick note about somebody the post guides. Its key makes that one that is sent twice is written once.

    Out: 201 also when it was there already, 422 with a sentence when it cannot be kept, 404 when it is not theirs.
    """
    post = acting(request)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _noted(request, " ".join(str(text) for texts in form.errors.values() for text in texts), UNPROCESSABLE)
    guidance = guidance_for(post, form.cleaned_data["guidance"])
    if not policy.may_write(post, guidance):
        return _noted(request, _("Only who guides writes here, and only while the guidance runs."), UNPROCESSABLE)
    form.save(guidance, post)
    log.record(
        request, log.Action.WRITE, "guidance", guidance.pk, subject=guidance.case.person_id, detail={"what": "note"}
    )
    return _noted(request, _("The note was saved."), 201)


def _noted(request: HttpRequest, told: str, status: int) -> HttpResponse:
    """For the script an answer; for whoever has none, back to where they were with a message."""
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"told": told}, status=status)
    (messages.success if status == 201 else messages.error)(request, told)
    return redirect("guidance:home")


@door(*policy.LOOK, side=Side.CARE)
@require_safe
def page(request: HttpRequest, pk: UUID, tab: str = "plan") -> HttpResponse:
    """One guidance: its plan, its safety plan, or what concerns reporting."""
    post = acting(request)
    guidance = guidance_for(post, pk)
    if tab not in TABS:
        raise Http404
    log.record(request, log.Action.READ, "guidance", guidance.pk, subject=guidance.case.person_id, detail={"tab": tab})
    context = {**head_of(guidance, post, tab), **_READ[tab](guidance, post)}
    return render(request, f"workflows/guidance/{tab}.html", context)


def head_of(guidance: Guidance, post: Post, tab: str) -> dict[str, Any]:
    """What every page of a guidance shows: who, where it stands, and its tabs."""
    return {
        "guidance": guidance,
        "case": guidance.case,
        "may_write": policy.may_write(post, guidance),
        "state": S(guidance.process.state).label,
        "contact": CONTACT.get(guidance.process.state),
        "tab": tab,
        "tabs": _tabs(guidance, tab),
        "crumbs": crumbs_of(guidance),
    }


@dataclass(frozen=True)
class ShownGoal:
    """A goal with its actions, and the goals that it gets in the way of or that get in its way."""

    goal: Goal
    actions: list[Action]
    against: list[Goal]

    @classmethod
    def of(cls, goal: Goal, goals: list[Goal], actions: list[Action]) -> ShownGoal:
        """A goal among all goals and actions of its guidance."""
        against = [o for o in goals if goal.pk == o.conflicts_with_id or o.pk == goal.conflicts_with_id]
        return cls(goal, [one for one in actions if one.goal_id == goal.pk], against)


def _plan(guidance: Guidance, post: Post) -> dict[str, Any]:
    goals = list(Goal.objects.for_post(post).filter(guidance=guidance).order_by("state", "set_at"))
    actions = list(Action.objects.for_post(post).filter(guidance=guidance).order_by("by_day"))
    lines = picture.lines(Measurement.objects.for_post(post).filter(guidance=guidance).defer("why"))
    made = Appointment.objects.for_post(post).filter(guidance=guidance, cancelled_at=None)
    appointments, now = list(made.order_by("-at")[:NEWEST]), clock.now()
    return {
        "goals": [ShownGoal.of(goal, goals, actions) for goal in goals],
        "loose": [one for one in actions if one.goal_id is None],
        "lines": lines,
        "grid": picture.GRID,
        "size": (picture.WIDTH, picture.HEIGHT),
        "coming": [one for one in reversed(appointments) if one.at >= now],
        "past": [one for one in appointments if one.at < now],
    }


def _safety(guidance: Guidance, post: Post) -> dict[str, Any]:
    versions = list(
        SafetyPlanVersion.objects.for_post(post)
        .filter(guidance=guidance)
        .select_related("by__user")
        .order_by("-at")[:NEWEST]
    )
    plan = versions[0] if versions else None
    names = {name: SafetyPlanVersion._meta.get_field(name).verbose_name for name in PARTS}  # type: ignore[union-attr]
    return {
        "plan": plan,
        "parts": [(names[name], getattr(plan, name)) for name in PARTS if plan and getattr(plan, name)],
        "versions": versions,
        "signs": list(
            NewExploitation.objects.for_post(post)
            .filter(guidance=guidance)
            .select_related("by__user")
            .order_by("-known_on")[:NEWEST]
        ),
        "phases": list(Phase.objects.for_post(post).filter(guidance=guidance).order_by("began_on")),
        "contacts": list(
            Contact.objects.for_post(post).filter(guidance=guidance).select_related("by__user").order_by("-at")[:NEWEST]
        ),
    }


def _reporting(guidance: Guidance, post: Post) -> dict[str, Any]:
    held = PoliceContact.objects.for_post(post).filter(case=guidance.case_id).select_related("process")
    contacts = list(held.order_by("-planned_at"))
    told = held.aggregate(told=Sum("times_told"))["told"] or 0
    stands = Willingness.objects.for_post(post).filter(guidance=guidance).select_related("by__user")
    measures = MeasureTried.objects.for_post(post).filter(guidance=guidance)
    return {
        "police": contacts,
        "told": told,
        "stands": list(stands.order_by("-on_day", "-written_at")),
        "measures": list(measures.order_by("-offered_on")),
    }


_READ = {"plan": _plan, "safety": _safety, "reporting": _reporting}


@door(*policy.WRITE, side=Side.CARE)
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, pk: UUID, what: str, row: UUID | None = None) -> HttpResponse:
    """Write something in the plan. What was typed is kept when it cannot be saved yet."""
    post = acting(request)
    guidance = guidance_for(post, pk)
    made = FORMS.get(what)
    if made is None:
        raise Http404
    back = reverse("guidance:page", args=[pk, TAB_OF.get(what, "plan")])
    if not policy.may_write(post, guidance):
        messages.warning(request, _("Only who guides writes here, and only while the guidance runs."))
        return redirect(back)
    try:
        changed = row_for(made, guidance, row)
    except LookupError:
        raise Http404 from None
    data = request.POST if request.method == "POST" else None
    form = made(data, guidance=guidance, case=guidance.case, row=changed)
    if form.is_bound and form.is_valid():
        written = form.save(post)
        log.record(request, log.Action.WRITE, "guidance", pk, subject=guidance.case.person_id, detail={"what": what})
        messages.success(request, _("Saved."))
        return redirect(f"{back}#row-{written.pk.hex[:8]}")
    log.record(request, log.Action.READ, "guidance", pk, subject=guidance.case.person_id, detail={"what": what})
    words = {"title": form.title, "lead": form.lead}
    context = {"form": form, "back": back, "crumbs": crumbs_of(guidance), **words}
    return render(request, "workflows/guidance/write.html", context, status=UNPROCESSABLE if form.is_bound else 200)


@door(*policy.ARRANGE, side=Side.CARE)
@require_safe
def team(request: HttpRequest) -> HttpResponse:
    """Navigators of one's regions: what they can do and how much they carry. Nothing of what became of anybody."""
    post = acting(request)
    log.record(request, log.Action.READ, "navigators")
    return render(request, "workflows/guidance/team.html", {"rows": navigators.team(post)})


@door(Role.NAVIGATOR, *policy.ARRANGE, side=Side.CARE)
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest, pk: int) -> HttpResponse:
    """What a navigator can do: by themselves, or by the supervisor of their organisation, who says how much."""
    post = acting(request)
    found = navigators.profile_for(post, pk)
    if found is None:
        raise Http404
    own = pk == post.pk
    data = request.POST if request.method == "POST" else None
    form = ProfileForm(data, profile=found, sets_most=not own)
    back = reverse("guidance:home" if own else "guidance:team")
    if form.is_bound and form.is_valid():
        form.save()
        log.record(request, log.Action.WRITE, "navigator", pk)
        messages.success(request, _("Saved."))
        return redirect(back)
    context = {"form": form, "title": _("What a navigator can do"), "back": back, "crumbs": [(_("Guidance"), back)]}
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "workflows/guidance/write.html", context, status=status)


@door(Role.NAVIGATOR, side=Side.CARE)
@require_http_methods(["GET", "POST"])
def feed(request: HttpRequest) -> HttpResponse:
    """The secret address of one's own calendar: shown once, when it is made."""
    post, address = acting(request), ""
    if request.method == "POST":
        address = request.build_absolute_uri(reverse("guidance:ics", args=[calendar.make(post)]))
        log.record(request, log.Action.WRITE, "calendar", post.pk)
    context = {"address": address, "crumbs": [(_("Today"), reverse("guidance:home")), (_("Calendar"), "")]}
    return render(request, "workflows/guidance/feed.html", context)


@door(public=True)
@require_safe
def ics(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar behind a secret address; nothing in it tells of whom it is."""
    with taken(Side.CARE):
        post = calendar.post_of(secret)
        if post is None:
            raise Http404
        text = calendar.text(post, request.build_absolute_uri(reverse("guidance:home")))
    headers = {"Cache-Control": "no-store, private", "X-Robots-Tag": "noindex"}
    return HttpResponse(text, content_type="text/calendar; charset=utf-8", headers=headers)


def guidance_for(post: Post, pk: UUID) -> Guidance:
    """A guidance that the post sees, with what the head of its pages asks. Errors: Http404."""
    rows = Guidance.objects.for_post(post).select_related(
        "process__owner_organisation", "case__person", "case__region", "navigator__user", "deputy__user"
    )
    plan = Process.objects.filter(case_id=OuterRef("case"), kind="safety_plan", closed_at=None)
    guidance: Guidance | None = rows.annotate(plan_key=Subquery(plan.values("pk")[:1])).filter(pk=pk).first()
    if guidance is None:
        raise Http404
    return guidance


def _tabs(guidance: Guidance, tab: str) -> list[dict[str, Any]]:
    names = {"plan": _("Plan"), "safety": _("Safety and contacts"), "reporting": _("Police and reporting")}
    rows = [
        {"label": names[one], "url": reverse("guidance:page", args=[guidance.pk, one]), "current": one == tab}
        for one in TABS
    ]
    advice = reverse("advice:guidance", args=[guidance.pk])
    return [*rows, {"label": _("Checklists"), "url": advice, "current": tab == "checklists"}]


def crumbs_of(guidance: Guidance) -> list[tuple[Any, str]]:
    """The way to a guidance."""
    return [
        (_("Cases"), reverse("cases:list")),
        (guidance.case.number, reverse("case:page", args=[guidance.case_id])),
        (_("Guidance"), ""),
    ]
