"""The reflection period in a real browser: offered, accepted, a signal told, ended; on a desk and on a telephone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from playwright.sync_api import Browser, expect

from access import clock
from access.models import Post, Region
from access.roles import Role
from access.wall import Side, taken
from cases.models import Case
from tests import browser as browsing
from tests.factories.access import PostFactory, RegionFactory
from tests.factories.cases import CaseFactory, PersonFactory
from tests.workflows.test_casepage_browser import signed_in
from workflows.engine.models import Process
from workflows.engine.sweep import sweep
from workflows.reflection_period.models import ReflectionPeriod

pytestmark = browsing.IN_BROWSER


@pytest.fixture
def coordinator(transactional_db: None) -> Post:
    region: Region = RegionFactory(name="Waddenkust")
    return browsing.known(PostFactory(role=Role.CARE_COORDINATOR, regions=[region], user__name="Noor van den Berg"))


@pytest.fixture
def case(coordinator: Post) -> Case:
    with taken(Side.CARE), transaction.atomic():
        made: Case = CaseFactory(person=PersonFactory(name="Strandloper Verzonnen"), region=Region.objects.get())
    return made


def sound(page: Any, name: str) -> None:
    """Nothing that hinders people."""
    assert browsing.unfit(page, f"reflection-{name}") == []


def test_offered_accepted_signalled_and_ended(chromium: Browser, site: str, coordinator: Post, case: Case) -> None:
    ours = chromium.new_context(viewport=browsing.WIDE, locale="nl-NL", base_url=site)
    heard = browsing.complaints(ours)
    page = signed_in(ours, coordinator, f"/cases/{case.pk}/")
    started = clock.today() - timedelta(days=61)

    page.goto(f"/cases/{case.pk}/start/reflection_period/")
    page.fill("#start-form [name=offered_on]", started.isoformat())
    page.select_option("#start-form [name=offered_by]", "police")
    page.fill("#start-form [name=language]", "Tigrinya, Engels")
    page.locator("#start-form button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("Noem één taal")
    sound(page, "offer")
    page.fill("#start-form [name=language]", "Tigrinya")
    page.locator("#start-form [name=interpreter]").check()
    page.locator("#start-form button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("via een tolk")

    def step(label: str) -> None:
        page.locator("main").get_by_role("link", name=label, exact=True).click()
        expect(page.locator("dialog[open]")).to_be_visible()

    def send() -> None:
        with page.expect_navigation():
            page.locator("dialog[open] form button[type=submit]").last.click()

    step("Wil bedenktijd")
    page.fill("dialog[open] [name=answered_on]", started.isoformat())
    send()
    step("Gaat in")
    page.fill("dialog[open] [name=started_on]", started.isoformat())
    page.locator("dialog[open] [name=rule][value=general]").check()
    send()
    expect(page.locator("main")).to_contain_text("De algemene regel")
    sound(page, "running")

    with taken(Side.CARE), transaction.atomic():
        process = Process.objects.get(kind="reflection_period")
        first = next(moment for moment in process.signals if moment is not None)
        assert isinstance(first, datetime)
    sweep(Side.CARE, first)
    page.goto("/notices/")
    expect(page.locator("main")).to_contain_text("Vroege herinnering")
    sound(page, "notice")

    page.goto(f"/cases/{case.pk}/")
    step("Beëindigen")
    page.locator("dialog[open] [name=follows][value=hardship]").check()
    send()
    expect(page.locator("main")).to_contain_text("Schrijnend pad")
    expect(page.locator("main")).not_to_contain_text("start/reflection_period")
    with taken(Side.CARE), transaction.atomic():
        assert ReflectionPeriod.objects.get().follows == "hardship"
    assert [said for said in heard if "422" not in said] == []  # what was refused on purpose
