"""The case page in a real browser: from a report at night to a bed, by keyboard, on a telephone, in the dark."""

from __future__ import annotations

import re

import pytest
from django.db import transaction
from playwright.sync_api import Browser, BrowserContext, Page, expect

from access.models import Organisation, Post, Region
from access.roles import Role
from access.wall import Side, taken
from cases.models import Case
from cases.models import Referral as Report
from shelters.models import Unit
from tests import browser as browsing
from tests.factories.access import OrganisationFactory, PostFactory, RegionFactory
from tests.factories.cases import CaseFactory, PersonFactory, ReferralFactory
from tests.factories.shelters import a_unit
from workflows.casepage.circumstances import circumstances
from workflows.engine import acts
from workflows.engine.models import Process
from workflows.engine.steps import open_process, perform
from workflows.placement.machine import Placement
from workflows.referral.machine import Referral

pytestmark = browsing.IN_BROWSER


@pytest.fixture
def region(transactional_db: None) -> Region:
    made: Region = RegionFactory(name="Waddenkust")
    return made


@pytest.fixture
def coordinator(region: Region) -> Post:
    return browsing.known(PostFactory(role=Role.CARE_COORDINATOR, regions=[region], user__name="Noor van den Berg"))


@pytest.fixture
def provider(region: Region) -> Post:
    house = OrganisationFactory(kind=Organisation.Kind.SHELTER, name="Opvang Voorbeeld")
    with taken(Side.CARE), transaction.atomic():
        a_unit(organisation=house, region=region, name="De Ark", kind="crisis", places=1)
    post = PostFactory(role=Role.SHELTER_PROVIDER, organisation=house, regions=[region], user__name="Sem Oyelaran")
    return browsing.known(post)


@pytest.fixture
def case(coordinator: Post, region: Region) -> Case:
    """A case with an open referral, a paused placement, a long story, and a process that is over."""
    with taken(Side.CARE), transaction.atomic():
        person = PersonFactory(name="Zilvermeeuw van der Verzonnen-Achternaam tot Voorbeeldstad")
        made = CaseFactory(person=person, region=region, safety_level="high", safety_notes="Bel nooit na zessen. " * 12)
        report: Report = ReferralFactory(case=made, registered_by=coordinator, story="Verzonnen verhaal. " * 60)
        about = {"acting": coordinator, "case_id": made.pk, "region_id": region.pk, "facts": circumstances(made)}
        open_process(Referral, record={"report": report}, urgent=True, **about)
        paused = open_process(Placement, **about)
        acts.pause(paused.pk, coordinator, reason="Wacht op een tolk die de taal spreekt. " * 5)
        over = open_process(Placement, **about)
        perform(over.pk, "withdraw", coordinator, {"reason": "Onderdak gevonden bij familie."})
    return made


def signed_in(context: BrowserContext, post: Post, path: str = "/") -> Page:
    """A page of somebody who has signed in."""
    page = context.new_page()
    page.goto(f"/account/login/?next={path}")
    browsing.sign_in(page, post.user.email)
    page.wait_for_url(re.compile(re.escape(path)))
    return page


def step(page: Page, label: str, **fields: str) -> None:
    """Make a step in its dialog: fields by their name."""
    page.locator("main").get_by_role("link", name=label, exact=True).click()
    dialog = page.locator("dialog[open]")
    expect(dialog).to_be_visible()
    for name, value in fields.items():
        field = dialog.locator(f"[name={name}]")
        if field.get_attribute("type") == "checkbox":
            field.check()
        elif field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    with page.expect_navigation():
        dialog.locator("form button[type=submit]").last.click()


class Keys:
    """A keyboard that counts."""

    def __init__(self, page: Page) -> None:
        self.page, self.pressed = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1

    def until(self, key: str, selector: str) -> None:
        """Press a key until the element has the focus."""
        for _time in range(60):
            if self.page.evaluate("s => document.activeElement.matches(s)", selector):
                return
            self.press(key)
        raise AssertionError(f"{selector} cannot be reached with {key}")

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.pressed += len(text)


# -- From a report to a bed -------------------------------------------------------------------------------------------


def test_from_a_report_to_a_bed(chromium: Browser, site: str, coordinator: Post, provider: Post) -> None:
    ours = chromium.new_context(viewport=browsing.WIDE, locale="nl-NL", base_url=site)
    heard = browsing.complaints(ours)
    page = signed_in(ours, coordinator, "/intake/")
    page.fill("[name=name]", "Grutto Verzonnen")
    page.select_option("[name=source_kind]", "police")
    page.locator("[name=urgent]").check()
    page.locator("[name=gender]").select_option("woman")
    page.locator("[name=needs][value=children]").check()
    browsing.picture(page, "1-intake")
    with page.expect_navigation():
        page.get_by_role("button", name="Aanmelding opslaan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Grutto Verzonnen")
    expect(page.locator(".messages")).to_contain_text("de melding is vastgelegd")
    browsing.picture(page, "2-received")

    step(page, "Triage beginnen")
    expect(page.locator(".messages")).to_contain_text("Nu: In triage")
    step(page, "Accepteren", shelter="on", shelter_kind="crisis")
    expect(page.locator(".messages")).to_contain_text("Plaatsing is gestart.")
    browsing.picture(page, "3-accepted")
    step(page, "Zoeken beginnen")
    unit = page.locator("main").get_by_role("link", name="Voorziening vragen")
    unit.click()
    browsing.picture(page, "4-ask-a-unit")
    page.locator("dialog[open] select[name=unit]").select_option(index=1)
    with page.expect_navigation():
        page.locator("dialog[open] form button[type=submit]").last.click()
    expect(page.locator(".lane").first).to_contain_text("Opvang Voorbeeld")
    browsing.picture(page, "5-asked")

    theirs = chromium.new_context(viewport=browsing.WIDE, locale="nl-NL", base_url=site)
    with taken(Side.CARE), transaction.atomic():
        placement = Process.objects.get(kind="placement")
    shelter = signed_in(theirs, provider, f"/process/{placement.pk}/")
    expect(shelter.locator("main")).not_to_contain_text("Grutto")
    expect(shelter.locator("main")).to_contain_text("Plek voor kinderen")
    browsing.picture(shelter, "6-provider")
    step(shelter, "Accepteren")
    expect(shelter.locator(".lane")).to_contain_text("Geaccepteerd")
    step(shelter, "Is aangekomen", planned_until="")
    browsing.picture(shelter, "7-arrived-provider")

    page.reload()
    expect(page.locator(".lane").first).to_contain_text("Op de plek")
    expect(page.locator(".lane").first).to_contain_text("De Ark")
    browsing.picture(page, "8-in-place")
    page.get_by_role("link", name="Bekijk de afgelegde weg").first.click()
    expect(page.locator(".machine-state.is-here")).to_contain_text("Op de plek")
    browsing.picture(page, "9-way")
    assert heard == []
    ours.close()
    theirs.close()


def test_an_emergency_at_night_is_in_with_few_keys(context: BrowserContext, coordinator: Post) -> None:
    """Sixty seconds are enough: at one key a second, which is slow, this is a third of them."""
    page = signed_in(context, coordinator, "/about/")
    keys = Keys(page)
    keys.press("g")
    with page.expect_navigation():
        keys.press("i")
    assert page.evaluate("document.activeElement.name") == "urgent"
    keys.press("Space")
    keys.until("Tab", "[name=source_kind]")
    keys.type("Pol")
    keys.until("Tab", "[name=legal_ground]")
    keys.until("Tab", "main form button[type=submit]")
    with page.expect_navigation():
        keys.press("Enter")
    page.wait_for_url(re.compile("/cases/"))
    with taken(Side.CARE), transaction.atomic():
        process = Process.objects.get()
    assert process.urgent and process.kind == "referral"
    assert keys.pressed <= 20, f"{keys.pressed} keys"


def test_a_step_is_made_by_keyboard_alone(context: BrowserContext, case: Case, coordinator: Post) -> None:
    page = signed_in(context, coordinator, f"/cases/{case.pk}/")
    keys = Keys(page)
    keys.until("Tab", "a[href$='/begin_triage/']")
    keys.press("Enter")
    expect(page.locator("dialog[open]")).to_be_visible()
    keys.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert page.evaluate("document.activeElement.getAttribute('href')").endswith("/begin_triage/")
    keys.press("Enter")
    keys.until("Tab", "dialog form button[type=submit]")
    with page.expect_navigation():
        keys.press("Enter")
    expect(page.locator(".messages")).to_contain_text("Nu: In triage")


def test_pressing_twice_makes_one_step(context: BrowserContext, case: Case, coordinator: Post) -> None:
    page = signed_in(context, coordinator, f"/cases/{case.pk}/")
    page.locator("a[href$='/begin_triage/']").click()
    with page.expect_navigation():
        page.locator("dialog[open] form button[type=submit]").last.dblclick()
    expect(page.locator(".lane", has_text="Aanmelding").first).to_contain_text("In triage")
    with taken(Side.CARE), transaction.atomic():
        process = Process.objects.get(kind="referral")
        assert process.log.filter(action="begin_triage").count() == 1


def test_who_was_second_finds_the_typed_text_and_can_go_on(
    context: BrowserContext, case: Case, coordinator: Post
) -> None:
    page = signed_in(context, coordinator, f"/cases/{case.pk}/")
    page.locator("a[href$='/withdraw/']").first.click()
    page.locator("dialog[open] textarea").fill("Een lange reden die niet weg mag.")
    with taken(Side.CARE), transaction.atomic():
        perform(Process.objects.get(kind="referral").pk, "begin_triage", coordinator, {})
    with page.expect_navigation():
        page.locator("dialog[open] form button[type=submit]").last.click()
    expect(page.locator("main")).to_contain_text("Iemand anders was eerder.")
    expect(page.locator("main")).to_contain_text("In triage")
    expect(page.locator("main textarea")).to_have_value("Een lange reden die niet weg mag.")
    browsing.picture(page, "race")
    with page.expect_navigation():
        page.locator("main form button[type=submit]").last.click()
    expect(page.locator(".messages")).to_contain_text("Ingetrokken")


# -- Looks ------------------------------------------------------------------------------------------------------------


def test_axe_finds_nothing_and_nothing_sticks_out(
    context: BrowserContext, case: Case, coordinator: Post, provider: Post
) -> None:
    heard = browsing.complaints(context)
    page = signed_in(context, coordinator, "/about/")
    with taken(Side.CARE), transaction.atomic():
        process = Process.objects.get(kind="referral")
        unit = Unit.objects.get()
    for name, path in {
        "case": f"/cases/{case.pk}/",
        "step": f"/process/{process.pk}/accept/",
        "onward": f"/process/{process.pk}/refer_onward/",
        "hand-over": f"/process/{process.pk}/act/hand_over/",
        "snooze": f"/process/{process.pk}/act/snooze/",
        "start": f"/cases/{case.pk}/start/placement/",
        "intake": "/intake/",
        "machines": "/processes/",
        "machine": f"/processes/referral/?process={process.pk}",
        "placement": "/processes/placement/",
        "shelter": "/shelter/",
        "unit": f"/shelter/units/{unit.pk}/",
    }.items():
        page.goto(path)
        page.evaluate("for (const folded of document.querySelectorAll('main details')) folded.open = true")
        page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
        assert browsing.unfit(page, name) == []
    assert heard == []
