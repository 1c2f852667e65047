"""System checks of the determination: that it cannot come to hang on a criminal case again. Their ids are stable.

determination.E001 a machine of this side in which a role of justice acts, or that waits for the criminal case
determination.E002 a design whose machine is not there, or stands on another side
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, register

from access.roles import Role
from access.wall import Side
from workflows.designs.declaration import Design
from workflows.designs.declaration import registry as designs
from workflows.engine.machine import End, Machine, Party, roles_of
from workflows.engine.machine import registry as machines

OF_JUSTICE = frozenset(role for role in Role if role.sides == frozenset({Side.JUSTICE}))


@register()
def determination(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """All machines of this side, and all designs."""
    found = [problem for machine in machines.values() for problem in independence(machine)]
    return found + list(runnable(designs.values()))


def independence(machine: type[Machine]) -> Iterator[CheckMessage]:
    """E001."""
    if machine.side is not Side.DETERMINATION:
        return
    for transition in machine.transitions():
        for role in sorted(roles_of(transition) & OF_JUSTICE):
            yield Error(f"{role} may make {transition.slug}.", obj=machine, id="determination.E001")
    for state, step in machine.steps.items():
        if not isinstance(step, End) and (step.owner in OF_JUSTICE or step.waits_for == Party.PROSECUTION):
            yield Error(f"State {state} waits for the criminal case.", obj=machine, id="determination.E001")


def runnable(declared: Iterable[Design]) -> Iterator[CheckMessage]:
    """E002."""
    for design in declared:
        machine = machines.get(design.kind)
        if machine is None or machine.side is not design.side:
            yield Error(
                f"No machine {design.kind} on the side {design.side} runs {design.code}.", id="determination.E002"
            )
