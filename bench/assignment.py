"""An assignment of 300 who wait to 200 places, hard rules kept; in memory: no time of the database."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from uuid import UUID

from access.words import Gender, Need
from bench.figures import Figure, bench
from shelters.matching.assignment import Waiting, compare
from shelters.matching.wanted import Wanted
from shelters.models import SAYS

GOAL_SECONDS = 5.0


@bench("assignment")
def assignment() -> Iterator[Figure]:
    """The slowest of five different countries."""
    slowest, placed, told = 0.0, 0, 0
    for seed in range(5):
        dice = random.Random(seed)
        units = {
            key: {
                "kind": dice.choice(["crisis", "long_stay"]), "region_id": dice.randint(1, 35), "active": True,
                "forms": dice.choice([[], ["sexual"], ["labour"]]), "genders": dice.choice([[], ["woman"], ["man"]]),
                "age_from": 12, "age_to": None, "residence": [], "security": "secret", "languages": ["ro"],
                "maximum_stay_days": 90, "treatment": "", "school": "", "free": 1, "days": 42, "guests": [],
            } | {need.value: dice.choice(["yes", "yes", "no"]) for need in SAYS}
            for key in range(200)
        }  # fmt: skip
        waiting = [
            Waiting(UUID(int=n), Wanted(
                kinds=frozenset({dice.choice(["crisis", "long_stay"])}), forms=frozenset({"sexual"}),
                gender=dice.choice([Gender.WOMAN, Gender.MAN]), lowest_age=360, highest_age=360,
                needs=frozenset(dice.sample([Need.CHILDREN, Need.ADDICTION, Need.PSYCHIATRIC], dice.randint(0, 2))),
                near=frozenset({dice.randint(1, 35)}), apart=frozenset({UUID(int=(n + 1) % 300)}),
            ), dice.random() < 0.2, dice.randint(0, 120))
            for n in range(300)
        ]  # fmt: skip
        steps: list[int] = []
        begun = time.perf_counter()
        found = compare(waiting, units, lambda done, _all, steps=steps: steps.append(done))  # type: ignore[misc]
        slowest = max(slowest, time.perf_counter() - begun)
        placed, told = found.proposed.placed, len(steps)
    note = f"{placed} placed in the last; progress told {told} times"
    yield Figure("assignment", slowest, "s", "limit", GOAL_SECONDS, more=False, note=note)
