"""A year of one guidance in a real browser, with the clock set forward between the steps."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.models import F
from playwright.sync_api import Browser, Page, expect

from access import clock, configuration
from access.models import Configuration
from access.roles import Role
from access.wall import Side, taken
from tests import browser as browsing
from tests.factories.access import PostFactory
from tests.factories.guidance import Guided
from tests.workflows.test_casepage_browser import signed_in, step
from workflows.engine.models import Process
from workflows.engine.steps import open_process, perform
from workflows.engine.sweep import sweep
from workflows.guidance.models import Contact, Guidance
from workflows.guidance.police import PoliceContacts
from workflows.handovers.acts import hand_over, receive
from workflows.handovers.words import Purpose

pytestmark = browsing.IN_BROWSER


@pytest.fixture
def guided(transactional_db: None) -> Guided:
    made = Guided()
    browsing.known(made.navigator)
    return made


def days_later(days: int) -> datetime:
    """Set the clock forward, for us and for the server, and let the minute job see what is due."""
    with taken(Side.COMMON), transaction.atomic():
        Configuration.objects.update(clock_offset=timedelta(days=days), stamp=F("stamp") + 1)
        configuration.refresh()
    now = clock.now()
    for _ in range(2):
        with taken(Side.CARE), transaction.atomic():
            sweep(Side.CARE, now=now)
    return now


def handed_over_at_night(guided: Guided) -> Guidance:
    """The police hand somebody over, and a coordinator finds the navigator."""
    police = PostFactory(role=Role.INVESTIGATOR, organisation__side=Side.JUSTICE, organisation__name="Politie Test")
    facts = {"alias": "Zeemeeuw", "languages": ["ti"], "region": guided.region.code, "safe_contact": "Via de opvang."}
    with taken(Side.JUSTICE), transaction.atomic():
        hand_over(
            police, to_organisation=guided.navigator.organisation, purpose=Purpose.NAVIGATOR, ground="vital_interest",
            legal_ref="AVG 6 lid 1 d", subject=uuid4(), facts=facts, until=clock.now() + timedelta(days=30),
        )  # fmt: skip
    with taken(Side.CARE), transaction.atomic():
        assert receive(Side.CARE) == 1
        row = Guidance.objects.get()
        perform(row.pk, "match", guided.coordinator, {"navigator": guided.navigator.pk, "reason": "Heeft dienst."})
    return row


def by_engine(guided: Guided, row: Guidance) -> Process:
    """A hearing in three days, planned without a page."""
    with taken(Side.CARE), transaction.atomic():
        return open_process(
            PoliceContacts, acting=guided.navigator, case_id=row.case_id, region_id=guided.region.pk,
            record={"authority": "court", "event": "hearing", "planned_at": clock.now() + timedelta(days=3)},
        )  # fmt: skip


def sound(page: Page, name: str) -> None:
    """Nothing that hinders people, looked at from the top: scrolled to a row the bar covers half a button."""
    page.evaluate("scrollTo(0, 0)")
    assert browsing.unfit(page, f"guidance-{name}") == []


def kept_here(page: Page) -> list[Any]:
    """Notes that wait on this device, as they are kept."""
    found: list[Any] = page.evaluate("Object.entries(localStorage).filter(([name]) => name.startsWith('loods.note.'))")
    return found


def test_a_year_of_one_case(chromium: Browser, site: str, guided: Guided) -> None:
    row = handed_over_at_night(guided)
    case, plan = f"/cases/{row.case_id}/", f"/guidance/{row.pk}/plan/"
    ours = chromium.new_context(viewport=browsing.WIDE, locale="nl-NL", base_url=site)
    page = signed_in(ours, guided.navigator, "/guidance/")
    main = page.locator("main")
    expect(main).to_contain_text("Navigator gevonden, eerste contact te leggen")

    page.goto(case)
    step(page, "Eerste contact", way="meeting", text="Verzonnen: kennisgemaakt.")
    step(page, "Veiligheidsplan doornemen", what_to_do="Verzonnen: bel 112.", safe_hours="Verzonnen: voor twaalf uur.")

    days_later(24)
    page.goto("/notices/")
    expect(main).to_contain_text("Veiligheidsplan – Van kracht")
    page.goto("/guidance/")
    expect(main).to_contain_text("Heeft u nu nodig")
    sound(page, "home")

    page.goto(f"/cases/{row.case_id}/start/police_contact/")
    page.select_option("#start-form [name=authority]", "police")
    page.select_option("#start-form [name=event]", "interview")
    page.fill("#start-form [name=planned_at]", (clock.now() + timedelta(days=2)).strftime("%Y-%m-%d %H:%M"))
    with page.expect_navigation():
        page.locator("#start-form button[type=submit]").click()
    step(page, "Controles vooraf", explained="yes", same_interviewer="no")
    days_later(27)
    page.goto(case)
    step(page, "Heeft plaatsgevonden", times_told="2", as_agreed="yes")
    step(page, "Nazorg gegeven")
    step(page, "Er was contact", way="phone")

    page.goto(f"/guidance/{row.pk}/write/stand/")
    page.select_option("[name=stand]", "conditions")
    page.locator("[name=obstacles][value=retaliation]").check()
    page.locator("main form button[type=submit]").click()
    expect(main).to_contain_text("Ja, onder voorwaarden")
    expect(main).to_contain_text("Het verhaal is 2 keer verteld.")
    expect(main).to_contain_text("Dezelfde verhoorder als eerder")
    sound(page, "reporting")

    days_later(120)
    court = by_engine(guided, row)
    page.goto("/guidance/")
    expect(main).to_contain_text("Rechtbank, Zitting")
    days_later(124)
    for action in ("hold", "give_aftercare"):
        with taken(Side.CARE), transaction.atomic():
            perform(court.pk, action, guided.navigator, {"times_told": "1"})
    page.goto(case)
    step(page, "Nazorg begint")
    days_later(220)
    page.goto(case)
    step(page, "Nazorggesprek", way="video", signs="no")
    step(page, "Begeleiding beëindigen", ground="goals", signs="no", reason="Verzonnen: gaat zelf verder.")
    days_later(360)
    page.goto(case)
    page.locator("details.folded summary").click()
    page.get_by_role("link", name="Heropenen").first.click()
    dialog = page.locator("dialog[open]")
    dialog.locator("[name=reason]").fill("Verzonnen: is opnieuw bedreigd.")
    with page.expect_navigation():
        dialog.locator("form button[type=submit]").last.click()
    page.goto(plan)
    expect(main).to_contain_text("In begeleiding")
    with taken(Side.CARE), transaction.atomic():
        assert Process.objects.filter(kind="safety_plan", closed_at=None, state="to_write").count() == 1

    page.goto("/guidance/")
    page.wait_for_load_state("networkidle")  # the key is there before the connection goes
    ours.set_offline(True)
    page.select_option("#note-guidance", str(row.pk))
    page.fill("#note-text", "Verzonnen: belde vanuit de trein.")
    page.locator("[data-quick-note] button[type=submit]").click()
    expect(page.locator("[data-told]")).to_contain_text("Geen verbinding")
    (kept,) = kept_here(page)
    assert "trein" not in kept[1]
    assert "trein" not in kept[0]
    ours.set_offline(False)
    expect(page.locator("[data-told]")).to_contain_text("De notitie is opgeslagen")
    assert kept_here(page) == []
    with taken(Side.CARE), transaction.atomic():
        assert [note.text for note in Contact.objects.filter(way="note")] == ["Verzonnen: belde vanuit de trein."]

    page.fill("#note-text", "Verzonnen: over iemand van een ander.")
    page.evaluate(f"document.querySelector('#note-guidance').selectedOptions[0].value = '{uuid4()}'")
    page.locator("[data-quick-note] button[type=submit]").click()
    expect(page.locator("[data-told]")).to_contain_text("Dat lukte niet")
    expect(page.locator("#note-text")).to_have_value("Verzonnen: over iemand van een ander.")
    assert kept_here(page) == [], "what is refused holds nothing up, and is not lost"

    ours.set_offline(True)
    page.fill("#note-text", "Verzonnen: nog iets.")
    page.locator("[data-quick-note] button[type=submit]").click()
    expect(page.locator("[data-told]")).to_contain_text("Geen verbinding")
    assert len(kept_here(page)) == 1
    page.evaluate("document.dispatchEvent(new CustomEvent('loods:wipe'))")
    assert kept_here(page) == [], "signing out and the quick exit wipe it"
