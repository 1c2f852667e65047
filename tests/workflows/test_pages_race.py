"""The same page sent twice at the same instant: one report, one process, one step, and no error for anybody."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from access.models import Post
from access.wall import Side, taken
from cases.models import Case, Person
from cases.models import Referral as Report
from tests.factories.cases import CaseFactory, ReferralFactory
from workflows.casepage.circumstances import circumstances
from workflows.engine.models import Process, StepLog
from workflows.engine.steps import open_process
from workflows.referral.machine import Referral

pytestmark = pytest.mark.django_db(transaction=True)

TIMES = 4


def at_once(clients: list[Client], address: str, data: dict[str, Any]) -> list[Any]:
    """The answers to the same post, sent by all at the same moment, each on a connection of its own."""
    start = Barrier(len(clients))

    def send(client: Client) -> Any:
        try:
            start.wait()
            return client.post(address, data)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(clients)) as pool:
        return list(pool.map(send, clients))


@pytest.fixture
def clients(signed_in: Callable[[Post], Client], coordinator: Post) -> list[Client]:
    """Browsers of one coordinator."""
    return [signed_in(coordinator) for _number in range(TIMES)]


@pytest.fixture
def case(coordinator: Post, region: Any) -> Case:
    """A case with its referral process."""
    with taken(Side.CARE), transaction.atomic():
        made: Case = CaseFactory(region=region)
        open_process(
            Referral,
            acting=coordinator,
            case_id=made.pk,
            region_id=region.pk,
            facts=circumstances(made),
            record={"report": ReferralFactory(case=made, registered_by=coordinator)},
        )
    return made


def test_one_intake(clients: list[Client], region: Any) -> None:
    shown = clients[0].get("/intake/").content.decode()
    data = {
        "region": region.pk,
        "source_kind": "police",
        "received_at": "2026-03-02 09:30",
        "safety_level": "low",
        "gender": "unknown",
        "name": "Kluut Verzonnen",
        "key": shown.split('name="key" value="')[1].split('"')[0],
    }
    answers = at_once(clients, "/intake/", data)
    with taken(Side.CARE), transaction.atomic():
        case = Case.objects.get()
        assert Person.objects.count() == Report.objects.count() == Process.objects.count() == 1
    assert {answer.status_code for answer in answers} == {302}
    assert {answer["Location"] for answer in answers} == {f"/cases/{case.pk}/"}


def test_one_step(clients: list[Client], case: Case) -> None:
    with taken(Side.CARE), transaction.atomic():
        process = Process.objects.get()
    answers = at_once(clients, f"/process/{process.pk}/begin_triage/", {"version": 1, "reason": ""})
    with taken(Side.CARE), transaction.atomic():
        assert StepLog.objects.filter(process=process, action="begin_triage").count() == 1
    assert {answer.status_code for answer in answers} == {302}


def test_one_process_started(clients: list[Client], case: Case) -> None:
    answers = at_once(clients, f"/cases/{case.pk}/start/placement/", {"kind": "crisis", "seen": "0"})
    with taken(Side.CARE), transaction.atomic():
        placement = Process.objects.get(kind="placement")
    assert {answer["Location"] for answer in answers} == {f"/process/{placement.pk}/"}
