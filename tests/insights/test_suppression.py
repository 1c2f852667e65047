"""Small numbers are left out, and nothing that is left out can be worked out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.suppression import betrayed, left_out

numbers = st.lists(st.one_of(st.none(), st.integers(0, 30)), max_size=12)


@given(numbers, st.integers(2, 10), st.sets(st.integers(0, 11)))
def test_no_small_number_of_others_is_shown_and_none_can_be_worked_out(
    values: list[int | None], threshold: int, mine: set[int]
) -> None:
    hidden = left_out(values, threshold, open_to=mine)
    assert not hidden & mine
    for position, value in enumerate(values):
        if position not in mine and value is not None and 0 < value < threshold:
            assert position in hidden
    everything = {n for n, value in enumerate(values) if value is not None and n not in mine}
    assert not betrayed(values, hidden, threshold) or hidden == everything, "only where nothing else could cover"


@given(numbers, st.integers(2, 10))
def test_nothing_is_left_out_without_need(values: list[int | None], threshold: int) -> None:
    if all(value is None or value == 0 or value >= threshold for value in values):
        assert left_out(values, threshold) == set()


@pytest.mark.parametrize(
    ("values", "hidden"),
    [
        ([12, 3, 9], {1, 2}),  # the total would give the 3 away: the smallest other goes with it
        ([12, 3, 4, 9], {1, 2}),  # two that cover each other
        ([12, 1, 1, 9], {1, 2, 3}),  # two that are fewer than five together do not
        ([0, 3, 0], {1, 0, 2}),
        ([12, None, 9], set()),
        ([12, 0, 9], set()),
    ],
)
def test_by_example(values: list[int | None], hidden: set[int]) -> None:
    assert left_out(values, 5) == hidden


def test_who_may_see_the_cases_sees_their_number() -> None:
    assert left_out([3, 12, 9], 5, open_to={0}) == set()
    assert left_out([3, 2, 9, 9], 5, open_to={0}) == {1, 2}
