"""The determination by a committee, whole: from a request to a final decision, and again by others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from access import clock
from access.wall import Side, taken
from tests.factories.determination import (
    Committee,
    declare_all,
    name_panel,
    opine_all,
    process_of,
    record_of,
    seats,
    step,
    to_decided,
    to_draft,
    to_served,
)
from workflows.determination.models import Decision, File, Hearing, Opinion
from workflows.engine import errors

pytestmark = pytest.mark.django_db


@pytest.fixture
def determination(db: None) -> Iterator[None]:
    """Work for the determination side during the test."""
    with taken(Side.DETERMINATION):
        yield


@pytest.fixture
def committee(determination: None) -> Committee:
    """A committee of fifteen members, enough for two panels of seven."""
    made = Committee(members=15)
    made.profiles()
    return made


def test_a_request_is_decided_by_seven_members_served_and_final(committee: Committee) -> None:
    file = committee.file()
    process = process_of(file)
    assert (process.kind, process.state) == ("committee", "requested")
    assert file.number.startswith(f"V-{clock.today().year}-")
    step(process, "admit", committee.secretary)
    name_panel(committee, process, 7)
    declare_all(process)
    assert process.state == "gathering"
    step(process, "ask_opinions", committee.secretary)
    opine_all(process)
    assert process.state == "hearing"
    assert Opinion.objects.count() == 7
    first, second, *_ = seats(process)
    step(
        process, "record_hearing", committee.secretary, held_on=clock.today().isoformat(), first=str(first.pk),
        second=str(second.pk), language="nl", interpreter="Tolk Verzonnen", checklist=["breaks"], report="Verteld.",
    )  # fmt: skip
    assert Hearing.objects.get().checklist == ["breaks"]
    to_decided(committee, process)
    assert process.state == "decided"
    to_served(committee, process)
    assert process.state == "served"
    with clock.at(clock.now() + timedelta(days=40)):
        step(process, "make_final", committee.secretary)
    assert process.state == "final"
    decision = Decision.objects.get()
    assert (decision.outcome, decision.served_on is not None, decision.version) == ("plausible", True, 1)


def test_other_members_look_at_a_decision_again_and_both_decisions_stand(committee: Committee) -> None:
    file = committee.file()
    process = process_of(file)
    step(process, "admit", committee.secretary)
    to_draft(committee, process, 7)
    to_decided(committee, process, "not_plausible")
    to_served(committee, process)
    done = step(process, "ask_again", committee.secretary, why="new_evidence", ground="Een getuige meldde zich.")
    assert process.state == "reconsidered"
    (again,) = done.opened
    first = Decision.objects.get()
    assert record_of(again).reconsiders_id == first.pk
    step(again, "admit", committee.secretary)
    with pytest.raises(errors.BadFacts) as refused:
        name_panel(committee, again, 7)
    assert "members" in refused.value.form.errors, "who decided before is not on the list"
    to_draft(committee, again, 7, skip=7)
    to_decided(committee, again, "plausible")
    second = Decision.objects.get(reconsiders=first)
    assert (first.outcome, second.outcome) == ("not_plausible", "plausible")
    assert File.objects.get().decisions.count() == 2
