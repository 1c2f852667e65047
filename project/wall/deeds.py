"""The roads below the pages: steps made without permission, and jobs that are given the number of another side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import transaction

from access.models import Post
from access.wall import Side, taken
from cases.intake import possible_duplicates
from project.wall.pages import counted
from project.wall.planting import TELEPHONE, Row
from project.wall.program import nowhere, stranger
from project.wall.world import Asking
from workflows.engine import steps
from workflows.engine.machine import may, registry
from workflows.engine.models import Process
from workflows.handovers import acts
from workflows.handovers import tasks as jobs
from workflows.handovers.models import Handover

REFUSALS = {"NotAllowed", "NotFound"}


@dataclass(frozen=True)
class Deed:
    """One probe: something done, and what must come of it; without `expected` the same as of what is not there."""

    number: str
    road: str
    name: str
    do: Callable[[], Any]
    twin: Callable[[], Any] | None = None
    expected: frozenset[Any] = frozenset()

    def crossing(self) -> str:
        """What came across the wall; empty when nothing did."""
        got = _undone(self.do)
        if self.twin is not None:
            absent = _undone(self.twin)
            return "" if got == absent else f"hidden and absent differ: {got} and {absent}"
        return "" if got in self.expected else f"not refused: {got}"


def _undone(do: Callable[[], Any]) -> Any:
    """What came of it: a value or the kind of error. Nothing of it stays."""
    try:
        with transaction.atomic():
            try:
                return do()
            finally:
                transaction.set_rollback(True)
    except Exception as error:  # whatever comes of it is what can be observed
        return type(error).__name__


def all_of(people: list[Asking], posts: dict[str, Post], rows: list[Row]) -> Iterator[Deed]:
    """Every probe."""
    processes = [row for row in rows if row.model is Process]
    for who in people:
        if who.side is None:
            continue
        for row in processes:
            if who.side not in row.readers:
                yield _step_of_another_side(who, posts[who.name], row)
            elif who.role is not None and not who.role.national and Side.COMMON not in row.readers:
                yield _step_on_what_is_not_seen(who, posts[who.name], row)
            else:
                yield from _steps_without_permission(who, posts[who.name], row)
    for who in people:
        if who.side is not None and (stranger(who) or who.side is not Side.CARE):
            ask = partial(_alike, posts[who.name])
            yield Deed("R52", "duplicates at intake", who.name, _as(who.side, partial(ask, TELEPHONE)),
                       _as(who.side, partial(ask, TELEPHONE[::-1])))  # fmt: skip
    for side in Side:
        for row in rows:
            if row.model is Handover and row.values["to_side"] != side:
                yield Deed("R41", "job with the number of another side", f"{side.value} {row.variant}",
                           _as(side, partial(acts.receive_one, side, row.key)),
                           _as(side, partial(acts.receive_one, side, nowhere(Handover))))  # fmt: skip
    for name, side in (("receive_on_care", Side.CARE), ("receive_on_determination", Side.DETERMINATION),
                       ("receive_on_justice", Side.JUSTICE)):  # fmt: skip
        yield Deed("R43", "job works for its own side", name, _sides_of(getattr(jobs, name)),
                   expected=frozenset({frozenset({side.role})}))  # fmt: skip


def _alike(post: Post, number: str) -> int:
    """How many persons the intake finds who may be the one with a telephone number."""
    return len(possible_duplicates({"safe_contact": number}, post))


def _as(side: Side, do: Callable[[], Any]) -> Callable[[], Any]:
    def done() -> Any:
        with taken(side):
            return do()

    return done


def _step_of_another_side(who: Asking, post: Post, row: Row) -> Deed:
    assert who.side is not None
    action = min(registry[row.values["kind"]].actions())

    def make(key: Any) -> Callable[[], Any]:
        return _as(who.side or Side.COMMON, lambda: type(steps.perform(key, action, post, {})).__name__)

    name = f"{who.name} {row.values['kind']} {action}"
    return Deed("R41", "step on a process of another side", name, make(row.key), make(nowhere(Process)))


def _step_on_what_is_not_seen(who: Asking, post: Post, row: Row) -> Deed:
    """A step on a process of one's own side, in a region and a house that are not one's own."""
    action = min(registry[row.values["kind"]].actions())

    def make(key: Any) -> Callable[[], Any]:
        return _as(post.side, lambda: type(steps.perform(key, action, post, {})).__name__)

    name = f"{who.name} {row.values['kind']} {action}"
    return Deed("R47", "step on what is not seen", name, make(row.key), make(nowhere(Process)))


def _steps_without_permission(who: Asking, post: Post, row: Row) -> Iterator[Deed]:
    """Steps that start where the process stands and name other roles than this one."""
    machine = registry[row.values["kind"]]
    for transition in machine.transitions():
        allowed = transition.permission
        here = (transition.slug, row.values["state"]) in machine._table()
        if not here or not isinstance(allowed, may) or who.role in allowed.roles:
            continue

        def make(action: str = transition.slug) -> Any:
            return type(steps.perform(row.key, action, post, {})).__name__

        name = f"{who.name} {row.values['kind']} {transition.slug}"
        yield Deed("R44", "step without permission", name, _as(post.side, make), expected=frozenset(REFUSALS))


def _sides_of(job: Callable[[], Any]) -> Callable[[], Any]:
    def run() -> Any:
        sides: list[str] = []
        with counted(sides):
            job()
        return frozenset(sides)

    return run
