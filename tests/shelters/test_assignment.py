"""Who would be placed where if all who wait were looked at together; against every possibility on small instances."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import product
from typing import Any
from uuid import UUID

from access.words import Gender, Need
from shelters.matching.assignment import DAY, LONGEST, PLACED, URGENT, Comparison, Waiting, compare, value_of
from shelters.matching.rules import asked_of
from shelters.matching.wanted import Wanted
from shelters.models import SAYS

WOMAN = Wanted(gender=Gender.WOMAN, lowest_age=360, highest_age=360)


def _unit(**facts: Any) -> dict[str, Any]:
    return {
        "kind": "crisis", "region_id": 1, "active": True, "forms": [], "genders": [], "age_from": None, "age_to": None,
        "residence": [], "security": "", "languages": [], "maximum_stay_days": None, "treatment": "", "school": "",
        "free": 1, "days": 42, "guests": [],
    } | {need.value: "" for need in SAYS} | facts  # fmt: skip


def _allowed(waiting: list[Waiting], units: dict[int, dict[str, Any]], given: dict[UUID, int]) -> bool:
    by_key = {one.key: one for one in waiting}
    for key, unit in given.items():
        wanted = by_key[key].wanted
        if not all(rule.fits(wanted, units[unit]) for rule in asked_of(wanted)):
            return False
        if any(given.get(ref) == unit for ref in wanted.apart):
            return False
    taken = {u: sum(by_key[k].wanted.places for k, at in given.items() if at == u) for u in units}
    return all(taken[u] <= units[u]["free"] for u in units)


def test_the_proposal_breaks_no_rule_and_nothing_allowed_is_worth_more() -> None:
    for seed in range(12):
        dice = random.Random(seed)
        units = {k: _unit(free=dice.randint(0, 2), addiction=dice.choice(["yes", "no"])) for k in range(1, 4)}
        waiting = [
            Waiting(
                UUID(int=n),
                replace(
                    WOMAN, places=dice.choice([1, 1, 2]), needs=frozenset(dice.choice([(), (Need.ADDICTION,)])),
                    apart=frozenset({UUID(int=dice.randint(0, 4))} - {UUID(int=n)}),
                ),
                dice.random() < 0.4, dice.randint(0, 200),
            )
            for n in range(5)
        ]  # fmt: skip
        found = compare(waiting, units)
        best = max(
            value_of(waiting, units, replace(found.proposed, units=given))
            for choice in product([0, 1, 2, 3], repeat=5)
            if _allowed(waiting, units, given := {w.key: u for w, u in zip(waiting, choice, strict=True) if u})
        )

        assert _allowed(waiting, units, dict(found.proposed.units)) and found.proposed.proven
        assert _allowed(waiting, units, dict(found.in_order.units))
        assert value_of(waiting, units, found.proposed) == best >= value_of(waiting, units, found.in_order)


def test_first_come_takes_the_only_place_that_another_could_have_used() -> None:
    first, second = Waiting(UUID(int=1), WOMAN, False, 30), Waiting(
        UUID(int=2), replace(WOMAN, needs=frozenset({Need.WHEELCHAIR})), True, 2
    )  # fmt: skip
    nobody = Waiting(UUID(int=3), replace(WOMAN, kinds=frozenset({"move_on"})), False, 5)
    units = {1: _unit(wheelchair="yes", region_id=1), 2: _unit(region_id=2)}
    first = replace(first, wanted=replace(WOMAN, near=frozenset({1})))
    told: list[tuple[int, int]] = []
    found: Comparison = compare([first, second, nobody], units, lambda done, all_: told.append((done, all_)))

    assert found.in_order.units == {first.key: 1} and found.in_order.urgent_placed == 0
    assert found.proposed.units == {first.key: 2, second.key: 1} and found.proposed.urgent_placed == 1
    assert (found.proposed.placed, found.proposed.days_ended, found.proposed.longest_left) == (2, 32, 5)
    assert found.nowhere == (nobody.key,)
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert URGENT + PLACED > DAY * LONGEST
