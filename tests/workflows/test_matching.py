"""The page on which a place is sought for a case, what is kept of a choice, and the proposal for all who wait."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from access.models import Post
from access.roles import Role
from cases.models import Case, Person
from shelters.door import hold
from shelters.matching.rules import WISHES, version
from shelters.models import Capacity, Stay
from tests.factories.access import OrganisationFactory, PostFactory
from tests.factories.cases import CaseFactory, PersonFactory
from tests.factories.shelters import a_unit
from tests.workflows.conftest import queries
from workflows.engine.models import Process
from workflows.engine.steps import open_process
from workflows.matching import national
from workflows.matching.asking import ages_on
from workflows.matching.models import Choice
from workflows.placement.machine import Placement

Browser = Callable[..., Client]
ASKED = {"since": "2026-03-02", "gender": "woman", "forms": ["labour"], "places": "1"}


@pytest.fixture
def her_case(care: None, region: Any, monday: Any) -> Case:
    """A woman with an addiction."""
    made: Case = CaseFactory(region=region, needs=["addiction"], person=PersonFactory(gender="woman"))
    return made


def test_a_near_miss_is_named_and_once_lifted_is_chosen_and_kept(
    her_case: Case, coordinator: Post, region: Any, browser: Browser
) -> None:
    unit = a_unit(organisation=OrganisationFactory(), region=region, name="De Ark", addiction="consult")
    page, address = browser(coordinator), f"/cases/{her_case.pk}/place/"

    shown = page.get(address).content.decode()
    assert "No place fits" in shown and "in consultation" in shown and "The provider" in shown
    assert "The least that would have to give way" in shown
    assert page.post(address, ASKED | {"needs": ["addiction"], "choose": unit.pk}).status_code == 409

    Capacity.objects.filter(unit=unit).update(addiction="yes")
    answer = page.post(address, ASKED | {"needs": ["addiction"], "choose": unit.pk})
    assert answer.status_code == 302 and answer["Location"] == f"/cases/{her_case.pk}/start/placement/"
    kept = Choice.objects.for_post(coordinator).get()
    assert (kept.unit_id, kept.rules, kept.wanted["needs"]) == (unit.pk, version(), ["addiction"])
    assert set(kept.weights) == {wish.code for wish in WISHES} == set(kept.seen[0]["points"])
    with pytest.raises(DatabaseError), transaction.atomic():
        Choice.objects.update(rules="other")
    assert not Choice.objects.for_post(PostFactory(role=Role.CARE_COORDINATOR)).exists()
    assert len(queries(page, address)) <= 12


def test_bad_input_is_answered_plainly(her_case: Case, coordinator: Post, browser: Browser) -> None:
    page, address = browser(coordinator), f"/cases/{her_case.pk}/place/"
    for said, text in (
        ({"until": "2026-03-02"}, "ends before it begins"),
        ({"since": "2026-03-01"}, "This day has passed"),
        ({"gender": "unknown", "needs": ["gender_specific"]}, "gender is not known"),
    ):
        answer = page.post(address, ASKED | said)
        assert answer.status_code == 422 and text in answer.content.decode(), said
    elsewhere = browser(PostFactory(role=Role.CARE_COORDINATOR))
    assert elsewhere.get(address).status_code == 404


def test_an_age_that_nobody_wrote_down_can_be_said_and_who_must_not_meet_keeps_apart(
    her_case: Case, coordinator: Post, region: Any, browser: Browser, monday: Any
) -> None:
    unit = a_unit(organisation=OrganisationFactory(), region=region, name="De Ark", addiction="yes", age_from=18)
    her_case.person.birth_date = None
    her_case.person.save()
    page, address = browser(coordinator), f"/cases/{her_case.pk}/place/"
    says = ASKED | {"needs": ["addiction"]}
    assert "No place fits" in page.post(address, says).content.decode()
    assert "De Ark" in page.post(address, says | {"age": "30"}).content.decode()
    other: Case = CaseFactory(region=region)
    request = open_process(Placement, acting=coordinator, case_id=other.pk, region_id=region.pk)
    hold(unit.pk, request.pk, monday)
    apart = page.post(address, says | {"age": "30", "avoid": other.number}).content.decode()
    assert "No place fits" in apart and "must not meet" in apart
    wrong = page.post(address, says | {"avoid": "L-1999-000001"})
    assert wrong.status_code == 422 and "L-1999-000001" in wrong.content.decode()


def test_what_is_not_certain_of_an_age_stays_open() -> None:
    day = date(2026, 3, 2)
    for facts, ages in (
        ({"birth_date": date(2008, 5, 2)}, (214, 214)),
        ({"birth_date": date(2008, 1, 1), "birth_date_estimated": True}, (206, 218)),
        ({"birth_date": date(2008, 1, 1), "birth_date_estimated": True, "adult_confirmed": True}, (216, 218)),
        ({"adult_confirmed": True}, (216, 1440)),
        ({}, (0, 1440)),
    ):
        assert ages_on(Person(**facts), day) == ages, facts


def test_the_desk_sees_a_proposal_and_nothing_is_assigned_by_it(
    her_case: Case, coordinator: Post, region: Any, browser: Browser
) -> None:
    a_unit(organisation=OrganisationFactory(), region=region, name="De Ark", addiction="yes")
    opened = open_process(
        Placement, acting=coordinator, case_id=her_case.pk, region_id=region.pk, record={"needs": ["addiction"]}
    )
    before = Process.objects.get(pk=opened.pk).state
    desk = browser(PostFactory(role=Role.NATIONAL_DESK))

    shown = desk.get("/places/proposal/").content.decode()

    assert shown.count("De Ark") == 2 and her_case.number in shown and "First come, first served" in shown
    assert Process.objects.get(pk=opened.pk).state == before


def test_the_desk_decides_as_proposed_and_what_is_no_longer_so_is_left_and_named(
    her_case: Case, coordinator: Post, region: Any, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_unit(organisation=OrganisationFactory(), region=region, name="De Ark", places=1, addiction="yes")
    other = CaseFactory(region=region, person=PersonFactory(gender="woman"))
    first, second = (
        open_process(Placement, acting=coordinator, case_id=case.pk, region_id=region.pk, record={"kind": "crisis"})
        for case in (her_case, other)
    )
    desk, address = browser(PostFactory(role=Role.NATIONAL_DESK)), "/places/proposal/"
    shown = desk.get(address).content.decode()
    (choice,) = re.findall(r'name="chosen" value="([^"]+)"', shown)
    assert Process.objects.filter(state="offered").count() == 0

    nothing = desk.post(address, {}, follow=True).content.decode()
    assert "Nothing was chosen" in nothing
    as_other = choice.replace(*map(str, (first.pk, second.pk) if str(first.pk) in choice else (second.pk, first.pk)))
    said = desk.post(address, {"chosen": [choice, as_other]}, follow=True).content.decode()

    assert "For 1 request the unit is asked" in said and "was left as it was" in said
    assert Process.objects.filter(state="offered").count() == 1
    assert Stay.objects.count() == 1
    assert "was left as it was" in desk.post(address, {"chosen": [choice]}, follow=True).content.decode()
    assert desk.post(address, {"chosen": ["x"]}).status_code == 400

    monkeypatch.setattr(national, "QUICK", 0)
    follows = desk.get(address).content.decode()
    assert 'hx-get="?shown=1"' in follows and "data-list" not in follows
    assert "data-list" in desk.get(f"{address}?shown=1").content.decode()
