"""The comparison as a table: a line for each figure, a cell for each design; page and files are made from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from insights.comparison.definitions import ALPHA, GROUPS, SHARES, TIMES
from insights.comparison.reading import Column, Share, Spread, differ
from workflows.designs.declaration import registry as designs
from workflows.engine.machine import registry


@dataclass
class Line:
    """A figure for each design: what is told, and below it its interval or of how many."""

    label: str
    cells: list[tuple[str, str]]
    key: str = ""


@dataclass
class Table:
    """Lines in parts, with the designs as heads, and warnings."""

    heads: list[str]
    parts: list[tuple[str, list[Line]]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def _number(value: float, places: int = 0) -> str:
    return str(number_format(round(value, places), places))


def told_share(share: Share | None, threshold: int) -> tuple[str, str]:
    """A share in words, with of how many and its interval."""
    if share is None or share.number == 0:
        return "–", ""
    if share.share is None or share.counted is None:
        return f"<{threshold}", _("left out")
    assert share.interval is not None and share.number is not None
    low, high = (_number(100 * end) for end in share.interval)
    of = _("%(n)s of %(of)s") % {"n": share.counted, "of": share.number}
    return f"{_number(100 * share.share)}%", f"{of}; {low}–{high}%"


def told_spread(spread: Spread | None) -> tuple[str, str]:
    """Median and the ninth in ten, with intervals and of how many; what would tell of one file is left out."""
    if spread is None:
        return "–", ""
    if spread.median is None:
        return "–", _("left out; n = %(n)d") % {"n": spread.number}
    median = _number(spread.median) + _ends(spread.interval)
    if spread.p90 is None:
        return median, _("n = %(n)d") % {"n": spread.number}
    values = {"p90": _number(spread.p90) + _ends(spread.p90_interval), "n": spread.number}
    return median, _("nine in ten under %(p90)s; n = %(n)s") % values


def _ends(interval: tuple[float, float] | None) -> str:
    return "" if interval is None else f" ({_number(interval[0])}–{_number(interval[1])})"


def name_of(design: str) -> str:
    """The name of a design."""
    return str(designs[design].label) if design in designs else design


def state_label(design: str, state: str) -> str:
    """The name of a state, or of an outcome that is one."""
    machine = registry.get(designs[design].kind) if design in designs else None
    labels = {str(s): str(s.label) for s in machine.states} if machine else {}
    return labels.get(state, state)


def table_of(columns: list[Column], threshold: int) -> Table:
    """The whole table."""
    from workflows.determination.words import Outcome

    made = Table([name_of(column.design) for column in columns])
    files = [(f"<{threshold}" if c.small else str(c.files), "") for c in columns]
    made.parts.append((_("Requests"), [Line(_("Requests in the period"), files)]))
    groups = [
        Line(str(label), [told_share(c.groups.get(key), threshold) for c in columns]) for key, label in GROUPS.items()
    ]
    made.parts.append((_("Who they are"), groups))
    times = [Line(str(f.label), [told_spread(c.spreads.get(f.key)) for c in columns], f.key) for f in TIMES]
    made.parts.append((_("Time and evidence"), times))
    labels: dict[str, list[str]] = {}
    for column in columns:
        for state in column.steps:
            labels.setdefault(state_label(column.design, state), []).append(state)
    steps = [
        Line(label, [told_spread(next((c.steps[s] for s in states if s in c.steps), None)) for c in columns])
        for label, states in labels.items()
    ]
    made.parts.append((_("Days in each step"), steps))
    names = dict(Outcome.choices)
    outcomes = dict.fromkeys(part for c in columns for part in c.outcomes)
    made.parts.append(
        (
            _("Outcomes of those decided"),
            [
                Line(
                    str(names.get(part) or next(state_label(c.design, part) for c in columns if part in c.outcomes)),
                    [told_share(c.outcomes.get(part), threshold) for c in columns],
                )
                for part in outcomes
            ],
        )
    )
    shares = [Line(str(f.label), [told_share(c.shares.get(f.key), threshold) for c in columns], f.key) for f in SHARES]
    agreed = [
        ("–", "") if c.agreement is None else (_number(c.agreement, 2), _("%(n)s panels") % {"n": c.units})
        for c in columns
    ]
    made.parts.append((_("What came of it"), [*shares, Line(str(ALPHA.label), agreed, ALPHA.key)]))
    for column in columns:
        if column.small:
            made.warnings.append(
                _("%(design)s has fewer than %(n)s requests in this period: too few to say anything.")
                % {"design": name_of(column.design), "n": threshold}
            )
        elif column.files < 30:
            made.warnings.append(
                _("%(design)s has only %(n)s requests in this period: every difference can be chance.")
                % {"design": name_of(column.design), "n": column.files}
            )
    for group in differ(columns):
        made.warnings.append(
            _("The groups differ: “%(group)s” is not as frequent in each design. A difference between designs can be a "
              "difference between these people.") % {"group": GROUPS[group]}
        )  # fmt: skip
    return made


def rows(table: Table) -> list[list[Any]]:
    """The lines of a file: part, figure, and for each design the figure and its interval."""
    return [
        [part, line.label, *(text for cell in line.cells for text in cell)]
        for part, lines in table.parts
        for line in lines
    ]


def head(table: Table) -> list[str]:
    """The head of a file."""
    about = _("interval and number")
    return [_("Part"), _("Figure"), *(text for name in table.heads for text in (name, f"{name}: {about}"))]
