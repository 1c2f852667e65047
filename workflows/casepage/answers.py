"""What the page answers when a step was made, and when it was not: each error of the engine its own answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from access.doors import acting
from access.models import Post
from workflows.casepage import words
from workflows.casepage.lanes import Lane
from workflows.engine import errors
from workflows.engine.machine import Text, machine_of
from workflows.engine.models import Process, StepLog

MakeForm = Callable[[Any, Any], Form]


@dataclass
class Asked:
    """A step or act somebody asks for on a process, and how its page is made.

    `make_form` takes data and files and gives the form; `refusal` says why it cannot be done in the state the process
    is in now, or nothing when it can.
    """

    lane: Lane
    name: str
    label: Text
    make_form: MakeForm
    question: Text = ""
    to_state: str = ""
    danger: bool = False

    @property
    def process(self) -> Process:
        """The row."""
        return self.lane.process


def show(
    request: HttpRequest, asked: Asked, form: Form | None, *, status: int = 200, problem: Text = "", now: bool = False
) -> HttpResponse:
    """The page of a step: its form, and above it what went wrong, if anything did.

    Without a form the step cannot be tried again; what was typed is then shown to be read and copied. `now` shows
    where the process stands.
    """
    return render(
        request,
        "workflows/casepage/step.html",
        {
            "asked": asked,
            "lane": asked.lane,
            "form": form,
            "problem": problem,
            "show_now": now,
            "typed": typed(request, asked) if form is None else [],
            "back": back_to(request, asked.process),
            **coming_from(request),
        },
        status=status,
    )


def typed(request: HttpRequest, asked: Asked) -> list[tuple[str, str]]:
    """What somebody had typed in a form that cannot be sent any more: label and text."""
    if request.method != "POST":
        return []
    form = asked.make_form(request.POST, None)
    found = []
    for bound in form:
        texts = request.POST.getlist(bound.html_name)
        shown = ", ".join(text for text in texts if text.strip())
        if shown and not bound.is_hidden:
            found.append((str(bound.label), shown))
    return found


def already_done(process: Process, acting: Post, action: str, version: int | None) -> bool:
    """Whether this post itself made this very step on the version it saw: a double click, or a page sent again."""
    if version is None:
        return False
    return StepLog.objects.filter(process=process, version=version + 1, action=action, post=acting).exists()


def done(
    request: HttpRequest, label: Text, process: Process, opened: list[Process] | None = None, leaves: bool = True
) -> HttpResponse:
    """Say what happened, who must act now and by when; back to the case or on to the next work.

    `leaves`: whether this can be the end of somebody's work on the process for now; after taking it, it is not.
    """
    messages.success(request, " ".join(what_happened(label, process, opened or [])))
    return onward(request, process, leaves)


def what_happened(label: Text, process: Process, opened: list[Process]) -> list[str]:
    """Sentences: the step, the state now, who must act by when, and what was started with it."""
    kind = machine_of(process)
    told = [
        _("%(kind)s – %(step)s: done.") % {"kind": kind.label, "step": label},
        now_stands(process),
    ]
    for other in opened:
        told.append(_("%(kind)s was started.") % {"kind": machine_of(other).label})
        told.append(now_stands(other))
    return told


def now_stands(process: Process) -> str:
    """Where a process stands, who must act and by when, in a sentence."""
    state = words.state_label(machine_of(process), process.state)
    if process.closed_at is not None:
        return _("It is over: %(state)s.") % {"state": state}
    if process.paused_at is not None:
        return _("Now: %(state)s; the clock stands still.") % {"state": state}
    values = {"state": state, "who": words.who(process), "when": words.moment_text(process.due_at)}
    if process.due_at is None:
        return _("Now: %(state)s, with %(who)s.") % values
    return _("Now: %(state)s, with %(who)s, by %(when)s.") % values


def coming_from(request: HttpRequest) -> dict[str, str]:
    """For the page: where it leads on to. Whoever works through the worklist goes from one work to the next."""
    through = "worklist" in (request.POST.get("next"), request.GET.get("next"))
    return {"next": "worklist", "onward": "?next=worklist"} if through else {"next": "", "onward": ""}


def onward(request: HttpRequest, process: Process, leaves: bool = True) -> HttpResponse:
    """To where somebody goes after a step: the next work when they are working through it, else the case."""
    post = acting(request)
    if leaves and coming_from(request)["next"]:
        from workflows.worklist.queries import next_work

        return redirect(next_work(post, process))
    if not Process.objects.for_post(post).filter(pk=process.pk).exists():
        return redirect("/")  # it went to somebody else, out of this post's sight
    return redirect(back_to(request, process))


def back_to(request: HttpRequest, process: Process) -> str:
    """The address of the page a process is on."""
    return reverse("case:process", args=[process.pk]) + coming_from(request)["onward"]


def refuse(request: HttpRequest, asked: Asked, error: errors.EngineError, again: bool) -> HttpResponse:
    """The answer to an error of the engine. `again`: the step can be tried again from the state the process is in.

    Errors: Http404 when it is not this post's to see.
    """
    if isinstance(error, errors.NotFound):
        raise Http404
    if isinstance(error, errors.BadFacts):
        return show(request, asked, error.form, status=error.status)
    form = asked.make_form(request.POST, request.FILES) if again else None
    late = isinstance(error, (errors.LostRace, errors.WrongState))
    return show(request, asked, form, status=error.status, problem=error.message, now=late)
