"""A coordinator keeps a unit in a real browser: with long names, on a telephone, in the dark."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from playwright.sync_api import BrowserContext, Page, expect

from access import clock
from access.models import Organisation, Post, Region
from access.roles import Role
from access.wall import Side, taken
from shelters import inventory
from shelters.models import Capacity, OutOfService, Placeable, Unit
from tests import browser as browsing
from tests.factories.access import OrganisationFactory, PostFactory, RegionFactory
from tests.factories.shelters import a_unit

pytestmark = browsing.IN_BROWSER

LONG = "Een tamelijk lange naam voor een voorziening-en-een-woord-zonder-einde-dat-nergens-breekt"


@pytest.fixture
def region(transactional_db: None) -> Region:
    made: Region = RegionFactory(name="Veluwerand en de dorpen daaromheen")
    return made


@pytest.fixture
def coordinator(region: Region) -> Post:
    return browsing.known(PostFactory(role=Role.CARE_COORDINATOR, regions=[region], user__name="Noor van den Berg"))


@pytest.fixture
def house(transactional_db: None) -> Organisation:
    made: Organisation = OrganisationFactory(kind=Organisation.Kind.SHELTER, name="Opvang Voorbeeld")
    return made


def now(read: Any) -> Any:
    """What the database says."""
    with taken(Side.CARE), transaction.atomic():
        return read()


def visit(context: BrowserContext, post: Post, path: str) -> Page:
    """A page of somebody who has signed in."""
    page = context.new_page()
    page.goto(f"/account/login/?next={path}")
    browsing.sign_in(page, post.user.email)
    page.wait_for_url(re.compile(re.escape(path)))
    return page


def looked_at(page: Page, name: str) -> None:
    """Nothing sticks out and axe finds nothing."""
    assert browsing.unfit(page, name) == []


def test_a_coordinator_keeps_a_unit(
    context: BrowserContext, coordinator: Post, house: Organisation, region: Region
) -> None:
    heard = browsing.complaints(context)
    page = visit(context, coordinator, "/shelter/")
    expect(page.get_by_text("Hier zijn geen voorzieningen")).to_be_visible()
    page.get_by_role("link", name="Voorziening toevoegen").click()
    page.get_by_label("Aanbieder").select_option(label=house.name)
    page.get_by_label("Naam", exact=True).fill("De Ark")
    page.get_by_label("Soort").select_option("crisis")
    page.get_by_label("Plekken", exact=True).fill("4")
    page.locator("summary", has_text="Multiproblematiek").focus()
    page.keyboard.press("Enter")  # opens the group
    page.get_by_label("Verslaving").select_option("consult")
    page.get_by_role("button", name="Opslaan").click()
    expect(page.get_by_role("heading", name="De Ark", level=1)).to_be_visible()
    expect(page.locator("#standing .is-main dd")).to_have_text("4")

    next_month = (clock.today().replace(day=1) + timedelta(days=32)).replace(day=1)
    page.keyboard.press("e")
    page.get_by_label("Geldt vanaf").fill(next_month.isoformat())
    page.get_by_label("Plekken", exact=True).fill("6")
    page.get_by_role("button", name="Opslaan").click()
    expect(page.locator("#lines")).to_contain_text("gepland")
    expect(page.locator("#lines")).to_contain_text("4 → 6")

    page.get_by_role("link", name="Buiten gebruik stellen").click()
    page.get_by_label("Hoeveel plekken").fill("9")
    page.get_by_label("Weer bruikbaar op").fill((clock.today() + timedelta(days=9)).isoformat())
    page.get_by_label("Reden").select_option("repair")
    page.get_by_role("button", name="Opslaan").click()
    expect(page.locator(".error-summary")).to_contain_text("zijn er 4, waarvan al 0 buiten gebruik")
    page.get_by_label("Hoeveel plekken").fill("1")
    page.get_by_role("button", name="Opslaan").click()
    expect(page.locator("#standing .is-main dd")).to_have_text("3")

    page.get_by_role("button", name="Vastleggen").click()
    expect(page.locator("#word")).to_contain_text("3 van 3 vrij")
    expect(page.locator("#word")).to_contain_text("Noor van den Berg")
    looked_at(page, "unit")
    assert [said for said in heard if "422" not in said] == []
    unit = now(lambda: Unit.objects.get())
    lines = now(lambda: [(line.places, line.addiction) for line in Capacity.objects.order_by("holds")])
    assert lines == [(4, "consult"), (6, "consult")]
    assert now(lambda: OutOfService.objects.get(unit=unit).places) == 1
    assert now(lambda: Placeable.objects.get(unit=unit).post_id) == coordinator.pk


def test_its_pages_are_fit_for_everybody(
    context: BrowserContext, coordinator: Post, house: Organisation, region: Region
) -> None:
    today = clock.today()
    with taken(Side.CARE), transaction.atomic():
        unit = a_unit(
            organisation=house, region=region, name=LONG, places=12, languages=["ti", "en"],
            contra_indications=LONG * 3, as_of=date(2020, 2, 2),
        )  # fmt: skip
        other = a_unit(organisation=house, region=region, name="Op Pad", kind="ambulatory", places=20)
        inventory.change(unit, {"places": 9, "genders": ["woman"]}, since=today + timedelta(days=30), remark=LONG)
        inventory.take_out(
            unit, places=2, since=today, until=today + timedelta(days=5), reason="repair", remark=LONG,
            acting=coordinator,
        )  # fmt: skip
        inventory.say_placeable(unit, 3, coordinator, LONG)
        inventory.end(other, today + timedelta(days=60), coordinator)
    page = visit(context, coordinator, "/shelter/")
    addresses = {
        "list": "/shelter/", "page": f"/shelter/units/{unit.pk}/", "help": f"/shelter/units/{other.pk}/",
        "change": f"/shelter/units/{unit.pk}/change/", "changes": "/shelter/changes/", "add": "/shelter/units/add/",
        "end": f"/shelter/units/{unit.pk}/end/",
    }  # fmt: skip
    for name, address in addresses.items():
        page.goto(address)
        if name == "change":
            page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")
        looked_at(page, name)
