"""Handing over and break-glass in a real browser: three sides, a telephone, and nothing that keeps anybody out."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import transaction
from playwright.sync_api import Browser, BrowserContext, Page, expect

from access import clock
from access.models import Organisation, Post, Region
from access.roles import Role
from access.wall import Side, taken
from cases.models import Case
from tests import browser as browsing
from tests.factories.access import OrganisationFactory, PostFactory, RegionFactory, UserFactory
from tests.factories.cases import CaseAccessFactory, CaseFactory, PersonFactory

pytestmark = browsing.IN_BROWSER


@pytest.fixture
def region(transactional_db: None) -> Region:
    made: Region = RegionFactory(name="Waddenkust")
    return made


@pytest.fixture
def coordinator(region: Region) -> Post:
    return browsing.known(PostFactory(role=Role.CARE_COORDINATOR, regions=[region], user__name="Noor van den Berg"))


@pytest.fixture
def secretary(region: Region) -> Post:
    committee = OrganisationFactory(
        kind=Organisation.Kind.COMMITTEE,
        side=Side.DETERMINATION,
        name="Commissie vaststelling slachtofferschap Voorbeeld met een lange naam",
    )
    return browsing.known(
        PostFactory(role=Role.COMMITTEE_SECRETARY, organisation=committee, user__name="Mees Testveld")
    )


@pytest.fixture
def officer(region: Region) -> Post:
    house = OrganisationFactory(kind=Organisation.Kind.NATIONAL_DESK)
    return browsing.known(PostFactory(role=Role.PRIVACY_OFFICER, organisation=house, user__name="Juno Voorbeeld"))


def signed_in(chromium: Browser, site: str, post: Post, path: str) -> tuple[BrowserContext, Page]:
    """A visit of somebody who has signed in."""
    context = chromium.new_context(viewport=browsing.WIDE, locale="nl-NL", base_url=site)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"/account/login/?next={path}")
    browsing.sign_in(page, post.user.email)
    page.wait_for_url(re.compile(re.escape(path)))
    return context, page


def looked_at(page: Page, name: str) -> None:
    """Nothing on the page keeps anybody out."""
    assert browsing.unfit(page, name) == []


def test_something_is_handed_over_read_on_the_other_side_and_ended(
    chromium: Browser, site: str, coordinator: Post, secretary: Post, region: Region
) -> None:
    case: Case = CaseFactory(
        region=region,
        person=PersonFactory(
            name="Zilvermeeuw Verzonnen", alias="Vlinder", languages=["ti"], safe_contact="Via school."
        ),
    )
    care, page = signed_in(chromium, site, coordinator, f"/cases/{case.pk}/")
    heard = browsing.complaints(care)
    page.get_by_role("link", name=re.compile("^Alle overdrachten")).click()
    looked_at(page, "handovers-none")
    page.get_by_role("link", name="Overdragen").first.click()
    page.get_by_label("Aan wie").select_option(str(secretary.organisation_id))
    page.get_by_label("Waarvoor").select_option("request_determination")
    page.get_by_label("Op welke grondslag").select_option("request_of_person")
    page.locator("input[name=facts][value=alias]").check()
    page.get_by_label(re.compile("^In woorden, voor dit doel")).fill("Ik wil dat dit wordt vastgesteld.")
    looked_at(page, "handovers-make")
    page.get_by_role("button", name="Laat zien wat er gaat").click()
    expect(page.get_by_text("Ik wil dat dit wordt vastgesteld.")).to_be_visible()
    expect(page.get_by_text("Zilvermeeuw")).to_have_count(0)
    looked_at(page, "handovers-preview")
    page.get_by_role("button", name="Overdragen").click()
    expect(page.get_by_text("Overgedragen aan")).to_be_visible()
    looked_at(page, "handovers-case")
    page.get_by_role("link", name="Nederlands", exact=True).click()
    looked_at(page, "handovers-paper")

    other, reading = signed_in(chromium, site, secretary, "/handovers/")
    looked_at(reading, "handovers-inbox")
    reading.get_by_role("link", name="Verzoek om vaststelling").click()
    expect(reading.get_by_text("Vlinder")).to_be_visible()
    looked_at(reading, "handovers-read")

    page.goto(f"/cases/{case.pk}/handovers/")
    page.get_by_role("link", name="Verzoek om vaststelling").click()
    page.get_by_role("link", name="Beëindigen").click()
    page.get_by_label("Waarom").fill("Niet meer nodig.")
    page.get_by_role("button", name="De overdracht beëindigen").click()
    expect(page.get_by_text("De ontvanger kan het niet meer lezen.")).to_be_visible()
    reading.reload()
    expect(reading.get_by_text("Het is niet meer te lezen")).to_be_visible()
    expect(reading.get_by_text("Vlinder")).to_have_count(0)
    looked_at(reading, "handovers-over")
    assert heard == []
    care.close()
    other.close()


def test_the_glass_is_broken_at_night_and_judged_by_day(
    chromium: Browser, site: str, coordinator: Post, officer: Post, region: Region
) -> None:
    hidden: Case = CaseAccessFactory(case__region=region, user=UserFactory()).case
    care, page = signed_in(chromium, site, coordinator, "/break-glass/")
    looked_at(page, "break-glass-ask")
    page.get_by_label("Dossiernummer").fill("L-2026-999999")
    page.get_by_label("Waarom moet het dossier nu open?").fill("De betrokkene belt in paniek, niemand neemt op.")
    page.get_by_label(re.compile("^Ik weet dat mijn leidinggevende")).check()
    page.get_by_role("button", name="Noodknop gebruiken").click()
    expect(page.get_by_text("Er is niets geopend")).to_be_visible()
    looked_at(page, "break-glass-nothing")
    page.get_by_label("Dossiernummer").fill(hidden.number)
    page.get_by_role("button", name="Noodknop gebruiken").click()
    expect(page.get_by_text("Geopend met de noodknop").first).to_be_visible()
    looked_at(page, "break-glass-case")
    page.get_by_role("link", name="Waarom, en teruggeven").click()
    page.get_by_role("button", name="De toegang nu teruggeven").click()
    looked_at(page, "break-glass-own")

    review, judging = signed_in(chromium, site, officer, "/break-glass/uses/")
    looked_at(judging, "break-glass-list")
    judging.get_by_role("link", name=hidden.number).click()
    expect(judging.get_by_text("De betrokkene belt in paniek")).to_be_visible()
    looked_at(judging, "break-glass-review")
    judging.get_by_role("link", name="Terecht", exact=True).click()
    judging.get_by_label("Reden").fill("Er was gevaar.")
    judging.get_by_role("button", name="Terecht", exact=True).click()
    expect(judging.get_by_text("Terecht").first).to_be_visible()
    care.close()
    review.close()
    with taken(Side.CARE), transaction.atomic():
        assert (
            not hidden.named.in_force().filter(user=coordinator.user_id, until__gt=clock.now() + timedelta(0)).exists()
        )
