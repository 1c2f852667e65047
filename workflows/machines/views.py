"""How it works: every process as it is declared, for everybody who is signed in."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from access import clock, log
from access.doors import door
from access.models import Post
from workflows.casepage import reading, words
from workflows.casepage.circumstances import subject_of
from workflows.engine.machine import registry
from workflows.engine.models import Process, StepLog
from workflows.machines.describe import describe, running_terms
from workflows.machines.describe import machines as all_machines
from workflows.machines.drawing import Taken, draw


@door(person=True)
@require_safe
def machines(request: HttpRequest) -> HttpResponse:
    """All processes, with what each is about."""
    said = [describe(machine) for machine in all_machines()]
    return render(request, "workflows/machines/list.html", {"machines": said, "crumbs": [(_("How it works"), "")]})


@door(person=True)
@require_safe
def machine(request: HttpRequest, kind: str) -> HttpResponse:
    """One process: the drawing, and the same as tables; with ``?process=`` the way that one went."""
    if kind not in registry:
        raise Http404
    said = describe(registry[kind], running_terms(clock.now()))
    process, log_lines = _process(request, kind)
    taken, passed = Taken(), {}
    if process is not None:
        lines = log_lines
        steps = frozenset((line.action, line.from_state, line.to_state) for line in lines)
        taken = Taken(steps, process.state)
        for line in lines:
            if line.from_state != line.to_state:
                passed[line.to_state] = line.at
    context = {
        "machine": said,
        "drawing": draw(said, taken),
        "process": process,
        "state": words.state_label(registry[kind], process.state) if process else "",
        "back": reverse("case:process", args=[process.pk]) if process else "",
        "rows": [(state, passed.get(state.code), state.code == taken.here) for state in said.states],
        "steps": [(step, any(s[0] == step.action and s[2] == step.target for s in taken.steps)) for step in said.steps],
        "changed": any(t and t.changed for s in said.states for t in (s.term, s.urgent)),
        "crumbs": [(_("How it works"), reverse("workflows:machines")), (said.label, "")],
    }
    return render(request, "workflows/machines/machine.html", context)


def _process(request: HttpRequest, kind: str) -> tuple[Process | None, list[StepLog]]:
    """The process asked for and what the post reads of its log; none when none was asked for.

    Errors: Http404, alike for what is hidden and what is not there.
    """
    wanted = request.GET.get("process")
    if not wanted:
        return None, []
    post: Post | None = request.acting  # type: ignore[attr-defined]
    try:
        key = UUID(wanted)
    except ValueError:
        raise Http404 from None
    read = reading.of_process(key, post) if post is not None else reading.Read()
    if not read.machines or read.machines[0].kind != kind:
        raise Http404
    found = read.machines[0].process
    log.record(request, log.Action.READ, "process", found.pk, subject=subject_of(found))
    return found, read.log.get(found.pk, [])
