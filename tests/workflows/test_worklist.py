"""My work as a page: what it shows to whom, what can be done with its rows, and what it answers to bad input."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from access import clock
from access.models import AccessRecord, Post
from access.roles import Role
from cases.models import Case, Search
from tests.factories.access import DeputyFactory, OrganisationFactory, PostFactory, RegionFactory
from tests.factories.cases import CaseFactory, PersonFactory
from tests.factories.workflows import a_process
from tests.workflows.conftest import Browser
from workflows.engine import acts
from workflows.engine.models import Notice, Process, SavedView, StepLog
from workflows.worklist import doing
from workflows.worklist.filters import Filters
from workflows.worklist.groups import Moments
from workflows.worklist.queries import next_process, next_work

pytestmark = pytest.mark.django_db

HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "work"}


def text(response: Any) -> str:
    """The words of a page."""
    return str(response.content.decode())


def asked_of_the_database(act: Callable[[], Any]) -> list[str]:
    """The statements an act sends, without the marks of transactions."""
    with CaptureQueriesContext(connection) as captured:
        act()
    marks = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    return [query["sql"] for query in captured if not query["sql"].startswith(marks)]


@pytest.fixture
def somebody(care: None, region: Any, monday: datetime) -> Case:
    """The case of somebody whose name must not wander."""
    made: Case = CaseFactory(region=region, person=PersonFactory(name="Zilvermeeuw Test"))
    return made


@pytest.fixture
def row(somebody: Case, coordinator: Post) -> Process:
    """A process in the queue, about that case."""
    process = a_process(coordinator, case_id=somebody.pk)
    process.save(force_insert=True)
    return process


@pytest.fixture
def colleague(care: None, coordinator: Post) -> Post:
    """Somebody who does the same work."""
    post: Post = PostFactory(
        role=coordinator.role, organisation=coordinator.organisation, regions=list(coordinator.regions.all())
    )
    return post


def several(post: Post, number: int, **values: Any) -> list[Process]:
    """So many processes in the queue of a post, saved."""
    return Process.objects.bulk_create([a_process(post, **values) for _ in range(number)])


def chosen(process: Process) -> str:
    """How a form names a row as the page showed it."""
    return f"{process.pk}:{process.version}"


# -- What it shows ----------------------------------------------------------------------------------------------------


def test_a_row_says_by_when_what_whose_where_and_how_long(
    page: Client, row: Process, somebody: Case, region: Any
) -> None:
    shown = text(page.get("/"))
    for words in ("Referral", "In triage", somebody.number, "Zilvermeeuw Test", "In the queue", "1 day", "in 2 days"):
        assert words in shown, words
    assert f"/cases/{somebody.pk}/?next=worklist" in shown


def test_rows_stand_below_the_name_of_their_group_in_order_of_the_due_date(
    page: Client, coordinator: Post, row: Process
) -> None:
    now = clock.now()
    several(coordinator, 1, due_at=now - timedelta(hours=3))
    several(coordinator, 1, due_at=now + timedelta(hours=3))
    several(coordinator, 1, due_at=now + timedelta(days=30))
    several(coordinator, 1, paused_at=now)
    several(coordinator, 1, snoozed_until=now + timedelta(hours=1), due_at=now + timedelta(hours=20))
    heads = [part.split("<")[0] for part in text(page.get("/")).split('scope="rowgroup">')[1:]]
    assert heads == ["Overdue", "Today", "This week", "Later", "Waiting for others"]


@pytest.mark.parametrize("size", [25, 100])
def test_a_page_needs_few_queries_however_many_rows_it_shows(
    page: Client, care: None, coordinator: Post, region: Any, monday: datetime, size: int
) -> None:
    cases = [CaseFactory(region=region) for _ in range(30)]
    Process.objects.bulk_create([a_process(coordinator, case_id=cases[n % 30].pk) for n in range(120)])
    page.get(f"/?size={size}")
    sent = asked_of_the_database(lambda: page.get(f"/?size={size}"))
    assert len(sent) <= 10, sent


def test_names_that_were_shown_are_one_line_in_the_access_log(
    page: Client, row: Process, somebody: Case, coordinator: Post
) -> None:
    page.get("/")
    line = AccessRecord.objects.get(object_kind="worklist")
    assert (line.action, line.detail, line.post_id) == (
        "read",
        {"cases": 1, "keys": [str(somebody.pk)]},
        coordinator.pk,
    )


def test_a_page_without_names_is_no_read(page: Client, coordinator: Post, monday: datetime, care: None) -> None:
    several(coordinator, 1)
    page.get("/")
    assert not AccessRecord.objects.filter(object_kind="worklist").exists()


def test_work_of_another_region_is_not_shown(browser: Browser, row: Process) -> None:
    stranger = PostFactory(role=Role.CARE_COORDINATOR, regions=[RegionFactory()])
    shown = text(browser(stranger).get("/"))
    assert "Nothing to do now" in shown


def test_a_shelter_provider_sees_its_process_and_neither_number_nor_name(browser: Browser, somebody: Case) -> None:
    provider = PostFactory(role=Role.SHELTER_PROVIDER, organisation__kind="shelter", regions=[somebody.region])
    process = a_process(provider, case_id=somebody.pk, kind="placement", state="offered")
    process.save(force_insert=True)
    shown = text(browser(provider).get("/"))
    assert f"#{process.pk.hex[:6].upper()}" in shown
    assert somebody.number not in shown and "Zilvermeeuw" not in shown and str(somebody.pk) not in shown


def test_the_title_and_the_addresses_tell_nothing_about_anybody(page: Client, row: Process) -> None:
    shown = text(page.get("/"))
    assert "<title>Loods – My work</title>" in shown
    assert "Zilvermeeuw" not in "".join(part.split('"')[0] for part in shown.split('href="'))


def test_what_a_colleague_handed_over_is_new_until_the_next_visit(
    page: Client, coordinator: Post, colleague: Post, row: Process, monday: datetime
) -> None:
    page.get("/")
    with clock.at(monday + timedelta(minutes=30)):
        acts.take(row.pk, colleague)
        acts.hand_over(row.pk, colleague, coordinator)
        assert "badge--new" in text(page.get("/"))
    with clock.at(monday + timedelta(minutes=35)):
        assert "badge--new" in text(page.get("/")), "the same visit"
    with clock.at(monday + timedelta(hours=3)):
        assert "badge--new" not in text(page.get("/"))


def test_what_one_took_oneself_is_not_new(page: Client, coordinator: Post, row: Process, monday: datetime) -> None:
    page.get("/")
    with clock.at(monday + timedelta(minutes=30)):
        acts.take(row.pk, coordinator)
        assert "badge--new" not in text(page.get("/"))


def test_work_of_somebody_absent_is_marked_as_done_for_them(
    page: Client, coordinator: Post, colleague: Post, row: Process
) -> None:
    DeputyFactory(absent=colleague, deputy=coordinator)
    acts.take(row.pk, colleague)
    assert escape(f"for {colleague.user.name}") in text(page.get("/"))


@pytest.mark.parametrize(
    ("role", "status", "where"),
    [
        (Role.SUPERVISOR, 302, "/board/"),
        (Role.ADMINISTRATOR, 302, "/admin/"),
    ],
)
def test_who_has_no_work_of_their_own_is_led_to_what_is_theirs(
    browser: Browser, role: Role, status: int, where: str
) -> None:
    answer = browser(PostFactory(role=role)).get("/")
    assert answer.status_code == status
    assert answer.get("Location", "") == where


# -- What it is asked -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "kind=nothing", "state=referral.gone", "region=999999", "region=abc", "urgent=maybe", "who=everybody",
        "group=soon", "sort=password", "size=10000", "after=rubbish", "before=WzBd", "q=Zilvermeeuw", "found=12",
        "kind=%00", "after=%00", "q=%00", "found=%00",
    ],
)  # fmt: skip
def test_what_an_address_asks_and_does_not_exist_is_left_out_and_said(page: Client, row: Process, query: str) -> None:
    answer = page.get(f"/?{query}")
    assert answer.status_code == 200
    assert 'role="alert"' in text(answer)
    assert "In triage" in text(answer)


def test_a_region_of_somebody_else_is_not_even_known(page: Client, row: Process) -> None:
    other = RegionFactory()
    shown = text(page.get(f"/?region={other.pk}"))
    assert "does not exist here" in shown and other.name not in shown


def test_filters_order_and_size_stand_in_the_address_together() -> None:
    asked = Filters(
        kinds=("referral",), states=("referral.triage",), regions=(3,), urgent=True, who="queue", sort="-waits", size=50
    )
    assert asked.query() == "kind=referral&state=referral.triage&region=3&urgent=1&who=queue&sort=-waits&size=50"
    assert asked.query(group="today", after="abc") == (
        "kind=referral&state=referral.triage&region=3&urgent=1&who=queue&group=today&sort=-waits&size=50&after=abc"
    )


def test_a_case_number_is_found_by_its_beginning(page: Client, row: Process, somebody: Case, coordinator: Post) -> None:
    several(coordinator, 3)
    answer = page.post("/work/search/", {"text": somebody.number.lower(), "next": "/"})
    assert answer["Location"] == f"/?q={somebody.number}"
    shown = text(page.get(answer["Location"]))
    assert "Zilvermeeuw Test" in shown and shown.count("data-open-row") == 1
    assert AccessRecord.objects.filter(object_kind="worklist", action="search").count() == 1


def test_a_name_is_found_and_never_stands_in_an_address(page: Client, row: Process, coordinator: Post) -> None:
    several(coordinator, 3)
    answer = page.post("/work/search/", {"text": "Zilvermeeuw", "next": "/?who=queue"})
    assert "Zilvermeeuw" not in answer["Location"]
    assert answer["Location"].startswith("/?who=queue&found=")
    shown = text(page.get(answer["Location"]))
    assert shown.count("data-open-row") == 1
    assert 'value="Zilvermeeuw"' in shown


def test_a_search_of_somebody_else_finds_nothing_and_does_not_tell_what_was_searched(
    page: Client, row: Process, colleague: Post
) -> None:
    search = Search.objects.create(user=colleague.user, text="Zilvermeeuw")
    shown = text(page.get(f"/?found={search.pk}"))
    assert "data-open-row" not in shown and "Zilvermeeuw" not in shown


def test_htmx_gets_the_list_alone_and_the_back_button_the_whole_page(page: Client, row: Process) -> None:
    part = text(page.get("/?who=queue", **HTMX))
    assert part.lstrip().startswith('<div id="work"') and "<html" not in part
    assert "<html" in text(page.get("/?who=queue", **HTMX, HTTP_HX_HISTORY_RESTORE_REQUEST="true"))


@pytest.mark.parametrize(
    "role", [Role.SHELTER_PROVIDER, Role.INVESTIGATOR, Role.COMMITTEE_SECRETARY, Role.NATIONAL_DESK]
)
def test_every_question_has_an_answer_for_every_role(
    browser: Browser, row: Process, somebody: Case, role: Role
) -> None:
    client = browser(PostFactory(role=role))
    search = client.post("/work/search/", {"text": "Zilvermeeuw", "next": "/"})["Location"]
    for query in (
        "sort=number", "sort=-number", f"q={somebody.number}", f"found={uuid4()}", "who=colleagues&group=today",
        "kind=referral&state=referral.triage&urgent=1&who=mine&sort=who", search.partition("?")[2],
    ):  # fmt: skip
        answer = client.get(f"/?{query}")
        assert answer.status_code == 200, query
        assert "Zilvermeeuw Test" not in text(answer), query


# -- What can be done -------------------------------------------------------------------------------------------------


def test_a_row_is_taken_by_its_own_button(page: Client, row: Process, coordinator: Post) -> None:
    answer = page.post("/work/do/", {"one": f"take:{chosen(row)}", "next": "/?who=queue"})
    assert answer["Location"] == "/?who=queue"
    row.refresh_from_db()
    assert row.assignee_id == coordinator.pk
    assert "1 row is yours now." in text(page.get("/"))


def test_htmx_gets_the_fresh_list_with_what_was_done(page: Client, row: Process) -> None:
    answer = page.post("/work/do/", {"one": f"take:{chosen(row)}", "next": "/?group=week"}, **HTMX)
    assert answer.status_code == 200
    assert answer["HX-Push-Url"] == "false"
    assert "1 row is yours now." in text(answer) and ">You<" in text(answer)
    assert "group=week&amp;sort=kind" in text(answer), "the list keeps what it was narrowed to"


def test_a_lost_race_for_one_row_shows_how_it_stands_now(page: Client, row: Process, colleague: Post) -> None:
    acts.take(row.pk, colleague)
    answer = page.post("/work/do/", {"one": f"take:{chosen(row)}"})
    assert answer.status_code == 409
    assert escape(colleague.user.name) in text(answer) and f"/work/{row.pk}/take-over/" in text(answer)
    fragment = page.post("/work/do/", {"one": f"take:{chosen(row)}", "next": "/"}, **HTMX)
    assert fragment.status_code == 409
    assert "A colleague has taken this." in text(fragment)
    assert f"/work/{row.pk}/take-over/" in text(fragment)


def test_an_old_version_of_a_row_is_not_handed_over(
    page: Client, row: Process, coordinator: Post, colleague: Post
) -> None:
    acts.take(row.pk, coordinator)
    answer = page.post("/work/do/", {"act": "hand_over", "chosen": chosen(row), "to": colleague.pk})
    assert answer.status_code == 409
    assert "Somebody else was first." in text(answer)
    row.refresh_from_db()
    assert row.assignee_id == coordinator.pk


def test_many_are_taken_at_once_and_those_lost_to_somebody_are_named_with_the_reason(
    page: Client, coordinator: Post, colleague: Post, somebody: Case, row: Process
) -> None:
    others = several(coordinator, 3)
    acts.take(row.pk, colleague)
    answer = page.post("/work/do/", {"act": "take", "chosen": [chosen(p) for p in [row, *others]], "next": "/"}, **HTMX)
    shown = text(answer)
    assert answer.status_code == 200
    assert "3 rows are yours now." in shown and "1 row was not done." in shown
    assert f"{somebody.number} (In triage)" in shown and "A colleague has taken this." in shown
    assert Process.objects.filter(assignee=coordinator.pk).count() == 3
    assert StepLog.objects.filter(action="take", post=coordinator).count() == 3
    row.refresh_from_db()
    assert row.assignee_id == colleague.pk, "nothing is lost"


def test_the_answer_without_a_script_says_the_same(
    page: Client, coordinator: Post, colleague: Post, row: Process
) -> None:
    others = several(coordinator, 2)
    acts.take(row.pk, colleague)
    page.post("/work/do/", {"act": "take", "chosen": [chosen(p) for p in [row, *others]], "next": "/"})
    shown = text(page.get("/"))
    assert "2 rows are yours now." in shown and "1 row was not done." in shown


def test_many_are_handed_over_and_given_back_at_once(
    page: Client, coordinator: Post, colleague: Post, care: None, monday: datetime
) -> None:
    rows = several(coordinator, 3, assignee=coordinator)
    page.post("/work/do/", {"act": "hand_over", "chosen": [chosen(p) for p in rows[:2]], "to": colleague.pk})
    page.post("/work/do/", {"act": "give_back", "chosen": [chosen(rows[2])]})
    assert [p.assignee_id for p in Process.objects.in_bulk([r.pk for r in rows]).values()].count(colleague.pk) == 2
    assert Process.objects.get(pk=rows[2].pk).assignee_id is None
    assert Notice.objects.filter(to_post=colleague).count() == 2


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"act": "take"}, "Choose at least one row."),
        ({"act": "delete", "chosen": "x"}, "Choose what must be done."),
        ({"act": "take", "chosen": "rubbish"}, "Choose at least one row."),
        ({"one": "take:"}, "Choose at least one row."),
        ({"act": "hand_over", "chosen": str(uuid4())}, "Choose the colleague"),
        ({"act": "hand_over", "chosen": str(uuid4()), "to": "99999999999999999999999"}, "Choose the colleague"),
        ({"act": "take", "chosen": [str(uuid4()) for _ in range(201)]}, "Choose at most 200 rows at once."),
    ],
)
def test_a_form_that_says_too_little_gets_a_sentence(
    page: Client, row: Process, data: dict[str, Any], words: str
) -> None:
    assert page.post("/work/do/", data)["Location"] == "/"
    assert words in text(page.get("/"))


def test_nobody_is_led_away_from_the_program(page: Client, row: Process) -> None:
    answer = page.post("/work/do/", {"one": f"take:{chosen(row)}", "next": "https://example.invalid/"})
    assert answer["Location"] == "/"


def test_a_row_of_another_region_looks_absent_whatever_is_tried(browser: Browser, row: Process) -> None:
    stranger = browser(PostFactory(role=Role.CARE_COORDINATOR, regions=[RegionFactory()]))
    assert stranger.post("/work/do/", {"one": f"take:{chosen(row)}"}).status_code == 404
    for name in ("take-over", "hand-over", "snooze"):
        assert stranger.get(f"/work/{row.pk}/{name}/").status_code == 404
        assert stranger.post(f"/work/{row.pk}/{name}/").status_code == 404
    row.refresh_from_db()
    assert (row.version, row.assignee_id) == (1, None)


def test_taking_over_asks_first_and_tells_the_colleague(
    page: Client, row: Process, coordinator: Post, colleague: Post
) -> None:
    acts.take(row.pk, colleague)
    question = text(page.get(f"/work/{row.pk}/take-over/?next=/"))
    assert escape(colleague.user.name) in question
    row.refresh_from_db()
    assert row.assignee_id == colleague.pk, "asking changes nothing"
    page.post(f"/work/{row.pk}/take-over/", {"version": row.version, "next": "/"})
    row.refresh_from_db()
    assert row.assignee_id == coordinator.pk
    assert Notice.objects.filter(to_post=colleague, key__startswith="take").count() == 1


def test_handing_over_offers_who_does_this_work_and_nobody_else(
    page: Client, row: Process, coordinator: Post, colleague: Post
) -> None:
    elsewhere = PostFactory(role=coordinator.role, organisation=coordinator.organisation, regions=[RegionFactory()])
    left = PostFactory(
        role=coordinator.role,
        organisation=coordinator.organisation,
        regions=list(coordinator.regions.all()),
        ends_on=clock.today(),
    )
    shown = text(page.get(f"/work/{row.pk}/hand-over/"))
    assert escape(colleague.user.name) in shown
    assert escape(elsewhere.user.name) not in shown and escape(left.user.name) not in shown
    answer = page.post(f"/work/{row.pk}/hand-over/", {"to": elsewhere.pk, "reason": "kept text", "version": 1})
    assert answer.status_code == 422 and "kept text" in text(answer)
    page.post(f"/work/{row.pk}/hand-over/", {"to": colleague.pk, "reason": "knows the family", "version": 1})
    row.refresh_from_db()
    assert row.assignee_id == colleague.pk
    assert StepLog.objects.get(action="hand_over").reason == "knows the family"


def test_snoozing_offers_moments_within_the_term_and_keeps_what_was_typed(
    page: Client, row: Process, monday: datetime
) -> None:
    Process.objects.filter(pk=row.pk).update(due_at=monday + timedelta(hours=5))
    shown = text(page.get(f"/work/{row.pk}/snooze/"))
    assert "Later today" in shown and "Tomorrow" not in shown
    beyond = page.post(f"/work/{row.pk}/snooze/", {"when": "other", "moment": "2026-03-04T09:00"})
    assert beyond.status_code == 422
    assert "beyond the end of its term" in text(beyond) and "2026-03-04T09:00" in text(beyond)
    assert page.post(f"/work/{row.pk}/snooze/", {"when": "tomorrow"}).status_code == 422
    assert page.post(f"/work/{row.pk}/snooze/", {"when": "later", "next": "/"}).status_code == 302
    row.refresh_from_db()
    assert row.snoozed_until == datetime.fromisoformat("2026-03-02T13:00:00+01:00")
    assert "Nothing to do now" in text(page.get("/"))
    asleep = text(page.get("/?group=snoozed"))
    assert "data-open-row" in asleep
    page.post("/work/do/", {"one": f"wake:{row.pk}:{row.version}"})
    row.refresh_from_db()
    assert row.snoozed_until is None


def test_the_most_urgent_row_of_the_queue_is_taken_and_opened(
    page: Client, coordinator: Post, colleague: Post, row: Process
) -> None:
    now = clock.now()
    (mine,) = several(coordinator, 1, assignee=coordinator, due_at=now - timedelta(days=2))
    (theirs,) = several(coordinator, 1, assignee=colleague, due_at=now - timedelta(days=1))
    (urgent,) = several(coordinator, 1, due_at=now + timedelta(hours=1))
    answer = page.post("/work/take-one/", {"next": "/"})
    assert answer["Location"] == f"/process/{urgent.pk}/?next=worklist"
    assert Process.objects.get(pk=urgent.pk).assignee_id == coordinator.pk
    assert page.post("/work/take-one/")["Location"] == f"/process/{row.pk}/?next=worklist"
    assert page.post("/work/take-one/")["Location"] == "/"
    assert "There is nothing in the queue to take." in text(page.get("/"))
    assert Process.objects.get(pk=theirs.pk).assignee_id == colleague.pk
    assert mine.assignee_id == coordinator.pk


def test_who_is_second_takes_the_next_row(
    coordinator: Post, colleague: Post, row: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    (first,) = several(coordinator, 1, due_at=clock.now() + timedelta(hours=1))
    seen = doing.urgent_first(coordinator, Filters(who="queue"), Moments.around(clock.now()), 25)
    acts.take(first.pk, colleague)  # between looking and taking
    monkeypatch.setattr(doing, "urgent_first", lambda *_: seen)
    taken = doing.take_one(coordinator, Filters(), Moments.around(clock.now()))
    assert taken is not None and taken.pk == row.pk


def test_after_a_step_comes_the_next_row_and_at_the_end_the_list(
    coordinator: Post, care: None, monday: datetime
) -> None:
    now = clock.now()
    a, b, c = (several(coordinator, 1, due_at=now + timedelta(hours=n))[0] for n in (1, 2, 3))
    assert next_process(coordinator, after=a) == b
    assert next_process(coordinator, after=b) == a
    assert next_process(coordinator, after=b, due_before=b.due_at) == c
    assert next_process(coordinator, after=c, due_before=c.due_at) == a, "from the top again"
    assert next_work(coordinator, c) == f"/process/{a.pk}/?next=worklist"
    Process.objects.exclude(pk=a.pk).update(paused_at=now)
    assert next_work(coordinator, a) == "/"


def test_what_is_done_from_a_list_is_logged(page: Client, row: Process) -> None:
    page.post("/work/do/", {"one": f"take:{chosen(row)}"})
    line = AccessRecord.objects.get(object_kind="process", action="write")
    assert (line.object_id, line.detail) == (str(row.pk), {"act": "take"})


# -- Views kept under a name ------------------------------------------------------------------------------------------


def test_a_view_is_kept_opened_first_renamed_and_dropped(page: Client, row: Process, coordinator: Post) -> None:
    page.post("/work/views/", {"name": "Spoed", "default": "on", "next": "/?urgent=1&who=queue&q=2026"})
    view = SavedView.objects.get()
    assert (view.post_id, view.query, view.is_default) == (coordinator.pk, "urgent=1&who=queue", True)
    assert "Nothing answers these filters" in text(page.get("/"))
    assert "data-open-row" in text(page.get("/?all=1"))
    page.post("/work/views/", {"name": "Alles", "default": "on", "next": "/"})
    assert list(SavedView.objects.filter(is_default=True).values_list("name", flat=True)) == ["Alles"]
    twice = page.post(f"/work/views/{view.pk}/", {f"v{view.pk}-name": "Alles"})
    assert twice.status_code == 422 and "You have a view of this name already." in text(twice)
    page.post(f"/work/views/{view.pk}/", {f"v{view.pk}-name": "Rood", f"v{view.pk}-default": "on"})
    view.refresh_from_db()
    assert (view.name, view.is_default) == ("Rood", True)
    assert "Rood" in text(page.get("/work/views/"))
    page.post(f"/work/views/{view.pk}/", {"delete": "1"})
    assert not SavedView.objects.filter(name="Rood").exists()


def test_a_view_of_somebody_else_is_not_there(browser: Browser, page: Client, row: Process, colleague: Post) -> None:
    page.post("/work/views/", {"name": "Van mij", "next": "/?who=mine"})
    view = SavedView.objects.get()
    other = browser(colleague)
    assert "Van mij" not in text(other.get("/work/views/")) + text(other.get("/"))
    assert other.post(f"/work/views/{view.pk}/", {"delete": "1"}).status_code == 404
    assert SavedView.objects.exists()


def test_a_view_without_a_name_keeps_what_was_asked(page: Client, row: Process) -> None:
    answer = page.post("/work/views/", {"name": " ", "next": "/?who=mine"})
    assert answer.status_code == 422
    assert "/?who=mine" in text(answer)


def test_more_filters_than_can_be_kept_are_said(care: None, browser: Browser, monday: datetime) -> None:
    regions = [RegionFactory() for _ in range(120)]
    client = browser(PostFactory(regions=regions))
    query = "&".join(f"region={region.pk}" for region in regions)
    answer = client.post("/work/views/", {"name": "Overal", "next": f"/?{query}"})
    assert answer.status_code == 422
    assert "too many filters" in text(answer)
    assert client.get(f"/?{query}").status_code == 200


def test_a_view_whose_process_has_gone_still_opens(page: Client, row: Process, coordinator: Post) -> None:
    SavedView.objects.create(post=coordinator, name="Oud", query="kind=abolished&who=queue", is_default=True)
    shown = text(page.get("/"))
    assert "does not exist here" in shown and "data-open-row" in shown


# -- Doors ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR])
def test_roles_without_work_have_no_way_to_act(browser: Browser, role: Role) -> None:
    client = browser(PostFactory(role=role))
    for path in ("/work/do/", "/work/search/", "/work/take-one/", "/work/views/"):
        assert client.post(path).status_code == 403, path


def test_every_change_needs_a_token(row: Process, page: Client) -> None:
    page.handler.enforce_csrf_checks = True
    assert page.post("/work/do/", {"one": f"take:{chosen(row)}"}).status_code == 403
    row.refresh_from_db()
    assert row.assignee_id is None


def test_a_post_elsewhere_in_the_organisation_does_not_get_the_queue(
    browser: Browser, row: Process, coordinator: Post
) -> None:
    caseworker = PostFactory(
        role=Role.CASEWORKER, organisation=coordinator.organisation, regions=list(coordinator.regions.all())
    )
    client = browser(caseworker)
    assert "data-open-row" not in text(client.get("/"))
    assert client.post("/work/do/", {"one": f"take:{chosen(row)}"}).status_code == 403
    OrganisationFactory()
