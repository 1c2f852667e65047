"""Curves against a textbook, from the rows of guidances to what stands under the chart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from access.wall import Side, taken
from cases.models import Case, Person
from insights.guiding.curves import Curve, Row, differ, draw
from insights.guiding.reading import curves
from tests.factories.access import RegionFactory
from workflows.engine.models import Process
from workflows.guidance.models import Guidance

BEGAN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
# Freireich et al., Blood 21 (1963); in Cox (1972) and Kleinbaum & Klein, Survival Analysis, table 1.1: weeks of
# remission of 42 children with leukemia, 6-MP against placebo. True: it came back; False: still well when last seen.
DRUG = [
    *[(6, True)] * 3, (6, False), (7, True), (9, False), (10, True), (10, False), (11, False), (13, True), (16, True),
    (17, False), (19, False), (20, False), (22, True), (23, True), (25, False), (32, False), (32, False), (34, False),
    (35, False),
]  # fmt: skip
PLACEBO = [(week, True) for week in (1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)]
# Kleinbaum & Klein, table 2.1, and the standard errors of Greenwood as in Collett, Modelling Survival Data.
KNOWN = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}


def rows_of(people: list[tuple[int, bool]]) -> list[Row]:
    """The life table of people, a step for each week."""
    left, made = len(people), []
    for week in sorted({week for week, _event in people}):
        happened = sum(event for at, event in people if at == week)
        gone = sum(not event for at, event in people if at == week)
        left -= happened + gone
        made.append(Row(week, happened, gone, left))
    return made


def share(curve: Curve, day: int) -> float:
    point = curve.at(day)
    assert point is not None
    return point.share


def test_the_curve_is_that_of_the_textbook() -> None:
    curve = draw("drug", 21, rows_of(DRUG))
    assert {week: round(share(curve, week), 3) for week in KNOWN} == KNOWN
    assert curve.median == 23
    assert share(curve, 5) == 1 and share(curve, 9) == share(curve, 7)
    assert curve.at(36) is None, "beyond the last follow-up nothing is known"
    assert [(p.day, p.at_risk) for p in curve.points if p.day in (7, 10, 23)] == [(7, 16), (10, 13), (23, 5)]


def test_the_interval_is_the_exponential_greenwood_one() -> None:
    """By hand: at 6 weeks S = 18/21 and Greenwood's sum is 3 / (21 x 18); R's survfit(conf.type="log-log") agrees."""
    point = draw("drug", 21, rows_of(DRUG)).at(6)
    assert point is not None and point.interval is not None
    assert point.interval == (pytest.approx(0.6197, abs=5e-4), pytest.approx(0.9516, abs=5e-4))


def test_the_logrank_test_is_that_of_the_textbook() -> None:
    """Kleinbaum & Klein: chi-square 16.79 with one degree of freedom, p = 0.00004."""
    found = differ(draw("drug", 21, rows_of(DRUG)), draw("placebo", 21, rows_of(PLACEBO)))
    assert found == pytest.approx(0.0000417, abs=2e-6)


def test_a_curve_of_nobody_or_without_events_is_no_error() -> None:
    assert draw("none", 0, []).points == []
    flat = draw("flat", 12, [Row(30, 0, 5, 7)])
    assert [(p.share, p.interval) for p in flat.points] == [(1.0, (1.0, 1.0)), (1.0, None)]
    assert differ(flat, flat) is None
    everybody = draw("all", 5, [Row(30, 5, 0, 0)])
    assert (everybody.points[-1].share, everybody.points[-1].interval) == (0.0, None)


@pytest.fixture
def guided(db: None) -> None:
    """Guidances whose days until the first contact are the weeks of the textbook: women had the drug, men placebo."""
    place_all()


def place_all() -> None:
    region: Any = RegionFactory()
    with taken(Side.CARE), transaction.atomic():
        for gender, people in (("woman", DRUG), ("man", PLACEBO)):
            for number, (week, event) in enumerate(people):
                a_guidance(region, gender, f"{len(gender)}{number:02d}", week, met=event)


def a_guidance(
    region: Any, gender: str, number: str, days: int, *, met: bool, forms: tuple[str, ...] = ("sexual",)
) -> None:
    """A guidance that was asked for on the first day, and met, or ended, so many days later."""
    ends = BEGAN + timedelta(days=days)
    person = Person.objects.create(name="Testpersoon Verzonnen", gender=gender)
    case = Case.objects.create(
        person=person, region=region, forms=list(forms), number=f"L-2026-{int(number):06d}", opened_at=BEGAN
    )
    process = Process.objects.create(
        side=Side.CARE, kind="guidance", state="closed", case_id=case.pk, region=region,
        opened_at=BEGAN, entered_at=BEGAN, closed_at=ends,
    )  # fmt: skip
    Guidance.objects.create(process=process, case=case, requested_at=BEGAN, first_contact_at=ends if met else None)


def asked(threshold: int) -> dict[tuple[str, str], Curve]:
    with taken(Side.COMMON):
        return curves(BEGAN.date(), BEGAN.date() + timedelta(days=60), threshold, "first_contact").made


def test_the_gate_gives_the_textbook_too(guided: None) -> None:
    made = asked(threshold=1)
    drug, placebo = made["gender", "woman"], made["gender", "man"]
    assert {week: round(share(drug, week), 3) for week in KNOWN} == KNOWN
    assert round(share(placebo, 8), 3) == 0.381 and share(placebo, 23) == 0
    assert differ(drug, placebo) == pytest.approx(0.0000417, abs=2e-6)


def test_no_step_and_no_end_of_a_curve_is_a_few_people(guided: None) -> None:
    """With five as the fewest: what happened, who left and who is left are nought or five, also of who is not told."""
    made = asked(threshold=5)
    whole = made["all", "all"]
    for curve in made.values():
        for row in curve.rows:
            assert all(value == 0 or value >= 5 for value in (row.happened, row.gone, row.left)), (curve.key, row)
            there = [r for r in whole.rows if r.day == row.day]
            for other in there:
                others = sum(r.happened for r in whole.rows if r.day <= row.day) - sum(
                    r.happened for r in curve.rows if r.day <= row.day
                )
                assert others == 0 or others >= 5, (curve.key, other.day)
    assert made["gender", "woman"].rows, "it is not empty"
    assert abs(share(made["gender", "woman"], 23) - 0.448) < 0.06, "and near the true one"
    assert [r.day for r in made["gender", "woman"].rows] == [r.day for r in made["gender", "man"].rows]
