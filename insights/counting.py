"""The gaps of a day as one reader may see them."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from django.conf import settings

from access.models import Post
from insights import gaps, picture, policy, reading

TOLD_APART = ("kind", "gender", "forms", "problems", "children", "minor")
"""By what unmet requests are told apart: fine enough to add them up to every combination of `gaps.wanted`."""


def gaps_for(post: Post, day: date) -> list[gaps.Gap]:
    """The gaps of a day, the worst first, with small numbers of requests left out for this reader. Three queries."""
    counted = unmet_by_combination(day)
    threshold = None if policy.entitled(post) is None else int(settings.LOODS_SMALL_NUMBER)
    regions = {region.pk for region in picture.regions(day)}
    return gaps.find(reading.supply(day, apart=("kind", *gaps.LIMITS)), regions, counted.__getitem__, threshold)


def unmet_by_combination(day: date) -> Counter[gaps.Wanted]:
    """How many requests of each combination were not met. Requests add up, persons would not; a request counts under
    each form and each problem that it has."""
    counted: Counter[gaps.Wanted] = Counter()
    for line in reading.not_met(day, TOLD_APART):
        gender = ("gender", line.gender)
        limits: list[tuple[tuple[str, Any], ...]] = [
            (gender,),
            (("children", line.children),),
            (("minor", line.minor),),
        ]
        limits += [(gender, ("problem", problem)) for problem in line.problems or ()]
        limits += [(("form", form),) for form in line.forms or ()]
        for one in limits:
            counted[gaps.Wanted(str(line.kind), one)] += line.unmet
    return counted
