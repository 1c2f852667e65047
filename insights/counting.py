"""The gaps of a day as one reader may see them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings

from access.models import Post
from insights import gaps, picture, policy, reading

COMBINATIONS = (
    ("kind", "gender"),
    ("kind", "gender", "problem"),
    ("kind", "children"),
    ("kind", "minor"),
    ("kind", "form"),
)
"""By what demand is counted for the gaps: the same combinations as `gaps.wanted`."""


LOOKED_AT = sorted({name for cut in COMBINATIONS for name in cut})
"""By what units are told apart for the gaps."""


def gaps_for(post: Post, day: date) -> list[gaps.Gap]:
    """The gaps of a day, the worst first, with small numbers of requests left out for this reader. Three queries."""
    counted: dict[tuple[Any, ...], int] = {}
    for by, lines in zip(COMBINATIONS, reading.asked(day, *COMBINATIONS), strict=True):
        for line in lines:
            counted[by, *(getattr(line, name) for name in by)] = line.unmet

    def unmet(wanted: gaps.Wanted) -> int:
        names = ("kind", *(name for name, _value in wanted.limits))
        return counted.get((names, wanted.kind, *(value for _name, value in wanted.limits)), 0)

    threshold = None if policy.entitled(post) is None else int(settings.LOODS_SMALL_NUMBER)
    return gaps.find(reading.supply(day, apart=LOOKED_AT), {region.pk for region in picture.regions(day)}, unmet, threshold)
