"""Single breaches of the program's own wall: a door without roles, a queryset that gives everything, a side not taken.

Each is made in this process, must be found by a probe near it, and is undone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from viewflow.fsm.base import Transition

from access import middleware
from access.wall import Side, sides
from project.wall import undone
from project.wall.deeds import Deed
from project.wall.program import Lookup, Visit
from workflows.engine import steps
from workflows.handovers import tasks
from workflows.handovers.queries import HandoverQuerySet

NEAR = 12
"""So many probes of pages are asked again for a breach, at most."""


@dataclass(frozen=True)
class Breach:
    """A breach: its name, how it is made, and which probes could find it."""

    name: str
    make: Callable[[], AbstractContextManager[None]]
    near: Callable[[Visit | Lookup | Deed], bool]


def all_of() -> Iterator[Breach]:
    """Every breach."""
    for one in undone.guarded():
        yield Breach(f"{one.__module__}.{one.__name__} gives everything", _gives_everything(one), _rows_of(one))
    yield Breach("no door asks for a role", _doors(), lambda p: isinstance(p, Visit) and p.shut)
    for side in Side:
        yield Breach(
            f"every request works for {side.value}",
            _takes(middleware, side),
            _pages_of_others(side),
        )
        if side is not Side.COMMON:
            yield Breach(f"every job works for {side.value}", _takes(tasks, side), _jobs)
    yield Breach("what was handed over to another side is taken in",
                 lambda: undone.swapped(HandoverQuerySet, "to_receive", undone.everything),
                 lambda p: isinstance(p, Deed) and p.number == "R41")  # fmt: skip
    yield Breach("a job takes no side", lambda: undone.swapped(tasks, "taken", lambda side: nullcontext()), _jobs)
    yield Breach("a request takes no side", lambda: undone.swapped(middleware, "taken", lambda side: nullcontext()),
                 lambda p: isinstance(p, Visit) and not p.shut)  # fmt: skip
    yield Breach("the engine does not ask whether a process is seen",
                 lambda: undone.swapped(steps, "visible", lambda process, post: True),
                 lambda p: isinstance(p, Deed) and p.road == "step on what is not seen")  # fmt: skip
    yield Breach("the engine does not ask for permission",
                 lambda: undone.swapped(Transition, "has_perm", lambda *asked: True),
                 lambda p: isinstance(p, Deed) and p.road == "step without permission")  # fmt: skip


def _gives_everything(one: Any) -> Callable[[], AbstractContextManager[None]]:
    return lambda: undone.swapped(one, "for_post", undone.everything)


def _rows_of(one: Any) -> Callable[[Any], bool]:
    return lambda p: isinstance(p, Lookup) and isinstance(p.row.model._default_manager.all(), one)


def _doors() -> Callable[[], AbstractContextManager[None]]:
    return lambda: undone.swapped(middleware, "door_of", undone.open_door(middleware.door_of))


def _takes(module: Any, side: Side) -> Callable[[], AbstractContextManager[None]]:
    return lambda: undone.swapped(module, "taken", lambda asked: sides.taken(side))


def _pages_of_others(side: Side) -> Callable[[Any], bool]:
    return lambda p: isinstance(p, Visit) and not p.shut and p.who.side not in (None, side)


def _jobs(probe: Any) -> bool:
    return isinstance(probe, Deed) and probe.number == "R43"
