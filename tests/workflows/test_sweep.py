"""The minute sweep: each rung of each ladder is told once, to whom it should be, however many sweepers run."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from access.models import Deputy, Post, User
from access.roles import Role
from access.wall import Side, taken
from tests.conftest import MONDAY
from tests.factories.access import DeputyFactory, OrganisationFactory, PostFactory, RegionFactory
from workflows.engine import acts
from workflows.engine.models import Delivery, Notice, Process, Rung
from workflows.engine.steps import open_process, perform
from workflows.engine.sweep import Swept, sweep, sweep_batch
from workflows.placement.machine import Placement

pytestmark = pytest.mark.django_db

REMINDER = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
OVERDUE = datetime(2026, 3, 2, 13, 0, tzinfo=UTC)
ESCALATION = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
SECOND = datetime(2026, 3, 2, 19, 0, tzinfo=UTC)
SECOND_BEFORE = timedelta(seconds=1)


@pytest.fixture
def placement(care: None, coordinator: Post, region: Any, monday: datetime) -> Process:
    """A request for shelter made on Monday at nine (UTC): term of four hours."""
    return open_process(Placement, acting=coordinator, region_id=region.pk)


def told(process: Process) -> list[int]:
    """The rungs told about a process, in order."""
    return list(Notice.objects.filter(process=process).order_by("rung").values_list("rung", flat=True))


def mailed(rung: int) -> set[int]:
    """The people for whom mail about a rung is planned."""
    return set(Delivery.objects.filter(notice__rung=rung).values_list("user_id", flat=True))


def test_the_ladder_is_climbed_rung_by_rung_at_its_moments(placement: Process) -> None:
    assert placement.plan == [REMINDER, OVERDUE, ESCALATION, SECOND]
    for rungs, moment in enumerate([REMINDER, OVERDUE, ESCALATION, SECOND], start=1):
        assert sweep(Side.CARE, moment - SECOND_BEFORE) == Swept()
        assert sweep(Side.CARE, moment).told == 1
        assert told(placement) == list(range(1, rungs + 1))
    placement.refresh_from_db()
    assert (placement.rung, placement.next_notice_at) == (4, None)


def test_what_was_missed_is_told_at_once_and_every_rung_of_it(placement: Process) -> None:
    assert sweep(Side.CARE, SECOND).told == 4
    assert told(placement) == [1, 2, 3, 4]
    assert sweep(Side.CARE, SECOND) == Swept()


def test_a_reminder_that_would_come_before_the_beginning_is_left_out(
    care: None, coordinator: Post, region: Any, monday: datetime
) -> None:
    process = open_process(Placement, acting=coordinator, region_id=region.pk, urgent=True)
    assert process.plan[0] is None
    sweep(Side.CARE, SECOND)
    assert told(process) == [2, 3, 4]


def test_a_row_whose_plan_is_empty_does_not_stop_the_others(placement: Process, coordinator: Post, region: Any) -> None:
    broken = open_process(Placement, acting=coordinator, region_id=region.pk)
    Process.objects.filter(pk=broken.pk).update(plan=[], next_notice_at=REMINDER)
    assert sweep(Side.CARE, REMINDER).told == 1
    assert told(placement) == [1]
    broken.refresh_from_db()
    assert (broken.rung, broken.next_notice_at) == (0, None)


def test_a_paused_process_is_silent_and_goes_on_where_it_was(placement: Process, coordinator: Post) -> None:
    acts.pause(placement.pk, coordinator, reason="waiting for a call back")
    assert sweep(Side.CARE, SECOND) == Swept()


def test_a_new_state_has_a_new_ladder(placement: Process, coordinator: Post) -> None:
    sweep(Side.CARE, OVERDUE)
    perform(placement.pk, "seek", coordinator)
    sweep(Side.CARE, MONDAY + timedelta(hours=24))
    assert list(Notice.objects.order_by("episode", "rung").values_list("episode", "rung")) == [
        (1, 1), (1, 2), (2, 1), (2, 2),
    ]  # fmt: skip


# -- To whom -------------------------------------------------------------------------------------------------------


def test_reminder_and_overdue_go_to_the_queue_or_to_who_took_it(placement: Process, coordinator: Post) -> None:
    colleague = PostFactory(
        role=Role.CARE_COORDINATOR, organisation=coordinator.organisation, regions=list(coordinator.regions.all())
    )
    sweep(Side.CARE, REMINDER)
    assert mailed(Rung.REMINDER) == {coordinator.user_id, colleague.user_id}
    acts.take(placement.pk, colleague)
    sweep(Side.CARE, OVERDUE)
    assert mailed(Rung.OVERDUE) == {colleague.user_id}
    assert list(Notice.objects.for_post(coordinator).filter(rung=Rung.OVERDUE)) == []


def test_a_colleague_of_another_region_gets_neither_notice_nor_mail(placement: Process, coordinator: Post) -> None:
    elsewhere = PostFactory(
        role=Role.CARE_COORDINATOR, organisation=coordinator.organisation, regions=[RegionFactory()]
    )
    sweep(Side.CARE, REMINDER)
    assert mailed(Rung.REMINDER) == {coordinator.user_id}
    assert not Notice.objects.for_post(elsewhere).exists()


def test_who_acts_for_an_absent_colleague_is_told(placement: Process, coordinator: Post) -> None:
    deputy = PostFactory(role=Role.CARE_COORDINATOR, organisation=coordinator.organisation)
    DeputyFactory(absent=coordinator, deputy=deputy)
    acts.take(placement.pk, coordinator)
    sweep(Side.CARE, REMINDER)
    assert mailed(Rung.REMINDER) == {coordinator.user_id, deputy.user_id}
    assert Deputy.objects.count() == 1


def test_what_a_leaver_had_taken_is_told_to_the_queue(placement: Process, coordinator: Post) -> None:
    leaver = PostFactory(
        role=Role.CARE_COORDINATOR, organisation=coordinator.organisation, regions=list(coordinator.regions.all())
    )
    acts.take(placement.pk, leaver)
    with taken(Side.COMMON):
        Post.objects.filter(pk=leaver.pk).update(ends_on=date(2026, 3, 2))
    sweep(Side.CARE, REMINDER)
    assert Notice.objects.get().to_post_id is None
    assert mailed(Rung.REMINDER) == {coordinator.user_id}


def test_who_wants_no_mail_gets_the_notice_alone(placement: Process, coordinator: Post) -> None:
    with taken(Side.COMMON):
        User.objects.filter(pk=coordinator.user_id).update(digest="none")
    assert sweep(Side.CARE, REMINDER) == Swept(1, 1, 0)
    assert Notice.objects.for_post(coordinator).count() == 1


def test_escalation_climbs_to_the_supervisor_and_then_to_the_next_level_up(
    placement: Process, coordinator: Post, supervisor: Post
) -> None:
    above = PostFactory(role=Role.SUPERVISOR, organisation=OrganisationFactory())
    with taken(Side.COMMON):
        coordinator.organisation.parent = above.organisation
        coordinator.organisation.save()
    sweep(Side.CARE, SECOND)
    assert mailed(Rung.ESCALATION) == {supervisor.user_id}
    assert mailed(Rung.SECOND_ESCALATION) == {above.user_id}


def test_where_there_is_no_supervisor_escalation_goes_to_the_national_desk(placement: Process, desk: Post) -> None:
    sweep(Side.CARE, SECOND)
    assert mailed(Rung.ESCALATION) == mailed(Rung.SECOND_ESCALATION) == {desk.user_id}


def test_another_side_is_told_nothing(placement: Process) -> None:
    for side in (Side.JUSTICE, Side.DETERMINATION, Side.COMMON):
        assert sweep(side, SECOND) == Swept()
    assert told(placement) == []


# -- Once -----------------------------------------------------------------------------------------------------------


def test_a_notice_that_exists_is_not_doubled(placement: Process) -> None:
    sweep(Side.CARE, OVERDUE)
    Process.objects.filter(pk=placement.pk).update(rung=0, next_notice_at=REMINDER)
    assert sweep(Side.CARE, OVERDUE) == Swept(2, 0, 0)
    assert told(placement) == [1, 2]
    placement.refresh_from_db()
    assert (placement.rung, placement.next_notice_at) == (2, ESCALATION)


@pytest.mark.django_db(transaction=True)
def test_many_sweepers_at_once_tell_everything_once() -> None:
    region = RegionFactory()
    coordinator = PostFactory(role=Role.CARE_COORDINATOR, regions=[region])
    with taken(Side.CARE), transaction.atomic():
        first = open_process(Placement, acting=coordinator, region_id=region.pk, now=MONDAY)
        rows = [
            Process(**{f.attname: getattr(first, f.attname) for f in Process._meta.concrete_fields if f.name != "id"})
            for _ in range(399)
        ]
        Process.objects.bulk_create(rows)
    totals: list[Swept] = []

    def work() -> None:
        try:
            totals.append(sweep(Side.CARE, SECOND, batch=37))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    totals.append(sweep(Side.CARE, SECOND))
    assert sum(total.told for total in totals) == sum(total.moved for total in totals) == 1600
    with taken(Side.CARE), transaction.atomic():
        assert Notice.objects.count() == 1600
        assert Delivery.objects.filter(notice__rung=1).count() == 400


@pytest.mark.django_db(transaction=True)
def test_what_somebody_works_on_waits_for_the_next_minute() -> None:
    region = RegionFactory()
    coordinator = PostFactory(role=Role.CARE_COORDINATOR, regions=[region])
    with taken(Side.CARE), transaction.atomic():
        process = open_process(Placement, acting=coordinator, region_id=region.pk, now=MONDAY)
    answers: list[Swept] = []

    def work() -> None:
        try:
            answers.append(sweep_batch(Side.CARE, REMINDER))
        finally:
            connection.close()

    with taken(Side.CARE), transaction.atomic():
        Process.objects.select_for_update(no_key=True).get(pk=process.pk)
        other = threading.Thread(target=work)
        other.start()
        other.join()
    assert answers == [Swept()]
    assert sweep(Side.CARE, REMINDER).told == 1


def test_earlier_signals_come_in_order_and_leave_the_rungs_as_they_are(placement: Process) -> None:
    signals = [REMINDER - timedelta(hours=2), REMINDER - timedelta(hours=1)]
    Process.objects.filter(pk=placement.pk).update(signals=signals, next_notice_at=signals[0])
    for moment in signals:
        assert sweep(Side.CARE, moment - SECOND_BEFORE).told == 0
        assert sweep(Side.CARE, moment).told == 1
    placement.refresh_from_db()
    assert (placement.rung, placement.signalled, placement.next_notice_at) == (0, 2, REMINDER)
    assert list(Notice.objects.order_by("pk").values_list("rung", "key")) == [(0, "signal:1"), (0, "signal:2")]
    assert sweep(Side.CARE, SECOND).told == 4
    placement.refresh_from_db()
    assert (placement.rung, placement.next_notice_at) == (4, None)


def test_signals_that_were_missed_are_told_before_the_rungs_and_a_left_out_one_is_not(placement: Process) -> None:
    signals = [None, REMINDER - timedelta(hours=1)]
    Process.objects.filter(pk=placement.pk).update(signals=signals, next_notice_at=signals[1])
    assert sweep(Side.CARE, SECOND).told == 5
    told_of = list(Notice.objects.order_by("pk").values_list("rung", "key"))
    assert told_of == [(0, "signal:2"), (1, ""), (2, ""), (3, ""), (4, "")]


def test_a_sweep_with_signals_is_one_statement(placement: Process, django_assert_max_num_queries: Any) -> None:
    sweep(Side.CARE, REMINDER - timedelta(hours=3))  # what is remembered is read
    Process.objects.filter(pk=placement.pk).update(signals=[REMINDER - timedelta(hours=1)])
    with django_assert_max_num_queries(5) as made:  # the side, the clock, the statement, and the ends of these
        sweep_batch(Side.CARE, REMINDER)
    assert sum("engine_process" in query["sql"] for query in made.captured_queries) == 1
