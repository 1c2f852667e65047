"""What can be done with a process now, and why what cannot cannot: asked of the declaration, for one post."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.models import Post
from access.roles import Role
from workflows.casepage import forms, words
from workflows.engine import acts, errors
from workflows.engine.machine import Machine, Text, is_system, roles_of
from workflows.engine.models import Process


@dataclass(frozen=True)
class Offer:
    """Something that can be done: `name` for its address, `label` for its button; `asks` whether a form comes first."""

    name: str
    label: Text
    url: str
    icon: str = ""
    primary: bool = False
    asks: bool = True


@dataclass
class Hindrance:
    """Why steps cannot be made now: their labels and one sentence."""

    reason: str
    labels: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        """The labels in one line."""
        return ", ".join(self.labels)


def steps(machine: Machine, post: Post) -> tuple[list[Offer], list[Hindrance]]:
    """Steps out of the present state that `post` may make now, the primary one first; and why the others not."""
    offers: list[Offer] = []
    hindered: dict[str, Hindrance] = {}
    for transition in machine.from_state(machine.process.state):
        if is_system(transition):
            continue
        reason = why_not(machine, transition, post)
        if reason:
            hindered.setdefault(reason, Hindrance(reason)).labels.append(str(transition.label))
        else:
            url = reverse("case:step", args=[machine.process.pk, transition.slug])
            offers.append(
                Offer(transition.slug, transition.label, url, primary=transition.custom.get("primary", False))
            )
    if (runs_on := machine.no_pause()) and _would_pause(machine, post):
        hindered.setdefault(str(runs_on), Hindrance(str(runs_on))).labels.append(str(ACTS[acts.PAUSE].label))
    offers.sort(key=lambda offer: not offer.primary)
    return offers, list(hindered.values())


def why_not(machine: Machine, transition: Any, post: Post) -> str:
    """A sentence why `post` cannot make this step now, or an empty text when it can."""
    process = machine.process
    if not transition.has_perm(machine, post):
        return who_may(machine, transition, post)
    if process.paused_at is not None:
        return str(errors.PAUSED)
    unmet = transition.get_unmet_condition(machine)
    if unmet is not None:
        return str(getattr(unmet[1], "message", "") or errors.ConditionUnmet.message)
    return ""


def who_may(machine: Machine, transition: Any, post: Post) -> str:
    """A sentence saying who may make a step that `post` may not make."""
    roles = roles_of(transition)
    if not roles:
        return _("Only the program itself does this.")
    if post.role not in roles:
        return _("This is for the %(roles)s.") % {"roles": words.role_names(roles)}
    if sentence := getattr(transition.permission, "sentence", ""):
        return str(sentence)
    process = machine.process
    if process.owner_organisation is not None and process.owner_organisation_id != post.organisation_id:
        return _("This is now for %(who)s.") % {"who": process.owner_organisation.name}
    return _("This is for the %(roles)s of the region.") % {"roles": words.role_names(roles)}


@dataclass(frozen=True)
class Act:
    """One of the engine's acts: its button, the form that asks for what it needs, who may, and the doing of it."""

    name: str
    label: Text
    icon: str
    form: type[Form]
    may: Callable[[Machine, Post], bool]
    do: Callable[[Process, Post, dict[str, Any], int], Process]
    question: Text = ""
    leaves: bool = False  # whether it takes the process out of the sight of who does it

    @property
    def logged(self) -> str:
        """The name of the act in the log."""
        return acts.TAKE if self.name == "take_over" else self.name


def _mine(machine: Machine, post: Post) -> bool:
    return machine.process.assignee_id in {post.pk, *post.acts_for}


def _works(machine: Machine, post: Post) -> bool:
    return acts.may_work_on(machine.process, post)


def _manages(machine: Machine, post: Post) -> bool:
    return acts.may_manage(machine.process, post)


def _open(machine: Machine) -> bool:
    return machine.process.closed_at is None


def _may_take(machine: Machine, post: Post) -> bool:
    return _open(machine) and machine.process.assignee_id is None and _works(machine, post)


def _may_take_over(machine: Machine, post: Post) -> bool:
    other = machine.process.assignee_id is not None and machine.process.assignee_id != post.pk
    return _open(machine) and other and _works(machine, post)


def _may_give_back(machine: Machine, post: Post) -> bool:
    taken = machine.process.assignee_id is not None
    return _open(machine) and taken and (_mine(machine, post) or _manages(machine, post))


def _may_hand_over(machine: Machine, post: Post) -> bool:
    return _open(machine) and (_mine(machine, post) or _works(machine, post) or _manages(machine, post))


def _may_pause(machine: Machine, post: Post) -> bool:
    return _would_pause(machine, post) and not machine.no_pause()


def _would_pause(machine: Machine, post: Post) -> bool:
    return _open(machine) and machine.process.paused_at is None and (_works(machine, post) or _manages(machine, post))


def _may_resume(machine: Machine, post: Post) -> bool:
    return machine.process.paused_at is not None and (_works(machine, post) or _manages(machine, post))


def _may_snooze(machine: Machine, post: Post) -> bool:
    process = machine.process
    late = process.due_at is not None and machine.now is not None and process.due_at <= machine.now
    return _open(machine) and process.snoozed_until is None and not late and _works(machine, post)


def _may_wake(machine: Machine, post: Post) -> bool:
    return _open(machine) and machine.process.snoozed_until is not None and _works(machine, post)


def _may_reopen(machine: Machine, post: Post) -> bool:
    return bool(acts.may_reopen(machine, post))


ACTS: dict[str, Act] = {
    act.name: act
    for act in (
        Act(
            acts.RESUME, gettext_lazy("Resume"), "play", forms.ActForm, _may_resume,
            lambda p, by, facts, v: acts.resume(p.pk, by, reason=facts["reason"], version=v),
        ),
        Act(
            acts.TAKE, gettext_lazy("Take"), "person", forms.AskNothing, _may_take,
            lambda p, by, facts, v: acts.take(p.pk, by, version=v),
        ),
        Act(
            "take_over", gettext_lazy("Take over"), "person", forms.AskNothing, _may_take_over,
            lambda p, by, facts, v: acts.take(p.pk, by, version=v, from_colleague=True),
            gettext_lazy("A colleague has taken this. Do you want to take it over? Your colleague is told."),
        ),
        Act(
            acts.HAND_OVER, gettext_lazy("Hand over"), "handover", forms.HandOverForm, _may_hand_over,
            lambda p, by, facts, v: acts.hand_over(p.pk, by, facts["to"], reason=facts["reason"], version=v),
            leaves=True,
        ),
        Act(
            acts.GIVE_BACK, gettext_lazy("Give back"), "undo", forms.ActForm, _may_give_back,
            lambda p, by, facts, v: acts.give_back(p.pk, by, reason=facts["reason"], version=v),
            leaves=True,
        ),
        Act(
            acts.PAUSE, gettext_lazy("Pause"), "pause", forms.PauseForm, _may_pause,
            lambda p, by, facts, v: acts.pause(p.pk, by, reason=facts["reason"], version=v),
        ),
        Act(
            acts.SNOOZE, gettext_lazy("Put away for later"), "clock", forms.SnoozeForm, _may_snooze,
            lambda p, by, facts, v: acts.snooze(p.pk, by, facts["until"], version=v),
            leaves=True,
        ),
        Act(
            acts.WAKE, gettext_lazy("Bring back in sight"), "eye", forms.AskNothing, _may_wake,
            lambda p, by, facts, v: acts.wake(p.pk, by, version=v),
        ),
        Act(
            acts.REOPEN, gettext_lazy("Open again"), "undo", forms.BecauseForm, _may_reopen,
            lambda p, by, facts, v: acts.reopen(p.pk, by, reason=facts["reason"], version=v),
        ),
    )
}  # fmt: skip


def acts_for(machine: Machine, post: Post) -> Iterator[Offer]:
    """The engine's acts that `post` may do with this process now."""
    for act in ACTS.values():
        if act.may(machine, post):
            url = reverse("case:act", args=[machine.process.pk, act.name])
            yield Offer(act.name, act.label, url, act.icon, asks=act.form is not forms.AskNothing or bool(act.question))


def may_open(kind: type[Machine], post: Post, region_id: int | None) -> bool:
    """Whether `post` may start a process of this kind on a case in a region."""
    return (
        kind.opens is not None
        and kind.opening_form is not None
        and Role(post.role) in kind.opens.roles
        and post.works_in(region_id)
    )
