"""Notices in the program, how a person is told, and being away."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from access import clock
from access.models import AccessRecord, Deputy, Post, User
from access.roles import Role
from access.wall import Side, taken
from cases.models import Case
from tests.factories.access import DeputyFactory, PostFactory, RegionFactory
from tests.factories.cases import CaseFactory, PersonFactory
from tests.factories.workflows import a_process
from tests.workflows.conftest import Browser
from tests.workflows.test_worklist import asked_of_the_database, text
from workflows.context import count, unseen_notices
from workflows.engine import acts
from workflows.engine.models import Notice, NoticeSeen, Process, Rung
from workflows.notices import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def somebody(care: None, region: Any, monday: datetime) -> Case:
    made: Case = CaseFactory(region=region, person=PersonFactory(name="Zilvermeeuw Test"))
    return made


@pytest.fixture
def process(somebody: Case, coordinator: Post) -> Process:
    made = a_process(coordinator, case_id=somebody.pk, due_at=clock.now() - timedelta(hours=2))
    made.save(force_insert=True)
    return made


@pytest.fixture
def colleague(care: None, coordinator: Post) -> Post:
    post: Post = PostFactory(
        role=coordinator.role, organisation=coordinator.organisation, regions=list(coordinator.regions.all())
    )
    return post


def tell(process: Process, rung: int = Rung.OVERDUE, **values: Any) -> Notice:
    """A notice about a process, to whoever must act unless said otherwise."""
    fields: dict[str, Any] = {
        "side": process.side,
        "process": process,
        "episode": process.episode,
        "rung": rung,
        "at": clock.now() - timedelta(hours=1),
        "due_at": process.due_at,
        "to_role": process.owner_role,
        "to_organisation_id": process.owner_organisation_id,
        "to_region_id": process.region_id,
    }
    return Notice.objects.create(**(fields | values))


def test_a_notice_says_what_and_which_case_and_never_who(page: Client, process: Process, somebody: Case) -> None:
    tell(process)
    shown = text(page.get("/notices/"))
    for words in (
        "Overdue",
        somebody.number,
        "Referral – In triage",
        "2 March 2026",
        f"/process/{process.pk}/",
    ):
        assert words in shown, words
    assert "Zilvermeeuw" not in shown


def test_the_menu_counts_what_presses_in_one_query(page: Client, process: Process) -> None:
    tell(process, Rung.REMINDER)
    tell(process)
    shown = text(page.get("/notices/"))
    assert ">2</span></a>" in shown
    sent = asked_of_the_database(lambda: page.get("/notices/"))
    assert len(sent) <= 10, sent
    assert sum("count(*)" in sql and "engine_notice" in sql for sql in sent) == 1


def test_seen_notices_come_after_those_that_press(page: Client, process: Process, coordinator: Post) -> None:
    old = tell(process, Rung.REMINDER, at=clock.now() - timedelta(hours=9))
    new = tell(process)
    page.post("/notices/seen/", {"notice": new.pk})
    notices = queries.page(coordinator, clock.now(), 25).notices
    assert [(n.pk, n.pressing) for n in notices] == [(old.pk, True), (new.pk, False)]
    assert count(coordinator).notices == 1


def test_a_step_made_takes_its_notices_along(process: Process, coordinator: Post) -> None:
    tell(process)
    assert count(coordinator).notices == 1
    Process.objects.filter(pk=process.pk).update(episode=2)
    assert count(coordinator).notices == 0
    assert len(queries.page(coordinator, clock.now(), 25).notices) == 1


def test_an_old_notice_is_no_news(process: Process, coordinator: Post) -> None:
    tell(process, at=clock.now() - timedelta(days=31))
    assert count(coordinator).notices == 0


def test_what_one_person_has_seen_still_presses_for_another(
    process: Process, page: Client, coordinator: Post, colleague: Post
) -> None:
    notice = tell(process)
    page.post("/notices/seen/", {"notice": notice.pk})
    page.post("/notices/seen/", {"notice": notice.pk})
    assert NoticeSeen.objects.count() == 1
    assert (count(coordinator).notices, count(colleague).notices) == (0, 1)


def test_all_are_marked_but_those_that_came_meanwhile(page: Client, process: Process, coordinator: Post) -> None:
    shown = [tell(process, rung) for rung in (Rung.REMINDER, Rung.OVERDUE)]
    later = tell(process, Rung.ESCALATION)
    page.post("/notices/seen/", {"all": shown[-1].pk})
    assert set(NoticeSeen.objects.values_list("notice", flat=True)) == {n.pk for n in shown}
    assert count(coordinator).notices == 1
    assert later.pk > shown[-1].pk


def test_a_notice_to_somebody_else_is_neither_shown_nor_marked(browser: Browser, process: Process) -> None:
    notice = tell(process)
    stranger = PostFactory(role=Role.CARE_COORDINATOR, regions=[RegionFactory()])
    client = browser(stranger)
    assert "No notices" in text(client.get("/notices/"))
    client.post("/notices/seen/", {"notice": notice.pk})
    assert not NoticeSeen.objects.exists()


def test_a_notice_about_what_went_out_of_sight_says_no_more_than_that(
    browser: Browser, process: Process, somebody: Case
) -> None:
    stranger = PostFactory(role=Role.CARE_COORDINATOR, regions=[RegionFactory()])
    tell(process, to_post=stranger)
    shown = text(browser(stranger).get("/notices/"))
    assert "This is no longer with you." in shown
    assert somebody.number not in shown and "In triage" not in shown and str(process.pk) not in shown


def test_a_supervisor_is_told_of_an_escalation(
    browser: Browser, process: Process, supervisor: Post, somebody: Case
) -> None:
    tell(process, Rung.ESCALATION, to_role=Role.SUPERVISOR)
    shown = text(browser(supervisor).get("/notices/"))
    assert "Escalation" in shown and somebody.number in shown


def test_work_handed_over_is_told_to_who_gets_it(
    browser: Browser, process: Process, coordinator: Post, colleague: Post
) -> None:
    acts.hand_over(process.pk, coordinator, colleague)
    shown = text(browser(colleague).get("/notices/"))
    assert "Handed over to you" in shown
    assert count(coordinator).notices == 0


def test_a_deputy_is_told_what_is_for_the_absent(process: Process, coordinator: Post, colleague: Post) -> None:
    tell(process, to_post=colleague)
    assert count(coordinator).notices == 0
    DeputyFactory(absent=colleague, deputy=coordinator)
    assert count(Post.objects.get(pk=coordinator.pk)).notices == 1


def test_pages_of_notices_follow_on_each_other(process: Process, coordinator: Post, colleague: Post) -> None:
    now = clock.now()
    for n in range(40):
        tell(
            process, 0, key=f"hand_over:{n}", at=now - timedelta(minutes=n // 4), to_post=coordinator if n % 3 else None
        )
    tell(process, to_post=colleague)
    for notice in Notice.objects.order_by("?")[:15]:
        NoticeSeen.objects.create(side=notice.side, notice=notice, user=coordinator.user)
    every = [n.pk for n in queries.page(coordinator, now, 1000).notices]
    assert len(every) == 40
    forward, page = [], queries.page(coordinator, now, 7)
    while True:
        forward += [n.pk for n in page.notices]
        if not page.after:
            break
        page = queries.page(coordinator, now, 7, after=page.after)
    assert forward == every
    back = [n.pk for n in page.notices]
    while page.before:
        page = queries.page(coordinator, now, 7, before=page.before)
        back = [n.pk for n in page.notices] + back
    assert back == every


@pytest.mark.parametrize("query", ["after=rubbish", "before=WzAsMV0", "after=%00"])
def test_a_place_that_does_not_exist_is_said(page: Client, process: Process, query: str) -> None:
    tell(process)
    answer = page.get(f"/notices/?{query}")
    assert answer.status_code == 200 and "does not exist" in text(answer)


def test_without_a_post_nothing_is_counted(rf: Any) -> None:
    assert unseen_notices(rf.get("/")) == 0


def test_htmx_gets_the_notices_without_those_just_seen(page: Client, process: Process) -> None:
    notice = tell(process)
    answer = page.post("/notices/seen/", {"notice": notice.pk}, HTTP_HX_REQUEST="true")
    assert answer["HX-Push-Url"] == "false"
    assert "is-new" not in text(answer) and "<html" not in text(answer)


# -- How a person is told ---------------------------------------------------------------------------------------------

WISHES = {
    "digest": "daily",
    "digest_at": "07:45",
    "quiet_from": "20:00",
    "quiet_until": "07:00",
    "language": "nl",
    "shortcuts": "",
}


def test_how_somebody_is_told_is_kept(care: None, page: Client, coordinator: Post, monday: datetime) -> None:
    answer = page.post("/settings/", WISHES)
    assert answer.status_code == 302
    assert page.cookies["django_language"].value == "nl"
    person = User.objects.get(pk=coordinator.user_id)
    assert (person.digest, person.digest_at, person.quiet_from, person.shortcuts) == (
        "daily",
        time(7, 45),
        time(20),
        False,
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"quiet_until": ""}, "Fill in both hours, or neither."),
        ({"quiet_until": "20:00"}, "end at another time than they begin"),
        ({"digest_at": ""}, "at what time the daily mail comes"),
        ({"digest_at": "25:99"}, "Enter a valid time."),
        ({"digest": "hourly"}, "Select a valid choice"),
        ({"language": "de"}, "Select a valid choice"),
    ],
)
def test_wishes_that_cannot_be_are_said_and_nothing_is_kept(
    care: None, page: Client, coordinator: Post, monday: datetime, change: dict[str, str], words: str
) -> None:
    answer = page.post("/settings/", WISHES | change)
    assert answer.status_code == 422
    assert words in text(answer)
    assert User.objects.get(pk=coordinator.user_id).digest == "at_once"


# -- Being away -------------------------------------------------------------------------------------------------------


def away(deputy: Any, start: str = "2026-03-09", end: str = "2026-03-16") -> dict[str, Any]:
    """The form filled in."""
    return {"starts_on": start, "ends_on": end, "deputy": deputy}


def test_somebody_acts_while_one_is_away(page: Client, process: Process, coordinator: Post, colleague: Post) -> None:
    assert page.post("/settings/away/", away(colleague.pk)).status_code == 302
    made = Deputy.objects.get()
    assert (made.absent_id, made.deputy_id, made.starts_on, made.ends_on) == (
        coordinator.pk, colleague.pk, date(2026, 3, 9), date(2026, 3, 16),
    )  # fmt: skip
    assert escape(colleague.user.name) in text(page.get("/settings/"))
    assert AccessRecord.objects.filter(object_kind="deputy", action="write").count() == 1


def test_the_deputy_sees_for_whom_they_act(
    browser: Browser, coordinator: Post, colleague: Post, monday: datetime
) -> None:
    DeputyFactory(absent=coordinator, deputy=colleague)
    shown = text(browser(colleague).get("/settings/"))
    assert "You act for" in shown and escape(coordinator.user.name) in shown


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2026-03-01", "2026-03-16", "This day has passed."),
        ("2026-03-09", "2026-03-09", "You come back after you went away."),
        ("2026-03-09", "2027-03-16", "Arrange at most a year at once."),
        ("2026-03-19", "2026-03-23", "somebody acts for you already"),
        ("soon", "2026-03-16", "Enter a valid date."),
    ],
)
def test_an_absence_that_cannot_be_is_said(
    page: Client, coordinator: Post, colleague: Post, monday: datetime, start: str, end: str, words: str
) -> None:
    DeputyFactory(absent=coordinator, deputy=colleague, starts_on=date(2026, 3, 20), ends_on=date(2026, 3, 22))
    answer = page.post("/settings/away/", away(colleague.pk, start, end))
    assert answer.status_code == 422 and words in text(answer)
    assert Deputy.objects.count() == 1


def test_nobody_acts_who_is_away_or_leaves_or_does_other_work(
    page: Client, coordinator: Post, colleague: Post, monday: datetime
) -> None:
    third = PostFactory(role=coordinator.role, organisation=coordinator.organisation)
    DeputyFactory(absent=colleague, deputy=third)
    assert "away in these days" in text(page.post("/settings/away/", away(colleague.pk)))
    with taken(Side.COMMON):
        Post.objects.filter(pk=third.pk).update(ends_on=date(2026, 3, 12))
    assert "leaves before you are back" in text(page.post("/settings/away/", away(third.pk)))
    other = PostFactory(role=Role.CASEWORKER, organisation=coordinator.organisation)
    assert "Select a valid choice" in text(page.post("/settings/away/", away(other.pk)))
    assert not Deputy.objects.filter(absent=coordinator).exists()


def test_who_is_back_early_ends_the_arrangement(
    page: Client, coordinator: Post, colleague: Post, monday: datetime
) -> None:
    runs = DeputyFactory(absent=coordinator, deputy=colleague)
    comes = DeputyFactory(absent=coordinator, deputy=colleague, starts_on=date(2027, 2, 1), ends_on=date(2027, 3, 1))
    for row in (runs, comes):
        assert page.post(f"/settings/away/{row.pk}/end/").status_code == 302
    assert Deputy.objects.get().ends_on == date(2026, 3, 2)
    assert Post.objects.get(pk=colleague.pk).acts_for == frozenset()


def test_nobody_ends_the_arrangement_of_somebody_else(
    page: Client, coordinator: Post, colleague: Post, monday: datetime
) -> None:
    row = DeputyFactory(absent=colleague, deputy=coordinator)
    assert page.post(f"/settings/away/{row.pk}/end/").status_code == 404
    assert Deputy.objects.get().ends_on == date(2027, 1, 1)


def test_every_role_has_its_own_settings_and_notices(browser: Browser, monday: datetime, db: None) -> None:
    for role in Role:
        client = browser(PostFactory(role=role))
        assert client.get("/settings/").status_code == 200, role
        assert client.get("/notices/").status_code == 200, role
