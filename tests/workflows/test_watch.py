"""The watch: what is late, stuck or missing is seen, said once, and over when it is over."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from access.models import Post
from access.roles import Role
from access.wall import Side, taken
from workflows.engine import acts
from workflows.engine.leavers import return_work
from workflows.engine.models import Alarm, Delivery, Notice, Process
from workflows.engine.steps import open_process, perform
from workflows.engine.sweep import sweep
from workflows.engine.watch import Kind, reconcile, watch
from workflows.placement.machine import Placement

pytestmark = pytest.mark.django_db

OVERDUE = datetime(2026, 3, 2, 13, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def placement(care: None, coordinator: Post, region: Any, monday: datetime) -> Process:
    """A request for shelter: reminder at 12:00, overdue at 13:00 (UTC)."""
    return open_process(Placement, acting=coordinator, region_id=region.pk)


def ringing() -> dict[str, int]:
    """The alarms that are on, with their counts."""
    return dict(Alarm.objects.filter(closed_at=None).values_list("kind", "count"))


def test_all_is_well(placement: Process) -> None:
    assert set(watch(Side.CARE).values()) == {0}
    assert ringing() == {}


def test_what_is_told_five_minutes_late_is_an_alarm_until_it_is_told(
    placement: Process, caplog: pytest.LogCaptureFixture
) -> None:
    reminder = OVERDUE - timedelta(hours=1)
    with caplog.at_level(logging.INFO, "loods.watch"):
        watch(Side.CARE, reminder + 5 * MINUTE)
        assert ringing() == {}
        watch(Side.CARE, reminder + 6 * MINUTE)
        watch(Side.CARE, reminder + 11 * MINUTE)
        assert ringing() == {Kind.LATE: 1}
        sweep(Side.CARE, reminder + 11 * MINUTE)
        Delivery.objects.all().update(state="sent")
        watch(Side.CARE, reminder + 12 * MINUTE)
    assert ringing() == {}
    alarm = Alarm.objects.get()
    assert (alarm.opened_at, alarm.closed_at) == (reminder + 6 * MINUTE, reminder + 12 * MINUTE)
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("ERROR", "alarm side=care kind=late count=1"),
        ("INFO", "alarm over side=care kind=late"),
    ]


@pytest.mark.parametrize(
    "stuck",
    [
        {"state": "planned", "not_before": OVERDUE},
        {"state": "planned", "not_before": OVERDUE + timedelta(days=1), "attempt": 3},
        {"state": "claimed", "lease_until": OVERDUE},
        {"state": "sending", "lease_until": OVERDUE},
    ],
)
def test_a_mail_that_does_not_leave_is_an_alarm(placement: Process, stuck: dict[str, Any]) -> None:
    sweep(Side.CARE, OVERDUE)
    Delivery.objects.all().update(state="sent")
    Delivery.objects.filter(notice__rung=2).update(**stuck)
    watch(Side.CARE, OVERDUE + 6 * MINUTE)
    assert ringing() == {Kind.HANGING: 1}


@pytest.mark.parametrize("state", ["uncertain", "failed"])
def test_a_mail_that_waits_for_a_decision_is_an_alarm_at_once(placement: Process, state: str) -> None:
    sweep(Side.CARE, OVERDUE)
    Delivery.objects.all().update(state=state)
    watch(Side.CARE, OVERDUE)
    assert ringing() == {Kind.UNDECIDED: 2}


def test_work_that_came_to_the_desk_because_nobody_holds_the_role_is_seen(
    placement: Process, coordinator: Post, desk: Post
) -> None:
    with taken(Side.COMMON):
        Post.objects.filter(pk=coordinator.pk).update(ends_on=date(2026, 3, 2))
    return_work(Side.CARE)
    watch(Side.CARE)
    assert ringing() == {Kind.DESK: 1}


def test_work_that_is_the_desks_own_is_no_alarm(placement: Process, coordinator: Post, desk: Post) -> None:
    perform(placement.pk, "seek", coordinator)
    perform(placement.pk, "find_none", coordinator, {"ground": "no_free", "reason": "nothing free"})
    placement.refresh_from_db()
    assert placement.owner_role == Role.NATIONAL_DESK
    watch(Side.CARE)
    assert ringing() == {}


def test_work_that_nobody_can_take_is_an_alarm(placement: Process, coordinator: Post) -> None:
    with taken(Side.COMMON):
        Post.objects.filter(pk=coordinator.pk).update(ends_on=date(2026, 3, 2))
    return_work(Side.CARE)
    watch(Side.CARE)
    assert ringing()[Kind.NOBODY] >= 1


def test_an_escalation_that_reaches_nobody_is_an_alarm(placement: Process) -> None:
    sweep(Side.CARE, OVERDUE + timedelta(hours=2))
    Delivery.objects.all().update(state="sent")
    watch(Side.CARE, OVERDUE + timedelta(hours=2))
    assert ringing() == {Kind.NOBODY: 1}


def test_one_side_does_not_see_the_alarms_of_another(placement: Process) -> None:
    watch(Side.CARE, OVERDUE)
    with taken(Side.JUSTICE):
        assert not Alarm.objects.exists()


# -- The nightly reckoning ---------------------------------------------------------------------------------------------


def rungs() -> list[int]:
    """Rungs told, in order."""
    return list(Notice.objects.order_by("rung").values_list("rung", flat=True))


def test_when_everything_was_told_nothing_is_missing(placement: Process) -> None:
    sweep(Side.CARE, OVERDUE)
    assert reconcile(Side.CARE, OVERDUE + 6 * MINUTE) == 0
    assert ringing() == {}


@pytest.mark.parametrize("lost", [{"rung": 2}, {"rung": 4, "next_notice_at": None}, {"next_notice_at": None}])
def test_a_notice_that_is_missing_is_written_and_said(placement: Process, lost: dict[str, Any]) -> None:
    Process.objects.filter(pk=placement.pk).update(**lost)
    later = OVERDUE + 6 * MINUTE
    assert reconcile(Side.CARE, later) >= 2
    assert rungs() == [1, 2]
    assert Kind.MISSING in ringing()
    placement.refresh_from_db()
    assert (placement.rung, placement.next_notice_at) == (2, placement.plan[2])
    assert reconcile(Side.CARE, later) == 0
    assert ringing() == {}
    assert rungs() == [1, 2]


def test_a_process_that_would_never_wake_up_is_woken(placement: Process) -> None:
    Process.objects.filter(pk=placement.pk).update(next_notice_at=None)
    assert reconcile(Side.CARE, OVERDUE - timedelta(hours=3)) == 1
    placement.refresh_from_db()
    assert placement.next_notice_at == placement.plan[0]
    assert rungs() == []


def test_what_stands_still_or_is_over_has_nothing_to_tell(placement: Process, coordinator: Post) -> None:
    acts.pause(placement.pk, coordinator, reason="waiting for a call back")
    assert reconcile(Side.CARE, OVERDUE + timedelta(days=9)) == 0
    acts.resume(placement.pk, coordinator)
    perform(placement.pk, "withdraw", coordinator, {"reason": "not needed"})
    assert reconcile(Side.CARE, OVERDUE + timedelta(days=9)) == 0
    assert rungs() == []


def test_rungs_told_before_a_pause_are_not_asked_for_again(placement: Process, coordinator: Post) -> None:
    from access import clock

    sweep(Side.CARE, OVERDUE)
    with clock.at(OVERDUE + MINUTE):
        acts.pause(placement.pk, coordinator, reason="waiting for a call back")
    with clock.at(OVERDUE + timedelta(days=1)):
        acts.resume(placement.pk, coordinator)
    assert reconcile(Side.CARE, OVERDUE + timedelta(days=1, hours=1)) == 0
