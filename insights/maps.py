"""The map of the country: outlines of the provinces from the npm package @svg-maps/netherlands (CC BY 4.0).

The package is read where it was installed; nothing of it is in the project. A province is coloured by a figure, in four
steps each with its own pattern, and the number stands in it: the colour alone says nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from access.packages import node_modules

CREDIT = "@svg-maps/netherlands, Zubayer Rahman, CC BY 4.0"
STEPS = 4
_OUTLINES = {
    "PV20": "gr", "PV21": "fr", "PV22": "dr", "PV23": "ov", "PV24": "fl", "PV25": "ge", "PV26": "ut", "PV27": "nh",
    "PV28": "zh", "PV29": "ze", "PV30": "nb", "PV31": "li",
}  # fmt: skip
"""Outline of the package by the code of a province."""
_MIDDLES = {
    "gr": (500, 70), "fr": (385, 90), "dr": (490, 160), "ov": (470, 270), "fl": (345, 265), "ge": (430, 375),
    "ut": (300, 370), "nh": (235, 240), "zh": (185, 420), "ze": (75, 545), "nb": (310, 525), "li": (440, 620),
}  # fmt: skip
"""Where a province has room for a number, in the units of the outlines."""


@dataclass(frozen=True)
class Province:
    """A province on the map."""

    name: str
    path: str
    x: int
    y: int
    text: str
    step: int  # 0: nothing to show
    regions: tuple[Any, ...]


@dataclass(frozen=True)
class Map:
    """The map; `steps` are the bounds of its colours, lowest first."""

    box: str
    provinces: list[Province]
    steps: list[tuple[int, str]]


@lru_cache(maxsize=1)
def outlines() -> tuple[str, dict[str, str]]:
    """View box and outlines by the package's own names. Errors: OSError when the package is not installed."""
    root = node_modules()
    text = (root / "@svg-maps" / "netherlands" / "index.js").read_text(encoding="utf-8")
    read = json.loads(text.removeprefix("export default ").rstrip().rstrip(";"))
    return read["viewBox"], {one["id"]: one["path"] for one in read["locations"]}


def draw(provinces: Mapping[str, tuple[str, float | None, str, tuple[Any, ...]]]) -> Map:
    """The map. In: by code of a province its name, number (None: missing or left out), text, and its regions."""
    box, paths = outlines()
    numbers = sorted({number for _n, number, _t, _r in provinces.values() if number})
    bounds = [numbers[round((len(numbers) - 1) * n / STEPS)] for n in range(1, STEPS + 1)] if numbers else []
    bounds = sorted(set(bounds))
    made = []
    for code, (name, number, text, regions) in provinces.items():
        outline = _OUTLINES.get(code)
        if outline is None:
            continue
        step = 0 if not number else 1 + sum(number > bound for bound in bounds[:-1])
        x, y = _MIDDLES[outline]
        made.append(Province(name, paths[outline], x, y, text, step, regions))
    return Map(box, made, [(n + 1, f"≤ {bound:g}") for n, bound in enumerate(bounds)])
