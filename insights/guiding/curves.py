"""Kaplan–Meier curves of the life tables that the gate gives, by `scipy.stats`.

E.L. Kaplan and P. Meier, Nonparametric estimation from incomplete observations (1958). The interval is the exponential
Greenwood one (log(-log)), which stays between nought and one; the comparison is the logrank test.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Row:
    """A step of a life table: on which day it ends, who had the event, who is no longer followed, who is left.

    `merged`: made of several steps, so that it is not known who left before whom.
    """

    day: int
    happened: int
    gone: int
    left: int
    merged: bool = False


@dataclass(frozen=True)
class Point:
    """The curve after a day: the share without the event, its interval (None: it has none), how many are left."""

    day: int
    share: float
    interval: tuple[float, float] | None
    at_risk: int
    happened: int = 0


@dataclass
class Curve:
    """The curve of one group. Without points there were too few to draw one. `number`: how many it begins with."""

    key: str
    number: int
    rows: list[Row] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)

    @property
    def events(self) -> int:
        """How many had the event, as far as the curve goes."""
        return sum(row.happened for row in self.rows)

    def at(self, day: int) -> Point | None:
        """The curve on a day; None beyond where it ends."""
        if not self.points or day > self.points[-1].day:
            return None
        return [point for point in self.points if point.day <= day][-1]

    @property
    def median(self) -> int | None:
        """The day by which half had the event; None where the curve does not come so far."""
        return next((point.day for point in self.points if point.share <= 0.5), None)


def at_hand() -> bool:
    """Whether what draws curves is loaded; the first curve of a process waits a second or two for it."""
    return "scipy.stats" in sys.modules


def _censored(rows: Sequence[Row]) -> Any:
    """The people of a life table, for scipy: at the end of each step, who is left at the end of the last.

    In a merged step half of those no longer followed leave before the events, as in the life table of actuaries: to let
    all of them stay to the end would make a curve too high.
    """
    from scipy.stats import CensoredData  # only here: it is large, and every process would load it

    happened = np.repeat([float(row.day) for row in rows], [row.happened for row in rows])
    gone = np.array([
        row.day - 0.5 if row.merged and place < row.gone // 2 else row.day for row in rows for place in range(row.gone)
    ], dtype=float)  # fmt: skip
    return CensoredData(uncensored=happened, right=np.append(gone, [float(rows[-1].day)] * rows[-1].left))


def draw(key: str, number: int, rows: Sequence[Row]) -> Curve:
    """The curve of a life table. Who is no longer followed on a day was still without the event on it."""
    made = Curve(key, number, list(rows))
    if not rows:
        return made
    from scipy.stats import ecdf

    made.points.append(Point(0, 1.0, (1.0, 1.0), number))
    days = [row.day for row in rows]
    if made.events:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore", RuntimeWarning)  # where nobody or everybody had it there is no interval
            survival = ecdf(_censored(rows)).sf
            ends = survival.confidence_interval(method="log-log")
            shares, low, high = (line.evaluate(days) for line in (survival, ends.low, ends.high))
    else:
        shares, low, high = np.ones(len(days)), np.full(len(days), np.nan), np.full(len(days), np.nan)
    for row, share, down, up in zip(rows, shares, low, high, strict=True):
        interval = None if np.isnan(down) or np.isnan(up) else (float(down), float(up))
        made.points.append(Point(row.day, float(share), interval, row.left, row.happened))
    return made


def differ(one: Curve, other: Curve) -> float | None:
    """How likely a difference like that between two curves is by chance alone (logrank); None: it cannot be said.

    Both must have been put on the same steps (`guiding_curves` does so for groups it holds against each other).
    """
    if not one.rows or not other.rows or not one.events + other.events:
        return None
    from scipy.stats import logrank

    found = float(logrank(_censored(one.rows), _censored(other.rows)).pvalue)
    return None if np.isnan(found) else found
