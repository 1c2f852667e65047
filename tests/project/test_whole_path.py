"""The whole way, with nothing stood in for: browser, web, PostgreSQL, Redis, Celery worker and beat, mail.

Somebody takes in a referral and accepts it with shelter; nobody seeks a place; the term passes; the supervisor gets the
escalation notice and a mail that says no more than a case number and a link.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from playwright.sync_api import Browser, BrowserContext, Page, expect

from access import demo_clock
from access.models import Post
from access.roles import Role
from access.wall import Side, taken
from cases.models import Case
from tests import browser as browsing
from tests.factories.access import OrganisationFactory, PostFactory, RegionFactory
from tests.factories.shelters import a_unit
from workflows.capacity_statement.models import Statement
from workflows.engine.models import Notice, Rung

pytestmark = [
    pytest.mark.browser,
    pytest.mark.services,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not browsing.CHROMIUM, reason="LOODS_CHROMIUM names no browser"),
]


@pytest.fixture
def team(transactional_db: None) -> dict[Role, Post]:
    """A coordinator, the supervisor of the same organisation, and the national desk above it."""
    region = RegionFactory(name="Waddenkust")
    desk = OrganisationFactory(kind="national_desk", name="Landelijk (verzonnen)")
    own = OrganisationFactory(name="Zorgcoördinatie Waddenkust (verzonnen)", parent=desk)
    posts = {
        Role.CARE_COORDINATOR: PostFactory(role=Role.CARE_COORDINATOR, organisation=own, regions=[region]),
        Role.SUPERVISOR: PostFactory(role=Role.SUPERVISOR, organisation=own, regions=[region]),
        Role.NATIONAL_DESK: PostFactory(role=Role.NATIONAL_DESK, organisation=desk),
    }
    for post in posts.values():
        browsing.known(post)
    return posts


@pytest.fixture
def mails(tmp_path: Path) -> Path:
    """The folder into which mails go."""
    return tmp_path / "mail"


@pytest.fixture
def jobs(transactional_db: None, tmp_path: Path, mails: Path) -> Iterator[None]:
    """A real worker and a real beat on the database of this test, sweeping every second."""
    database = django_settings.DATABASES["default"]
    environment = {
        **os.environ,
        "DATABASE_URL": "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database),
        "LOODS_REDIS_PREFIX": f"path-{uuid.uuid4().hex[:8]}:",
        "LOODS_SWEEP_SECONDS": "1",
        "LOODS_DEMO": "1",
        "LOODS_VAR": str(tmp_path),
        "EMAIL_URL": f"filemail:///{mails}",
        "LOODS_URL": "https://loods.example.invalid",
    }
    environment.pop("DATABASE_OWNER_URL", None)
    environment.pop("DATABASE_ADMIN_URL", None)
    commands = (
        ["worker", "--concurrency", "1", "--loglevel", "WARNING"],
        ["beat", "--schedule", str(tmp_path / "beat"), "--pidfile", str(tmp_path / "beat.pid")],
    )
    with ExitStack() as stack:
        running = []
        for command in commands:
            log = stack.enter_context((tmp_path / f"{command[0]}.log").open("wb"))
            running.append(
                subprocess.Popen(
                    [sys.executable, "-m", "celery", "-A", "project", *command],
                    env=environment,
                    stdout=log,
                    stderr=log,
                    cwd=django_settings.BASE_DIR,
                )
            )
        try:
            yield
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait(timeout=30)


def as_(context: BrowserContext, post: Post, path: str) -> Page:
    """A page of somebody who has signed in."""
    page = context.new_page()
    page.goto(f"/account/login/?next={path}")
    browsing.sign_in(page, post.user.email)
    page.wait_for_url(re.compile(re.escape(path)))
    return page


def test_a_missed_term_reaches_the_supervisor(
    team: dict[Role, Post], jobs: None, mails: Path, settings: Any, chromium: Browser
) -> None:
    settings.DEMO = True
    with browsing.served() as url:
        ours = chromium.new_context(viewport=browsing.WIDE, locale="nl-NL", base_url=url)  # type: ignore[arg-type]
        page = as_(ours, team[Role.CARE_COORDINATOR], "/intake/")
        page.fill("[name=name]", "Wulp Verzonnen")
        page.select_option("[name=source_kind]", "police")
        with page.expect_navigation():
            page.get_by_role("button", name="Aanmelding opslaan").click()
        page.locator("main").get_by_role("link", name="Accepteren", exact=True).click()
        page.locator("dialog[open] [name=shelter]").check()
        with page.expect_navigation():
            page.locator("dialog[open] form button[type=submit]").last.click()
        expect(page.locator(".messages")).to_contain_text("Plaatsing is gestart.")

        page.goto("/access/clock/")
        for _ in range(2):  # four hours to begin seeking, two more before the supervisor hears of it
            with page.expect_navigation():
                page.locator("button[name=by][value=half_day]").click()

        theirs = chromium.new_context(viewport=browsing.WIDE, locale="nl-NL", base_url=url)  # type: ignore[arg-type]
        notices = as_(theirs, team[Role.SUPERVISOR], "/notices/")
        with taken(Side.CARE), transaction.atomic():
            number = Case.objects.get().number
        until = time.monotonic() + 60
        while "Escalatie" not in notices.locator("main").inner_text() and time.monotonic() < until:
            notices.wait_for_timeout(500)
            notices.reload()
        expect(notices.locator("main")).to_contain_text("Escalatie")
        expect(notices.locator("main")).to_contain_text(number)
        notices.goto("/board/")
        expect(notices.locator("main")).to_contain_text("Plaatsing")

    with taken(Side.CARE), transaction.atomic():
        told = list(Notice.objects.filter(rung__gt=0).order_by("rung").values_list("rung", "to_role"))
    assert told == [
        (Rung.REMINDER, Role.CARE_COORDINATOR),
        (Rung.OVERDUE, Role.CARE_COORDINATOR),
        (Rung.ESCALATION, Role.SUPERVISOR),
    ]
    address = team[Role.SUPERVISOR].user.email
    until = time.monotonic() + 60
    while not (mail := mail_to(mails, address)) and time.monotonic() < until:
        time.sleep(0.5)
    assert number in mail
    assert "https://loods.example.invalid/cases/" in mail
    for secret in ("Wulp", "Verzonnen", "Waddenkust", "police", "olitie", "laatsing"):
        assert secret not in mail


def test_a_region_that_states_nothing_reaches_its_supervisor_and_the_national_desk(
    team: dict[Role, Post], jobs: None, settings: Any
) -> None:
    settings.DEMO = True
    with taken(Side.COMMON), transaction.atomic():
        region = team[Role.CARE_COORDINATOR].regions.get()
    supervisor = PostFactory(role=Role.SUPERVISOR, organisation=team[Role.NATIONAL_DESK].organisation)
    with taken(Side.CARE), transaction.atomic():
        house = OrganisationFactory(kind="shelter")
        a_unit(organisation=house, region=region, name="Verzonnen", places=4, scheme_id="cosm")
    opened = eventually(lambda: Statement.objects.filter(region=region, rhythm="week").first())
    assert opened is not None, "beat opens the statement of the week"
    with taken(Side.COMMON), transaction.atomic():
        demo_clock.forward(timedelta(days=12))
    told = eventually(lambda: set(_told(opened)) if len(set(_told(opened))) >= 4 else None)
    assert told == {
        (Rung.REMINDER, team[Role.CARE_COORDINATOR].organisation_id),
        (Rung.OVERDUE, team[Role.CARE_COORDINATOR].organisation_id),
        (Rung.ESCALATION, team[Role.SUPERVISOR].organisation_id),
        (Rung.SECOND_ESCALATION, supervisor.organisation_id),
    }


def _told(statement: Any) -> list[tuple[int, int | None]]:
    return list(Notice.objects.filter(process=statement.pk, rung__gt=0).values_list("rung", "to_organisation_id"))


def eventually(ask: Callable[[], Any], seconds: float = 60) -> Any:
    """The answer to a question of the care side as soon as there is one."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with taken(Side.CARE), transaction.atomic():
            if (answer := ask()) is not None:
                return answer
        time.sleep(0.3)
    return None


def mail_to(folder: Path, address: str) -> str:
    """The mails to an address, as text; empty when there is none."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*"))] if folder.is_dir() else []
    return "\n".join(text for text in texts if f"To: {address}" in text)
