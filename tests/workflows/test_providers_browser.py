"""A shelter worker at work in a real browser: the page of today and the planner, by keyboard and with the mouse."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from playwright.sync_api import BrowserContext, Page, expect

from access import clock
from access.models import Organisation, Post
from access.roles import Role
from access.wall import Side, taken
from shelters import door, inventory
from shelters.models import Stay, Unit
from tests import browser as browsing
from tests.factories.access import OrganisationFactory, PostFactory, RegionFactory
from tests.factories.cases import CaseFactory, PersonFactory
from tests.factories.shelters import a_unit
from workflows.casepage.circumstances import circumstances
from workflows.engine.steps import open_process, perform
from workflows.placement.machine import Placement

pytestmark = browsing.IN_BROWSER

LONG = "Een tamelijk lange naam voor een voorziening-en-een-woord-zonder-einde-dat-nergens-breekt"


@pytest.fixture
def provider(transactional_db: None) -> Post:
    """Somebody at a shelter with three units; people are there, coming, asked for and too long there."""
    region, now = RegionFactory(name="Veluwerand"), clock.now()
    with taken(Side.COMMON), transaction.atomic():
        house = OrganisationFactory(kind=Organisation.Kind.SHELTER, name="Opvang Voorbeeld")
        post = browsing.known(PostFactory(role=Role.SHELTER_PROVIDER, organisation=house, regions=[region]))
        coordinator = PostFactory(role=Role.CARE_COORDINATOR, regions=[region])
    with taken(Side.CARE), transaction.atomic():
        offers = {"age_from": 0, "genders": [], "children": "yes", "residence": []}
        ark = a_unit(organisation=house, region=region, name="De Ark", places=8, maximum_stay_days=90, **offers)
        a_unit(organisation=house, region=region, name=LONG, places=3, **offers)
        a_unit(organisation=house, region=region, name="Op Pad", kind="ambulatory", places=20)
        came = {1: (40, 30), 2: (20, -3), 3: (100, None), 4: (12, None)}
        for ago, planned in came.values():
            with clock.at(now - timedelta(days=ago)):
                case = CaseFactory(region=region, person=PersonFactory(gender="woman"))
                process = asked(case, coordinator, ark)
                perform(process, "accept", post)
                until = (now + timedelta(days=planned)).date().isoformat() if planned is not None else ""
                perform(process, "arrive", post, {"arrived_at": "", "planned_until": until})
        perform(asked(CaseFactory(region=region), coordinator, ark), "accept", post)
        asked(CaseFactory(region=region, needs=["psychiatric", "wheelchair"]), coordinator, ark)
        asked(CaseFactory(region=region), coordinator, ark, urgent=True)
        gone = uuid4()
        door.hold(ark.pk, gone, now - timedelta(days=9))
        door.arrive(gone, now - timedelta(days=9), None, now)
        door.release(gone, now - timedelta(days=1))
        day = clock.today()
        begins, ends = day + timedelta(days=9), day + timedelta(days=20)
        inventory.take_out(ark, places=1, since=begins, until=ends, reason="repair")
    return post


def asked(case: Any, coordinator: Post, unit: Unit, urgent: bool = False) -> UUID:
    """A place in a unit is asked for a case. Out: the process."""
    process = open_process(
        Placement, acting=coordinator, case_id=case.pk, region_id=case.region_id, facts=circumstances(case),
        record={"needs": case.needs}, urgent=urgent,
    )  # fmt: skip
    perform(process.pk, "offer", coordinator, {"unit": str(unit.pk)})
    return process.pk


def place_of(ref: UUID) -> Any:
    """Where somebody is now."""
    with taken(Side.CARE), transaction.atomic():
        return Stay.objects.get(ref=ref, period__contains=clock.now())


def test_a_shelter_worker_moves_people_by_keyboard_and_with_the_mouse(context: BrowserContext, provider: Post) -> None:
    heard = browsing.complaints(context)
    page = context.new_page()
    page.goto("/account/login/?next=/provider/")
    browsing.sign_in(page, provider.user.email)
    expect(page.get_by_role("heading", name="Onze plekken", level=1)).to_be_visible()
    expect(page.locator("#asked li")).to_have_count(2)
    expect(page.locator("#asked li").first).to_contain_text("Spoed")
    expect(page.locator("#coming li")).to_have_count(1)
    assert browsing.unfit(page, "home") == []

    page.locator(".planner-link a").first.click()
    expect(page.locator("[data-bar]")).to_have_count(7)
    assert browsing.unfit(page, "planner") == []
    by_keyboard(page)
    with_the_mouse(page)
    page.locator("[data-bar]").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert browsing.unfit(page, "stay") == []
    assert heard == []


def by_keyboard(page: Page) -> None:
    """Places 1 to 7 are taken: the first bar goes to 8, and its end three days later."""
    with taken(Side.CARE), transaction.atomic():
        before = Stay.objects.get(place=1, period__contains=clock.now())
    bar = page.locator("[data-place='1'] [data-bar]")
    bar.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-plan-said]")).to_contain_text("Plek 8")
    page.keyboard.press("Escape")
    expect(page.locator("[data-plan-said]")).to_contain_text("Teruggezet")
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    browsing.picture(page, "planner-moving")
    page.keyboard.press("Enter")
    expect(page.locator(".messages")).to_contain_text("Vastgelegd: plek 8")
    after = place_of(before.ref)
    assert after.place == 8
    expect(page.locator(f"#stay-{after.pk}")).to_be_focused()
    assert after.planned_until == before.planned_until + timedelta(days=3)


def drag(page: Page, x: float, y: float, to_x: float, to_y: float) -> None:
    """Drag from one point to another, again where the browser passed over it: it does before a new page is drawn."""
    for _ in range(30):
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(to_x, to_y, steps=4)
        if page.locator("[data-plan].is-dragging").count():
            break
        page.mouse.up()
        page.wait_for_timeout(100)
    page.mouse.up()


def with_the_mouse(page: Page) -> None:
    """Place 4 is dragged to 1, which became free; then its end is dragged to the left."""
    with taken(Side.CARE), transaction.atomic():
        ref = Stay.objects.get(place=4, period__contains=clock.now()).ref
    bar, target = page.locator("[data-place='4'] [data-bar]").last, page.locator("[data-place='1'] .plan-place")
    box, to = bar.bounding_box(), target.bounding_box()
    assert box is not None and to is not None
    drag(page, box["x"] + 30, box["y"] + 10, box["x"] + 30, to["y"] + 10)
    expect(page.locator(".messages")).to_contain_text("Vastgelegd: plek 1")
    assert place_of(ref).place == 1 and place_of(ref).planned_until is None
    expect(page.locator(f"#stay-{place_of(ref).pk}")).to_be_focused()
    box = page.locator("[data-place='1'] [data-bar]").bounding_box()
    assert box is not None
    drag(page, box["x"] + box["width"] - 3, box["y"] + 10, box["x"] + box["width"] / 2, box["y"] + 10)
    expect(page.locator(".messages")).to_contain_text("tot")
    assert place_of(ref).planned_until is not None
