"""The course of one process: every step it made, as the lines of its log and the notices on the way.

The methods mirror `workflows.engine.steps` and `workflows.engine.acts`: the same columns change in the same order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from project.demo.large import times
from project.demo.large.world import NULL, Actor
from workflows.engine.models import Rung

if TYPE_CHECKING:
    from project.demo.large.world import World

NOBODY = f"{NULL}\t{NULL}"
Told = tuple[int, int, int, int, str, "int | None", "int | None"]
"""A notice: episode, rung, moment, end of the term, and the role, organisation and post it is addressed to."""


class Course:
    """One process. Times are whole seconds; a step after `World.until` is not made."""

    __slots__ = (
        "age", "assigned", "assignee", "case", "closed", "due", "entered", "entries", "episode", "forms", "key", "kind",
        "lines", "next", "notices", "opened", "organisation", "paused", "paused_at", "plan", "record", "region",
        "restricted", "role", "rung", "snoozed", "started", "state", "term", "urgent", "version", "waiting", "world",
    )  # fmt: skip

    def __init__(
        self, world: World, kind: str, key: str, case: Any, opened: int, state: str, post: Actor, urgent: bool
    ) -> None:
        self.world, self.kind, self.key, self.opened, self.urgent = world, kind, key, opened, urgent
        self.case, self.region, self.forms, self.age = case.key, case.region, case.forms, case.age
        self.entries = world.entries(case.region, case.forms, case.age)
        self.restricted = case.restricted
        self.lines: list[str] = []
        self.notices: list[Told] = []
        self.state, self.version, self.episode, self.rung = "", 0, 0, 0
        self.role = ""
        self.organisation: int | None = None
        self.assignee: int | None = None
        self.assigned: int | None = None
        self.paused_at: int | None = None
        self.snoozed: int | None = None
        self.started: int | None = None
        self.due: int | None = None
        self.next: int | None = None
        self.plan: times.Plan | tuple[()] = ()
        self.record: Any = None
        self._enter("open", state, opened, post, "", case.facts, None)

    # -- steps --------------------------------------------------------------------------------------------------

    def step(
        self, action: str, state: str, at: int, post: Actor | None, reason: str = "", facts: str = "{}",
        provider: int | None = None,
    ) -> None:  # fmt: skip
        """A transition: leaves the state, so that no rung of it is told any more."""
        self._tell(at)
        self._enter(action, state, at, post, reason, facts, provider)

    def _enter(
        self, action: str, state: str, at: int, post: Actor | None, reason: str, facts: str, provider: int | None
    ) -> None:
        world, before = self.world, self.state
        known = (self.kind, state, provider)
        entry = self.entries.get(known)
        if entry is None:
            entry = world.enter(self.kind, state, self.region, self.forms, self.age, provider)
            self.entries[known] = entry
        self.state, self.entered = state, at
        self.episode += 1
        self.version += 1
        self.closed = at if entry.final else None
        self.waiting = entry.waits_for
        if entry.role != self.role or entry.organisation != self.organisation:
            self.assignee = self.assigned = None
        self.role, self.organisation = entry.role, entry.organisation
        self.paused_at = self.snoozed = None
        self.paused, self.rung = 0, 0
        self.term = term = entry.urgent if self.urgent and entry.urgent else entry.term
        if term is None:
            self.started = self.due = self.next = None
            self.plan = ()
        else:
            due = world.clockwork.end(term, at)
            plan = world.clockwork.plan(term, at, due)
            self.started, self.due, self.plan = at, due, plan
            self.next = plan[1] if plan[0] is None else plan[0]
        self._log(action, before, at, post, reason, facts, entry.why)

    def take(self, at: int, post: Actor) -> None:
        """Somebody takes it from the queue."""
        self.assignee, self.assigned = post.key, at
        self._act("take", at, post)

    def pause(self, at: int, post: Actor, reason: str) -> None:
        """The clock stands still."""
        self._tell(at)
        self.paused_at, self.next = at, None
        self._act("pause", at, post, reason)

    def resume(self, at: int, post: Actor) -> None:
        """The clock runs on, and the end moves by as long as it stood still."""
        assert self.paused_at is not None and self.term is not None and self.started is not None
        self.paused += at - self.paused_at
        self.paused_at = None
        clockwork = self.world.clockwork
        self.due = clockwork.end_paused(self.term, self.started, self.paused)
        self.plan = clockwork.plan(self.term, self.started, self.due)
        self.next = self._next()
        self._act("resume", at, post)

    def snooze(self, at: int, post: Actor, until: int) -> None:
        """Out of sight for a while; the clock runs on."""
        self.snoozed = until
        self._act("snooze", at, post)

    def _act(self, action: str, at: int, post: Actor, reason: str = "") -> None:
        self.version += 1
        self._log(action, self.state, at, post, reason, "{}", "{}")

    def _log(self, action: str, before: str, at: int, post: Actor | None, reason: str, facts: str, why: str) -> None:
        due = NULL if self.due is None else times.text(self.due)
        self.lines.append(
            f"care\t{self.key}\t{times.text(at)}\t{action}\t{before}\t{self.state}\t{self.version}\t"
            f"{post.cells if post else NOBODY}\t{reason}\t{facts}\t{why}\t{due}\n"
        )

    # -- notices ------------------------------------------------------------------------------------------------

    def _tell(self, until: int) -> None:
        """What the minute sweep told before a moment."""
        while self.next is not None:
            at = -(-self.next // 60) * 60
            if at >= until:
                return
            self.rung = rung = self.plan.index(self.next, self.rung) + 1
            role, organisation = self.world.told(rung, self.role, self.organisation)
            post = self.assignee if rung < Rung.ESCALATION else None
            self.notices.append((self.episode, rung, at, self.due or 0, role, organisation, post))
            self.next = self._next()

    def finish(self) -> None:
        """Nothing more happens before `World.until`."""
        self._tell(self.world.until)

    def untell(self) -> bool:
        """Take back the last rung that was told, so that it is due. Out: whether there was one."""
        if self.closed is not None or self.paused_at is not None or not self.rung or not self.notices:
            return False
        episode, rung, *_rest = self.notices[-1]
        if (episode, rung) != (self.episode, self.rung):
            return False
        self.notices.pop()
        self.rung = max((n for e, n, *_rest in self.notices if e == episode), default=0)
        self.next = self._next()
        return True

    def _next(self) -> int | None:
        """The moment of the next rung that was not told yet."""
        return next((moment for moment in self.plan[self.rung :] if moment is not None), None)

    # -- the row ------------------------------------------------------------------------------------------------

    COLUMNS = (
        "id", "side", "kind", "state", "case_id", "restricted", "region_id", "urgent", "facts", "opened_at",
        "entered_at", "episode", "closed_at", "owner_role", "owner_organisation_id", "assignee_id", "assigned_at",
        "waiting_on", "term_id", "term_started_at", "due_at", "paused_at", "paused_for", "snoozed_until", "plan",
        "rung", "next_notice_at", "version",
    )  # fmt: skip
    LOG_COLUMNS = (
        "side", "process_id", "at", "action", "from_state", "to_state", "version", "post_id", "organisation_id",
        "reason", "facts", "route", "due_at",
    )  # fmt: skip

    def row(self, facts: str) -> str:
        """The row of the process as it stands."""
        plan = ",".join("NULL" if m is None else f'"{times.text(m)}"' for m in self.plan)
        return (
            f"{self.key}\tcare\t{self.kind}\t{self.state}\t{self.case}\t{_flag(self.restricted)}\t{self.region}\t"
            f"{_flag(self.urgent)}\t{facts}\t{times.text(self.opened)}\t{times.text(self.entered)}\t{self.episode}\t"
            f"{_moment(self.closed)}\t{self.role}\t{_or_null(self.organisation)}\t{_or_null(self.assignee)}\t"
            f"{_moment(self.assigned)}\t{self.waiting}\t{self.term.key if self.term else NULL}\t"
            f"{_moment(self.started)}\t{_moment(self.due)}\t{_moment(self.paused_at)}\t{self.paused} seconds\t"
            f"{_moment(self.snoozed)}\t{{{plan}}}\t{self.rung}\t{_moment(self.next)}\t{self.version}\n"
        )


def _flag(value: bool) -> str:
    return "t" if value else "f"


def _or_null(value: object) -> object:
    return NULL if value is None else value


def _moment(value: int | None) -> str:
    return NULL if value is None else times.text(value)
