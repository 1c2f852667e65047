"""Making a step: what is checked, what is written, and what is refused without a trace."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from access.models import Post
from access.roles import Role
from tests.factories.access import PostFactory
from workflows.engine import acts, errors
from workflows.engine.models import Process, StepLog
from workflows.engine.steps import open_process, perform
from workflows.placement.machine import Placement

pytestmark = pytest.mark.django_db


@pytest.fixture
def placement(care: None, coordinator: Post, region: Any, monday: datetime) -> Process:
    """A request for shelter, just made."""
    return open_process(Placement, acting=coordinator, region_id=region.pk)


def test_a_new_process_lies_in_the_queue_of_who_holds_the_role_in_the_region(
    placement: Process, coordinator: Post
) -> None:
    assert placement.owner_role == Role.CARE_COORDINATOR
    assert placement.owner_organisation_id == coordinator.organisation_id
    assert placement.due_at == datetime(2026, 3, 2, 13, 0, tzinfo=UTC)
    assert list(Process.objects.for_post(coordinator).work_of(coordinator)) == [placement]


def test_a_step_moves_the_row_and_writes_the_log_in_one_go(placement: Process, coordinator: Post) -> None:
    outcome = perform(placement.pk, "seek", coordinator, {"reason": "begun"}, version=1)
    placement.refresh_from_db()
    assert (placement.state, placement.version, placement.episode) == ("seeking", 2, 2)
    assert placement.due_at == datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
    line = StepLog.objects.get(pk=outcome.log_id)
    assert (line.action, line.from_state, line.to_state, line.reason) == ("seek", "requested", "seeking", "begun")
    assert line.route["by"] == "declaration"


@pytest.mark.parametrize(
    ("action", "data", "version", "error"),
    [
        ("arrive", {}, 1, errors.WrongState),
        ("no_such_step", {}, 1, errors.NotFound),
        ("seek", {}, 7, errors.LostRace),
        ("withdraw", {}, 1, errors.BadFacts),
        ("become_moot", {}, 1, errors.NotAllowed),
    ],
)
def test_a_refused_step_leaves_no_trace(
    placement: Process, coordinator: Post, action: str, data: dict[str, Any], version: int, error: type[Exception]
) -> None:
    with pytest.raises(error):
        perform(placement.pk, action, coordinator, data, version=version)
    placement.refresh_from_db()
    assert (placement.state, placement.version) == ("requested", 1)
    assert StepLog.objects.filter(process=placement).count() == 1


def test_a_process_of_another_region_looks_absent(placement: Process) -> None:
    stranger = PostFactory(role=Role.CARE_COORDINATOR)
    with pytest.raises(errors.NotFound):
        perform(placement.pk, "seek", stranger)
    assert not Process.objects.for_post(stranger).exists()


def test_a_role_without_permission_is_told_so(placement: Process, supervisor: Post) -> None:
    with pytest.raises(errors.NotAllowed):
        perform(placement.pk, "seek", supervisor)


def test_a_pause_moves_the_end_by_as_long_as_it_lasted(placement: Process, coordinator: Post) -> None:
    from access import clock

    acts.pause(placement.pk, coordinator, reason="waiting for a call back")
    with pytest.raises(errors.ConditionUnmet):
        perform(placement.pk, "seek", coordinator)
    with clock.at(datetime(2026, 3, 2, 19, 0, tzinfo=UTC)):
        resumed = acts.resume(placement.pk, coordinator)
    assert resumed.due_at == datetime(2026, 3, 2, 23, 0, tzinfo=UTC)
