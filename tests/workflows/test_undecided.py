"""The page about mails that wait for a decision."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from access.models import AccessRecord, Post
from access.roles import Role
from access.wall import Side
from cases.models import Case
from tests.conftest import MONDAY
from tests.factories.access import PostFactory
from tests.workflows.conftest import Browser
from workflows.engine.models import Delivery, Process
from workflows.engine.sweep import sweep
from workflows.engine.watch import watch

pytestmark = pytest.mark.django_db


@pytest.fixture
def undecided(case: Case, referral: Process, supervisor: Post) -> list[Delivery]:
    """Two mails about the case: one was refused, of one nobody knows."""
    sweep(Side.CARE, MONDAY + timedelta(days=1, hours=14, minutes=30))
    first, second = Delivery.objects.order_by("pk")
    Delivery.objects.filter(pk=first.pk).update(state="uncertain", why="no_answer", changed_at=MONDAY)
    Delivery.objects.filter(pk=second.pk).update(state="failed", why="550 5.1.1", changed_at=MONDAY)
    return list(Delivery.objects.order_by("pk"))


def text(response: Any) -> str:
    """The words of a page."""
    return str(response.content.decode())


def test_the_supervisor_sees_case_person_when_and_why(
    undecided: list[Delivery], supervisor: Post, case: Case, coordinator: Post, browser: Browser
) -> None:
    watch(Side.CARE, MONDAY)
    answer = browser(supervisor).get("/mail/")
    shown = text(answer)
    assert answer.status_code == 200
    assert shown.count(case.number) >= 2
    assert coordinator.user.name in shown
    assert "The mail server took the mail and did not answer" in shown
    assert "The mail server refused it (550 5.1.1)" in shown
    assert "Mails that wait for a decision: 2" in shown
    assert AccessRecord.objects.filter(object_kind="mail", action="read").count() == 1


def test_the_page_takes_few_queries(undecided: list[Delivery], supervisor: Post, browser: Browser) -> None:
    client = browser(supervisor)
    client.get("/mail/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/mail/")
    counted = [q["sql"] for q in queries if not re.match(r"SAVEPOINT|RELEASE|SET LOCAL", q["sql"])]
    assert len(counted) <= 10, [sql[:120] for sql in counted]


@pytest.mark.parametrize(
    ("decision", "state", "said"),
    [
        ("arrived", "sent", "2 mails have arrived, you say."),
        ("again", "planned", "2 mails are sent again."),
        ("leave", "dropped", "2 mails are left as they are."),
    ],
)
def test_a_decision_is_carried_out_said_and_logged(
    undecided: list[Delivery], supervisor: Post, browser: Browser, decision: str, state: str, said: str
) -> None:
    client = browser(supervisor)
    ids = [row.pk for row in undecided]
    answer = client.post("/mail/", {"chosen": ids, "decision": decision}, follow=True)
    assert said in text(answer)
    assert "No mail waits for a decision" in text(answer)
    assert set(Delivery.objects.values_list("state", "settled_by")) == {(state, supervisor.user_id)}
    logged = AccessRecord.objects.filter(object_kind="mail", action="write")
    assert {(line.object_id, line.detail["decision"]) for line in logged} == {(str(pk), decision) for pk in ids}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"decision": "leave"}, "Select the mails you want to decide on."),
        ({"chosen": ["first"]}, "Say what you decide."),
        ({"chosen": ["first"], "decision": "burn"}, "Select a valid choice"),
    ],
)
def test_half_a_decision_changes_nothing_and_says_what_is_missing(
    undecided: list[Delivery], supervisor: Post, browser: Browser, data: dict[str, Any], said: str
) -> None:
    if "chosen" in data:
        data = {**data, "chosen": [undecided[0].pk]}
    answer = browser(supervisor).post("/mail/", data)
    assert answer.status_code == 422
    assert said in text(answer)
    assert not Delivery.objects.exclude(settled_by=None).exists()


def test_a_mail_that_was_settled_meanwhile_is_left_alone(
    undecided: list[Delivery], supervisor: Post, browser: Browser
) -> None:
    Delivery.objects.filter(pk=undecided[0].pk).update(state="sent")
    answer = browser(supervisor).post("/mail/", {"chosen": [row.pk for row in undecided], "decision": "leave"})
    assert answer.status_code == 409
    assert "Somebody else has decided on some of these mails." in text(answer)
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent", "failed"}


def test_who_works_elsewhere_sees_nothing_and_settles_nothing(undecided: list[Delivery], browser: Browser) -> None:
    elsewhere = browser(PostFactory(role=Role.SUPERVISOR))
    assert "No mail waits for a decision" in text(elsewhere.get("/mail/"))
    assert elsewhere.post("/mail/", {"chosen": [undecided[0].pk], "decision": "leave"}).status_code == 409
    assert set(Delivery.objects.values_list("state", flat=True)) == {"uncertain", "failed"}


def test_another_side_sees_nothing(undecided: list[Delivery], browser: Browser) -> None:
    for role in (Role.PROSECUTOR, Role.ADMINISTRATOR):
        assert "No mail waits for a decision" in text(browser(PostFactory(role=role)).get("/mail/"))


def test_the_person_it_was_meant_for_may_say_that_it_arrived(
    undecided: list[Delivery], coordinator: Post, page: Client
) -> None:
    shown = text(page.get("/mail/"))
    assert "What the watch found" not in shown
    page.post("/mail/", {"chosen": [undecided[0].pk], "decision": "arrived"})
    assert Delivery.objects.get(pk=undecided[0].pk).state == "sent"
