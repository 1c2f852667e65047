"""The page of undecided mails in a real browser: wide, narrow, light, dark, by keyboard."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from playwright.sync_api import Browser, Page, expect

from access import clock
from access.models import Post
from access.roles import Role
from access.wall import Side, taken
from tests import browser as browsing
from tests.factories.access import PostFactory, RegionFactory
from tests.factories.cases import CaseFactory
from workflows.engine.models import Delivery
from workflows.engine.steps import open_process
from workflows.engine.sweep import sweep
from workflows.engine.watch import watch
from workflows.placement.machine import Placement

pytestmark = browsing.IN_BROWSER


@pytest.fixture
def supervisor(site: str) -> Post:
    """A supervisor in whose region three mails are undecided or refused, and something is late."""
    region = RegionFactory()
    coordinator = PostFactory(role=Role.CARE_COORDINATOR, regions=[region], user__name="Noor Test")
    post: Post = PostFactory(role=Role.SUPERVISOR, organisation=coordinator.organisation, regions=[region])
    browsing.known(post)
    past = clock.now() - timedelta(hours=5, minutes=30)
    with taken(Side.CARE), transaction.atomic():
        for _ in range(3):
            case = CaseFactory(region=region)
            open_process(Placement, acting=coordinator, case_id=case.pk, region_id=region.pk, now=past)
    sweep(Side.CARE, past + timedelta(hours=3, minutes=1))
    with taken(Side.CARE), transaction.atomic():
        ids = list(Delivery.objects.order_by("pk").values_list("pk", flat=True))
        Delivery.objects.filter(pk__in=ids[:2]).update(state="uncertain", why="no_answer")
        Delivery.objects.filter(pk=ids[2]).update(state="failed", why="550 5.1.1")
    watch(Side.CARE)
    return post


def opened(chromium: Browser, site: str, post: Post, **how: Any) -> Page:
    """The page, for a person who has just signed in."""
    page = chromium.new_context(locale="nl-NL", base_url=site, **how).new_page()
    page.goto("/mail/")
    browsing.sign_in(page, post.user.email)
    expect(page.get_by_role("heading", level=1)).to_contain_text("E-mail die op een besluit wacht")
    return page


def test_the_page_is_for_everybody(chromium: Browser, site: str, supervisor: Post) -> None:
    page = opened(chromium, site, supervisor, viewport=browsing.WIDE)
    assert browsing.unfit(page, "mail") == []


def test_a_decision_is_made_by_keyboard_alone(chromium: Browser, site: str, supervisor: Post) -> None:
    page = opened(chromium, site, supervisor, viewport=browsing.WIDE)
    page.locator(".row-choice").first.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Aangekomen").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 e-mail is volgens u aangekomen.")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(2)
