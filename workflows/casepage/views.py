"""The page of a case, the page of a process, and the making of steps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from access import log
from access.doors import CASE_WORKERS, acting, door
from access.models import Post
from access.roles import Role
from cases.models import Case
from cases.pages import case_context
from workflows.break_glass import queries as break_glass
from workflows.casepage import answers, offers, reading, words
from workflows.casepage.answers import Asked
from workflows.casepage.circumstances import circumstances, known_of_person, number_of, subject_of
from workflows.casepage.lanes import Lane, lane, lanes
from workflows.casepage.reading import LOG_LIMIT
from workflows.engine import errors
from workflows.engine.machine import Machine, form_of, is_system, registry
from workflows.engine.models import Process, StepLog
from workflows.engine.seeing import also_seen
from workflows.engine.steps import open_process, perform
from workflows.handovers import queries as handovers

WORKERS = (*CASE_WORKERS, Role.SHELTER_PROVIDER)
OTHER_SIDES = (Role.COMMITTEE_SECRETARY, Role.COMMITTEE_MEMBER, Role.INVESTIGATOR, Role.PROSECUTOR)
SEEKERS = frozenset({Role.CARE_COORDINATOR, Role.CASEWORKER, Role.NATIONAL_DESK})
"""Who seeks a place for a case."""
ALL_WORKERS = (*WORKERS, Role.PRIVACY_OFFICER, Role.ACTION_OWNER, Role.ANALYST, *OTHER_SIDES)
"""Who works on processes; some of these have no case."""

TIMELINE = 25
"""So many events, the newest, stand on the page of a case; the others come when somebody asks."""


@door(*WORKERS)
@require_safe
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The case: who and safety, its processes as lanes, timeline, documents, consents.

    A shelter provider, who sees no file, is led to what it must act on: mails link to the case.
    """
    post = acting(request)
    if post.role == Role.SHELTER_PROVIDER:
        asked = (
            Process.objects.for_post(post).filter(case_id=pk).order_by("due_at").values_list("pk", flat=True).first()
        )
        if asked is None:
            raise Http404
        return redirect("case:process", pk=asked)
    cases = Case.objects.for_post(post).select_related("person", "region")
    case = cases.annotate(glass=break_glass.column(), handed=handovers.column()).filter(pk=pk).first()
    if case is None:
        raise Http404
    opened_by_glass = break_glass.running_on(case)
    emergency = any(use.user_id == post.user_id for use in opened_by_glass)
    log.record(request, log.Action.READ, "case", case.pk, subject=case.person_id, emergency=emergency)
    read = reading.of_case(case, post)
    shown = lanes(read, post)
    context = case_context(case, post)
    events = context["events"]
    whole = request.GET.get("timeline") == "all" or len(events) <= TIMELINE + 5
    context |= {
        "events": events if whole else events[:TIMELINE],
        "events_left_out": 0 if whole else len(events) - TIMELINE,
        "open_lanes": [one for one in shown if not one.closed],
        "closed_lanes": [one for one in shown if one.closed],
        "starts": _starts(case, post, shown),
        "seeks": post.role in SEEKERS,
        "glass": opened_by_glass,
        "handovers": handovers.in_force_of(case.handed),
        **answers.coming_from(request),
        "crumbs": [(_("Cases"), reverse("cases:list")), (case.number, "")],
    }
    return render(request, "workflows/casepage/page.html", context)


def _starts(case: Case, post: Post, shown: list[Lane]) -> list[offers.Offer]:
    if not case.is_open:
        return []
    return [
        offers.Offer(kind.kind, kind.label, reverse("case:start", args=[case.pk, kind.kind]), "plus")
        for kind in registry.values()
        if offers.may_open(kind, post, case.region_id) and not _there_is_one(kind, [one.process for one in shown])
    ]


def _there_is_one(kind: type[Machine], processes: Iterable[Process]) -> bool:
    return bool(kind.once) and any(one.kind == kind.kind and one.state not in kind.once_but for one in processes)


@door(*ALL_WORKERS)
@require_safe
def process(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A process by itself. Who may open its case is led there; a shelter provider sees the process alone."""
    post = acting(request)
    found = _lane(pk, post)
    if found is None:
        if told := also_seen(post, [pk]).get(pk):
            kind = registry[told.kind]
            return redirect(reverse(kind.page or kind.told_page, args=[pk]))
        raise Http404
    if found.machine.page:
        return redirect(reverse(found.machine.page, args=[pk]) + answers.coming_from(request)["onward"])
    case_id = found.process.case_id
    if case_id is not None and Case.objects.for_post(post).filter(pk=case_id).exists():
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        return redirect(f"{reverse('case:page', args=[case_id])}{query}#{found.anchor}")
    log.record(request, log.Action.READ, "process", found.process.pk, subject=subject_of(found.process))
    context = {
        "lane": found,
        "number": number_of(found.process),
        "about_person": known_of_person(found.process),
        **answers.coming_from(request),
    }
    return render(request, "workflows/casepage/process.html", context)


@door(*ALL_WORKERS)
@require_safe
def process_log(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What happened to a process, line by line, the newest first; a page of its own, and a part of the case page."""
    found = _lane(pk, acting(request))
    if found is None:
        raise Http404
    log.record(request, log.Action.READ, "process", pk, subject=subject_of(found.process))
    context = {"lane": found, "back": answers.back_to(request, found.process), "cut": len(found.lines) >= LOG_LIMIT}
    return render(request, "workflows/casepage/log.html", context)


def _lane(pk: UUID, post: Post) -> Lane | None:
    read = reading.of_process(pk, post)
    if not read.machines:
        return None
    machine = read.machines[0]
    return lane(machine, read.log.get(machine.process.pk, []), post)


@door(*ALL_WORKERS)
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, pk: UUID, action: str) -> HttpResponse:
    """A step of a process: GET asks what its form asks, POST makes it."""
    post = acting(request)
    found = _lane(pk, post)
    if found is None or action not in found.machine.actions():
        raise Http404
    asked = _asked_step(found, action)
    if request.method == "GET":
        return _ask_step(request, asked, post)
    version = _version(request)
    try:
        outcome = perform(pk, action, post, request.POST, version=version, files=request.FILES)
    except errors.LostRace as error:
        if answers.already_done(found.process, post, action, version):
            return _done_before(request, found.process)
        return answers.refuse(request, asked, error, again=not _hindrance(asked, post))
    except errors.NotAllowed as error:
        told = errors.NotAllowed(_hindrance(asked, post) or error.message, error.process)
        return answers.refuse(request, asked, told, again=False)
    except errors.EngineError as error:
        return answers.refuse(request, asked, error, again=isinstance(error, errors.ConditionUnmet))
    log.record(request, log.Action.WRITE, "process", pk, subject=subject_of(outcome.process))
    return answers.done(request, asked.label, outcome.process, outcome.opened)


def _asked_step(found: Lane, action: str) -> Asked:
    machine = found.machine
    transition = machine.transition_of(action, machine.process.state) or next(
        t for t in machine.transitions() if t.slug == action
    )
    form_class = form_of(transition)

    def make_form(data: Any, files: Any) -> Form:
        made: Form = form_class(data, files, machine=machine)
        return made

    return Asked(found, action, transition.label, make_form)


def _hindrance(asked: Asked, post: Post) -> str:
    """Why the step cannot be made from where the process stands, or an empty text."""
    machine = asked.lane.machine
    transition = machine.transition_of(asked.name, machine.process.state)
    if transition is None:
        return str(errors.WrongState.message)
    if is_system(transition):
        return str(errors.NotAllowed.message)
    return offers.why_not(machine, transition, post)


def _ask_step(request: HttpRequest, asked: Asked, post: Post) -> HttpResponse:
    machine = asked.lane.machine
    transition = machine.transition_of(asked.name, machine.process.state)
    if transition is None:
        return answers.show(request, asked, None, status=409, problem=errors.WrongState.message, now=True)
    if not transition.has_perm(machine, post):
        problem = offers.who_may(machine, transition, post)
        return answers.show(request, asked, None, status=403, problem=problem)
    if problem := offers.why_not(machine, transition, post):
        return answers.show(request, asked, None, status=422, problem=problem)
    log.record(request, log.Action.READ, "process", machine.process.pk, subject=subject_of(machine.process))
    return answers.show(request, asked, asked.make_form(None, None))


def _version(request: HttpRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isdigit() and len(text) < 10 else None


def _done_before(request: HttpRequest, process: Process) -> HttpResponse:
    messages.info(
        request, _("This was done already; it was not done a second time.") + " " + answers.now_stands(process)
    )
    return answers.onward(request, process)


@door(*ALL_WORKERS)
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, pk: UUID, name: str) -> HttpResponse:
    """One of the acts that every process knows: taking, handing over, pausing and so on."""
    post = acting(request)
    found, wanted = _lane(pk, post), offers.ACTS.get(name)
    if found is None or wanted is None:
        raise Http404
    row = found.process

    def make_form(data: Any, files: Any) -> Form:
        return wanted.form(data, files, process=row, acting=post)  # type: ignore[call-arg]

    asked = Asked(found, name, wanted.label, make_form, wanted.question)
    possible = wanted.may(found.machine, post)
    if request.method == "GET":
        if not possible:
            return answers.show(request, asked, None, status=409, problem=errors.WrongState.message, now=True)
        log.record(request, log.Action.READ, "process", row.pk, subject=subject_of(row))
        return answers.show(request, asked, make_form(None, None))
    version = _version(request)
    form = make_form(request.POST, request.FILES)
    try:
        if version is not None and version != row.version:
            raise errors.LostRace(process=row)
        if not possible:
            raise errors.WrongState(process=row)
        if not form.is_valid():
            raise errors.BadFacts(form, row)
        written = wanted.do(row, post, form.cleaned_data, row.version if version is None else version)
    except errors.LostRace as error:
        if answers.already_done(row, post, wanted.logged, version):
            return _done_before(request, row)
        return answers.refuse(request, asked, error, again=possible)
    except errors.EngineError as error:
        return answers.refuse(request, asked, error, again=possible)
    log.record(request, log.Action.WRITE, "process", pk, subject=subject_of(written))
    return answers.done(request, asked.label, written, leaves=wanted.leaves)


@door(*CASE_WORKERS)
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    """Start another process on a case."""
    post = acting(request)
    cases = Case.objects.for_post(post).select_related("person", "region")
    if request.method == "POST":  # two who start at once come one after the other
        cases = cases.select_for_update(of=("self",), no_key=True)
    case = cases.filter(pk=pk).first()
    machine = registry.get(kind)
    if case is None or machine is None or machine.opening_form is None:
        raise Http404
    problem, status = "", 200
    if not offers.may_open(machine, post, case.region_id):
        roles = words.role_names(machine.opens.roles) if machine.opens else ""
        problem, status = _("This is for the %(roles)s.") % {"roles": roles}, 403
    elif not case.is_open:
        problem, status = _("The case is closed. Open it again first."), 409
    before = Process.objects.for_post(post).filter(case_id=case.pk, kind=kind).order_by("-opened_at")
    form = machine.opening_form(request.POST or None, request.FILES or None, needs=case.needs)
    if request.method == "POST" and not problem:
        seen = request.POST.get("seen", "")
        if seen.isdigit() and len(before) > int(seen) and _opened_by(before[0], post):
            messages.info(request, _("This was started already; it was not started a second time."))
            return redirect(answers.back_to(request, before[0]))
    if not problem and _there_is_one(machine, before):
        problem, status = str(machine.once), 409
    if request.method == "POST" and not problem:
        if form.is_valid():
            return _started(request, machine, case, form)
        status = 422
    context = {
        "case": case,
        "title": machine.label,
        "about": machine.about,
        "form": None if problem else form,
        "problem": problem,
        "seen": len(before),
        "running": sum(process.open for process in before),
        "back": reverse("case:page", args=[case.pk]),
    }
    log.record(request, log.Action.READ, "case", case.pk, subject=case.person_id)
    return render(request, "workflows/casepage/start.html", context, status=status)


def _opened_by(process: Process, post: Post) -> bool:
    return StepLog.objects.filter(process=process, action="open", post=post).exists()


def _started(request: HttpRequest, machine: type[Machine], case: Case, form: Any) -> HttpResponse:
    opened = open_process(
        machine,
        acting=acting(request),
        case_id=case.pk,
        region_id=case.region_id,
        restricted=case.restricted,
        urgent=form.cleaned_data.get("urgent", False),
        facts=circumstances(case),
        record=form.record(),
    )
    log.record(request, log.Action.WRITE, "process", opened.pk, subject=case.person_id)
    started = _("%(kind)s was started.") % {"kind": machine.label}
    messages.success(request, f"{started} {answers.now_stands(opened)}")
    return redirect(answers.back_to(request, opened))
