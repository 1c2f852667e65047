"""What can be done with every process: taking, giving back, handing over, pausing, snoozing, reopening, deputies."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from access import clock
from access.models import Post
from access.roles import Role
from access.wall import Side, taken
from tests.conftest import MONDAY
from tests.factories.access import DeputyFactory, PostFactory, RegionFactory
from tests.factories.shelters import a_unit
from workflows.engine import acts, errors
from workflows.engine.models import Notice, Process, StepLog
from workflows.engine.steps import open_process, perform
from workflows.placement.machine import Placement

pytestmark = pytest.mark.django_db


@pytest.fixture
def colleague(coordinator: Post, region: Any) -> Post:
    """Somebody with the same work at the same organisation."""
    return PostFactory(role=Role.CARE_COORDINATOR, organisation=coordinator.organisation, regions=[region])


@pytest.fixture
def process(care: None, coordinator: Post, region: Any, monday: datetime) -> Process:
    """A placement that lies in the queue."""
    return open_process(Placement, acting=coordinator, region_id=region.pk)


def last(process: Process) -> StepLog:
    return StepLog.objects.filter(process=process).latest("id")


def test_taking_puts_it_on_ones_own_list(process: Process, coordinator: Post, colleague: Post) -> None:
    acts.take(process.pk, coordinator)
    assert Process.objects.work_of(coordinator).filter(assignee=coordinator).exists()
    assert not Process.objects.work_of(colleague).exists()
    assert last(process).action == acts.TAKE


def test_a_colleagues_work_is_taken_over_only_when_that_was_meant(
    process: Process, coordinator: Post, colleague: Post
) -> None:
    acts.take(process.pk, coordinator)
    with pytest.raises(errors.ConditionUnmet):
        acts.take(process.pk, colleague)
    taken_over = acts.take(process.pk, colleague, from_colleague=True)
    assert taken_over.assignee_id == colleague.pk
    assert Notice.objects.for_post(coordinator).get().to_post_id == coordinator.pk


def test_taking_what_one_has_changes_nothing(process: Process, coordinator: Post) -> None:
    first = acts.take(process.pk, coordinator)
    assert acts.take(process.pk, coordinator).version == first.version


def test_nobody_takes_from_a_queue_that_is_not_theirs(process: Process, supervisor: Post) -> None:
    with pytest.raises(errors.NotAllowed):
        acts.take(process.pk, supervisor)


def test_handing_over_tells_the_colleague_once(process: Process, coordinator: Post, colleague: Post) -> None:
    acts.hand_over(process.pk, coordinator, colleague, reason="you know the family")
    assert Process.objects.get(pk=process.pk).assignee_id == colleague.pk
    assert Notice.objects.for_post(colleague).count() == 1
    assert last(process).reason == "you know the family"


def test_work_is_handed_only_to_who_does_that_work_there(process: Process, coordinator: Post) -> None:
    elsewhere = PostFactory(role=Role.CARE_COORDINATOR, regions=[RegionFactory()])
    gone = PostFactory(
        role=Role.CARE_COORDINATOR, organisation=coordinator.organisation, regions=[RegionFactory()],
        ends_on=date(2026, 3, 2),
    )  # fmt: skip
    for post in (elsewhere, gone):
        with pytest.raises(errors.ConditionUnmet):
            acts.hand_over(process.pk, coordinator, post)


def test_a_supervisor_hands_work_over_and_gives_it_back(
    process: Process, supervisor: Post, coordinator: Post, colleague: Post
) -> None:
    acts.hand_over(process.pk, supervisor, colleague)
    assert acts.give_back(process.pk, supervisor).assignee_id is None
    with pytest.raises(errors.NotAllowed):
        acts.give_back(process.pk, coordinator)


def test_a_pause_stops_the_notices_and_several_add_up(process: Process, coordinator: Post) -> None:
    due = process.due_at
    assert due is not None
    for hours in (2, 5):
        paused = acts.pause(process.pk, coordinator, reason="waits for an interpreter")
        assert paused.next_notice_at is None
        with clock.at(clock.now() + timedelta(hours=hours)):
            acts.resume(process.pk, coordinator)
    assert Process.objects.get(pk=process.pk).due_at == due + timedelta(hours=7)


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_pause_needs_a_reason(process: Process, coordinator: Post, reason: str) -> None:
    with pytest.raises(errors.ConditionUnmet):
        acts.pause(process.pk, coordinator, reason=reason)


def test_it_is_not_paused_twice_nor_resumed_when_it_runs(process: Process, coordinator: Post) -> None:
    with pytest.raises(errors.WrongState):
        acts.resume(process.pk, coordinator)
    acts.pause(process.pk, coordinator, reason="waits")
    with pytest.raises(errors.WrongState):
        acts.pause(process.pk, coordinator, reason="waits")


@pytest.mark.parametrize("hours", [-1, 0, 4, 48])
def test_snoozing_ends_before_the_term_does_and_begins_now(process: Process, coordinator: Post, hours: int) -> None:
    with pytest.raises(errors.ConditionUnmet):
        acts.snooze(process.pk, coordinator, clock.now() + timedelta(hours=hours))


def test_snoozing_moves_no_deadline(process: Process, coordinator: Post) -> None:
    before = (process.due_at, process.next_notice_at)
    away = acts.snooze(process.pk, coordinator, clock.now() + timedelta(hours=1))
    assert (away.due_at, away.next_notice_at) == before
    assert acts.wake(process.pk, coordinator).snoozed_until is None


def test_a_closed_process_opens_again_with_a_reason_and_a_new_term(process: Process, coordinator: Post) -> None:
    perform(process.pk, "withdraw", coordinator, {"reason": "stays with family"})
    for act in (acts.take, acts.wake):
        with pytest.raises(errors.WrongState):
            act(process.pk, coordinator)
    with pytest.raises(errors.ConditionUnmet):
        acts.reopen(process.pk, coordinator, reason=" ")
    with clock.at(MONDAY + timedelta(days=1)):
        again = acts.reopen(process.pk, coordinator, reason="had to leave")
    assert (again.state, again.closed_at) == ("seeking", None)
    assert again.due_at == MONDAY + timedelta(days=2)
    assert last(process).from_state == "withdrawn"


def test_an_end_that_does_not_reopen_stays_closed(process: Process, coordinator: Post) -> None:
    with pytest.raises(errors.WrongState):
        acts.reopen(process.pk, coordinator, reason="it is open")


def test_a_deputy_sees_and_does_the_work_of_who_is_away_in_their_name(
    process: Process, coordinator: Post, monday: datetime
) -> None:
    elsewhere = PostFactory(role=Role.CARE_COORDINATOR, regions=[RegionFactory()])
    acts.take(process.pk, coordinator)
    assert not Process.objects.for_post(elsewhere).exists()
    DeputyFactory(absent=coordinator, deputy=elsewhere)
    deputy = Post.objects.select_related("organisation", "user").get(pk=elsewhere.pk)
    assert list(Process.objects.for_post(deputy).work_of(deputy)) == [process]
    perform(process.pk, "seek", deputy)
    line = last(process)
    assert (line.post_id, line.on_behalf_of_id) == (deputy.pk, coordinator.pk)


def test_a_deputy_is_one_only_for_as_long_as_was_said(process: Process, coordinator: Post) -> None:
    elsewhere = PostFactory(role=Role.CARE_COORDINATOR, regions=[RegionFactory()])
    acts.take(process.pk, coordinator)
    DeputyFactory(absent=coordinator, deputy=elsewhere, starts_on=date(2026, 2, 1), ends_on=date(2026, 3, 2))
    deputy = Post.objects.select_related("organisation", "user").get(pk=elsewhere.pk)
    with pytest.raises(errors.NotFound):
        perform(process.pk, "seek", deputy)


def test_a_second_request_closes_by_itself_when_the_person_has_a_place(
    care: None, coordinator: Post, region: Any, monday: datetime
) -> None:
    from uuid import uuid4

    from shelters.models import Stay

    case = uuid4()
    provider = PostFactory(role=Role.SHELTER_PROVIDER, regions=[region], organisation__kind="shelter")
    unit = a_unit(organisation=provider.organisation, region=region, name="Proef", kind="crisis", places=2)
    first, second = (open_process(Placement, acting=coordinator, case_id=case, region_id=region.pk) for _ in range(2))
    perform(second.pk, "offer", coordinator, {"unit": unit.pk})
    perform(first.pk, "offer", coordinator, {"unit": unit.pk})
    assert Stay.objects.count() == 2
    perform(first.pk, "accept", provider)
    perform(first.pk, "arrive", provider)
    second.refresh_from_db()
    assert (second.state, second.closed_at is not None) == ("withdrawn", True)
    assert last(second).reason == "placement:in_place"
    assert Stay.objects.filter(ref=second.pk, period__contains=MONDAY + timedelta(days=1)).count() == 0


def test_the_last_place_is_given_once(care: None, coordinator: Post, region: Any, monday: datetime) -> None:

    provider = PostFactory(role=Role.SHELTER_PROVIDER, regions=[region], organisation__kind="shelter")
    unit = a_unit(organisation=provider.organisation, region=region, name="Proef", kind="crisis", places=1)
    first, second = (open_process(Placement, acting=coordinator, region_id=region.pk) for _ in range(2))
    perform(first.pk, "offer", coordinator, {"unit": unit.pk})
    with pytest.raises(errors.BadFacts):
        perform(second.pk, "offer", coordinator, {"unit": unit.pk})
    perform(first.pk, "decline", provider, {"ground": "safety"})
    assert perform(second.pk, "offer", coordinator, {"unit": unit.pk}).process.state == "offered"


def test_the_clock_of_the_database_decides_when_nobody_stopped_it(care: None, coordinator: Post, region: Any) -> None:
    before = datetime.now(UTC)
    process = open_process(Placement, acting=coordinator, region_id=region.pk)
    moved = perform(process.pk, "seek", coordinator).process
    assert abs(moved.entered_at - before) < timedelta(minutes=1)


def test_work_of_a_side_is_unknown_to_another(process: Process) -> None:
    prosecutor = PostFactory(role=Role.PROSECUTOR)
    with taken(Side.JUSTICE), pytest.raises(errors.NotFound):
        perform(process.pk, "seek", prosecutor)
