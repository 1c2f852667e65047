"""How the cost of the national picture grows with its size, as a plot: figures of `make bench` in, SVG out.

SIZES=500,5000,50000 make bench ONLY=national_picture | .venv/bin/python -m bench.growth > docs/picture-cost.svg
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from math import log10

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 640, 360, 80, 48, 28
COLOURS = {"gate": "#0f5560", "bare": "#8f1d13"}


def read(lines: Iterable[str]) -> dict[str, dict[int, float]]:
    """Milliseconds of today's picture by size, of ours and of the query by hand."""
    found: dict[str, dict[int, float]] = {"gate": {}, "bare": {}}
    for line in lines:
        if not line.startswith("{"):
            continue
        figure = json.loads(line)
        parts = figure["name"].split(".")
        if parts[0] != "national_picture" or "today" not in parts or parts[-1] != "ms":
            continue
        size = int(parts[1]) if parts[1].isdigit() else 5000
        found["bare" if "bare" in parts else "gate"][size] = figure["value"]
    return found


def draw(found: dict[str, dict[int, float]]) -> str:
    """The plot: both axes in powers of ten."""
    sizes = sorted(found["gate"])
    most = max(value for line in found.values() for value in line.values())
    low, high = 0, max(1, int(log10(most)) + 1)

    def x(size: int) -> float:
        return LEFT + 30 + (log10(size) - log10(sizes[0])) / (log10(sizes[-1]) - log10(sizes[0])) * (WIDTH - LEFT - 90)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - (log10(max(value, 1)) - low) / (high - low) * (HEIGHT - BOTTOM - TOP)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        'font-size="13">',
        "<title>Milliseconds of the national picture by number of units</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
    ]
    for power in range(low, high + 1):
        at = y(10**power)
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - 20}" y1="{at:.1f}" y2="{at:.1f}" stroke="#ddd8cc"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{10**power:,} ms</text>')
    for size in sizes:
        parts.append(f'<text x="{x(size):.1f}" y="{HEIGHT - 20}" text-anchor="middle">{size:,} units</text>')
    for name, dash in (("gate", ""), ("bare", "6 4")):
        points = " ".join(f"{x(size):.1f},{y(value):.1f}" for size, value in sorted(found[name].items()))
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{COLOURS[name]}" stroke-width="2" '
            f'stroke-dasharray="{dash}"/>'
        )
        for size, value in sorted(found[name].items()):
            parts.append(f'<circle cx="{x(size):.1f}" cy="{y(value):.1f}" r="3" fill="{COLOURS[name]}"/>')
            shift = -8 if name == "gate" else 18
            parts.append(
                f'<text x="{x(size):.1f}" y="{y(value) + shift:.1f}" text-anchor="middle" fill="{COLOURS[name]}">'
                f"{value:.0f}</text>"
            )
    for n, (name, text) in enumerate((("gate", "national picture"), ("bare", "one query by hand"))):
        parts.append(f'<text x="{LEFT + 10}" y="{TOP + 4 + 18 * n}" fill="{COLOURS[name]}">{text}</text>')
    return "\n".join([*parts, "</svg>"])


if __name__ == "__main__":
    sys.stdout.write(draw(read(sys.stdin)) + "\n")
