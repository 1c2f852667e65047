"""What a design of the procedure is. Each is one declaration; machines are named by their kind, so that designs of
different sides of the wall stand beside each other without one knowing the other's machine.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.functional import Promise

from access.wall import Side
from workflows.engine.machine import DeclaredTerm

Text = str | Promise


@dataclass(frozen=True)
class Stage:
    """A decision within a design: how many decide, and the terms that bind the decision.

    `not_before`: this long after the stage began, a decision cannot be made yet. `not_later`: by then it must be.
    They are two terms, with a source each; `shorter` stands for `not_later` where the person is a minor.
    """

    code: str
    label: Text
    panel: int
    not_later: DeclaredTerm | None = None
    shorter: DeclaredTerm | None = None
    not_before: DeclaredTerm | None = None


@dataclass(frozen=True)
class Design:
    """A way to determine victimhood. `kind` is the machine that runs it; several designs can share a machine."""

    code: str
    label: Text
    about: Text
    kind: str
    side: Side
    source: str
    stages: tuple[Stage, ...] = field(default_factory=tuple)
    default: bool = False  # holds on its side where nothing is bound

    def stage(self, code: str) -> Stage:
        """A stage by its code. Errors: KeyError."""
        return {stage.code: stage for stage in self.stages}[code]

    @property
    def first(self) -> Stage:
        """The stage a file begins with."""
        return self.stages[0]

    @property
    def last(self) -> Stage:
        """The stage whose decision ends it."""
        return self.stages[-1]

    @property
    def terms(self) -> tuple[DeclaredTerm, ...]:
        """The terms of its stages."""
        return tuple(
            term for stage in self.stages for term in (stage.not_before, stage.not_later, stage.shorter) if term
        )


registry: dict[str, Design] = {}


def declare(design: Design) -> Design:
    """Make a design known. Errors: ValueError when its code is taken."""
    if registry.setdefault(design.code, design) is not design:
        raise ValueError(f"There are two designs {design.code}")
    return design
