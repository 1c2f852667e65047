"""What was learned in a real browser, on a desk and on a telephone: curves, cost, a lesson by the keyboard alone."""

from __future__ import annotations

import re
from datetime import timedelta

from django.db import transaction
from playwright.sync_api import BrowserContext, Page, expect

from access import clock
from access.roles import Role
from access.wall import Side
from tests.browser import IN_BROWSER, complaints, known, sign_in, unfit
from tests.factories.access import OrganisationFactory, PostFactory
from tests.factories.guiding import Many, by_chance
from tests.insights.test_guiding import TEXT

pytestmark = IN_BROWSER


def typed(page: Page, label: str, text: str) -> None:
    """Fill in a field by its label, with the keyboard."""
    page.get_by_label(label).first.focus()
    page.keyboard.insert_text(text)


def test_figures_and_lessons_can_be_used_by_everybody(context: BrowserContext) -> None:
    ministry = OrganisationFactory(kind="ministry", side=Side.COMMON)
    analyst = known(PostFactory(role=Role.ANALYST, organisation=ministry))
    with transaction.atomic():
        Many().write(by_chance(120, clock.today() - timedelta(days=600)))
    heard = complaints(context)
    page = context.new_page()
    page.goto("/account/login/?next=/learned/")
    sign_in(page, analyst.user.email)
    expect(page.locator("h1")).to_have_text(re.compile("Wat van begeleiding is geleerd"))
    assert unfit(page, "learned") == []
    page.get_by_role("link", name="Wat vergroot de aangiftebereidheid?").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Uitgesplitst naar").select_option("form")
    page.wait_for_url("**by=form**")
    expect(page.locator(".curve path.line-2").first).to_be_visible()
    assert unfit(page, "learned-willingness") == []
    page.goto("/learned/wellbeing/")
    page.wait_for_selector("[data-chart] canvas")
    assert unfit(page, "learned-wellbeing") == []
    page.goto("/learned/cost/?persons=120&months=9&hours=6&rate=80&year=1000&margin=10")
    assert unfit(page, "learned-cost") == []
    page.goto("/learned/lessons/new/")
    for label, name in (("De les in één zin", "title"), ("Wat is geprobeerd", "tried"), ("Wat is gezien", "seen")):
        typed(page, label, TEXT[name])
    typed(page, "Wat u weer zou doen, of niet", "Het ging om zaak L-2026-000123.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("lijkt op een dossiernummer").first).to_be_visible()
    assert unfit(page, "learned-lesson-refused") == []
    page.get_by_label("Wat u weer zou doen, of niet").fill(TEXT["advice"])
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Goedkeuring vragen")).to_be_visible()
    assert unfit(page, "learned-lesson") == []
    assert heard == []
