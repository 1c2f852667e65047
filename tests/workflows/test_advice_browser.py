"""Advice in a real browser: from what a case asks for to a tick, a reason, a later text, a page from right to left."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from django.db import transaction
from django.test import override_settings
from playwright.sync_api import Browser, expect

from access.wall import Side, taken
from tests import browser as browsing
from tests.factories.guidance import Guided
from tests.workflows.test_casepage_browser import signed_in
from workflows.advice import content
from workflows.advice.models import Mark

pytestmark = browsing.IN_BROWSER
BOTH = (("light", browsing.WIDE), ("light", browsing.NARROW))


@pytest.fixture
def guided(transactional_db: None) -> Guided:
    made = Guided(person__languages=["ar", "nl"])
    browsing.known(made.navigator)
    with taken(Side.CARE), transaction.atomic():
        made.in_guidance()
    return made


def test_from_the_panel_to_a_tick_a_reason_a_later_text_and_a_page_in_arabic(
    chromium: Browser, site: str, guided: Guided, tmp_path: Path
) -> None:
    with taken(Side.CARE), transaction.atomic():
        row = guided.row()
    ours = chromium.new_context(viewport=browsing.WIDE, locale="nl-NL", base_url=site)
    heard = browsing.complaints(ours)
    page = signed_in(ours, guided.navigator, f"/guidance/{row.pk}/plan/")
    main = page.locator("main")
    expect(page.locator("#advice")).to_contain_text("Het dossier noemt criminele uitbuiting.")
    browsing.picture(page, "advice-panel")
    page.locator("#advice").get_by_role("link", name="Criminele uitbuiting").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Criminele uitbuiting")
    expect(main.locator(".languages")).to_contain_text("spreekt dit")

    page.locator("#lawyer button[name=state]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#lawyer")).to_contain_text(guided.navigator.user.name)
    point = page.locator("#measures")
    point.locator("summary").focus()
    page.keyboard.press("Enter")
    point.locator("button[type=submit]").last.click()
    expect(point).to_contain_text("Zeg waarom, in een paar woorden.")
    assert browsing.unfit(page, "advice-asked") == []
    point.locator("textarea").fill("Verzonnen: wil er nu niet over praten.")
    point.locator("button[type=submit]").last.click()
    expect(page.locator("#measures")).to_contain_text("Verzonnen: wil er nu niet over praten.")
    with taken(Side.CARE), transaction.atomic():
        assert set(Mark.objects.values_list("point", "state")) == {("lawyer", "done"), ("measures", "aside")}

    later = Path(shutil.copytree(content.HERE, tmp_path / "later"))
    for language in ("nl", "en"):
        file = later / "criminal" / f"{language}.md"
        text = file.read_text(encoding="utf-8").replace("version: 1", "version: 2", 1)
        text = re.sub(r"### [^\n]*\{#measures.*?(?=### )", "", text, flags=re.DOTALL)
        file.write_text(re.sub(r"snel een|a criminal lawyer who", "vandaag nog een", text), encoding="utf-8")
    with override_settings(LOODS_ADVICE_CONTENT=str(later)):
        page.reload()
        changed = page.locator("#changes")
        expect(changed).to_contain_text("Het laatst afgevinkt in versie 1; dit is versie 2.")
        expect(changed).to_contain_text("niet meer op de lijst")
        expect(page.locator("#lawyer ins")).to_contain_text("vandaag nog")
        expect(page.locator("#lawyer del")).to_contain_text("snel")
        assert browsing.unfit(page, "advice-changed") == []

    page.goto(f"/guidance/{row.pk}/checklists/")
    assert browsing.unfit(page, "advice-guidance") == []
    page.goto("/advice/?q=&phase=integration")
    assert browsing.unfit(page, "advice-list") == []

    page.goto("/advice/residence/person/ar/")
    article = page.locator("article")
    expect(article).to_have_attribute("dir", "rtl")
    expect(main).to_contain_text("Conceptvertaling")
    page.evaluate("document.fonts.ready")
    assert page.evaluate("document.fonts.check('1rem \"Noto Sans Arabic\"', 'وقت')"), "in letters that join"
    for _scheme, size in BOTH:
        page.set_viewport_size(size)  # type: ignore[arg-type]
        begins = page.evaluate(
            """() => {
              const find = name => document.querySelector(`article ${name}`), box = e => e.getBoundingClientRect();
              const text = document.createRange(), list = box(find("ul")), item = box(find("li"));
              text.selectNodeContents(find("h1"));
              return [box(find("h1")).right - box(text).right, list.right - item.right, item.left - list.left];
            }"""
        )
        assert abs(begins[0]) < 2, "lines begin at the right"
        assert begins[1] > 10 > begins[2], "and so do the marks of a list"
    assert browsing.unfit(page, "advice-arabic", BOTH) == []
    page.emulate_media(media="print")
    expect(page.locator(".rail")).to_be_hidden()
    browsing.picture(page, "advice-arabic-print")
    assert [line for line in heard if "422" not in line] == [], "but for the reason that was missing"
