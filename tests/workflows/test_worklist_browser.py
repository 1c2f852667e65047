"""My work, notices and the board in a real browser: by keyboard, on a telephone, in the dark, and without a script."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from playwright.sync_api import Browser, BrowserContext, Page, expect

from access import clock
from access.models import Post, Region
from access.roles import Role
from access.wall import Side, taken
from cases.models import Referral as Report
from tests import browser as browsing
from tests.factories.access import PostFactory, RegionFactory
from tests.factories.cases import CaseFactory, PersonFactory, ReferralFactory
from workflows.casepage.circumstances import circumstances
from workflows.engine import acts
from workflows.engine.models import Notice, NoticeSeen, Process, Rung, SavedView
from workflows.engine.steps import open_process
from workflows.referral.machine import Referral

pytestmark = browsing.IN_BROWSER

LONG = "Een tamelijk lange schuilnaam voor iemand die om veiligheid vraagt-en-een-woord-zonder-einde"
BIRDS = ["Aalscholver", "Blauwborst", LONG, "Dodaars", "Ekster", "Fuut", "Grutto", "Havik"]


@pytest.fixture
def regions(transactional_db: None) -> list[Region]:
    return [RegionFactory(name="Waddenkust"), RegionFactory(name="Veluwerand en de dorpen daaromheen")]


@pytest.fixture
def coordinator(regions: list[Region]) -> Post:
    return browsing.known(PostFactory(role=Role.CARE_COORDINATOR, regions=regions, user__name="Noor van den Berg"))


@pytest.fixture
def colleague(coordinator: Post, regions: list[Region]) -> Post:
    post: Post = PostFactory(
        role=Role.CARE_COORDINATOR, organisation=coordinator.organisation, regions=regions, user__name="Sem Oyelaran"
    )
    return post


@pytest.fixture
def rows(coordinator: Post, colleague: Post, regions: list[Region]) -> list[Process]:
    """Eight referrals, the first two late; in the order of their terms."""
    made = []
    with taken(Side.CARE), transaction.atomic():
        for n in range(8):
            name = BIRDS[n]
            case = CaseFactory(person=PersonFactory(name=name), region=regions[n % 2], number=f"L-2026-00010{n}")
            report: Report = ReferralFactory(case=case, registered_by=coordinator)
            process = open_process(
                Referral,
                acting=coordinator,
                case_id=case.pk,
                region_id=case.region_id,
                facts=circumstances(case),
                record={"report": report},
                urgent=n == 1,
            )
            due = clock.now() + timedelta(hours=[-30, -2, 1, 26, 50, 100, 200, 400][n])
            Process.objects.filter(pk=process.pk).update(due_at=due, rung=3 if n == 0 else 0)
            made.append(process)
    return made


def now(process: Process) -> Process:
    """How a process stands now."""
    with taken(Side.CARE), transaction.atomic():
        return Process.objects.get(pk=process.pk)


def does(act: Any, process: Process, post: Post, *more: Any) -> None:
    """Somebody else does something with a process."""
    with taken(Side.CARE), transaction.atomic():
        act(process.pk, post, *more)


def signed_in(context: BrowserContext, post: Post, path: str = "/") -> Page:
    """A page of somebody who has signed in."""
    page = context.new_page()
    page.goto(f"/account/login/?next={path}")
    browsing.sign_in(page, post.user.email)
    page.wait_for_url(re.compile(re.escape(path)))
    return page


def line(page: Page, number: int) -> Any:
    """A row of the list by its place, the first being 0."""
    return page.locator("[data-list] > tr").nth(number)


def test_a_morning_by_keyboard_alone(context: BrowserContext, coordinator: Post, rows: list[Process]) -> None:
    heard = browsing.complaints(context)
    page = signed_in(context, coordinator)
    expect(page.locator("[data-list] > tr")).to_have_count(8)
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(line(page, 1)).to_have_class(re.compile("is-here"))
    page.keyboard.press("t")
    expect(line(page, 1)).to_contain_text("NBU")
    assert now(rows[1]).assignee_id == coordinator.pk
    expect(line(page, 1)).to_have_class(re.compile("is-here"))
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator(".bulk-bar")).to_contain_text("2 geselecteerd")
    page.keyboard.press("/")
    expect(page.locator("#work-search")).to_be_focused()
    page.keyboard.type("Fuut")
    page.keyboard.press("Enter")
    expect(page.locator("[data-list] > tr")).to_have_count(1)
    assert "Fuut" not in page.url and "found=" in page.url
    page.keyboard.press("Tab")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/cases/"))
    expect(page.locator("main")).to_contain_text("L-2026-000105")
    assert heard == []


def test_narrowing_changes_the_address_and_the_way_back_works(
    context: BrowserContext, coordinator: Post, rows: list[Process]
) -> None:
    page = signed_in(context, coordinator)
    page.evaluate("window.same = true")
    page.locator(".tabs a").nth(1).click()
    expect(page.locator("[data-list] > tr")).to_have_count(2)
    assert "group=overdue" in page.url
    assert page.evaluate("window.same") is True, "only the list was renewed"
    page.locator("summary", has_text="Regio").click()
    page.get_by_label("Waddenkust").check()
    page.locator("details[open] button").click()
    expect(page.locator("[data-list] > tr")).to_have_count(1)
    assert "group=overdue" in page.url and "region=" in page.url
    page.go_back()
    expect(page.locator("[data-list] > tr")).to_have_count(2)
    page.locator(".sort-link").first.click()
    expect(page.locator("[aria-sort=descending]")).to_have_count(1)
    assert "sort=-due" in page.url and "group=overdue" in page.url


def test_a_view_is_kept_and_opened_again(context: BrowserContext, coordinator: Post, rows: list[Process]) -> None:
    page = signed_in(context, coordinator, "/?urgent=1")
    page.locator(".views summary").click()
    page.fill("#view-name", "Spoed eerst")
    page.get_by_label("Mijn werk met deze weergave openen").check()
    page.locator(".views form button").click()
    expect(page.locator(".views summary")).to_contain_text("Spoed eerst")
    page.goto("/")
    expect(page.locator("[data-list] > tr")).to_have_count(1)
    with taken(Side.CARE), transaction.atomic():
        assert SavedView.objects.get().query == "urgent=1"


def test_taking_many_says_which_was_lost_and_offers_to_take_it_over(
    context: BrowserContext, coordinator: Post, colleague: Post, rows: list[Process]
) -> None:
    page = signed_in(context, coordinator)
    for number in range(3):
        line(page, number).locator(".row-choice").check()
    does(acts.take, rows[1], colleague)
    page.locator(".bulk-bar button[value=take]").click()
    lost = page.locator("#work-refused")
    expect(lost).to_be_focused()
    expect(lost).to_contain_text("L-2026-000101")
    expect(lost).to_contain_text("Sem Oyelaran")
    assert [now(row).assignee_id for row in rows[:3]] == [coordinator.pk, colleague.pk, coordinator.pk]
    lost.get_by_role("link").click()
    question = page.locator("dialog[open]")
    expect(question).to_contain_text("Sem Oyelaran")
    with page.expect_navigation():
        question.locator("button[type=submit]").click()
    assert now(rows[1]).assignee_id == coordinator.pk
    expect(page.locator(".messages")).to_contain_text("1 regel is nu van u.")


def test_handing_over_and_snoozing_ask_in_a_dialog(
    context: BrowserContext, coordinator: Post, colleague: Post, rows: list[Process]
) -> None:
    page = signed_in(context, coordinator)
    line(page, 5).locator("summary").click()
    line(page, 5).get_by_role("link", name="Overdragen…").click()
    dialog = page.locator("dialog[open]")
    dialog.locator("select").select_option(label="Sem Oyelaran")
    dialog.locator("textarea").fill("Kent de familie.")
    with page.expect_navigation():
        dialog.locator("button[type=submit]").last.click()
    assert now(rows[5]).assignee_id == colleague.pk
    line(page, 5).locator("summary").click()
    line(page, 5).get_by_role("link", name="Wegleggen…").click()
    with page.expect_navigation():
        page.locator("dialog[open] button[type=submit]").last.click()
    assert now(rows[6]).snoozed_until is not None
    expect(page.locator("[data-list] > tr")).to_have_count(6)


def test_take_one_do_the_step_next(context: BrowserContext, coordinator: Post, rows: list[Process]) -> None:
    page = signed_in(context, coordinator)
    page.locator("[data-keys=n]").click()
    page.wait_for_url(re.compile("/cases/"))
    expect(page.locator("main")).to_contain_text("L-2026-000100")
    page.locator("a[href*=begin_triage]").first.click()
    with page.expect_navigation():
        page.locator("dialog[open] form button[type=submit]").last.click()
    page.wait_for_url(re.compile("next=worklist"))
    expect(page.locator("main")).to_contain_text("L-2026-000101")
    assert now(rows[0]).state == "triage"


def test_all_of_it_works_without_a_script(
    chromium: Browser, site: str, coordinator: Post, colleague: Post, rows: list[Process]
) -> None:
    context = chromium.new_context(java_script_enabled=False, base_url=site, locale="nl-NL")
    page = signed_in(context, coordinator)
    line(page, 0).locator("button[value^=take]").click()
    assert now(rows[0]).assignee_id == coordinator.pk
    line(page, 1).locator(".row-choice").check()
    line(page, 2).locator(".row-choice").check()
    page.locator(".bulk-bar button[value=take]").click()
    expect(page.locator(".messages")).to_contain_text("2 regels zijn nu van u.")
    page.fill("#work-search", "2026 104")
    page.locator(".work-search button").click()
    expect(page.locator("[data-list] > tr")).to_have_count(1)
    does(acts.take, rows[4], colleague)
    line(page, 0).locator("button[value^=take]").click()
    expect(page.locator("h1")).to_contain_text("Iemand was u voor")
    expect(page.locator("main")).to_contain_text("Sem Oyelaran")
    page.get_by_role("link", name="Overnemen").click()
    page.locator("main button[type=submit]").click()
    assert now(rows[4]).assignee_id == coordinator.pk
    context.close()


def test_a_notice_that_is_opened_has_been_seen(context: BrowserContext, coordinator: Post, rows: list[Process]) -> None:
    with taken(Side.CARE), transaction.atomic():
        for process in rows[:2]:
            Notice.objects.create(
                side=process.side, process=process, episode=process.episode, rung=Rung.OVERDUE, at=clock.now(),
                to_role=process.owner_role, to_organisation_id=process.owner_organisation_id,
                to_region_id=process.region_id,
            )  # fmt: skip
    page = signed_in(context, coordinator, "/notices/")
    expect(page.locator(".notice.is-new")).to_have_count(2)
    page.locator(".notice.is-new form button").first.click()
    expect(page.locator(".notice.is-new")).to_have_count(1)
    page.locator(".notice.is-new a").click()
    page.wait_for_url(re.compile("/cases/"))
    page.goto("/notices/")
    expect(page.locator(".notice.is-new")).to_have_count(0)
    with taken(Side.CARE), transaction.atomic():
        assert NoticeSeen.objects.count() == 2


def test_the_supervisor_hands_late_work_over_from_the_board(
    context: BrowserContext, coordinator: Post, colleague: Post, rows: list[Process], regions: list[Region]
) -> None:
    chief = browsing.known(PostFactory(role=Role.SUPERVISOR, organisation=coordinator.organisation, regions=regions))
    does(acts.take, rows[0], coordinator)
    page = signed_in(context, chief)
    page.wait_for_url(re.compile("/board/"))
    expect(page.locator("[data-list] > tr")).to_have_count(2)
    page.locator(".choose-all").check()
    page.locator("#bulk-to").select_option(label="Sem Oyelaran")
    with page.expect_navigation():
        page.locator(".bulk-bar button[value=hand_over]").click()
    assert {now(row).assignee_id for row in rows[:2]} == {colleague.pk}
    expect(page.locator(".messages")).to_contain_text("2 regels zijn overgedragen.")
    browsing.picture(page, "board-handed-over")


def test_every_page_can_be_used_by_everybody(
    context: BrowserContext,
    coordinator: Post,
    colleague: Post,
    rows: list[Process],
    regions: list[Region],
) -> None:
    heard = browsing.complaints(context)
    does(acts.take, rows[3], colleague)
    does(acts.take, rows[2], coordinator)
    chief = browsing.known(PostFactory(role=Role.SUPERVISOR, organisation=coordinator.organisation, regions=regions))
    with taken(Side.CARE), transaction.atomic():
        Notice.objects.create(
            side="care", process=rows[0], episode=1, rung=Rung.OVERDUE, at=clock.now(), to_role=Role.CARE_COORDINATOR,
            to_organisation=coordinator.organisation, to_region=regions[0], due_at=clock.now(),
        )  # fmt: skip
    page = signed_in(context, coordinator)
    paths = ["/", "/?who=colleagues", "/?group=snoozed", "/notices/", "/settings/", "/work/views/"]
    paths += [f"/work/{rows[2].pk}/hand-over/", f"/work/{rows[5].pk}/snooze/", f"/work/{rows[3].pk}/take-over/"]
    looked(page, paths)
    page.goto("/")
    line(page, 1).locator(".row-choice").check()
    line(page, 2).locator("summary").click()
    # An open menu lies over parts of what is below it, which axe takes for buttons that are too small.
    assert [found for found in browsing.unfit(page, "work-chosen") if "target-size" not in found] == []
    context.clear_cookies(name="sessionid")
    page = signed_in(context, chief, "/board/")
    looked(page, ["/board/", "/board/?what=open"])
    assert heard == []


def looked(page: Page, paths: list[str]) -> None:
    """Look at each page: nothing for axe to find, nothing that sticks out, a title that tells nothing."""
    for path in paths:
        page.goto(path)
        name = re.sub("[^a-z]+", "-", re.sub("[0-9a-f-]{36}", "", path)).strip("-") or "work"
        assert browsing.unfit(page, name) == [], path
        assert "Fuut" not in page.title() and "L-2026" not in page.title()
