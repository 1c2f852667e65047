"""What the gates give, with small numbers left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from access.queries import named_rows
from insights.comparison.certainty import wilson
from insights.comparison.reading import Share, Spread
from insights.guiding.curves import Curve, Row, draw
from insights.guiding.functions import GRIDS
from insights.suppression import left_out

PARTITION = ("gender", "navigator")
"""Ways of telling people apart in which everybody counts once, so that one group follows from the others."""
Key = tuple[str, str]
"""A way of telling people apart, and a group in it."""


def _asked(function: str, *values: Any) -> list[dict[str, Any]]:
    return named_rows(f"SELECT * FROM {function}({', '.join(['%s'] * len(values))})", values)  # noqa: S608  our own


def hidden(sizes: dict[Key, int], threshold: int) -> set[Key]:
    """Groups of which nothing is said: too small, or what would give a small one away.

    In: how many there are in each group, with ("all", "all"). A group is small as well where so few are outside it that
    the whole would tell of them.
    """
    whole = sizes.get(("all", "all"), 0)
    found = {
        key
        for key, number in sizes.items()
        if number < threshold or (key[0] in ("form", "gender") and 0 < whole - number < threshold)
    }
    for split in PARTITION:
        keys = [key for key in sizes if key[0] == split]
        found |= {keys[place] for place in left_out([sizes[key] for key in keys], threshold)}
    return found


# -- Curves ------------------------------------------------------------------------------------------------------------


@dataclass
class Curves:
    """The curves of one question, by group. `small` are groups of which nothing is said."""

    key: str
    made: dict[Key, Curve] = field(default_factory=dict)
    small: set[Key] = field(default_factory=set)

    def of(self, split: str) -> list[Curve]:
        """The curves that are told, when people are told apart like this."""
        return [curve for (kind, _group), curve in self.made.items() if kind == split and curve.points]


def curves(since: date, until: date, threshold: int, key: str, by: str = "") -> Curves:
    """The curves of everybody with whom it began on these days, followed until the last of them. One query.

    In: a key of `GRIDS`; a way of telling people apart, else every way.
    """
    rows: dict[Key, list[dict[str, Any]]] = defaultdict(list)
    for row in _asked("guiding_curves", since, until, threshold, key, by):
        rows[row["split"], row["grp"]].append(row)
    days, _most = GRIDS[key]
    sizes = {group: lines[0]["remaining"] for group, lines in rows.items()}
    made = Curves(key, small=hidden(sizes, threshold))
    for group, lines in rows.items():
        if group not in made.small:
            steps = [Row(r["step"] * days, r["happened"], r["gone"], r["remaining"], r["merged"]) for r in lines[1:]]
            made.made[group] = draw(group[1], sizes[group], steps)
    return made


# -- Shares, times, and measures ---------------------------------------------------------------------------------------


@dataclass
class Figures:
    """Shares and spreads by group; None of nothing. `number`: how many were guided. `parts`: by figure and part of it,
    of which somebody can have several: what was in the way, which form of new exploitation.
    """

    numbers: dict[Key, int] = field(default_factory=dict)
    small: set[Key] = field(default_factory=set)
    shares: dict[tuple[str, Key], Share] = field(default_factory=dict)
    spreads: dict[tuple[str, Key], Spread] = field(default_factory=dict)
    parts: dict[str, dict[str, dict[Key, Share]]] = field(default_factory=dict)


def _parts(counted: int, number: int, threshold: int) -> bool:
    """Whether both parts of a whole may be told."""
    return all(part == 0 or part >= threshold for part in (counted, number - counted))


def shares(raw: dict[Key, tuple[int, int]], small: set[Key], threshold: int) -> dict[Key, Share]:
    """Shares by group, left out where a part of one would point to somebody, or what is told of others would give it.

    In: how many of how many in each group, and the groups of which nothing is said.
    """
    whole = raw.get(("all", "all"))
    told = set()
    for key, (counted, number) in raw.items():
        open_ = number >= threshold and key not in small and _parts(counted, number, threshold)
        if open_ and whole and key[0] in ("form", "gender"):  # what is outside the group follows from the whole
            open_ = _parts(whole[0] - counted, whole[1] - number, threshold)
        if open_:
            told.add(key)
    for split in PARTITION:
        keys = [key for key in raw if key[0] == split]
        if sum(key not in told for key in keys) == 1 and len(keys) > 1:
            told.discard(min((key for key in keys if key in told), key=lambda key: raw[key][1]))
    return {
        key: Share(counted, number, wilson(counted, number)) if key in told else Share(None, None)
        for key, (counted, number) in raw.items()
    }


def figures(since: date, until: date, threshold: int, by: str = "", wanted: Sequence[str] = ()) -> Figures:
    """Shares and times of guidances asked for on these days. One query.

    In: a way of telling people apart, else every way; keys of figures, else all.
    """
    made, rows = Figures(), _asked("guiding_figures", since, until, threshold, by, list(wanted))
    made.numbers = {(r["split"], r["grp"]): r["number"] for r in rows if r["figure"] == "guided"}
    made.small = hidden(made.numbers, threshold)
    raw: dict[tuple[str, str], dict[Key, tuple[int, int]]] = defaultdict(dict)
    for row in rows:
        key = (row["split"], row["grp"])
        if row["counted"] is not None:
            raw[row["figure"], row["part"]][key] = (row["counted"], row["number"])
        elif row["number"] >= threshold and key not in made.small:
            made.spreads[row["figure"], key] = _spread(row)
    for (figure, part), groups in raw.items():
        for key, told in shares(groups, made.small, threshold).items():
            if part:
                made.parts.setdefault(figure, {}).setdefault(part, {})[key] = told
            else:
                made.shares[figure, key] = told
    return made


def _spread(row: dict[str, Any]) -> Spread:
    return Spread(
        row["number"], row["median"], row["p90"],
        None if row["low"] is None else (row["low"], row["high"]),
        None if row["p90_low"] is None else (row["p90_low"], row["p90_high"]),
    )  # fmt: skip


@dataclass(frozen=True)
class Tried:
    """What is known of a measure in a group. `before` and `after`: willing then, of those whose stand is known both
    times. `gained` and `fell`: None where one of them is small.
    """

    tried: int | None
    declined: int | None
    before: Share
    after: Share
    gained: int | None
    fell: int | None
    few: bool = False


def measures(since: date, until: date, threshold: int, by: str = "") -> dict[str, dict[Key, Tried]]:
    """Willingness before and after each measure. One query. In: a way of telling people apart, else every way."""
    found: dict[str, dict[Key, dict[str, Any]]] = defaultdict(dict)
    for row in _asked("guiding_measures", since, until, by):
        found[row["measure"]][row["split"], row["grp"]] = row
    made: dict[str, dict[Key, Tried]] = {}
    for measure, groups in found.items():
        small = hidden({key: row["number"] for key, row in groups.items()}, threshold)
        told = [
            shares({key: (row[name], row["number"]) for key, row in groups.items()}, small, threshold)
            for name in ("before", "after")
        ]
        made[measure] = {
            key: _tried(row, told[0][key], told[1][key], threshold, too_few=key in small) for key, row in groups.items()
        }
    return made


def _tried(row: dict[str, Any], before: Share, after: Share, threshold: int, *, too_few: bool) -> Tried:
    """What is told of a measure; of a group of which too few are known, only of everybody how often it was tried."""
    tried, declined = (value if value == 0 or value >= threshold else None for value in (row["tried"], row["declined"]))
    nothing = Share(None, None)
    if too_few:
        return Tried(tried if row["split"] == "all" else None, None, nothing, nothing, None, None, few=True)
    if before.counted is None or after.counted is None:
        return Tried(tried, declined, nothing, nothing, None, None)
    moved = (row["gained"], row["fell"])
    gained, fell = (None, None) if any(0 < value < threshold for value in moved) else moved
    return Tried(tried, declined, before, after, gained, fell)


@dataclass(frozen=True)
class Going:
    """How a part of life goes in a span since the first contact: of how many, on average, and how much it rose."""

    number: int | None
    mean: float | None
    paired: int | None
    rose: float | None


def wellbeing(since: date, until: date, threshold: int) -> dict[str, dict[int, Going]]:
    """How parts of life go over time. One query."""
    made: dict[str, dict[int, Going]] = defaultdict(dict)
    for row in _asked("guiding_wellbeing", since, until, threshold):
        told = row["number"] >= threshold
        paired = row["paired"] if row["paired"] == 0 or row["paired"] >= threshold else None
        made[row["domain"]][row["span"]] = Going(row["number"] if told else None, row["mean"], paired, row["rose"])
    return dict(made)
