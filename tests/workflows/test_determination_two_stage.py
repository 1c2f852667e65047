"""The determination in two stages: grounds, time to recover, and no conclusive decision before that is over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from access import clock
from access.clock import AMSTERDAM
from access.wall import Side, taken
from tests.factories.determination import (
    REASONS,
    Committee,
    declare_all,
    name_panel,
    process_of,
    record_of,
    seats,
    step,
    to_decided,
    to_draft,
    to_served,
)
from workflows.determination.models import Decision, File, PanelMember
from workflows.engine import errors
from workflows.engine.models import Process

pytestmark = pytest.mark.django_db
BEGAN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def committee() -> Iterator[Committee]:
    """A committee of nine members, on its side, on a Monday in March."""
    with taken(Side.DETERMINATION), clock.at(BEGAN):
        made = Committee(members=9)
        made.profiles()
        yield made


@pytest.fixture
def grounds(committee: Committee) -> Process:
    """A file about whose grounds a member is to decide."""
    process = process_of(committee.file("two_stage"))
    step(process, "admit", committee.secretary)
    name_panel(committee, process, 1)
    declare_all(process)
    return process


def test_the_first_decision_is_due_in_five_working_days(committee: Committee) -> None:
    process = process_of(committee.file("two_stage"))
    decide_by = record_of(process).decide_by
    assert decide_by is not None
    assert decide_by.astimezone(AMSTERDAM).date() == date(2026, 3, 9)
    assert record_of(process).not_before is None


def test_one_member_decides_on_the_grounds(committee: Committee, grounds: Process) -> None:
    assert grounds.state == "reasonable"
    assert PanelMember.objects.filter(stage="reasonable").count() == 1
    with pytest.raises(errors.BadFacts):
        step(grounds, "find_grounds", committee.members[0], outcome="plausible", reasons=" ")
    step(grounds, "find_grounds", committee.members[0], outcome="plausible", reasons=REASONS)
    assert grounds.state == "recovery"
    assert Decision.objects.get().stage == "reasonable"
    step(grounds, "serve_first", committee.secretary, served_on=clock.today().isoformat(), how="in_person")
    assert Decision.objects.get().served_on == clock.today()
    assert grounds.state == "recovery"
    with pytest.raises(errors.ConditionUnmet):
        step(grounds, "serve_first", committee.secretary, served_on=clock.today().isoformat(), how="in_person")


def test_who_decided_on_the_grounds_reads_nothing_of_what_comes_after(committee: Committee, grounds: Process) -> None:
    first = committee.members[0]
    assert File.objects.for_post(first).count() == Process.objects.for_post(first).count() == 1
    step(grounds, "find_grounds", first, outcome="plausible", reasons=REASONS)
    assert (
        not File.objects.for_post(first)
        and not Process.objects.for_post(first)
        and not Decision.objects.for_post(first)
    )
    step(grounds, "begin_conclusive", committee.secretary)
    name_panel(committee, grounds, 3, skip=1)
    assert Decision.objects.for_post(committee.members[1]).count() == 1, "the panel knows the decision on the grounds"


def test_without_grounds_the_decision_is_served_and_can_be_reconsidered(committee: Committee, grounds: Process) -> None:
    step(grounds, "find_grounds", committee.members[0], outcome="not_plausible", reasons=REASONS)
    assert grounds.state == "decided"
    to_served(committee, grounds)
    done = step(grounds, "ask_again", committee.secretary, why="new_evidence", ground="Nieuwe verklaring.")
    (again,) = done.opened
    assert record_of(again).stage == "reasonable"
    step(again, "admit", committee.secretary)
    with pytest.raises(errors.BadFacts):
        step(again, "name_panel", committee.secretary, members=[str(committee.members[0].pk)])
    name_panel(committee, again, 1, skip=1)
    declare_all(again)
    step(again, "find_grounds", committee.members[1], outcome="plausible", reasons=REASONS)
    assert again.state == "recovery"


def test_a_conclusive_decision_is_refused_until_thirty_days_have_gone(committee: Committee, grounds: Process) -> None:
    step(grounds, "find_grounds", committee.members[0], outcome="plausible", reasons=REASONS)
    record = record_of(grounds)
    assert record.not_before is not None and record.decide_by is not None
    assert record.not_before.astimezone(AMSTERDAM).date() == date(2026, 4, 1)
    assert record.not_before < record.decide_by, "not before and not later than are two moments"
    step(grounds, "begin_conclusive", committee.secretary)
    to_draft(committee, grounds, 3, skip=1)
    step(grounds, "draft", committee.secretary, outcome="plausible", reasons=REASONS)
    decides = seats(grounds)[0].post
    for day in (0, 1, 29, 30):
        with clock.at(BEGAN + timedelta(days=day)), pytest.raises(errors.ConditionUnmet, match="1 april 2026"):
            step(grounds, "decide", decides, vote="for")
    with clock.at(BEGAN + timedelta(days=31)):
        for seat in seats(grounds)[:2]:
            step(grounds, "decide", seat.post, vote="for")
    assert grounds.state == "decided"
    assert [d.stage for d in Decision.objects.order_by("decided_at")] == ["reasonable", "conclusive"]


def test_the_conclusive_panel_has_three_members_or_more(committee: Committee, grounds: Process) -> None:
    step(grounds, "find_grounds", committee.members[0], outcome="plausible", reasons=REASONS)
    step(grounds, "begin_conclusive", committee.secretary)
    for number in (1, 2, 4):
        with pytest.raises(errors.BadFacts):
            name_panel(committee, grounds, number)
    name_panel(committee, grounds, 3)
    assert len(seats(grounds)) == 3


def test_the_member_who_decides_on_the_grounds_can_stand_down(committee: Committee, grounds: Process) -> None:
    step(grounds, "stand_down", committee.secretary, member=str(seats(grounds)[0].pk), reason="Ziek.")
    assert grounds.state == "composing"
    name_panel(committee, grounds, 1, skip=1)
    declare_all(grounds)
    assert grounds.state == "reasonable"


def test_it_can_be_stopped_while_the_person_recovers(committee: Committee, grounds: Process) -> None:
    step(grounds, "find_grounds", committee.members[0], outcome="plausible", reasons=REASONS)
    step(grounds, "stop", committee.secretary, ground="person", reasons="U wilde niet verder.")
    assert grounds.state == "withdrawn"
    assert set(Decision.objects.values_list("stage", "outcome")) == {
        ("reasonable", "plausible"), ("conclusive", "withdrawn"),
    }  # fmt: skip


def test_a_minor_is_decided_sooner_and_has_the_same_time_to_recover(committee: Committee) -> None:
    file = committee.file("two_stage", birth_date=None, guardian_name="Voogd Verzonnen")
    process = process_of(file)
    decide_by = record_of(process).decide_by
    assert decide_by is not None and decide_by.astimezone(AMSTERDAM).date() == date(2026, 3, 5)
    step(process, "admit", committee.secretary)
    name_panel(committee, process, 1)
    declare_all(process)
    step(process, "find_grounds", committee.members[0], outcome="plausible", reasons=REASONS)
    not_before = record_of(process).not_before
    assert not_before is not None and not_before.astimezone(AMSTERDAM).date() == date(2026, 4, 1)


def test_the_whole_course_ends_final(committee: Committee, grounds: Process) -> None:
    step(grounds, "find_grounds", committee.members[0], outcome="plausible", reasons=REASONS)
    with clock.at(BEGAN + timedelta(days=32)):
        step(grounds, "begin_conclusive", committee.secretary)
        to_draft(committee, grounds, 3, skip=2)
        to_decided(committee, grounds)
        to_served(committee, grounds)
    with clock.at(BEGAN + timedelta(days=90)):
        step(grounds, "make_final", committee.secretary)
    assert (grounds.state, File.objects.get().decisions.count()) == ("final", 2)
