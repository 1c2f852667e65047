"""Handing over, withdrawing, ending and receiving at the same moment, on connections of their own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction

from access import clock
from access.models import Organisation, Post
from access.roles import Role
from access.wall import Side, taken
from cases import consenting
from cases.models import Case
from cases.words import ConsentState
from cases.words import Purpose as Asked
from tests.factories.access import PostFactory, RegionFactory
from tests.factories.cases import CaseFactory, ConsentFactory
from workflows.handovers import acts, tasks
from workflows.handovers.models import Handover, HandoverContent
from workflows.handovers.words import LegalGround, Purpose

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*doings: Callable[[], Any], side: Side = Side.CARE) -> list[Any]:
    """What came of each, all begun at the same moment, each in a transaction of its own; a refusal by its class."""
    start = Barrier(len(doings))

    def one(do: Callable[[], Any]) -> Any:
        try:
            with taken(side), transaction.atomic():
                start.wait()
                return do()
        except acts.Refused as refused:
            return type(refused)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(doings)) as pool:
        return list(pool.map(one, doings))


@pytest.fixture
def people(transactional_db: None) -> tuple[Post, Post, Case]:
    """A coordinator, a secretary and a case, read in full: threads have no side until they take one."""
    region = RegionFactory()
    coordinator = PostFactory(role=Role.CARE_COORDINATOR, regions=[region])
    secretary = PostFactory(role=Role.COMMITTEE_SECRETARY, organisation__kind=Organisation.Kind.COMMITTEE)
    case = CaseFactory(region=region)
    assert coordinator.organisation and secretary.organisation and case.person
    return coordinator, secretary, case


def hand(coordinator: Post, secretary: Post, case: Case, **given: Any) -> Handover:
    """A request to the committee."""
    return acts.hand_over(
        coordinator, to_organisation=secretary.organisation, purpose=Purpose.REQUEST_DETERMINATION, subject=case.pk,
        facts={"alias": "Vlinder"}, until=clock.now() + timedelta(days=30),
        **{"ground": LegalGround.REQUEST_OF_PERSON} | given,
    )  # fmt: skip


@pytest.mark.parametrize("round_", range(4))
def test_nothing_stays_in_force_on_a_consent_that_is_withdrawn_meanwhile(
    people: tuple[Post, Post, Case], round_: int
) -> None:
    """Whichever comes first: it is refused, or it is handed over and ended at once."""
    coordinator, secretary, case = people
    given = ConsentFactory(
        case=case, recipient=secretary.organisation, recipient_name="", purpose=Asked.DETERMINATION,
        recorded_by=coordinator,
    )  # fmt: skip

    def withdraw() -> Any:
        said = {"recipient": secretary.organisation, "purpose": Asked.DETERMINATION, "form": "oral"}
        return consenting.record(case, coordinator, state=ConsentState.WITHDRAWN, **said)

    at_once(
        withdraw, *[lambda: hand(coordinator, secretary, case, ground=LegalGround.CONSENT, consent=given.pk)] * 3
    )  # fmt: skip
    with taken(Side.CARE), transaction.atomic():
        assert not Handover.objects.in_force().exists()
    with taken(Side.DETERMINATION), transaction.atomic():
        assert not HandoverContent.objects.exists()


def test_of_many_who_end_it_one_does(people: tuple[Post, Post, Case]) -> None:
    coordinator, secretary, case = people
    with taken(Side.CARE), transaction.atomic():
        handover = hand(coordinator, secretary, case)
    came_of = at_once(*[lambda: acts.end(handover, coordinator, "Klaar.")] * 5)
    assert came_of.count(acts.Refused) == 4


def test_many_workers_receive_each_once(people: tuple[Post, Post, Case], monkeypatch: pytest.MonkeyPatch) -> None:
    coordinator, secretary, case = people
    got: list[Any] = []
    key = (Side.DETERMINATION, Purpose.REQUEST_DETERMINATION)
    monkeypatch.setitem(acts.receivers, key, lambda handover, facts: got.append(handover.pk))
    with taken(Side.CARE), transaction.atomic():
        made = {hand(coordinator, secretary, case).pk for _ in range(6)}

    def work(_number: int) -> None:
        try:
            tasks.receive_on_determination()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert sorted(got) == sorted(made)


def test_one_that_cannot_be_taken_in_does_not_keep_the_others_waiting(
    people: tuple[Post, Post, Case], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It stays to be received, is tried again, and the log says which and not what it says."""
    coordinator, secretary, case = people
    with taken(Side.CARE), transaction.atomic():
        bad, good = hand(coordinator, secretary, case), hand(coordinator, secretary, case)

    def receive(handover: Handover, facts: dict[str, Any]) -> None:
        if handover.pk == bad.pk:
            raise ValueError(facts["alias"])

    monkeypatch.setitem(acts.receivers, (Side.DETERMINATION, Purpose.REQUEST_DETERMINATION), receive)
    tasks.receive_on_determination()
    with taken(Side.DETERMINATION), transaction.atomic():
        waiting = set(Handover.objects.to_receive(Side.DETERMINATION).values_list("pk", flat=True))
    assert waiting == {bad.pk} and good.pk not in waiting
    assert str(bad.pk) in caplog.text and "Vlinder" not in caplog.text


def test_the_job_of_another_side_receives_nothing(people: tuple[Post, Post, Case]) -> None:
    coordinator, secretary, case = people
    with taken(Side.CARE), transaction.atomic():
        handover = hand(coordinator, secretary, case)
    tasks.receive_on_justice()
    tasks.receive_on_care()
    with taken(Side.CARE), transaction.atomic():
        handover.refresh_from_db()
        assert handover.received_at is None
