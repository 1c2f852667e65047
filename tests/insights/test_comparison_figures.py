"""Agreement and intervals against the worked examples of those who described them."""

from __future__ import annotations

import random

import pytest

from insights.comparison.agreement import alpha, coincidences
from insights.comparison.certainty import ranks, wilson


def units(*observers: str) -> list[list[str]]:
    """What observers wrote, letter by letter, by unit; a dot is nothing."""
    return [[value for value in unit if value != "."] for unit in zip(*observers, strict=True)]


@pytest.mark.parametrize(
    ("observers", "value"),
    [
        (("0100000010", "1110010000"), 0.095),  # Krippendorff 2011, A: binary data, two observers
        (("aabbdcccedda", "babbbccceddd"), 0.692),  # B: nominal data, two observers
        (("123321412...", "1233224125.3", ".3332342251.", "12332441251."), 0.743),  # C: data missing
    ],
)
def test_alpha_is_that_of_the_worked_examples(observers: tuple[str, ...], value: float) -> None:
    found = alpha(coincidences(units(*observers)))
    assert found is not None
    assert round(found, 3) == value


def test_alpha_is_one_when_all_agree_and_nothing_when_nothing_differs() -> None:
    assert alpha(coincidences([["a", "a", "a"], ["b", "b"]])) == 1
    assert alpha(coincidences([["a", "a"], ["a", "a"]])) is None
    assert alpha(coincidences([["a"], []])) is None


def test_alpha_is_nought_when_members_guess() -> None:
    chance = random.Random(7)
    found = alpha(coincidences([chance.choices("abc", k=7) for _ in range(4000)]))
    assert found is not None and abs(found) < 0.02


@pytest.mark.parametrize(
    ("part", "whole", "interval"),
    [
        (81, 263, (0.2553, 0.3662)),  # Newcombe 1998, table I, method 3
        (15, 148, (0.0624, 0.1605)),
        (0, 20, (0.0000, 0.1611)),
        (1, 29, (0.0061, 0.1718)),
    ],
)
def test_the_interval_of_a_share_is_that_of_wilson(part: int, whole: int, interval: tuple[float, float]) -> None:
    found = wilson(part, whole)
    assert found is not None
    assert tuple(round(end, 4) for end in found) == interval


def test_a_share_of_nothing_has_no_interval_and_more_than_all_is_refused() -> None:
    assert wilson(0, 0) is None
    with pytest.raises(ValueError, match="3 of 2"):
        wilson(3, 2)


@pytest.mark.parametrize("quantile", [0.5, 0.9])
def test_the_interval_of_a_quantile_holds_it_nineteen_times_in_twenty(quantile: float) -> None:
    chance, hits, times = random.Random(3), 0, 2000
    found = ranks(60, quantile)
    assert found is not None
    low, high = found
    for _ in range(times):
        values = sorted(chance.random() for _ in range(60))
        hits += values[low - 1] <= quantile <= values[high - 1]
    assert hits / times >= 0.94


def test_too_few_values_have_no_interval() -> None:
    assert ranks(4, 0.5) is None
    assert ranks(12, 0.9) is None
