"""The supervisor's board: the numbers, the rows behind them, handing over from there, and the files."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from access import clock
from access.models import AccessRecord, Post
from access.roles import Role
from access.wall import Side, taken
from cases.models import Case
from shelters.sheets import harmless
from tests.factories.access import DeputyFactory, OrganisationFactory, PostFactory, RegionFactory
from tests.factories.cases import CaseFactory, PersonFactory
from tests.factories.workflows import a_process, many_processes
from tests.workflows.conftest import Browser
from tests.workflows.test_worklist import asked_of_the_database, chosen, text
from workflows.board import queries
from workflows.board.queries import Asked
from workflows.engine.models import Process
from workflows.worklist.groups import Moments

pytestmark = pytest.mark.django_db


@pytest.fixture
def board(care: None, browser: Browser, supervisor: Post, monday: datetime) -> Client:
    """The supervisor's browser."""
    return browser(supervisor)


@pytest.fixture
def colleague(care: None, coordinator: Post) -> Post:
    post: Post = PostFactory(
        role=coordinator.role, organisation=coordinator.organisation, regions=list(coordinator.regions.all())
    )
    return post


@pytest.fixture
def late(care: None, coordinator: Post, monday: datetime, region: Any) -> Process:
    """An escalated process that the coordinator has, about somebody whose name must not wander."""
    case: Case = CaseFactory(region=region, person=PersonFactory(name="Zilvermeeuw Test"))
    process = a_process(
        coordinator,
        case_id=case.pk,
        assignee=coordinator,
        assigned_at=monday,
        due_at=monday - timedelta(days=3),
        rung=3,
    )
    process.save(force_insert=True)
    return process


def test_the_sums_are_those_of_the_rows(care: None, region: Any, monday: datetime) -> None:
    other = RegionFactory()
    top = OrganisationFactory()
    below, beside = OrganisationFactory(parent=top), OrganisationFactory()
    chief = PostFactory(role=Role.SUPERVISOR, organisation=top, regions=[region])
    workers = [PostFactory(organisation=o, regions=[region, other]) for o in (top, top, below, beside)]
    rows = many_processes(Random(7), workers, 200, [])
    counted, now = queries.board(chief, Moments.around(monday)), monday

    def seen(row: Process) -> bool:
        in_sight = row.owner_organisation_id == top.pk or row.region_id == region.pk
        return row.owner_organisation_id in (top.pk, below.pk) and in_sight

    shown = [row for row in rows if seen(row)]
    assert counted.total.open == len(shown) > 50
    late = [row for row in shown if row.paused_at is None and row.due_at and row.due_at < now]
    assert counted.total.overdue == len(late) > 5
    assert counted.total.escalated == sum(row.rung >= 3 for row in late) > 0
    assert counted.total.oldest == min(row.due_at for row in late if row.due_at)
    sunday = datetime.fromisoformat("2026-03-09T00:00:00+01:00")
    assert counted.total.week == sum(
        row.paused_at is None and row.due_at is not None and now <= row.due_at < sunday for row in shown
    )
    for worker in workers[:3]:
        mine = [row for row in shown if row.assignee_id == worker.pk]
        assert counted.people.get(worker.pk, queries.Sum()).open == len(mine)
    for team in (top, below):
        for kind in ("referral", "placement"):
            there = [row for row in late if row.owner_organisation_id == team.pk and row.kind == kind]
            assert counted.cells[team.pk, kind].overdue == len(there)
    assert beside.pk not in counted.teams
    for asked in (
        Asked(),
        Asked(what="escalated"),
        Asked(what="open", queue=True),
        Asked(what="week", team=below.pk),
        Asked(what="open", kind="placement", person=workers[0].pk),
    ):
        listed = list(queries.rows_of(chief, asked, Moments.around(monday)))
        assert {row.pk for row in listed} <= {row.pk for row in shown}
        assert [row.due_at for row in listed] == sorted(row.due_at for row in listed if row.due_at)
    number = sum(row.assignee_id is None for row in shown)
    assert sum(one.open for one in counted.queues.values()) == number
    assert queries.rows_of(chief, Asked(what="open", queue=True), Moments.around(monday)).count() == number


def test_pages_of_rows_follow_on_each_other(care: None, coordinator: Post, supervisor: Post, monday: datetime) -> None:
    rows = [a_process(coordinator, due_at=monday - timedelta(hours=n // 3)) for n in range(1, 41)]
    Process.objects.bulk_create(rows)
    moments, asked = Moments.around(monday + timedelta(minutes=1)), Asked()
    every = [row.pk for row in queries.page(supervisor, asked, moments, 100).rows]
    page, forward = queries.page(supervisor, asked, moments, 9), []
    while True:
        forward += [row.pk for row in page.rows]
        if not page.after:
            break
        page = queries.page(supervisor, asked, moments, 9, after=page.after)
    assert forward == every and len(every) == 40
    back = [row.pk for row in page.rows]
    while page.before:
        page = queries.page(supervisor, asked, moments, 9, before=page.before)
        back = [row.pk for row in page.rows] + back
    assert back == every


def test_the_page_shows_numbers_that_lead_to_rows_and_no_names_of_clients(
    board: Client, late: Process, coordinator: Post, supervisor: Post
) -> None:
    shown = text(board.get("/board/"))
    assert escape(coordinator.user.name) in shown
    assert f"?team={coordinator.organisation_id}&amp;kind=referral#rows-head" in shown
    assert f"?person={coordinator.pk}&amp;what=escalated#rows-head" in shown
    assert str(late.pk) in shown and "Zilvermeeuw" not in shown


def test_the_page_needs_few_queries(board: Client, coordinator: Post, region: Any) -> None:
    cases = [CaseFactory(region=region) for _ in range(20)]
    rows = [a_process(coordinator, case_id=case.pk, due_at=clock.now() - timedelta(hours=4)) for case in cases]
    Process.objects.bulk_create(rows)
    board.get("/board/")
    sent = asked_of_the_database(lambda: board.get("/board/"))
    assert len(sent) <= 10, "\n".join(s[:150] for s in sent)


@pytest.mark.parametrize(
    "query", ["team=999", "kind=gone", "person=1e9", "what=all", "after=rubbish", "team=%00", "before=%00"]
)
def test_what_an_address_asks_and_does_not_exist_is_said(board: Client, late: Process, query: str) -> None:
    answer = board.get(f"/board/?{query}")
    assert answer.status_code == 200
    assert 'role="alert"' in text(answer) and str(late.pk) in text(answer)


def test_late_work_is_handed_over_from_the_board(
    board: Client, late: Process, colleague: Post, coordinator: Post
) -> None:
    answer = board.post(
        "/work/do/", {"act": "hand_over", "chosen": chosen(late), "to": colleague.pk, "next": "/board/?what=escalated"}
    )
    assert answer["Location"] == "/board/?what=escalated"
    late.refresh_from_db()
    assert late.assignee_id == colleague.pk
    assert "1 row was handed over." in text(board.get("/board/"))


def test_late_work_goes_back_to_the_queue_from_the_board(board: Client, late: Process) -> None:
    board.post("/work/do/", {"one": f"give_back:{chosen(late)}", "next": "/board/"})
    late.refresh_from_db()
    assert late.assignee_id is None


def test_who_does_other_work_does_not_get_it(board: Client, late: Process, coordinator: Post) -> None:
    caseworker = PostFactory(
        role=Role.CASEWORKER, organisation=coordinator.organisation, regions=list(coordinator.regions.all())
    )
    answer = board.post(
        "/work/do/", {"act": "hand_over", "chosen": chosen(late), "to": caseworker.pk, "next": "/board/"}
    )
    assert answer.status_code == 409
    assert "does not do this work here" in text(answer)
    late.refresh_from_db()
    assert late.assignee_id == coordinator.pk


def test_a_supervisor_takes_no_work(board: Client, late: Process, coordinator: Post) -> None:
    assert board.post("/work/do/", {"one": f"take:{chosen(late)}", "next": "/board/"}).status_code == 403
    assert board.get(f"/work/{late.pk}/take-over/").status_code == 403


def test_one_row_is_handed_over_in_a_dialog_that_offers_who_does_this_work(
    board: Client, late: Process, colleague: Post
) -> None:
    shown = text(board.get(f"/work/{late.pk}/hand-over/?next=/board/"))
    assert escape(colleague.user.name) in shown
    board.post(f"/work/{late.pk}/hand-over/", {"to": colleague.pk, "version": late.version, "next": "/board/"})
    late.refresh_from_db()
    assert late.assignee_id == colleague.pk


def test_the_supervisor_of_another_organisation_sees_nothing_of_it(browser: Browser, late: Process) -> None:
    stranger = PostFactory(role=Role.SUPERVISOR, regions=[RegionFactory()])
    client = browser(stranger)
    assert str(late.pk) not in text(client.get("/board/?what=open"))
    assert client.post("/work/do/", {"one": f"give_back:{chosen(late)}", "next": "/board/"}).status_code == 404
    assert str(late.case_id) not in text(client.get("/board/rows.csv?what=open"))


def test_the_next_level_up_sees_the_teams_that_answer_to_it(
    browser: Browser, late: Process, coordinator: Post, region: Any
) -> None:
    top = OrganisationFactory()
    with taken(Side.COMMON):
        coordinator.organisation.parent = top
        coordinator.organisation.save(update_fields=["parent"])
    chief = PostFactory(role=Role.SUPERVISOR, organisation=top, regions=[region])
    shown = text(browser(chief).get("/board/"))
    assert escape(coordinator.organisation.name) in shown and str(late.pk) in shown


def test_who_leaves_soon_or_is_away_without_anybody_acting_is_named(
    board: Client, coordinator: Post, colleague: Post, late: Process
) -> None:
    with taken(Side.COMMON):
        Post.objects.filter(pk=coordinator.pk).update(ends_on=date(2026, 3, 20))
    third = PostFactory(role=coordinator.role, organisation=coordinator.organisation, ends_on=date(2026, 3, 1))
    DeputyFactory(absent=colleague, deputy=third)
    shown = text(board.get("/board/"))
    assert f"<strong>{escape(coordinator.user.name)}</strong> leaves on 20 March and has 1 open process." in shown
    assert f"<strong>{escape(colleague.user.name)}</strong> is away until 1 January and nobody acts" in shown


@pytest.mark.parametrize("role", [r for r in Role if r not in (Role.SUPERVISOR, Role.NATIONAL_DESK)])
def test_the_board_is_for_supervisors_and_the_desk(browser: Browser, role: Role, db: None) -> None:
    client = browser(PostFactory(role=role))
    for path in ("/board/", "/board/teams.csv", "/board/people.csv", "/board/rows.csv"):
        assert client.get(path).status_code == 403


def test_the_desk_sees_every_team(browser: Browser, late: Process, desk: Post, coordinator: Post) -> None:
    shown = text(browser(desk).get("/board/"))
    assert escape(coordinator.organisation.name) in shown and str(late.pk) in shown


def lines(answer: Any) -> list[list[str]]:
    """The lines of a CSV answer."""
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


def test_each_table_is_a_file_without_names_of_clients(board: Client, late: Process, coordinator: Post) -> None:
    number = Case.objects.get(pk=late.case_id).number
    teams, people, rows = (lines(board.get(f"/board/{name}.csv")) for name in ("teams", "people", "rows"))
    assert [coordinator.organisation.name, "Referral", "1", "1", "1", "0"] in teams
    assert [coordinator.user.name, "1", "1"] in [[line[0], line[3], line[4]] for line in people]
    assert rows[1][0] == number and len(rows) == 2
    assert "Zilvermeeuw" not in str([teams, people, rows])
    assert AccessRecord.objects.filter(action="export", object_kind="board rows", detail={"rows": 1}).exists()
    assert board.get("/board/people-and-more.csv").status_code == 404


@pytest.mark.parametrize("value", ["=1+1", "+31", "-2", "@sum"])
def test_no_value_is_a_formula_in_a_spreadsheet(value: str) -> None:
    assert harmless(value) == f"'{value}"
    assert harmless("Noor") == "Noor"
