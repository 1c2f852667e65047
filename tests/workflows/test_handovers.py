"""Handovers: the only way across the wall. Both sides see that one exists, the receiver what it says while it lasts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import translation

from access import clock
from access.models import AccessRecord, Organisation, Post
from access.roles import Role
from access.wall import Side, taken
from cases.models import Case
from tests.factories.access import PostFactory
from tests.factories.cases import CaseFactory
from workflows.handovers import acts
from workflows.handovers.models import Handover, HandoverContent
from workflows.handovers.words import LegalGround, Purpose

SIDES = [Side.CARE, Side.DETERMINATION, Side.JUSTICE, Side.COMMON]


@pytest.fixture
def secretary(db: None) -> Post:
    """The secretary of the committee, on the determination side."""
    return PostFactory(role=Role.COMMITTEE_SECRETARY, organisation__kind=Organisation.Kind.COMMITTEE)


@pytest.fixture
def investigator(db: None) -> Post:
    """An investigator, on the justice side."""
    return PostFactory(role=Role.INVESTIGATOR, organisation__kind=Organisation.Kind.POLICE)


@pytest.fixture
def case(coordinator: Post, region: Any) -> Case:
    """A case of the coordinator's region."""
    return CaseFactory(region=region)


def hand_over(acting: Post, to: Post, subject: Any = None, **given: Any) -> Handover:
    """A handover, made on the side of `acting`, in force for thirty days unless said otherwise."""
    given = {
        "purpose": Purpose.REQUEST_DETERMINATION,
        "ground": LegalGround.REQUEST_OF_PERSON,
        "facts": {"alias": "Vlinder", "languages": ["nl"]},
        "until": clock.now() + timedelta(days=30),
    } | given
    with taken(acting.side):
        return acts.hand_over(acting, to_organisation=to.organisation, subject=subject or uuid4(), **given)


# -- What the database itself holds -----------------------------------------------------------------------------------


def test_both_sides_see_a_handover_and_nobody_else(coordinator: Post, secretary: Post) -> None:
    handover = hand_over(coordinator, secretary)
    for side in (Side.CARE, Side.DETERMINATION):
        with taken(side):
            assert Handover.objects.filter(pk=handover.pk).exists()
            assert HandoverContent.objects.filter(pk=handover.pk).exists()
    with taken(Side.JUSTICE):
        assert not Handover.objects.exists()
        assert not HandoverContent.objects.exists()
    with taken(Side.COMMON), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Handover.objects.exists()


@pytest.mark.parametrize("side", [Side.DETERMINATION, Side.JUSTICE])
def test_no_side_hands_over_in_the_name_of_another(coordinator: Post, secretary: Post, side: Side) -> None:
    handover = hand_over(coordinator, secretary)
    handover.pk, handover._state.adding = uuid4(), True
    with taken(side), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        handover.save(force_insert=True)


def test_a_handover_names_organisations_of_the_sides_it_crosses(
    coordinator: Post, secretary: Post, investigator: Post
) -> None:
    """Otherwise one could give something over in the name of others, or to a side under the name of another."""
    handover = hand_over(coordinator, secretary)
    elsewhere = PostFactory(role=Role.CARE_COORDINATOR)
    for lie in (
        {"from_organisation_id": investigator.organisation_id},
        {"from_organisation_id": elsewhere.organisation_id},
        {"to_organisation_id": investigator.organisation_id},
        {"from_post_id": elsewhere.pk},
        {"received_at": clock.now()},
    ):
        given = {f.attname: getattr(handover, f.attname) for f in Handover._meta.concrete_fields} | lie
        with taken(Side.CARE), pytest.raises(ProgrammingError, match="a handover"), transaction.atomic():
            Handover.objects.create(**given | {"id": uuid4()})


def test_the_receiver_reads_the_content_only_while_it_is_in_force(coordinator: Post, secretary: Post) -> None:
    """Asked of the tables themselves: the policy decides, not the program."""
    ended, running = hand_over(coordinator, secretary), hand_over(coordinator, secretary)
    with clock.at(clock.now() - timedelta(days=9)):
        over = hand_over(coordinator, secretary, until=clock.now() + timedelta(days=1))
    with taken(Side.CARE):
        acts.end(ended, coordinator, "Niet meer nodig.")
    with taken(Side.DETERMINATION):
        assert set(HandoverContent.objects.values_list("pk", flat=True)) == {running.pk}
        assert Handover.objects.count() == 3, "that it was handed over stays known"
    with taken(Side.CARE):
        seen = set(HandoverContent.objects.values_list("pk", flat=True))
        assert seen == {ended.pk, running.pk, over.pk}, "the source sees its own always"


def test_content_cannot_be_joined_to_a_handover_of_another_side(coordinator: Post, secretary: Post) -> None:
    handover = hand_over(coordinator, secretary)
    with taken(Side.DETERMINATION):
        own = hand_over(secretary, coordinator, facts={"outcome": "plausible"})
    with taken(Side.DETERMINATION):
        assert HandoverContent.objects.get(pk=own.pk).from_side == Side.DETERMINATION
    for side in (Side.DETERMINATION, Side.JUSTICE):
        with taken(side), pytest.raises(ProgrammingError), transaction.atomic():
            HandoverContent.objects.create(handover_id=handover.pk, facts={"false": "fact"})


def test_a_handover_does_not_change(coordinator: Post, secretary: Post) -> None:
    handover = hand_over(coordinator, secretary)
    later = clock.now() + timedelta(days=900)
    with taken(Side.CARE):
        for change in ({"until": later}, {"to_side": Side.JUSTICE}, {"facts_named": ["more"]}, {"subject": uuid4()}):
            with pytest.raises(ProgrammingError), transaction.atomic():
                Handover.objects.filter(pk=handover.pk).update(**change)
        for change in ({"facts": {"more": "told"}}, {"until": later}, {"to_side": Side.JUSTICE}):
            with pytest.raises(ProgrammingError), transaction.atomic():
                HandoverContent.objects.filter(pk=handover.pk).update(**change)
        acts.end(handover, coordinator, "Klaar.")
        with pytest.raises(ProgrammingError, match="ended once"), transaction.atomic():
            Handover.objects.filter(pk=handover.pk).update(ended_at=None)
        with pytest.raises(ProgrammingError, match="does not change"), transaction.atomic():
            HandoverContent.objects.filter(pk=handover.pk).update(ended_at=None)


def test_each_side_says_only_what_is_its_own_to_say(coordinator: Post, secretary: Post) -> None:
    handover = hand_over(coordinator, secretary)
    with taken(Side.DETERMINATION):
        with pytest.raises(ProgrammingError, match="by the side it comes from"), transaction.atomic():
            Handover.objects.filter(pk=handover.pk).update(ended_at=clock.now(), ended_why="weg")
        assert HandoverContent.objects.filter(pk=handover.pk).update(ended_at=clock.now()) == 0
    with taken(Side.CARE), pytest.raises(ProgrammingError, match="by the side it goes to"), transaction.atomic():
        Handover.objects.filter(pk=handover.pk).update(received_at=clock.now())
    with taken(Side.DETERMINATION):
        acts.received(handover)
        handover.refresh_from_db()
        first = handover.received_at
        acts.received(handover)
        handover.refresh_from_db()
        assert first is not None and handover.received_at == first
        with pytest.raises(ProgrammingError, match="received once"), transaction.atomic():
            Handover.objects.filter(pk=handover.pk).update(received_at=None)


@pytest.mark.parametrize("side", SIDES)
def test_no_side_deletes_a_handover_or_its_content(coordinator: Post, secretary: Post, side: Side) -> None:
    hand_over(coordinator, secretary)
    for table in ("handovers_handover", "handovers_handovercontent"):
        with taken(side), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(f"DELETE FROM {table}")


# -- Handing over -----------------------------------------------------------------------------------------------------


def test_a_handover_names_what_it_gives_and_gives_no_more(coordinator: Post, secretary: Post) -> None:
    handover = hand_over(coordinator, secretary)
    assert handover.facts_named == ["alias", "languages"]
    assert (handover.from_organisation_id, handover.to_organisation_id) == (
        coordinator.organisation_id, secretary.organisation_id,
    )  # fmt: skip
    with taken(Side.DETERMINATION):
        assert acts.content_of(handover, secretary) == {"alias": "Vlinder", "languages": ["nl"]}


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"facts": {}}, "Choose what"),
        ({"until": datetime(2020, 1, 1, tzinfo=UTC)}, "in the past"),
        ({"ground": LegalGround.CONSENT}, "has not consented"),
    ],
)
def test_a_handover_that_breaks_a_rule_is_refused_with_the_rule(
    coordinator: Post, secretary: Post, change: dict[str, Any], rule: str
) -> None:
    with translation.override("en"), pytest.raises(acts.Refused, match=rule):
        hand_over(coordinator, secretary, **change)
    with taken(Side.CARE):
        assert not Handover.objects.exists()


def test_a_handover_goes_to_another_side(coordinator: Post, desk: Post) -> None:
    administrator = PostFactory(role=Role.ADMINISTRATOR)
    for to in (desk, administrator):
        with pytest.raises(acts.Refused):
            hand_over(coordinator, to)


def test_reading_what_was_handed_over_is_logged_on_the_side_that_reads(coordinator: Post, secretary: Post) -> None:
    handover = hand_over(coordinator, secretary)
    with taken(Side.DETERMINATION):
        acts.content_of(handover, secretary)
        line = AccessRecord.objects.get(object_kind="handover")
    assert (line.action, line.object_id, line.subject, line.post_id) == (
        "read", str(handover.pk), handover.subject, secretary.pk,
    )  # fmt: skip
    assert "Vlinder" not in str(line.detail)


def test_what_has_ended_or_is_over_is_not_read_by_the_receiver(coordinator: Post, secretary: Post) -> None:
    ended, running = hand_over(coordinator, secretary), hand_over(coordinator, secretary)
    with taken(Side.CARE):
        acts.end(ended, coordinator, "Niet meer nodig.")
    with taken(Side.DETERMINATION):
        assert acts.content_of(ended, secretary) is None
        assert acts.content_of(running, secretary) is not None
        with clock.at(running.until):
            assert acts.content_of(running, secretary) is None
        assert AccessRecord.objects.filter(object_kind="handover").count() == 1, "what was not seen is not logged"


def test_only_the_organisation_it_was_sent_to_reads_it(coordinator: Post, secretary: Post, investigator: Post) -> None:
    handover = hand_over(coordinator, secretary)
    other = PostFactory(role=Role.COMMITTEE_SECRETARY, organisation__kind=Organisation.Kind.COMMITTEE)
    member = PostFactory(role=Role.COMMITTEE_MEMBER, organisation=secretary.organisation)
    with taken(Side.DETERMINATION):
        assert acts.content_of(handover, other) is None
        assert acts.content_of(handover, member) is None
        assert Handover.objects.for_post(member).filter(pk=handover.pk).exists()
    with taken(Side.JUSTICE):
        assert acts.content_of(handover, investigator) is None
        assert not Handover.objects.for_post(investigator).exists()


def test_the_receiver_reads_after_the_side_it_came_from_is_silent(
    case: Case, coordinator: Post, secretary: Post
) -> None:
    """On the care side a handover belongs to its case: a colleague of another region does not see it."""
    handover = hand_over(coordinator, secretary, case.pk)
    elsewhere = PostFactory(role=Role.CARE_COORDINATOR)
    with taken(Side.CARE):
        assert handover in Handover.objects.for_post(coordinator)
        assert handover not in Handover.objects.for_post(elsewhere)


def test_ending_twice_or_too_late_is_answered_plainly(coordinator: Post, secretary: Post) -> None:
    handover = hand_over(coordinator, secretary)
    with taken(Side.CARE):
        acts.end(handover, coordinator, "Niet meer nodig.")
        with pytest.raises(acts.Refused):
            acts.end(handover, coordinator, "Nog eens.")
        handover.refresh_from_db()
        assert handover.ended_why == "Niet meer nodig."
    other = hand_over(coordinator, secretary)
    with taken(Side.CARE), clock.at(other.until), pytest.raises(acts.Refused):
        acts.end(other, coordinator, "Te laat.")
    with taken(Side.DETERMINATION), pytest.raises(acts.Refused):
        acts.end(other, secretary, "Niet van ons.")


# -- Receiving --------------------------------------------------------------------------------------------------------


def test_a_receiver_gets_each_handover_once(
    coordinator: Post, secretary: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    got: list[Any] = []
    key = (Side.DETERMINATION, Purpose.REQUEST_DETERMINATION)
    monkeypatch.setitem(acts.receivers, key, lambda handover, facts: got.append((handover.pk, facts)))
    handover = hand_over(coordinator, secretary)
    ended = hand_over(coordinator, secretary)
    with taken(Side.CARE):
        acts.end(ended, coordinator, "Vergissing.")
    with taken(Side.JUSTICE):
        assert acts.receive(Side.JUSTICE) == 0
    with taken(Side.DETERMINATION):
        assert acts.receive(Side.DETERMINATION) == 1
        assert acts.receive(Side.DETERMINATION) == 0
    assert got == [(handover.pk, {"alias": "Vlinder", "languages": ["nl"]})]


def test_what_nobody_registered_for_is_received_and_waits_to_be_read(coordinator: Post, secretary: Post) -> None:
    handover = hand_over(coordinator, secretary, purpose=Purpose.OTHER)
    with taken(Side.DETERMINATION):
        assert acts.receive(Side.DETERMINATION) == 1
        handover.refresh_from_db()
        assert handover.received_at is not None and handover.in_force
