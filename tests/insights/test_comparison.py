"""The comparison of designs against a count made by hand, and what of it is left out."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from openpyxl import load_workbook

from access import clock
from access.models import Post
from access.roles import Role
from access.wall import Side, taken
from insights.comparison.reading import Column, Share, compare, differ
from tests.factories.access import OrganisationFactory, PostFactory
from tests.factories.determination import (
    Committee,
    declare_all,
    name_panel,
    process_of,
    seats,
    step,
    to_decided,
    to_draft,
    to_served,
)
from tests.workflows.test_determination_rules import Handed
from workflows.engine.models import StepLog
from workflows.engine.steps import open_process, perform
from workflows.investigation_led.machine import InvestigationLed
from workflows.placement.machine import Placement
from workflows.placement.models import PlacementRecord
from workflows.reflection_period.machine import Reflection
from workflows.reflection_period.models import ReflectionPeriod

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
REASONS = "Wat is verteld past bij wat anderen zagen."
FINDINGS = ["plausible", "plausible", "not_plausible", "plausible", "not_enough", "plausible", "plausible"]


@pytest.fixture
def told(db: None) -> dict[str, list[float]]:
    """Eight files, and what a hand counts of them."""
    return eight_files()


def eight_files() -> dict[str, list[float]]:
    """Eight files of the committee, each slower than the one before; out: what a hand counts of them."""
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
    return days


def columns(threshold: int = 5, since: date = date(2026, 1, 1), until: date = date(2026, 12, 31)) -> dict[str, Column]:
    """The comparison of a period, as the common side reads it."""
    with taken(Side.COMMON):
        return {c.design: c for c in compare(since, until, threshold)}


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


def test_what_happened_after_the_period_counts_in_a_later_one(told: dict[str, list[float]]) -> None:
    """Of eight requests two were decided by 20 January; asking again in March tells the same of January."""
    made = columns(threshold=1, until=date(2026, 1, 20))["committee"]
    assert (made.shares["decided"].counted, made.shares["decided"].number) == (2, 8)
    assert made.spreads["to_decision"].number == 2
    assert made.units == 8, "opinions were given on the day of the request"
    assert columns(threshold=1, until=date(2026, 1, 8))["committee"].units == 4


def test_steps_are_those_of_the_log(told: dict[str, list[float]]) -> None:
    made = columns(threshold=1)["committee"]
    with taken(Side.DETERMINATION):
        lines = list(StepLog.objects.order_by("process", "id").values_list("process", "to_state", "at"))
    stood: dict[tuple[str, str], float] = {}
    for (one, state, at), (other, _next, until) in pairwise(lines):
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
    assert columns(since=date(2025, 1, 1), until=date(2025, 12, 31)) == {}, "another period counts nothing of it"


def test_no_figure_tells_the_lead_time_of_one_file(told: dict[str, list[float]]) -> None:
    """A median of eight lies between two files, and the ends of its interval are single files."""
    made = columns(threshold=5)["committee"]
    assert made.spreads["to_decision"].number == 8
    for spread in (*made.spreads.values(), *made.steps.values()):
        assert (spread.median, spread.p90, spread.interval, spread.p90_interval) == (None, None, None, None)
    sure = columns(threshold=1)["committee"].spreads["to_decision"]
    assert sure.median is not None and sure.interval is not None and sure.p90 is None
    assert columns(threshold=2)["committee"].spreads["to_decision"].interval is None


def test_what_came_of_requests_from_the_care_side_is_counted_across_the_sides(db: None) -> None:
    """Of two that were handed over: one found shelter before the decision, reported later, waited four days, and was
    decided otherwise by others.
    """
    start = clock.now() - timedelta(days=6)  # what is handed over is read by the clock of the database
    with clock.at(start):
        committee = Committee(members=14)
        with taken(Side.DETERMINATION):
            committee.profiles()
        first, second = Handed(committee), Handed(committee)
        with taken(Side.DETERMINATION):
            one, two = first.file(), second.file()
            process, other = process_of(one), process_of(two)
            step(process, "ask_missing", committee.secretary, what=["story"], from_whom="person", remark="")
        with taken(Side.CARE):
            about = {"acting": first.guide, "case_id": first.case.pk, "region_id": first.region.pk}
            placed = open_process(Placement, **about)
            PlacementRecord.objects.filter(process=placed).update(arrived_at=start + timedelta(days=2))
            offered = {"case": first.case, "offered_on": clock.today(), "offered_by": "police", "language": "nl"}
            reflects = open_process(Reflection, **about, record=offered)
            ReflectionPeriod.objects.filter(process=reflects).update(
                rule="general", started_on=clock.today(), ended_on=clock.today(), follows="complaint"
            )
        with taken(Side.DETERMINATION):
            step(other, "admit", committee.secretary)
            to_draft(committee, other, 7)
            to_decided(committee, other)
            to_served(committee, other)
    with clock.at(start + timedelta(days=4)), taken(Side.DETERMINATION):
        came = [str(row.pk) for row in one.requirements.all()]
        step(process, "complete", committee.secretary, supplied=came)
        step(process, "admit", committee.secretary)
        to_draft(committee, process, 7)
        to_decided(committee, process)
        to_served(committee, process)
        step(process, "ask_again", committee.secretary, why="new_evidence", ground="Een getuige meldde zich.")
        again = process_of(one)
        step(again, "admit", committee.secretary)
        to_draft(committee, again, 7, skip=7)
        to_decided(committee, again, "not_plausible")
    made = columns(threshold=1, since=start.date() - timedelta(days=1), until=clock.today())["committee"]
    counted = {key: (share.counted, share.number) for key, share in made.shares.items()}
    assert {key: counted[key] for key in ("helped", "reported", "reconsidered", "changed")} == {
        "helped": (1, 2), "reported": (1, 2), "reconsidered": (1, 2), "changed": (1, 1),
    }  # fmt: skip
    assert made.files == 2, "the reconsideration counts with its request"
    assert made.spreads["waiting"].median == pytest.approx(2), "four days, and none"
    assert made.groups["handed_over"].counted == 2


def test_recognition_led_by_the_investigation_stands_beside_the_others(db: None) -> None:
    police, prosecutor = PostFactory(role=Role.INVESTIGATOR), PostFactory(role=Role.PROSECUTOR)
    with taken(Side.JUSTICE):
        with clock.at(START):
            cases = [open_process(InvestigationLed, acting=police, record={"reference": f"PL{n}"}) for n in range(3)]
            for case in cases[:2]:
                facts = {"cooperation": "complaint", "cooperated_on": clock.today().isoformat()}
                perform(case.pk, "register_cooperation", police, facts)
            perform(cases[2].pk, "close", police, {"reason": "Wil geen aangifte doen."})
        with clock.at(START + timedelta(days=40)):
            perform(cases[0].pk, "decide_case", prosecutor, {"came_of_it": "convicted"})
            perform(cases[0].pk, "recognise", prosecutor, {})
            perform(cases[1].pk, "dismiss", prosecutor, {"reason": "Onvoldoende bewijs."})
    made = columns(threshold=1)["investigation_led"]
    assert made.files == 3
    assert (made.shares["decided"].counted, made.shares["withdrawn"].counted) == (2, 1)
    assert {key: share.counted for key, share in made.outcomes.items()} == {"recognised": 1, "dismissed": 1}
    assert made.spreads["to_decision"].median == pytest.approx(40)
    assert made.spreads["waiting"].median == pytest.approx(40), "it waits for the criminal case all the time"
    assert not {"helped", "heard", "reconsidered"} & made.shares.keys(), "nobody knows these there"


def test_the_warning_names_groups_that_differ() -> None:
    one = Column("a", 100, groups={"minor": Share(5, 100, (0.02, 0.11))})
    other = Column("b", 100, groups={"minor": Share(50, 100, (0.4, 0.6))})
    assert differ([one, other]) == ["minor"]
    assert differ([one, one]) == []


@pytest.mark.parametrize("side", [Side.CARE, Side.DETERMINATION, Side.JUSTICE])
def test_no_other_side_may_ask(side: Side) -> None:
    refused = pytest.raises(ProgrammingError, match="permission denied")
    with taken(side), refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM comparison_agreement('2026-01-01', '2026-12-31')")


# -- The page ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def later() -> Iterator[None]:
    """The clock stands still in November 2026: the last quarter that is over ended in September."""
    with clock.at(datetime(2026, 11, 2, 9, 0, tzinfo=UTC)):
        yield


@pytest.fixture
def analyst() -> Post:
    ministry = OrganisationFactory(kind="ministry", side=Side.COMMON)
    post: Post = PostFactory(role=Role.ANALYST, organisation=ministry)
    return post


def test_the_page_shows_table_definitions_and_warnings(
    told: dict[str, list[float]], signed_in: Callable[[Post], Client], analyst: Post, settings: Any, later: None
) -> None:
    client = signed_in(analyst)
    client.cookies["django_language"] = "en"
    answer = client.get("/comparison/?years=1")
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "Committee has only 8 requests in this period" in shown
    for text in ("Wilson score interval", "Krippendorff", "Members give their opinions", "&lt;5"):
        assert text in shown, text
    assert client.get("/comparison/?years=nonsense&since=2026-01-05").content.decode().count("1 October 2021") == 1
    with clock.at(START):
        assert "No requests were made" in client.get("/comparison/").content.decode(), "no quarter of them is over"
    settings.LOODS_SMALL_NUMBER = 9
    few = client.get("/comparison/").content.decode()
    assert "fewer than 9 requests" in few and "Days in a chart" not in few


def test_the_files_bear_the_figures_of_the_page_and_the_definitions(
    told: dict[str, list[float]], signed_in: Callable[[Post], Client], analyst: Post, later: None
) -> None:
    client = signed_in(analyst)
    client.cookies["django_language"] = "en"
    text = client.get("/comparison/?years=1&as=csv").content.decode("utf-8-sig")
    assert "Decided;100%;8 of 8; 68–100%" in text.replace('"', "")
    assert "Wilson score interval" in text and "Plausible;<5" in text
    book = load_workbook(io.BytesIO(client.get("/comparison/?years=1&as=xlsx").content))
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    assert "100%" in cells and any("Wilson" in cell for cell in cells)


@pytest.mark.parametrize("role", [Role.CARE_COORDINATOR, Role.COMMITTEE_MEMBER, Role.PROSECUTOR, Role.SUPERVISOR])
def test_nobody_else_enters(role: Role, signed_in: Callable[[Post], Client]) -> None:
    side = {Role.COMMITTEE_MEMBER: Side.DETERMINATION, Role.PROSECUTOR: Side.JUSTICE}.get(role, Side.CARE)
    post = PostFactory(role=role, organisation=OrganisationFactory(side=side))
    assert signed_in(post).get("/comparison/").status_code in {403, 404}
