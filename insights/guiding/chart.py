"""The picture of curves as SVG: where lines and bands run. Drawn on the server, so that it needs no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from insights.guiding.curves import Curve, Point

WIDTH, HEIGHT = 720, 320
LEFT, RIGHT, TOP, BOTTOM = 52, 12, 12, 40
TICKS = 7


@dataclass
class Line:
    """One curve: `number` chooses its colour and dash; `line` and `band` are paths."""

    number: int
    label: str
    line: str
    band: str
    end: tuple[float, float]


@dataclass
class Chart:
    """Everything the template writes down."""

    lines: list[Line] = field(default_factory=list)
    days: list[tuple[float, int]] = field(default_factory=list)
    shares: list[tuple[float, int]] = field(default_factory=list)
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    bottom: int = HEIGHT - BOTTOM
    right: int = WIDTH - RIGHT


def ticks(last: int) -> list[int]:
    """Days at which the numbers at risk are told: even steps of a length that people count in."""
    for step in (1, 2, 7, 14, 30, 60, 90, 180, 365):
        if last / step <= TICKS:
            return list(range(0, last + 1, step))
    return [0, last]


def chart(curves: Sequence[tuple[str, Curve]]) -> Chart | None:
    """The chart of curves with their labels; None where there is nothing to draw."""
    drawn = [(label, curve) for label, curve in curves if len(curve.points) > 1]
    if not drawn:
        return None
    last = max(curve.points[-1].day for _label, curve in drawn)

    def x(day: int) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * day / last, 1)

    def y(share: float) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - share), 1)

    made = Chart(
        days=[(x(day), day) for day in ticks(last)], shares=[(y(part / 100), part) for part in (0, 25, 50, 75, 100)]
    )
    for number, (label, curve) in enumerate(drawn, start=1):
        end = curve.points[-1]
        line = _steps([(x(p.day), y(p.share)) for p in curve.points])
        made.lines.append(Line(number, label, line, _band(curve.points, x, y), (x(end.day), y(end.share))))
    return made


def _steps(points: Sequence[tuple[float, float]]) -> str:
    first, *rest = points
    return f"M{first[0]} {first[1]}" + "".join(f"H{across}V{down}" for across, down in rest)


def _band(points: Sequence[Point], x: object, y: object) -> str:
    """The band of the interval, step by step; it has gaps where there is no interval."""
    parts = []
    for point, following in pairwise(points):
        if point.interval is None or point.interval == (1.0, 1.0):
            continue
        low, high = point.interval
        parts.append(f"M{x(point.day)} {y(low)}H{x(following.day)}V{y(high)}H{x(point.day)}Z")  # type: ignore[operator]
    return "".join(parts)
