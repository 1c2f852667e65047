"""The jobs and their schedule: every entry is a job, fires when it says, and carries nothing."""

from __future__ import annotations

import copy
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from celery import current_app
from celery.schedules import maybe_schedule
from django.conf import settings

from access import tasks as access_tasks
from access.models import Post
from access.wall import Side, current_side
from workflows.engine import tasks
from workflows.engine.models import Notice, Process
from workflows.engine.steps import open_process
from workflows.placement.machine import Placement

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
SCHEDULE: dict[str, dict[str, Any]] = settings.CELERY_BEAT_SCHEDULE


def fires(entry: dict[str, Any], last: datetime, now: datetime) -> bool:
    """Whether beat would send the hint of an entry at `now`, when it last did at `last`."""
    when = copy.copy(maybe_schedule(entry["schedule"], app=current_app._get_current_object()))
    when.nowfun = lambda: now
    return bool(when.is_due(last)[0])


def here(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """A moment in Amsterdam in 2026."""
    return datetime(2026, month, day, hour, minute, tzinfo=AMSTERDAM)


@pytest.mark.parametrize("name", SCHEDULE)
def test_every_entry_of_the_schedule_is_a_job(name: str) -> None:
    current_app.loader.import_default_modules()  # as a worker does when it starts
    assert SCHEDULE[name]["task"] in current_app.tasks


@pytest.mark.parametrize("name", SCHEDULE)
def test_a_hint_carries_nothing_and_is_forgotten_in_time(name: str) -> None:
    entry = SCHEDULE[name]
    assert not entry.get("args") and not entry.get("kwargs")
    assert entry["options"]["expires"] >= 10


@pytest.mark.parametrize(("name", "seconds"), [("sweep", 60), ("deliver", 60), ("leavers", 300), ("watch", 300)])
def test_what_runs_all_day_fires_after_its_period_and_not_before(name: str, seconds: int) -> None:
    last = here(3, 2, 10)
    assert not fires(SCHEDULE[name], last, last + timedelta(seconds=seconds - 1))
    assert fires(SCHEDULE[name], last, last + timedelta(seconds=seconds))


@pytest.mark.parametrize(("name", "hour", "minute"), [("reconcile", 3, 20), ("forget-sessions", 4, 10)])
@pytest.mark.parametrize(("month", "day"), [(1, 15), (7, 15), (3, 29), (10, 25)])
def test_what_runs_at_night_fires_at_that_time_in_the_netherlands_in_summer_and_winter(
    name: str, hour: int, minute: int, month: int, day: int
) -> None:
    moment = here(month, day, hour, minute)
    last = moment - timedelta(days=1)
    assert not fires(SCHEDULE[name], last, moment - timedelta(minutes=1))
    assert fires(SCHEDULE[name], last, moment)
    assert fires(SCHEDULE[name], last, moment + timedelta(hours=5)), "also when beat was down at that time"
    assert not fires(SCHEDULE[name], moment, moment + timedelta(hours=5))


@pytest.mark.django_db
@pytest.mark.parametrize("job", [
    tasks.sweep_all, tasks.deliver_all, tasks.return_work_of_leavers, tasks.watch, tasks.reconcile,
    access_tasks.clear_sessions,
])  # fmt: skip
def test_a_job_may_run_any_number_of_times_and_leaves_no_side_taken(job: Any) -> None:
    for _ in range(3):
        job.apply(throw=True)
    assert current_side() is None


@pytest.mark.django_db
def test_the_sweep_works_for_every_side(care: None, coordinator: Post, region: Any, monday: datetime) -> None:
    process = open_process(Placement, acting=coordinator, region_id=region.pk)
    Process.objects.filter(pk=process.pk).update(next_notice_at=monday)
    tasks.sweep_all.apply(throw=True)
    assert Notice.objects.count() == 1


def test_what_fails_on_one_side_does_not_keep_the_others_waiting() -> None:
    done = []

    def work(side: Side) -> None:
        if side is Side.CARE:
            raise ValueError("trouble")
        done.append(side)

    with pytest.raises(ValueError, match="trouble"):
        tasks._each(work)
    assert done == [side for side in Side if side is not Side.CARE]
