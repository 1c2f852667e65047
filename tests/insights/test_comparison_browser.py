"""The comparison in a real browser, on a desk and on a telephone, with and without figures."""

from __future__ import annotations

import re

import pytest
from django.db import transaction
from playwright.sync_api import Browser, expect

from access.models import Post
from access.roles import Role
from access.wall import Side
from tests import browser as browsing
from tests.factories.access import OrganisationFactory, PostFactory
from tests.insights.test_comparison import eight_files
from tests.workflows.test_casepage_browser import signed_in

pytestmark = browsing.IN_BROWSER


@pytest.fixture
def analyst(transactional_db: None) -> Post:
    ministry = OrganisationFactory(kind="ministry", side=Side.COMMON)
    return browsing.known(PostFactory(role=Role.ANALYST, organisation=ministry, user__name="Noor van den Berg"))


def test_nothing_hinders_people_in_reading_it(chromium: Browser, site: str, analyst: Post) -> None:
    with transaction.atomic():
        eight_files()
    ours = chromium.new_context(viewport=browsing.WIDE, locale="nl-NL", base_url=site)
    heard = browsing.complaints(ours)
    page = signed_in(ours, analyst, "/comparison/")
    expect(page.locator("h1")).to_have_text(re.compile("Vergelijking van procedures"))
    assert browsing.unfit(page, "comparison") == []
    assert heard == []
