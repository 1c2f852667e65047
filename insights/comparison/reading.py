"""What the gates give, as one comparison with small numbers left out and warnings in plain words."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from access.queries import named_rows
from insights.comparison.agreement import alpha
from insights.comparison.certainty import wilson
from insights.comparison.definitions import GROUPS
from insights.suppression import left_out
from workflows.engine.machine import Waiting, registry


@dataclass(frozen=True)
class Share:
    """So many of so many; None where it is left out."""

    counted: int | None
    number: int | None
    interval: tuple[float, float] | None = None

    @property
    def share(self) -> float | None:
        """As a part of one."""
        return self.counted / self.number if self.counted is not None and self.number else None


@dataclass(frozen=True)
class Spread:
    """Median and the value under which nine in ten lie, each with its interval; of how many. None: too few to tell."""

    number: int
    median: float | None
    p90: float | None
    interval: tuple[float, float] | None
    p90_interval: tuple[float, float] | None


@dataclass
class Column:
    """One design. `small`: there are too few files for anybody who may not see them, so nothing else is said."""

    design: str
    files: int
    small: bool = False
    shares: dict[str, Share] = field(default_factory=dict)
    outcomes: dict[str, Share] = field(default_factory=dict)
    groups: dict[str, Share] = field(default_factory=dict)
    spreads: dict[str, Spread] = field(default_factory=dict)
    steps: dict[str, Spread] = field(default_factory=dict)
    agreement: float | None = None
    units: int = 0


def waiting_states() -> list[str]:
    """The states in which a process waits for somebody outside, as ``kind:state``."""
    return [
        f"{machine.kind}:{state}"
        for machine in registry.values()
        for state, step in machine.steps.items()
        if isinstance(step, Waiting)
    ]


def compare(since: date, until: date, threshold: int) -> list[Column]:
    """The designs with requests made on these days, small numbers left out. Asked on the common side."""
    asked = [since, until, waiting_states(), threshold]
    rows = named_rows("SELECT * FROM comparison_figures(%s, %s, %s, %s)", asked)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM comparison_agreement(%s, %s)", [since, until])
        pairs = cursor.fetchall()
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row["design"]].append(row)
    return [_column(design, found[design], pairs, threshold) for design in sorted(found)]


def _column(design: str, rows: list[dict[str, Any]], pairs: list[Any], threshold: int) -> Column:
    files = next(row["number"] for row in rows if row["figure"] == "files")
    made = Column(design, files, small=files < threshold)
    if made.small:
        return made
    for row in rows:
        if row["counted"] is None:
            _measure(made, row, threshold)
        elif row["figure"] == "group":
            made.groups[row["part"]] = _share(row, threshold)
        elif row["figure"] not in ("files", "outcome"):
            made.shares[row["figure"]] = _share(row, threshold)
    outcomes = [row for row in rows if row["figure"] == "outcome"]
    hidden = left_out([row["counted"] for row in outcomes], threshold)
    for place, row in enumerate(outcomes):
        made.outcomes[row["part"]] = Share(None, row["number"]) if place in hidden else _plain(row)
    own = [pair for pair in pairs if pair[0] == design]
    made.units = own[0][4] if own else 0
    if made.units >= threshold:
        made.agreement = alpha({(one, other): weight for _design, one, other, weight, _units in own})
    return made


def _measure(made: Column, row: dict[str, Any], threshold: int) -> None:
    if row["number"] < threshold:
        return
    low, high = row["low"], row["high"]
    p90_low, p90_high = row["p90_low"], row["p90_high"]
    spread = Spread(
        row["number"], row["median"], row["p90"], None if low is None else (low, high),
        None if p90_low is None else (p90_low, p90_high),
    )  # fmt: skip
    (made.steps if row["figure"] == "step" else made.spreads)[row["part"] or row["figure"]] = spread


def _plain(row: dict[str, Any]) -> Share:
    return Share(row["counted"], row["number"], wilson(row["counted"], row["number"]))


def _share(row: dict[str, Any], threshold: int) -> Share:
    """A share is left out where either of its two parts would point to somebody."""
    counted, rest = row["counted"], row["number"] - row["counted"]
    if 0 < counted < threshold or 0 < rest < threshold:
        return Share(None, None)
    return _plain(row)


def differ(columns: list[Column]) -> list[str]:
    """Groups whose shares differ more between designs than chance explains: intervals that do not meet."""
    said = []
    for group in GROUPS:
        ends = [c.groups[group].interval for c in columns if group in c.groups]
        sure = [end for end in ends if end is not None]
        if any(a[1] < b[0] for a in sure for b in sure):
            said.append(group)
    return said
