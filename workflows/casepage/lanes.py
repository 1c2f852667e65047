"""A process as a lane of the case page: where it stands, who must act by when, what can and what cannot be done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from access.models import Post
from workflows.casepage import offers, words
from workflows.casepage.offers import Hindrance, Offer
from workflows.casepage.reading import Read
from workflows.engine import acts
from workflows.engine.machine import Machine, Party, Text
from workflows.engine.models import Process, StepLog


@dataclass(frozen=True)
class Line:
    """A line of the log in words; each is found when it is asked for, since a page shows few of many."""

    kind: type[Machine]
    row: StepLog

    @property
    def at(self) -> datetime:
        """When."""
        return self.row.at

    @property
    def action(self) -> str:
        """The name of the step or act."""
        return self.row.action

    @property
    def own(self) -> bool:
        """Whether it is one of the engine's own acts."""
        return self.action in words.ACTS and self.action not in self.kind.actions()

    @property
    def what(self) -> str:
        """What was done."""
        return words.action_label(self.kind, self.row)

    @property
    def icon(self) -> str:
        """The picture beside it."""
        return words.ACT_ICONS[self.action] if self.own else "arrow"

    @property
    def mark(self) -> str:
        """How the timeline marks it: steps stand out from what leaves the process where it was."""
        return "step" if self.moved else ""

    @property
    def by(self) -> str:
        """Who did it; empty for the program."""
        return self.row.post.user.name if self.row.post else ""

    @property
    def organisation(self) -> str:
        """On behalf of which organisation."""
        return self.row.organisation.name if self.row.organisation else ""

    @property
    def on_behalf_of(self) -> str:
        """The absent colleague for whom a deputy acted."""
        return self.row.on_behalf_of.user.name if self.row.on_behalf_of else ""

    @property
    def from_state(self) -> str:
        """Where the process stood."""
        return words.state_label(self.kind, self.row.from_state) if self.row.from_state else ""

    @property
    def to_state(self) -> str:
        """Where it went."""
        return words.state_label(self.kind, self.row.to_state)

    @property
    def moved(self) -> bool:
        """Whether the process went to another state."""
        return self.row.from_state != self.row.to_state

    @property
    def reason(self) -> str:
        """Why it was done, as somebody said."""
        return words.reason_text(self.row)

    @property
    def why(self) -> list[str]:
        """Why the process came to whom it came."""
        return words.why_here(self.row.route, self.kind)


@dataclass
class Lane:
    """One process for one reader."""

    machine: Machine
    lines: list[Line]
    steps: list[Offer] = field(default_factory=list)
    hindered: list[Hindrance] = field(default_factory=list)
    acts: list[Offer] = field(default_factory=list)

    @property
    def process(self) -> Process:
        """The row."""
        return self.machine.process

    @property
    def anchor(self) -> str:
        """Where the lane is found on its page."""
        return words.anchor_of(self.process.pk)

    @property
    def title(self) -> Text:
        """What the process is called."""
        return self.machine.label

    @property
    def closed(self) -> bool:
        """Whether it is over."""
        return self.process.closed_at is not None

    @property
    def state(self) -> str:
        """The state it is in, in words."""
        return words.state_label(type(self.machine), self.process.state)

    @property
    def mark(self) -> str:
        """The kind of badge of the state."""
        if self.closed:
            return "done"
        if self.process.paused_at is not None:
            return "paused"
        return "waiting" if self.process.waiting_on else "info"

    @property
    def paused_since(self) -> str:
        """Since when the clock stands still, in words."""
        return words.moment_text(self.process.paused_at)

    @property
    def paused_because(self) -> str:
        """The reason given for the pause that runs."""
        return next((line.reason for line in reversed(self.lines) if line.action == acts.PAUSE), "")

    @property
    def snoozed_text(self) -> str:
        """Until when it is put away, in words."""
        return _("Put away until %(when)s") % {"when": words.moment_text(self.process.snoozed_until)}

    @property
    def newest_lines(self) -> list[Line]:
        """The log, newest line first."""
        return self.lines[::-1]

    @property
    def last_line(self) -> Line | None:
        """What happened last."""
        return self.lines[-1] if self.lines else None

    @property
    def waits_for(self) -> str:
        """For whom it waits outside, in words."""
        on = self.process.waiting_on
        return str(Party(on).label) if on in Party.values else on

    @property
    def overdue(self) -> bool:
        """Whether its term has passed, and nobody stopped the clock."""
        due, now = self.process.due_at, self.machine.now
        return not self.closed and self.process.paused_at is None and bool(due and now and due < now)

    @property
    def snoozed(self) -> bool:
        """Whether it is put away until a moment to come."""
        until, now = self.process.snoozed_until, self.machine.now
        return bool(until and now and until > now)

    @property
    def person(self) -> str:
        """Who took it."""
        return self.process.assignee.user.name if self.process.assignee else ""

    @property
    def who(self) -> str:
        """Role and organisation that must act."""
        return words.who(self.process)

    @property
    def term(self) -> str:
        """How long the running term is."""
        return words.term_text(self.process.term) if self.process.term else ""

    @property
    def term_starts(self) -> str:
        """With which event the term began."""
        return words.data_text(self.process.term.starts_with) if self.process.term else ""

    @property
    def term_source(self) -> str:
        """Where the term comes from."""
        return words.data_text(self.process.term.source) if self.process.term else ""

    @cached_property
    def facts(self) -> list[tuple[Text, Any, str]]:
        """What the machine shows of its own table: name, value and how to write it (text, list, day or moment)."""
        return [(name, value, _sort(value)) for name, value in self.machine.shown() if value not in (None, "", [])]

    @property
    def more(self) -> str:
        """The address of a page that tells more of it; empty where there is none."""
        name, *rest = self.machine.more or ("",)
        return reverse(name, args=[self.process.pk, *rest]) if name else ""

    @property
    def why_here(self) -> list[str]:
        """Why it came to who must act now."""
        return next((line.why for line in reversed(self.lines) if line.row.route), [])

    @property
    def first_step(self) -> Offer | None:
        """The step the page puts forward: the declared one, or the only one."""
        if self.steps and (self.steps[0].primary or len(self.steps) == 1):
            return self.steps[0]
        return None


def lanes(read: Read, post: Post) -> list[Lane]:
    """A lane for every process, open ones first by when they are due, closed ones last, the newest first."""
    made = [lane(machine, read.log.get(machine.process.pk, []), post) for machine in read.machines]
    running = sorted((one for one in made if not one.closed), key=_pressing)
    over = sorted((one for one in made if one.closed), key=_ended, reverse=True)
    return [*running, *over]


def lane(machine: Machine, log: Iterable[StepLog], post: Post) -> Lane:
    """One process for one reader."""
    made = Lane(machine, [Line(type(machine), row) for row in log])
    made.steps, made.hindered = offers.steps(machine, post)
    made.acts = list(offers.acts_for(machine, post))
    return made


def _pressing(one: Lane) -> tuple[Any, ...]:
    process = one.process
    return (process.due_at is None, process.due_at, process.opened_at)


def _ended(one: Lane) -> datetime:
    assert one.process.closed_at is not None
    return one.process.closed_at


def _sort(value: Any) -> str:
    if isinstance(value, datetime):
        return "moment"
    if isinstance(value, date):
        return "day"
    return "list" if isinstance(value, list) else "text"
