"""The comparison of designs against a count made by hand, and what of it is left out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from statistics import median

import pytest
from django.db import ProgrammingError, connection, transaction

from access import clock
from access.wall import Side, taken
from insights.comparison.reading import Column, compare, differ
from tests.factories.determination import (
    Committee,
    declare_all,
    name_panel,
    process_of,
    seats,
    step,
    to_decided,
    to_served,
)
from workflows.engine.models import StepLog

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
REASONS = "Wat is verteld past bij wat anderen zagen."
FINDINGS = ["plausible", "plausible", "not_plausible", "plausible", "not_enough", "plausible", "plausible"]


@pytest.fixture
def told() -> Iterator[dict[str, list[float]]]:
    """Eight files of the committee, each slower than the one before; what a hand counts of them."""
    days: dict[str, list[float]] = {"to_decision": [], "outcome": [], "heard": []}
    with taken(Side.DETERMINATION):
        committee = Committee(members=9)
        committee.profiles()
        for number in range(8):
            with clock.at(START + timedelta(days=number)):
                minor = {"birth_date": date(2012, 1, 1), "guardian_name": "Voogd Verzonnen"}
                file = committee.file(**(minor if number < 6 else {}))
                process = process_of(file)
                opened = process.opened_at
                step(process, "admit", committee.secretary)
                name_panel(committee, process, 7)
                declare_all(process)
                step(process, "ask_opinions", committee.secretary)
                for place, seat in enumerate(seats(process)):
                    finding = FINDINGS[(place + number) % 7] if number % 2 else "plausible"
                    step(process, "give_opinion", seat.post, finding=finding, reasons=REASONS, weight_coerced="2")
                step(process, "decline_hearing", committee.secretary)
            with clock.at(START + timedelta(days=number + 10 + number * 3)):
                to_decided(committee, process, "plausible" if number != 3 else "not_plausible")
                to_served(committee, process)
                days["to_decision"].append((clock.now() - opened).total_seconds() / 86400)
    yield days


def columns(threshold: int = 5) -> dict[str, Column]:
    """The comparison of 2026, as the common side reads it."""
    with taken(Side.COMMON):
        return {c.design: c for c in compare(date(2026, 1, 1), date(2026, 12, 31), threshold)}


def test_the_figures_are_those_of_a_count_by_hand(told: dict[str, list[float]]) -> None:
    made = columns(threshold=1)["committee"]
    assert made.files == 8
    assert (made.shares["decided"].counted, made.shares["decided"].number) == (8, 8)
    assert {key: share.counted for key, share in made.outcomes.items()} == {"plausible": 7, "not_plausible": 1}
    assert made.shares["heard"].counted == 0
    spread = made.spreads["to_decision"]
    assert spread.number == 8
    assert spread.median == pytest.approx(median(told["to_decision"]))
    assert made.groups["minor"].counted == 6
    assert made.spreads["evidence"].median == 0
    assert made.units == 8
    assert made.agreement is not None and -1 < made.agreement < 1


def test_steps_are_those_of_the_log(told: dict[str, list[float]]) -> None:
    made = columns(threshold=1)["committee"]
    with taken(Side.DETERMINATION):
        lines = list(StepLog.objects.order_by("process", "id").values_list("process", "to_state", "at"))
    stood: dict[tuple[str, str], float] = {}
    for (one, state, at), (other, _next, until) in zip(lines, lines[1:], strict=False):
        if one == other:
            stood[str(one), state] = stood.get((str(one), state), 0) + (until - at).total_seconds() / 86400
    for state, spread in made.steps.items():
        values = [days for (_process, where), days in stood.items() if where == state]
        assert spread.number == len(values)
        assert spread.median == pytest.approx(median(values)), state


def test_what_would_point_to_somebody_is_left_out(told: dict[str, list[float]]) -> None:
    made = columns(threshold=5)["committee"]
    assert not made.small
    assert {share.counted for share in made.outcomes.values()} == {None}, "the one by itself, and what would tell it"
    assert made.groups["minor"].counted is None, "two who are no minors"
    few = columns(threshold=9)["committee"]
    assert few.small
    assert (few.shares, few.outcomes, few.spreads, few.agreement) == ({}, {}, {}, None)


def test_another_period_counts_nothing_of_it(told: dict[str, list[float]]) -> None:
    with taken(Side.COMMON):
        assert compare(date(2025, 1, 1), date(2025, 12, 31), 5) == []


def test_the_warning_names_groups_that_differ() -> None:
    from insights.comparison.reading import Share

    one = Column("a", 100, groups={"minor": Share(5, 100, (0.02, 0.11))})
    other = Column("b", 100, groups={"minor": Share(50, 100, (0.4, 0.6))})
    assert differ([one, other]) == ["minor"]
    assert differ([one, one]) == []


@pytest.mark.parametrize("side", [Side.CARE, Side.DETERMINATION, Side.JUSTICE])
def test_no_other_side_may_ask(side: Side) -> None:
    with taken(side), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM comparison_agreement('2026-01-01', '2026-12-31')")
