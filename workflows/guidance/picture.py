"""How parts of life went over time, as a picture: points on a scale of five, made here so that no script is needed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from workflows.guidance.models import Measurement
from workflows.guidance.models.plan import HIGHEST, LOWEST
from workflows.guidance.words import Domain

WIDTH, HEIGHT, EDGE = 320, 96, 12


@dataclass(frozen=True)
class Point:
    """One measurement and where it lies."""

    day: date
    score: int
    x: float
    y: float


@dataclass
class Line:
    """One part of life."""

    domain: str
    label: str
    points: list[Point] = field(default_factory=list)

    @property
    def path(self) -> str:
        """The points as SVG wants them."""
        return " ".join(f"{point.x:g},{point.y:g}" for point in self.points)

    @property
    def first(self) -> Point:
        """The first measurement."""
        return self.points[0]

    @property
    def last(self) -> Point:
        """The last measurement."""
        return self.points[-1]


def lines(measurements: Iterable[Measurement]) -> list[Line]:
    """A line for each part of life that was asked about, all over the same days."""
    rows = sorted(measurements, key=lambda m: m.on_day)
    if not rows:
        return []
    begin, days = rows[0].on_day, max((rows[-1].on_day - rows[0].on_day).days, 1)
    made: dict[str, Line] = {}
    for row in rows:
        line = made.setdefault(row.domain, Line(row.domain, str(Domain(row.domain).label)))
        x = EDGE + (WIDTH - 2 * EDGE) * (row.on_day - begin).days / days
        y = HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * (row.score - LOWEST) / (HIGHEST - LOWEST)
        line.points.append(Point(row.on_day, row.score, round(x, 1), round(y, 1)))
    return [made[domain] for domain in Domain.values if domain in made]


GRID = [round(HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * step / (HIGHEST - LOWEST), 1) for step in range(HIGHEST)]
"""Heights of the scale's steps."""
