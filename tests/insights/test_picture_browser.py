"""The national picture in a real browser: map, charts, downloads; for everybody, at both widths."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from playwright.sync_api import BrowserContext

from access.models import Post
from access.roles import Role
from access.wall import Side, taken
from tests.browser import IN_BROWSER, complaints, known, sign_in, unfit
from tests.factories.access import OrganisationFactory, PostFactory, RegionFactory
from tests.factories.shelters import a_unit

pytestmark = IN_BROWSER


@pytest.fixture
def analyst(site: str) -> Post:
    """An analyst, and a country with units in two provinces."""
    house = OrganisationFactory(kind="shelter")
    for code, name in (("PV27", "Noord-Holland"), ("PV31", "Limburg")):
        province = RegionFactory(level="province", code=code, name=name)
        region: Any = RegionFactory(name=f"Regio in {name}", parent=province)
        with taken(Side.CARE), transaction.atomic():
            a_unit(organisation=house, region=region, name=f"Unit {code}", places=7)
    return known(PostFactory(role=Role.ANALYST))


def test_it_can_be_used_by_everybody(context: BrowserContext, analyst: Post) -> None:
    heard = complaints(context)
    page = context.new_page()
    page.goto("/account/login/?next=/picture/")
    sign_in(page, analyst.user.email)
    page.wait_for_selector("[data-chart] canvas")
    for address in ("/picture/", "/picture/gaps/", "/picture/why-not/", "/picture/definitions/", "/picture/places/"):
        page.goto(address)
        page.wait_for_selector("[hx-trigger=load]", state="detached")  # demand has followed
        assert unfit(page, address.strip("/").replace("/", "-")) == [], address
    page.goto("/picture/years/")
    page.wait_for_selector("[data-arrived] canvas")
    assert unfit(page, "picture-years") == []
    page.goto("/picture/")
    page.locator('thead a[href$="#asked"]').wait_for()
    page.locator(".map a[aria-label^='Limburg']").focus()
    page.keyboard.press("Enter")
    assert page.locator("details[open]").inner_text().count("Regio in Limburg") == 1
    for kind in ("png", "svg"):
        with page.expect_download() as saved:
            page.locator(f"[data-save={kind}]").first.click()
        content = saved.value.path().read_bytes()
        assert content[:4] == b"\x89PNG" if kind == "png" else b"<svg" in content[:200]
    with page.expect_download() as saved:
        page.locator("[data-save-map]").click()
    assert b"Limburg" in saved.value.path().read_bytes()
    assert heard == []
