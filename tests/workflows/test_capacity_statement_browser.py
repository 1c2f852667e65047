"""The grid of a statement in a real browser: by keyboard alone, pasted from a spreadsheet, on a phone."""

from __future__ import annotations

import pytest
from django.db import transaction
from playwright.sync_api import BrowserContext, Page

from access.models import Post
from access.roles import Role
from access.wall import Side, taken
from tests.browser import IN_BROWSER, complaints, findings, known, sign_in, unfit
from tests.factories.access import OrganisationFactory, PostFactory, RegionFactory
from tests.factories.shelters import a_unit
from workflows.capacity_statement import opening
from workflows.capacity_statement.models import Line, Statement

pytestmark = IN_BROWSER
UNITS = 40


class Ground:
    """A region of forty units with a statement of this week, half of them stated before."""

    def __init__(self) -> None:
        self.region = RegionFactory(name="Proefregio")
        self.coordinator: Post = known(PostFactory(role=Role.CARE_COORDINATOR, regions=[self.region]))
        self.desk: Post = PostFactory(role=Role.NATIONAL_DESK, organisation__kind="national_desk")
        house = OrganisationFactory(kind="shelter", name="Opvang Voorbeeld met een lange naam die afbreekt")
        with taken(Side.CARE), transaction.atomic():
            for number in range(UNITS):
                a_unit(organisation=house, region=self.region, name=f"Afdeling {number:02}", places=4, scheme_id="cosm")
            opening.open_due()
            self.statement: Statement = Statement.objects.get()
            Line.objects.update(occupied=3, reserved=0)

    def lines(self) -> list[Line]:
        """The lines as they are kept."""
        with taken(Side.CARE), transaction.atomic():
            return list(Line.objects.order_by("unit__name"))

    def state(self) -> str:
        """Where the statement stands."""
        with taken(Side.CARE), transaction.atomic():
            found: str = Statement.objects.select_related("process").get().process.state
            return found


@pytest.fixture
def ground(site: str) -> Ground:
    """The region."""
    return Ground()


def opened(context: BrowserContext, ground: Ground) -> Page:
    """The grid as the coordinator sees it."""
    page = context.new_page()
    page.goto(f"/account/login/?next=/statements/{ground.statement.pk}/")
    sign_in(page, ground.coordinator.user.email)
    page.wait_for_selector("[data-cell]")
    return page


def press(page: Page, *keys: str) -> int:
    """Press keys, one after the other. Out: how many."""
    for key in keys:
        page.keyboard.press(key)
    return len(keys)


def test_forty_units_are_stated_in_sixty_keys_when_nothing_changed(context: BrowserContext, ground: Ground) -> None:
    heard = complaints(context)
    page = opened(context, ground)
    page.locator("[data-cell]").first.focus()
    pressed = press(page, "Shift+B", "Control+Enter")
    page.wait_for_url("**/statements/**", wait_until="load")
    page.wait_for_selector("text=Ingediend")
    assert ground.state() == "submitted" and not any(line.carried for line in ground.lines())
    assert pressed <= 60
    assert heard == []


def test_line_after_line_is_confirmed_with_one_key_each(context: BrowserContext, ground: Ground) -> None:
    page = opened(context, ground)
    page.locator("[data-cell]").first.focus()
    pressed = press(page, *["b"] * UNITS, "Control+Enter")
    page.wait_for_selector("text=Ingediend")
    assert ground.state() == "submitted" and pressed <= 60


def test_forty_lines_are_pasted_from_a_spreadsheet(context: BrowserContext, ground: Ground) -> None:
    page = opened(context, ground)
    page.locator("[data-cell]").first.focus()
    rows = "\r\n".join(f"{4 + n % 3}\t{n % 4}\t0\t0" for n in range(UNITS))
    page.evaluate(
        """text => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true,
                cancelable: true}));
        }""",
        rows,
    )
    assert page.locator("[data-total=places]").inner_text() == str(sum(4 + n % 3 for n in range(UNITS)))
    page.get_by_role("button", name="Opslaan").click()
    page.wait_for_selector("text=Bewaard")
    kept = [(line.places, line.occupied, line.carried) for line in ground.lines()]
    assert kept == [(4 + n % 3, n % 4, False) for n in range(UNITS)]


def test_arrows_and_enter_go_as_in_a_spreadsheet_and_totals_follow(context: BrowserContext, ground: Ground) -> None:
    page = opened(context, ground)
    page.locator("[data-cell]").first.focus()
    where = "[...document.querySelectorAll('[data-cell]')].indexOf(document.activeElement)"
    press(page, "ArrowDown", "ArrowRight")
    assert page.evaluate(where) == 7
    press(page, "Enter", "ArrowUp", "ArrowUp", "ArrowLeft")
    assert page.evaluate(where) == 0
    page.keyboard.type("9")
    assert page.locator("[data-total=places]").inner_text() == str(UNITS * 4 + 5)
    press(page, "Escape")
    assert page.locator("[data-total=places]").inner_text() == str(UNITS * 4)


def test_it_can_be_used_by_everybody(context: BrowserContext, ground: Ground) -> None:
    page = opened(context, ground)
    for address in (f"/statements/{ground.statement.pk}/", "/statements/", f"/statements/region/{ground.region.pk}/"):
        page.goto(address)
        assert unfit(page) == [], address
    page.goto(f"/statements/{ground.statement.pk}/")
    page.locator("[data-cell]").first.fill("-4")
    page.get_by_role("button", name="Opslaan").click()
    page.wait_for_selector("text=niet negatief")
    assert findings(page) == []
    assert page.locator("[data-cell]").first.input_value() == "-4"
