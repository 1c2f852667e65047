"""One person's way to a place and on, in a real browser: as caseworker, desk, coordinator and provider."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import transaction
from playwright.sync_api import Browser, Page, expect

from access import clock
from access.models import Organisation, Post, Region
from access.roles import Role
from access.wall import Side, taken
from cases.models import Case
from shelters.models import Unit
from tests import browser as browsing
from tests.factories.access import OrganisationFactory, PostFactory, RegionFactory
from tests.factories.cases import CaseFactory, PersonFactory
from tests.factories.shelters import a_unit
from tests.workflows.test_casepage_browser import signed_in, step
from workflows.engine.models import Process
from workflows.placement.models import Turn

pytestmark = browsing.IN_BROWSER


@pytest.fixture
def region(transactional_db: None) -> Region:
    made: Region = RegionFactory(name="Waddenkust")
    return made


@pytest.fixture
def house(region: Region) -> Organisation:
    """A shelter whose only unit takes psychiatric problems in consultation."""
    made: Organisation = OrganisationFactory(kind=Organisation.Kind.SHELTER, name="Opvang Voorbeeld")
    with taken(Side.CARE), transaction.atomic():
        a_unit(
            organisation=made, region=region, name="De Ark met een naam die niet op één regel past", kind="crisis",
            places=2, psychiatric="consult", age_from=18, genders=["woman"],
        )  # fmt: skip
    return made


@pytest.fixture
def case(region: Region) -> Case:
    with taken(Side.CARE), transaction.atomic():
        person = PersonFactory(name="Zilvermeeuw Verzonnen", gender="woman", adult_confirmed=True)
        made: Case = CaseFactory(person=person, region=region, forms=["labour"], needs=["psychiatric"])
    return made


def sound(page: Page, name: str) -> None:
    """Nothing that hinders people."""
    assert browsing.unfit(page, f"placing-{name}") == []


def state() -> str:
    with taken(Side.CARE), transaction.atomic():
        return Process.objects.get(kind="placement").state


def test_from_the_request_to_the_place_and_on(
    chromium: Browser, site: str, region: Region, house: Organisation, case: Case
) -> None:
    people: dict[str, Post] = {
        "caseworker": PostFactory(role=Role.CASEWORKER, regions=[region]),
        "desk": PostFactory(role=Role.NATIONAL_DESK, organisation__kind="national_desk"),
        "provider": PostFactory(role=Role.SHELTER_PROVIDER, organisation=house, regions=[region]),
    }
    PostFactory(role=Role.CARE_COORDINATOR, regions=[region])
    pages = {}
    for name, post in people.items():
        context = chromium.new_context(viewport=browsing.WIDE, locale="nl-NL", base_url=site)
        pages[name] = signed_in(context, browsing.known(post), "/settings/")
    worker, desk, provider = pages["caseworker"], pages["desk"], pages["provider"]

    worker.goto(f"/cases/{case.pk}/start/placement/")
    worker.select_option("[name=urgency]", "night")
    sound(worker, "ask")
    with worker.expect_navigation():
        worker.locator("#start-form button[type=submit]").click()
    expect(worker.locator("main")).to_contain_text("Noodgeval in de nacht")

    desk.goto(f"/cases/{case.pk}/place/")
    with desk.expect_navigation():
        desk.locator("#wanted-form button[type=submit]").last.click()
    expect(desk.locator("main")).to_contain_text("Geen plaats past")
    expect(desk.locator("#near")).to_contain_text("in overleg")
    expect(desk.get_by_role("button", name="In overleg vragen")).to_be_visible()
    sound(desk, "near-miss")

    with taken(Side.CARE), transaction.atomic():
        unit = Unit.objects.get()
    provider.goto(f"/shelter/units/{unit.pk}/change/")
    provider.locator("details:has([name=psychiatric]) > summary").click()
    provider.select_option("[name=psychiatric]", "yes")
    with provider.expect_navigation():
        provider.locator("main form button[type=submit]").last.click()

    with desk.expect_navigation():
        desk.locator("#wanted-form button[type=submit]").last.click()
    expect(desk.locator("#fit")).to_contain_text("De Ark")
    with desk.expect_navigation():
        desk.get_by_role("button", name=re.compile("^Deze voorziening vragen")).click()
    expect(desk.locator(".messages")).to_contain_text("De voorziening is gevraagd")
    assert state() == "offered"

    with taken(Side.CARE), transaction.atomic():
        process = Process.objects.get(kind="placement")
    provider.goto("/notices/")
    expect(provider.locator("main")).to_contain_text("Uw voorziening wordt om een plek gevraagd")
    provider.goto(f"/process/{process.pk}/")
    step(provider, "Eerst iets vragen", question="Verzonnen: is er een tolk nodig?")
    provider.goto(f"/process/{process.pk}/")  # it lies with the coordinator now; the provider sees where it stands
    expect(provider.locator("main")).to_contain_text("Verzonnen: is er een tolk nodig?")
    sound(provider, "provider-asked")

    worker.goto(f"/cases/{case.pk}/")
    step(worker, "Aanbieder antwoorden", answer="Verzonnen: ja, Tigrinya.")
    provider.goto(f"/process/{process.pk}/")
    expect(provider.locator("main")).to_contain_text("Tigrinya")
    expect(provider.locator("main")).not_to_contain_text("Zilvermeeuw")
    step(provider, "Accepteren")
    step(provider, "Is aangekomen", planned_until=(clock.today() + timedelta(days=45)).isoformat(), next_step="move_on")
    assert state() == "in_place"

    worker.goto(f"/cases/{case.pk}/")
    expect(worker.locator("main")).to_contain_text("Doorstroomopvang")
    sound(worker, "in-place")
    worker.goto(f"/placements/{process.pk}/")
    expect(worker.locator("#turns")).to_contain_text("Geaccepteerd")
    sound(worker, "course")
    worker.goto(f"/cases/{case.pk}/")
    step(worker, "Volgende stap plannen", planned_until=(clock.today() + timedelta(days=60)).isoformat())
    step(worker, "Is vertrokken", left_to="move_on")
    assert state() == "ended"
    with taken(Side.CARE), transaction.atomic():
        assert [turn.outcome for turn in Turn.objects.all()] == ["accepted"]
