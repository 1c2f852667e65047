"""A determination by seven members in a real browser: from a request to a served decision, and again by others."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from access import clock
from access.models import Post
from access.wall import Side, taken
from tests import browser as browsing
from tests.factories.determination import Committee, declare_all, process_of, to_decided, to_draft
from tests.factories.determination import step as made
from workflows.determination.models import Decision, File
from workflows.engine.models import Process

SignIn = Callable[[Post], Client]
pytestmark = browsing.IN_BROWSER
REASONS = (
    "U moest zestien uur per dag werken. Uw paspoort werd u afgenomen.\n\nWat u vertelt past bij wat anderen zagen."
)


@pytest.fixture
def committee(site: str) -> Committee:
    with taken(Side.DETERMINATION), transaction.atomic():
        made = Committee(members=15, name="Commissie Verzonnen")
        made.profiles()
    return made


class Visits:
    """A page for each person, each in a visit of their own; signing in by the form is walked elsewhere."""

    def __init__(self, chromium: Browser, site: str, signed_in: SignIn) -> None:
        self.chromium, self.site, self.signed_in, self.pages = chromium, site, signed_in, dict[int, Page]()
        self.heard: list[list[str]] = []

    def of(self, post: Post) -> Page:
        if post.pk not in self.pages:
            context: BrowserContext = self.chromium.new_context(
                viewport=browsing.WIDE,  # type: ignore[arg-type]
                locale="nl-NL",
                base_url=self.site,
            )
            self.heard.append(browsing.complaints(context))
            key = self.signed_in(post).cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": self.site}])
            self.pages[post.pk] = context.new_page()
        return self.pages[post.pk]


def step(page: Page, label: str, **fields: Any) -> None:
    """Make a step from the page of a file: its dialog opens, fields by name, sent."""
    page.locator("main .lane a", has_text=re.compile(f"^{label}$")).first.click()
    dialog = page.locator("dialog[open]")
    for name, value in fields.items():
        field = dialog.locator(f"[name={name}]")
        if isinstance(value, list):
            for one in value:
                dialog.locator(f"[name={name}][value='{one}']").check()
        elif field.first.get_attribute("type") == "radio":
            dialog.locator(f"[name={name}][value='{value}']").check()
        elif field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    with page.expect_navigation():
        dialog.locator("form.form button[type=submit]").click()


def meanwhile(happens: Callable[[Process], Any]) -> None:
    """Something happens on the only file, without a page."""
    with taken(Side.DETERMINATION), transaction.atomic():
        happens(process_of(File.objects.get()))


def test_seven_members_decide_and_others_look_at_it_again(
    chromium: Browser, site: str, committee: Committee, signed_in: SignIn
) -> None:
    visits = Visits(chromium, site, signed_in)
    page = visits.of(committee.secretary)
    page.goto("/files/")
    assert browsing.unfit(page, "files-empty") == []
    page.goto("/files/new/")
    page.locator("main button[type=submit]").last.click()
    expect(page.locator("main")).to_contain_text("Geef een naam, of hoe de persoon genoemd wil worden.")
    assert browsing.unfit(page, "files-new-wrong") == []
    page.fill("[name=alias]", "Zonnebloem Verzonnen")
    page.fill("[name=birth_date]", "1990-05-17")
    page.fill("[name=languages]", "Tigrinya, Engels")
    page.fill("[name=safe_contact]", "Alleen overdag bellen.")
    page.check("[name=agreed]")
    page.locator("main button[type=submit]").last.click()
    page.wait_for_url(re.compile(r"/files/[0-9a-f-]{36}/$"))
    address = page.url
    assert browsing.unfit(page, "file") == []
    step(page, "Ontvankelijk")
    step(page, "Het panel benoemen", members=[post.pk for post in committee.members[:7]])
    # What each of the seven does, the first and the last do on their page, the others by the same steps without one.
    first, *others, last = committee.members[:7]
    member = visits.of(first)
    member.goto(address)
    step(member, "Uw belangen verklaren", interest="none")
    meanwhile(declare_all)
    page.goto(address)
    step(page, "Oordelen vragen")
    opinion = {"finding": "plausible", "reasons": "Past bij elkaar.", "weight_papers": "3"}
    member.goto(address)
    step(member, "Uw oordeel geven", **opinion)
    for post in others:
        meanwhile(lambda process, post=post: made(process, "give_opinion", post, **opinion))  # type: ignore[misc]
    member = visits.of(last)
    member.goto(f"{address}panel/")
    expect(member.locator("main")).to_contain_text("Oordelen zijn te zien als ze er allemaal zijn")
    assert browsing.unfit(member, "file-panel-before") == []
    member.goto(address)
    step(member, "Uw oordeel geven", **opinion)
    page.goto(address)
    step(page, "De persoon wil niet worden gehoord")
    step(page, "Het concept aan het panel geven", outcome="plausible", reasons=REASONS)
    for post in others[:3]:
        meanwhile(lambda process, post=post: made(process, "decide", post, vote="for"))  # type: ignore[misc]
    member.goto(address)
    step(member, "Over het concept stemmen", vote="for")
    page.goto(address)
    step(page, "De uitreiking vastleggen", served_on=clock.today().isoformat(), how="in_person")
    page.goto(f"{address}panel/")
    expect(page.locator("main")).to_contain_text("Papieren afgenomen")
    assert browsing.unfit(page, "file-panel") == []
    page.goto(f"{address}decisions/")
    assert browsing.unfit(page, "file-decisions") == []
    with page.expect_download() as saved:
        page.get_by_role("link", name=re.compile("Nederlands")).click()
    content = saved.value.path().read_bytes()
    assert content.startswith(b"%PDF") and b"/Lang (nl)" in content
    if browsing.SCREENS:
        saved.value.save_as(f"{browsing.SCREENS}/letter.pdf")
    # Somebody asks to look at it again: the same members cannot sit.
    page.goto(address)
    step(page, "Herziening is gevraagd", why="new_evidence", ground="Er is een nieuwe verklaring.")
    page.goto(address)
    step(page, "Ontvankelijk")
    page.locator("main .lane a", has_text="Het panel benoemen").first.click()
    dialog = page.locator("dialog[open]")
    expect(dialog.locator("[name=members]")).to_have_count(8)
    assert dialog.locator(f"[name=members][value='{committee.members[0].pk}']").count() == 0
    page.keyboard.press("Escape")
    page.goto("/files/?which=open&state=composing")
    page.fill("#search-text", "zonnebl")
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    assert "zonnebl" not in page.url.lower()
    assert browsing.unfit(page, "files") == []
    with taken(Side.DETERMINATION), transaction.atomic():
        [decision] = Decision.objects.all()
        again = process_of(File.objects.get())
        to_draft(committee, again, 7, skip=7)
        to_decided(committee, again, "not_enough")
        assert (decision.outcome, File.objects.count()) == ("plausible", 1)
        assert decision.reasons.splitlines() == REASONS.splitlines()
        assert decision.reconsider_until > clock.now() + timedelta(days=29)
    page.goto(f"{address}decisions/")
    expect(page.locator("main")).to_contain_text("Aannemelijk")
    expect(page.locator("main")).to_contain_text("Te weinig om het te zeggen")
    outsider = visits.of(committee.members[14])
    assert outsider.goto(address).status == 404  # type: ignore[union-attr]
    outsider.goto("/files/members/")
    assert browsing.unfit(outsider, "files-members") == []
    assert [text for heard in visits.heard for text in heard if "404" not in text and "422" not in text] == []
