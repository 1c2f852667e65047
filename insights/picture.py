"""The picture: supply and demand of one day, cut by one thing, as a table that adds up where it can."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from access import configuration
from access.models import Region
from insights.cells import Supply
from insights.cuts import BY_KEY, Cut, limited
from insights.definitions import DEMAND, FIGURES, SUPPLY
from insights.suppression import betrayed, left_out
from shelters.words import Measure
from workflows.placement.demand import Demand

SUMMED = ("units", "places", "occupied", "reserved", "out_of_service", "free")
TOGETHER = ("occupied", "reserved", "free", "placeable")
"""Figures of a line that follow from each other: if one is left out, all are."""
TAKEN = frozenset({"occupied", "reserved"})
"""Of these, those about persons: in a total they can cover for each other, so that what is free can still be said."""


@dataclass
class Line:
    """One line of the table: figures by key; None is missing, and what is in `hidden` is left out for this reader."""

    key: Any
    name: str
    numbers: dict[str, float | None] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    before: dict[str, float | None] = field(default_factory=dict)
    stated_on: date | None = None
    group: str = ""  # the province of a region

    def shown(self, key: str) -> float | None:
        """A number, or None when it is missing or left out."""
        return None if key in self.hidden else self.numbers.get(key)

    def change(self, key: str) -> float | None:
        """How much a number differs from the other day, when both may be shown."""
        now, before = self.shown(key), self.before.get(key)
        return None if now is None or before is None or key in self.hidden else now - before


@dataclass
class Table:
    """The picture of a day."""

    day: date
    cut: Cut
    lines: list[Line]
    total: Line
    caseload: Line | None
    figures: list[str]

    @property
    def hides(self) -> bool:
        """Whether anything is left out."""
        return bool(self.total.hidden) or any(line.hidden for line in self.lines)


def table(
    day: date,
    by: str,
    rows: list[Supply],
    asked: Iterable[Demand],
    asked_in_all: Demand | None,
    names: dict[Any, str],
    limits: dict[str, Any],
) -> Table:
    """The table of a day. In: supply and demand as read, names of the cut's values, and to what it is limited."""
    cut = BY_KEY[by]
    chosen = limited(rows, limits)
    beds = [row for row in chosen if row.measure == Measure.PLACES]
    help_ = [row for row in chosen if row.measure == Measure.CASELOAD]
    lines = {key: Line(key, name) for key, name in names.items()}
    for row in beds:
        for value in cut.of(row):
            if value in lines:
                _add(lines[value], row)
    if cut.demand:
        for one in asked:
            value = getattr(one, cut.demand)
            if value in lines:
                _ask(lines[value], one)
    total = Line("", "")
    for row in beds:
        _add(total, row)
    if asked_in_all is not None:
        _ask(total, asked_in_all)
    caseload = None
    if help_:
        caseload = Line("", "")
        for row in help_:
            _add(caseload, row)
    figures = [figure.key for figure in SUPPLY] + ([figure.key for figure in DEMAND] if cut.demand else [])
    return Table(day, cut, list(lines.values()), total, caseload, figures)


def _add(line: Line, row: Supply) -> None:
    numbers = line.numbers
    for name in SUMMED:
        numbers[name] = (numbers.get(name) or 0) + getattr(row, name)
    if row.placeable is not None:
        numbers["placeable"] = (numbers.get("placeable") or 0) + row.placeable
    if row.stated_on is not None and (line.stated_on is None or row.stated_on < line.stated_on):
        line.stated_on = row.stated_on


def _ask(line: Line, one: Demand) -> None:
    for figure in DEMAND:
        line.numbers[figure.key] = getattr(one, figure.key)


def compare(now: Table, before: Table) -> None:
    """Put beside each number of a table what it was on another day."""
    other = {line.key: line.numbers for line in before.lines}
    for line in now.lines:
        line.before = other.get(line.key, {})
    now.total.before = before.total.numbers
    hidden = {line.key: line.hidden for line in before.lines}
    # A difference must not betray what was left out then.
    for line, left in [*((line, hidden.get(line.key, ())) for line in now.lines), (now.total, before.total.hidden)]:
        for key in left:
            line.before[key] = None


def leave_out(made: Table, threshold: int, entitled: Iterable[int] | None) -> None:
    """Leave small numbers of persons out of a table, with what would betray them: a total too that is small itself, or
    from which what is left out could be worked out.

    In: from which number on they are shown; the regions whose cases the reader may see (None: all, nothing is hidden).
    """
    if entitled is None:
        return
    mine = set(entitled) if made.cut.key == "region" else set()
    free = {n for n, line in enumerate(made.lines) if line.key in mine}
    for key in made.figures:
        if not FIGURES[key].persons:
            continue
        values = [_persons(line, key) for line in made.lines]
        hidden = left_out(values, threshold, open_to=free)
        for position in hidden:
            made.lines[position].hidden.update(TOGETHER if key in TOGETHER else [key])
        mine_alone = bool(free) and all(n in free or not value for n, value in enumerate(values))
        whole = _persons(made.total, key) or 0
        if not mine_alone and (0 < whole < threshold or betrayed(values, hidden, threshold)):
            made.total.hidden.add(key)
    if made.total.hidden & TAKEN:
        made.total.hidden |= TAKEN if _covers(made, threshold) else set(TOGETHER)
    for line in [*made.lines, made.total]:
        if "asked" in line.hidden or "unmet" in line.hidden:
            line.hidden |= {"persons", "waiting_days"}


def _covers(made: Table, threshold: int) -> bool:
    """Whether occupied and reserved cover each other in the total: their sum follows from what is free."""
    sums = [made.total, *(line for line in made.lines if line.hidden & TAKEN)]
    taken = [sum(line.numbers.get(key) or 0 for key in TAKEN) for line in sums]
    return all(not number or number >= threshold for number in (taken[0], sum(taken[1:])))


def _persons(line: Line, key: str) -> float | None:
    """How many persons a number tells of: a free place tells of nobody, a median of those who were counted."""
    if key == "waiting_days":
        return line.numbers.get("asked")
    return 0 if key in ("free", "placeable") else line.numbers.get(key)


def regions(day: date) -> list[Region]:
    """The care regions of a day with their province, from memory."""
    rows = configuration.remembered("regions_with_province", _load_regions)
    return [row for row in rows if row.valid_from <= day and (row.valid_until is None or day < row.valid_until)]


def _load_regions() -> list[Region]:
    return list(Region.objects.care().select_related("parent").order_by("parent__name", "name"))
