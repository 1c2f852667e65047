"""Closing and reopening, and telling those who keep something of a case."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from access import clock
from access.models import Post
from cases import closing, merging, restricting, versions
from cases.models import Case, CaseAccess, TimelineEntry
from tests.factories.access import PostFactory
from tests.factories.cases import CaseFactory

pytestmark = pytest.mark.usefixtures("care")


@pytest.fixture(autouse=True)
def _nothing_from_above(monkeypatch: Any) -> None:
    """Only what this room knows."""
    monkeypatch.setattr(closing, "obstacles", [])
    monkeypatch.setattr(versions, "followers", [])


@pytest.fixture
def case(region: Any) -> Case:
    return CaseFactory(region=region)  # type: ignore[no-any-return]


@pytest.fixture
def told(monkeypatch: Any) -> list[tuple[Case, set[str]]]:
    heard: list[tuple[Case, set[str]]] = []
    monkeypatch.setattr(versions, "followers", [lambda case, changed: heard.append((case, set(changed)))])
    return heard


def test_closing_keeps_the_reason_on_the_case_and_on_the_timeline(case: Case, coordinator: Post) -> None:
    closing.close(case, coordinator, "guidance_complete", "Woont zelfstandig.")
    case.refresh_from_db()
    assert not case.is_open and case.closing_reason == "guidance_complete"
    entry = TimelineEntry.objects.get()
    assert (entry.kind, entry.text, entry.detail) == ("closed", "Woont zelfstandig.", {"reason": "guidance_complete"})


def test_every_room_above_can_stand_in_the_way(case: Case, coordinator: Post, monkeypatch: Any) -> None:
    monkeypatch.setattr(closing, "obstacles", [lambda c: ["A"], lambda c: [], lambda c: ["B", "C"]])
    with pytest.raises(closing.CannotClose) as stopped:
        closing.close(case, coordinator, "guidance_complete")
    assert stopped.value.reasons == ["A", "B", "C"]
    assert Case.objects.get().is_open and not TimelineEntry.objects.exists()


def test_closing_twice_is_closing_once(case: Case, coordinator: Post) -> None:
    closing.close(case, coordinator, "guidance_complete")
    closing.close(case, coordinator, "withdrawn")
    assert Case.objects.get().closing_reason == "guidance_complete" and TimelineEntry.objects.count() == 1


def test_a_reopened_case_says_why_it_was_closed(case: Case, coordinator: Post) -> None:
    closing.close(case, coordinator, "out_of_contact")
    closing.reopen(case, coordinator, "Belde zelf.")
    entry = TimelineEntry.objects.get(kind="reopened")
    assert entry.text == "Belde zelf." and entry.detail == {"reason": "out_of_contact"}
    assert Case.objects.get().is_open


@pytest.mark.parametrize(
    "values", [{"closed_at": clock.now()}, {"closing_reason": "other"}, {"forms": ["x"]}, {"needs": ["x"]}]
)
def test_the_database_refuses_half_a_closing_and_unknown_codes(case: Case, values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(**values)


def test_who_keeps_something_of_a_case_is_told_of_every_change(
    case: Case, coordinator: Post, told: list[Any], region: Any
) -> None:
    restricting.restrict(case, coordinator, "Bekende")
    restricting.open_up(case, coordinator, "Toch niet")
    closing.close(case, coordinator, "guidance_complete")
    closing.reopen(case, coordinator, "Weer in beeld")
    case.person.birth_date = None
    versions.save_changes(case.person, ["birth_date"])
    other = CaseFactory(region=region)
    merging.merge(case.person_id, other.person_id, coordinator, "Zelfde")
    assert [changed for c, changed in told if c == case][:5] == [
        {"restricted"},
        {"restricted"},
        {"closed_at", "closing_reason"},
        {"closed_at", "closing_reason"},
        {"person.birth_date"},
    ]
    assert (other, {"person"}) in told


def test_whoever_restricts_a_case_is_named_and_the_last_one_cannot_leave(case: Case, coordinator: Post) -> None:
    restricting.restrict(case, coordinator, "Bekende")
    naming = CaseAccess.objects.in_force().get(user=coordinator.user)
    with pytest.raises(restricting.CannotEnd):
        restricting.end(naming, coordinator)
    colleague = PostFactory(regions=[case.region])
    restricting.name(case, colleague.user, coordinator, until=clock.now() + timedelta(days=1))
    with pytest.raises(restricting.CannotEnd):
        restricting.end(naming, coordinator)
    restricting.name(case, colleague.user, coordinator)
    restricting.end(naming, coordinator)
    assert [n.user for n in CaseAccess.objects.in_force()] == [colleague.user]


def test_only_those_who_work_with_cases_there_can_be_named(case: Case, coordinator: Post, desk: Post) -> None:
    PostFactory(), PostFactory(role="investigator", regions=[case.region]), PostFactory(role="shelter_provider")
    assert set(restricting.colleagues(case)) == {coordinator.user, desk.user}
