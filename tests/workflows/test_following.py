"""Processes follow their case: what was open to the region is closed when the case is, and work moves with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from access.models import Post
from access.roles import Role
from cases import restricting, versions
from cases.models import Case
from tests.factories.access import PostFactory, RegionFactory
from tests.factories.cases import CaseFactory
from workflows.casepage.circumstances import circumstances
from workflows.engine.models import Notice, Process, StepLog
from workflows.engine.steps import open_process, perform
from workflows.placement.machine import Placement

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(care: None, region: Any, monday: datetime) -> Case:
    """A case in the coordinator's region."""
    return CaseFactory(region=region)


@pytest.fixture
def process(case: Case, coordinator: Post, region: Any) -> Process:
    """A placement of the case."""
    return open_process(Placement, acting=coordinator, case_id=case.pk, region_id=region.pk, facts=circumstances(case))


def test_restricting_a_case_closes_its_processes_at_once_also_those_that_are_over(
    case: Case, process: Process, coordinator: Post, region: Any
) -> None:
    over = open_process(Placement, acting=coordinator, case_id=case.pk, region_id=region.pk)
    perform(over.pk, "withdraw", coordinator, {"reason": "not needed"})
    colleague = PostFactory(role=Role.CARE_COORDINATOR, organisation=coordinator.organisation, regions=[region])
    assert Process.objects.for_post(colleague).count() == 2
    restricting.restrict(Case.objects.get(pk=case.pk), coordinator, "a colleague knows the suspect")
    assert Process.objects.for_post(colleague).count() == 0
    assert Process.objects.for_post(coordinator).count() == 2


def test_work_moves_with_the_case_to_who_coordinates_there(case: Case, process: Process, coordinator: Post) -> None:
    there = PostFactory(role=Role.CARE_COORDINATOR, regions=[RegionFactory()])
    due = process.due_at
    case = Case.objects.select_for_update().get(pk=case.pk)
    case.region = there.regions.get()
    versions.save_changes(case, ["region"])
    process.refresh_from_db()
    assert process.owner_organisation_id == there.organisation_id
    assert process.due_at == due
    assert not Process.objects.for_post(coordinator).exists()
    assert Notice.objects.for_post(there).count() == 1
    assert StepLog.objects.filter(process=process).latest("id").action == "move"


def test_the_next_decision_sees_the_circumstances_of_now(case: Case, process: Process) -> None:
    case = Case.objects.select_for_update().get(pk=case.pk)
    case.forms = ["labour", "criminal"]
    versions.save_changes(case, ["forms"])
    process.refresh_from_db()
    assert process.facts["forms"] == ["labour", "criminal"]
    assert process.version == 1


def test_a_person_who_turns_out_to_be_a_minor_is_one_for_their_processes(case: Case, process: Process) -> None:
    person = case.person
    person.birth_date, person.adult_confirmed = datetime(2012, 5, 1).date(), False  # noqa: DTZ001
    versions.save_changes(person, ["birth_date", "adult_confirmed"])
    process.refresh_from_db()
    assert process.facts["age_group"] == "minor"
