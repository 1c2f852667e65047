"""Work of people who left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.core import mail as django_mail

from access.models import Organisation, Post, User
from access.roles import Role
from access.wall import Side, taken
from tests.conftest import MONDAY
from tests.factories.access import PostFactory, RegionFactory
from workflows.engine import acts, outbox
from workflows.engine.leavers import Returned, return_work, unstaffed
from workflows.engine.models import Notice, Process, StepLog
from workflows.engine.steps import open_process
from workflows.placement.machine import Placement

pytestmark = pytest.mark.django_db


@pytest.fixture
def colleague(coordinator: Post, region: Any) -> Post:
    """Another coordinator of the same organisation and region."""
    return PostFactory(  # type: ignore[no-any-return]
        role=Role.CARE_COORDINATOR, organisation=coordinator.organisation, regions=[region]
    )


@pytest.fixture
def placement(care: None, coordinator: Post, region: Any, monday: datetime) -> Process:
    """A request for shelter that the coordinator took."""
    process = open_process(Placement, acting=coordinator, region_id=region.pk)
    return acts.take(process.pk, coordinator)


def end_post(post: Post) -> None:
    """The post is held no longer."""
    Post.objects.filter(pk=post.pk).update(ends_on=date(2026, 3, 2))


def deactivate(post: Post) -> None:
    """The person is no longer active."""
    User.objects.filter(pk=post.user_id).update(is_active=False)


@pytest.mark.parametrize("leave", [end_post, deactivate])
def test_work_of_who_left_goes_back_to_the_queue_which_is_told(
    placement: Process, coordinator: Post, colleague: Post, leave: Callable[[Post], None]
) -> None:
    with taken(Side.COMMON):
        leave(coordinator)
    due = placement.due_at
    assert return_work(Side.CARE) == Returned(returned=1, rerouted=0)
    placement.refresh_from_db()
    assert (placement.assignee_id, placement.assigned_at, placement.version, placement.due_at) == (None, None, 3, due)
    line = StepLog.objects.latest("pk")
    assert (line.action, line.post, line.version) == (acts.RETURN_TO_QUEUE, None, 3)
    assert line.facts == {"taken_from": coordinator.pk}
    notice = Notice.objects.for_post(colleague).get()
    assert (notice.key, notice.rung) == ("return_to_queue:3", 0)
    outbox.deliver(Side.CARE, MONDAY)
    assert [letter.to for letter in django_mail.outbox] == [[colleague.user.email]]
    assert return_work(Side.CARE) == Returned()


def test_work_of_an_organisation_that_stopped_goes_where_routing_sends_it_now(
    placement: Process, coordinator: Post, region: Any
) -> None:
    successor = PostFactory(role=Role.CARE_COORDINATOR, regions=[region])
    with taken(Side.COMMON):
        Organisation.objects.filter(pk=coordinator.organisation_id).update(active=False)
    due = placement.due_at
    assert return_work(Side.CARE) == Returned(returned=1, rerouted=1)
    placement.refresh_from_db()
    assert (placement.owner_role, placement.owner_organisation_id) == (Role.CARE_COORDINATOR, successor.organisation_id)
    assert placement.due_at == due
    line = StepLog.objects.latest("pk")
    assert (line.action, line.route["by"]) == (acts.REROUTE, "declaration")
    assert line.facts == {"lay_with": {"role": "care_coordinator", "organisation": coordinator.organisation_id}}
    assert Notice.objects.for_post(successor).get().key == f"reroute:{placement.version}"


def test_where_nobody_holds_the_role_the_national_desk_gets_it_and_the_log_says_so(
    placement: Process, coordinator: Post, desk: Post
) -> None:
    with taken(Side.COMMON):
        end_post(coordinator)
    assert return_work(Side.CARE) == Returned(returned=1, rerouted=1)
    placement.refresh_from_db()
    assert (placement.owner_role, placement.owner_organisation_id) == (Role.NATIONAL_DESK, desk.organisation_id)
    route = StepLog.objects.latest("pk").route
    assert (route["by"], route["wanted"]) == ("national_desk", "care_coordinator")


def test_what_fell_to_the_desk_goes_back_when_somebody_holds_the_role_again_unless_the_desk_took_it(
    placement: Process, coordinator: Post, desk: Post, region: Any
) -> None:
    other = open_process(Placement, acting=coordinator, region_id=region.pk)
    with taken(Side.COMMON):
        end_post(coordinator)
    return_work(Side.CARE)
    assert return_work(Side.CARE) == Returned(), "nobody is there yet"
    acts.take(other.pk, desk)
    with taken(Side.COMMON):
        successor = PostFactory(role=Role.CARE_COORDINATOR, regions=[region])
    assert return_work(Side.CARE) == Returned(rerouted=1)
    placement.refresh_from_db()
    other.refresh_from_db()
    assert (placement.owner_role, placement.owner_organisation_id) == (successor.role, successor.organisation_id)
    assert Notice.objects.for_post(successor).get().key == f"reroute:{placement.version}"
    assert other.owner_organisation_id == desk.organisation_id
    assert return_work(Side.CARE) == Returned()


def test_a_queue_whose_region_has_nobody_left_is_unstaffed_too(
    placement: Process, coordinator: Post, region: Any, desk: Post
) -> None:
    PostFactory(role=Role.CARE_COORDINATOR, organisation=coordinator.organisation, regions=[RegionFactory()])
    with taken(Side.COMMON):
        end_post(coordinator)
    return_work(Side.CARE)
    placement.refresh_from_db()
    assert placement.owner_organisation_id == desk.organisation_id


def test_where_even_the_desk_has_nobody_it_stays_and_nothing_is_written_twice(
    placement: Process, coordinator: Post, region: Any
) -> None:
    with taken(Side.COMMON):
        end_post(coordinator)
    assert return_work(Side.CARE) == Returned(returned=1, rerouted=1)
    lines = StepLog.objects.count()
    assert unstaffed(Side.CARE) == [("national_desk", None, region.pk)]
    assert return_work(Side.CARE) == Returned()
    assert StepLog.objects.count() == lines


def test_nothing_happens_to_work_of_people_who_are_there_or_of_another_side(placement: Process) -> None:
    for side in Side:
        assert return_work(side) == Returned()
    placement.refresh_from_db()
    assert placement.version == 2


def test_closed_work_is_left_alone(placement: Process, coordinator: Post) -> None:
    from workflows.engine.steps import perform

    perform(placement.pk, "withdraw", coordinator, {"reason": "not needed"})
    with taken(Side.COMMON):
        end_post(coordinator)
    assert return_work(Side.CARE) == Returned()
