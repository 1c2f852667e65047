"""The guidance of one person: its course, its safety plan, contacts with the police, and what it never changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from access import clock
from access.wall import Side, taken
from tests.factories.guidance import Guided
from workflows.engine import acts, errors
from workflows.guidance.models import Contact, Phase

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def guided() -> Iterator[Guided]:
    with clock.at(MONDAY):
        made = Guided()
        with taken(Side.CARE):
            yield made


def test_from_asked_for_to_closed_and_opened_again(guided: Guided) -> None:
    process = guided.open()
    assert process.owner_role == "care_coordinator"
    process = guided.do(process, "match", guided.coordinator, navigator=guided.navigator.pk)
    assert (process.state, process.assignee_id) == ("matched", guided.navigator.pk)
    assert process.due_at == datetime(2026, 3, 5, 22, 59, 59, tzinfo=UTC), "three working days"
    process = guided.do(process, "first_contact", way="meeting", text="Verzonnen: kennisgemaakt.")
    assert guided.row().phases == ["safety"]
    assert guided.beside("safety_plan").state == "to_write"
    guided.do(process, "phase", phase="wellbeing", move="begin", reason="Wil naar de dokter.")
    guided.do(process, "phase", phase="safety", move="end", reason="Veilig adres.")
    guided.do(process, "phase", phase="safety", move="begin", reason="Opnieuw gezien.")
    assert guided.row().phases == ["wellbeing", "safety"], "beside each other, and back"
    assert Phase.objects.count() == 3
    guided.do(process, "begin_aftercare")
    process = guided.do(process, "close", ground="goals", reason="Gaat zelf verder.")
    assert process.closed_at == MONDAY
    assert guided.beside("safety_plan").state == "over"
    with clock.at(MONDAY + timedelta(days=40)):
        process = acts.reopen(process.pk, guided.navigator, reason="Is opnieuw bedreigd.")
    assert (process.state, process.assignee_id) == ("in_guidance", guided.navigator.pk)
    assert guided.beside("safety_plan").state == "to_write", "a new plan is to be written"


def test_first_contact_within_24_hours_when_it_is_urgent(guided: Guided) -> None:
    process = guided.open(urgent=True)
    with clock.at(MONDAY + timedelta(hours=3)):
        process = guided.do(process, "match", guided.coordinator, navigator=guided.navigator.pk)
    assert process.due_at == MONDAY + timedelta(hours=24), "counted from the request, not from the match"


def test_contact_that_is_lost_is_looked_for_step_by_step_and_never_closed_silently(guided: Guided) -> None:
    process = guided.in_guidance()
    process = guided.do(process, "lose_contact", reason="Neemt niet op.")
    with pytest.raises(errors.ConditionUnmet, match="every step"):
        guided.do(process, "close", ground="lost", reason="Weg.")
    ends = []
    for step in ("ander nummer", "zus gebeld", "opvang gevraagd", "besproken"):
        process = guided.do(process, "lost_step", reason=step)
        ends.append(process.due_at)
    assert ends == sorted(ends)
    with pytest.raises(errors.ConditionUnmet):
        guided.do(process, "lost_step", reason="nog eens")
    process = guided.do(process, "find_again", way="phone")
    assert (process.state, guided.row().lost_steps) == ("in_guidance", 0)


def test_another_navigator_guides_only_after_accepting(guided: Guided) -> None:
    process = guided.in_guidance()
    guided.do(process, "hand_on", navigator=guided.colleague.pk, reason="Verhuisd.")
    with pytest.raises(errors.ConditionUnmet, match="to whom"):
        guided.do(process, "accept_handover", guided.navigator, reason="Toch niet.")
    assert guided.row().navigator_id == guided.navigator.pk
    process = guided.do(process, "accept_handover", guided.colleague, reason="Samen kennisgemaakt.")
    assert process.assignee_id == guided.row().navigator_id == guided.colleague.pk
    assert guided.beside("safety_plan").assignee_id == guided.colleague.pk, "what goes beside it goes along"


def test_a_navigator_who_was_asked_away_or_is_full_or_not_as_wished_is_not_simply_chosen(guided: Guided) -> None:
    process = guided.in_guidance()
    process = guided.do(process, "ask_another", reason="Liever iemand anders.")
    with pytest.raises(errors.BadFacts):
        guided.do(process, "match", guided.coordinator, navigator=guided.navigator.pk, reason="Toch.")
    row = guided.row()
    row.gender_wish = "woman"
    row.save()
    with pytest.raises(errors.BadFacts) as refused:
        guided.do(process, "match", guided.coordinator, navigator=guided.colleague.pk)
    assert list(refused.value.form.errors) == ["reason"]
    guided.do(process, "match", guided.coordinator, navigator=guided.colleague.pk, reason="Is besproken en goed.")


def test_the_note_of_a_contact_is_kept_encrypted(guided: Guided) -> None:
    guided.do(guided.in_guidance(), "contact", way="phone", text="Verzonnen: bang voor de buurman.")
    kept = Contact.objects.extra(select={"raw": '"text"'}).filter(way="phone").get()
    assert kept.text == "Verzonnen: bang voor de buurman."
    assert "buurman" not in kept.raw
