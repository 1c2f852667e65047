"""Recognition as it stands, on the side of justice: the only design in which an investigator acts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from access import clock
from access.models import Post
from access.roles import Role
from access.wall import Side, taken
from tests.factories.access import PostFactory
from workflows.designs.declaration import registry as designs
from workflows.engine import errors
from workflows.engine.machine import registry, roles_of
from workflows.engine.models import Process
from workflows.engine.steps import open_process, perform
from workflows.investigation_led.machine import InvestigationLed
from workflows.investigation_led.models import Investigation

pytestmark = pytest.mark.django_db


@pytest.fixture
def police(region: Any) -> Post:
    """An investigator in the region."""
    return PostFactory(role=Role.INVESTIGATOR, regions=[region])


@pytest.fixture
def prosecutor(region: Any) -> Post:
    """A prosecutor in the region."""
    return PostFactory(role=Role.PROSECUTOR, regions=[region])


@pytest.fixture
def process(police: Post, prosecutor: Post, region: Any) -> Iterator[Process]:
    """A recognition that is asked for, on the side of justice."""
    with taken(Side.JUSTICE):
        yield open_process(
            InvestigationLed, acting=police, region_id=region.pk, record={"reference": "PL0000-2026000001"}
        )


def register(process: Process, police: Post) -> None:
    """Register a complaint made today."""
    facts = {"cooperation": "complaint", "cooperated_on": clock.today().isoformat()}
    perform(process.pk, "register_cooperation", police, facts)


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        ([("decide_case", {"came_of_it": "convicted"}), ("recognise", {})], "recognised"),
        ([("decide_case", {"came_of_it": "acquitted"}), ("not_recognise", {"reason": "Vrijspraak."})],
         "not_recognised"),
        ([("dismiss", {"reason": "Onvoldoende bewijs."})], "dismissed"),
    ],
)  # fmt: skip
def test_a_complaint_leads_to_what_the_criminal_case_makes_of_it(
    process: Process, police: Post, prosecutor: Post, steps: list[tuple[str, dict[str, str]]], state: str
) -> None:
    register(process, police)
    for action, facts in steps:
        perform(process.pk, action, prosecutor, facts)
    assert Process.objects.get(pk=process.pk).state == state


def test_without_cooperation_this_road_is_closed(process: Process, police: Post) -> None:
    perform(process.pk, "close", police, {"reason": "Wil geen aangifte doen."})
    assert Process.objects.get(pk=process.pk).state == "no_cooperation"


def test_cooperation_is_not_registered_before_it_happened(process: Process, police: Post) -> None:
    with pytest.raises(errors.BadFacts):
        perform(process.pk, "register_cooperation", police, {"cooperation": "other", "cooperated_on": "2090-01-01"})


def test_an_investigator_does_not_recognise(process: Process, police: Post, prosecutor: Post) -> None:
    register(process, police)
    perform(process.pk, "decide_case", police, {"came_of_it": "prosecuted"})
    with pytest.raises(errors.NotAllowed):
        perform(process.pk, "recognise", police, {})


def test_only_here_does_an_investigator_act_and_hang_recognition_on_the_case() -> None:
    of_justice = {Role.INVESTIGATOR, Role.PROSECUTOR}
    acting = {kind for kind, m in registry.items() if any(roles_of(t) & of_justice for t in m.transitions())}
    assert {design.kind for design in designs.values() if design.kind in acting} == {"investigation_led"}


def test_rows_are_seen_in_their_region_only(process: Process, police: Post) -> None:
    assert Investigation.objects.for_post(police).count() == 1
    assert not Investigation.objects.for_post(PostFactory(role=Role.INVESTIGATOR)).exists()
