"""What a measurement gives, and how it is printed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Figure:
    """One figure. `goal` is what the value must reach: at least when `more` is true, else at most; None: no goal."""

    name: str
    value: float
    unit: str
    against: str
    goal: float | None = None
    more: bool = True
    note: str = ""

    @property
    def reached(self) -> bool | None:
        """Whether the goal was reached; None without a goal."""
        if self.goal is None:
            return None
        return self.value >= self.goal if self.more else self.value <= self.goal


Bench = Callable[[], Iterator[Figure]]
BENCHES: dict[str, Bench] = {}


def bench(name: str) -> Callable[[Bench], Bench]:
    """Make a measurement known under a name for ``ONLY=``."""

    def keep(measure: Bench) -> Bench:
        BENCHES[name] = measure
        return measure

    return keep


def emit(figure: Figure) -> None:
    """One line of JSON."""
    line = {key: value for key, value in asdict(figure).items() if value not in (None, "")}
    print(json.dumps(line | {"value": round(figure.value, 4), "reached": figure.reached}), flush=True)


def table(figures: list[Figure]) -> None:
    """All figures for the eye."""
    shown = Table("figure", "value", "unit", "against", "goal", "", "note")
    for f in figures:
        goal = "" if f.goal is None else f"{'≥' if f.more else '≤'} {f.goal:g}"
        mark = {True: "reached", False: "missed", None: ""}[f.reached]
        shown.add_row(f.name, f"{f.value:,.3g}", f.unit, f.against, goal, mark, f.note)
    Console(width=150).print(shown)
