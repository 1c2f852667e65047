"""Actions on gaps: opened from the picture, followed to the end, and held against the picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from access import clock
from access.models import Post
from access.roles import Role
from access.wall import Side, taken
from tests.factories.access import OrganisationFactory, PostFactory, RegionFactory
from tests.factories.shelters import a_unit
from tests.workflows.conftest import queries
from workflows.engine.models import Notice, Process, Rung
from workflows.engine.sweep import sweep
from workflows.supply_adjustment.models import Adjustment

pytestmark = pytest.mark.django_db
SignIn = Callable[[Post], Client]


@pytest.fixture(autouse=True)
def _common(db: None) -> Iterator[None]:
    """Work for the common side during the test."""
    with taken(Side.COMMON):
        yield


@pytest.fixture
def owner(db: None) -> Post:
    """An action owner."""
    made: Post = PostFactory(role=Role.ACTION_OWNER)
    return made


@pytest.fixture
def analyst(owner: Post) -> Post:
    """An analyst of the same organisation."""
    made: Post = PostFactory(role=Role.ANALYST, organisation=owner.organisation)
    return made


@pytest.fixture
def page(signed_in: SignIn, owner: Post, region: Any, monday: datetime) -> Client:
    """The action owner's browser, in English."""
    client = signed_in(owner)
    client.cookies["django_language"] = "en"
    return client


def text(response: Any) -> str:
    """The words of a page."""
    return " ".join(response.content.decode().split())


def opened(page: Client) -> Process:
    """An action on the gap of crisis places for men."""
    answer = page.post("/picture/actions/new/?kind=crisis&gender=man", {"title": "Crisis places for men"})
    assert answer.status_code == 302, text(answer)[-2000:]
    made: Process = Process.objects.get(kind="supply_adjustment")
    return made


def step(page: Client, process: Process, action: str, **data: Any) -> Any:
    """A step as the page makes it."""
    process.refresh_from_db()
    return page.post(f"/process/{process.pk}/{action}/", {"version": process.version, **data})


PLAN = {
    "holder": "Ministry",
    "target_places": "10",
    "target_on": "2026-12-01",
    "payer": "wmo",
    "cost": "1000",
    "parties": "",
}


def test_it_is_opened_from_a_gap_and_keeps_the_gap_as_it_was(page: Client, region: Any, analyst: Post) -> None:
    assert "there is no crisis place for men" in text(page.get("/picture/actions/new/?kind=crisis&gender=man"))
    process = opened(page)
    record = Adjustment.objects.get()
    assert (record.kind, record.gender, record.without, record.unmet) == ("crisis", "man", 1, 0)
    assert process.owner_role == Role.ACTION_OWNER
    assert page.get("/picture/actions/new/?kind=flying").status_code == 404


def test_it_is_followed_to_its_end_and_the_picture_says_whether_the_gap_went(
    page: Client, signed_in: SignIn, analyst: Post, region: Any
) -> None:
    process = opened(page)
    assert step(page, process, "plan", **PLAN | {"target_on": "2020-01-01"}).status_code == 422
    assert step(page, process, "plan", **PLAN | {"target_places": "0"}).status_code == 422
    step(page, process, "plan", **PLAN)
    step(page, process, "begin")
    step(page, process, "tell", realised="4", reason="Going well")
    assert "4 of 10 places" in text(page.get(f"/picture/actions/{process.pk}/"))
    step(page, process, "realise", realised="10", realised_on="2026-03-02", result="There")
    process.refresh_from_db()
    assert (process.state, process.owner_role) == ("realised", Role.ANALYST)
    assert step(page, process, "confirm").status_code == 403, "who owns it does not check it"
    checks = signed_in(analyst)
    checks.cookies["django_language"] = "en"
    shown = text(checks.get(f"/picture/actions/{process.pk}/"))
    assert "there is no crisis place for men" in shown and "no such gap any more" not in shown
    with taken(Side.CARE):
        house = OrganisationFactory(kind="shelter")
        a_unit(organisation=house, region=region, places=10, genders=["man"])
    assert "no such gap any more" in text(checks.get(f"/picture/actions/{process.pk}/"))
    step(checks, process, "confirm")
    process.refresh_from_db()
    assert process.state == "closed"


def test_terms_remind_and_escalate_to_the_national_desk(page: Client, desk: Post, monday: datetime) -> None:
    process = opened(page)
    for days in range(0, 60, 2):
        sweep(Side.COMMON, now=monday + timedelta(days=days))
    told = dict(Notice.objects.filter(process=process).values_list("rung", "to_role"))
    assert told[Rung.REMINDER] == told[Rung.OVERDUE] == Role.ACTION_OWNER
    assert told[Rung.ESCALATION] == Role.NATIONAL_DESK


def test_it_stands_in_the_worklist_of_its_owner(page: Client) -> None:
    process = opened(page)
    assert f"/process/{process.pk}/" in text(page.get("/"))
    answer = page.get(f"/process/{process.pk}/?next=worklist")
    assert answer["Location"] == f"/picture/actions/{process.pk}/?next=worklist"


def test_others_read_and_do_not_open(page: Client, signed_in: SignIn, desk: Post, analyst: Post) -> None:
    process = opened(page)
    for post in (desk, analyst):
        client = signed_in(post)
        assert client.get(f"/picture/actions/{process.pk}/").status_code == 200
        assert client.get("/picture/actions/").status_code == 200
        assert client.post("/picture/actions/new/?kind=crisis&gender=man", {"title": "x"}).status_code == 403
    stranger = signed_in(PostFactory(role=Role.CARE_COORDINATOR, regions=[RegionFactory()]))
    assert stranger.get(f"/picture/actions/{process.pk}/").status_code == 404


def test_the_pages_cost_few_queries(page: Client) -> None:
    process = opened(page)
    page.get("/picture/actions/")
    assert len(queries(page, "/picture/actions/")) <= 10
    assert len(queries(page, f"/picture/actions/{process.pk}/")) <= 12
    assert clock.today() == Adjustment.objects.get().as_of
