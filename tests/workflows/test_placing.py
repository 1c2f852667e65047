"""Asking for a place: who may ask where, and how long a place is held for the answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from access import clock
from access.models import Post
from access.roles import Role
from shelters.models import Stay, Unit
from shelters.policy import may_ask
from tests.factories.shelters import a_unit
from tests.workflows.conftest import Browser
from workflows.casepage import offers
from workflows.engine import acts, errors
from workflows.engine.models import Process, Rung
from workflows.engine.steps import open_process, perform
from workflows.placement import going_on
from workflows.placement.forms import ONLY_COMENSHA
from workflows.placement.machine import HELD, LOST, Placement

pytestmark = pytest.mark.django_db
DAY = timedelta(hours=24)


def ask_for(case: Any, acting: Post, *, urgent: bool = False) -> Process:
    return open_process(Placement, acting=acting, case_id=case.pk, region_id=case.region_id, urgent=urgent)


@pytest.fixture
def cosm(care: None, region: Any, provider: Post) -> Unit:
    """A unit where only CoMensha places people."""
    return a_unit(organisation=provider.organisation, region=region, name="Het Baken", scheme_id="cosm", places=2)


def step_of(process: Process, action: str) -> str:
    return reverse("case:step", args=[process.pk, action])


# -- where only CoMensha places people --------------------------------------------------------------------------------


def test_only_the_national_desk_may_ask_where_only_comensha_places_people() -> None:
    for role in Role:
        assert may_ask(Post(role=role), exclusive=False)
        assert may_ask(Post(role=role), exclusive=True) == (role == Role.NATIONAL_DESK)


def test_a_coordinator_sees_such_a_unit_named_and_last_and_cannot_choose_it(
    page: Client, case: Any, coordinator: Post, provider: Post, cosm: Unit
) -> None:
    process = ask_for(case, coordinator)
    text = page.get(step_of(process, "offer")).content.decode()
    assert f'<option value="{cosm.pk}" disabled>' in text
    assert "Het Baken (Crisis shelter) · 2 free · through CoMensha" in text
    assert text.index("De Ark") < text.index("Het Baken")
    answer = page.post(step_of(process, "offer"), {"unit": cosm.pk, "reason": "kept", "version": 1})
    assert answer.status_code == 422
    assert "Only CoMensha places people in this unit." in answer.content.decode()
    assert "kept" in answer.content.decode()
    assert not Stay.objects.exists()


def test_the_national_desk_chooses_among_all_units(
    browser: Browser, case: Any, coordinator: Post, desk: Post, cosm: Unit
) -> None:
    text = browser(desk).get(step_of(ask_for(case, coordinator), "offer")).content.decode()
    assert "Het Baken" in text and "disabled" not in text and "through CoMensha" not in text


def test_the_step_itself_refuses_whatever_a_form_let_through(case: Any, coordinator: Post, cosm: Unit) -> None:
    process = ask_for(case, coordinator)
    unit = Unit.objects.with_room(clock.now()).get(pk=cosm.pk)
    with pytest.raises(errors.ConditionUnmet) as refused:
        Placement(process, coordinator, clock.now()).offer(unit)
    assert str(refused.value.message) == str(ONLY_COMENSHA)


def test_a_region_hands_the_question_to_comensha_which_asks_the_unit_or_hands_it_back(
    case: Any, coordinator: Post, desk: Post, cosm: Unit
) -> None:
    asked, back = ask_for(case, coordinator), ask_for(case, coordinator)
    for process in (asked, back):
        perform(process.pk, "ask_comensha", coordinator, {})
    assert set(Process.objects.queue_of(desk)) == {asked, back}
    perform(asked.pk, "offer", desk, {"unit": cosm.pk})
    perform(back.pk, "return_to_region", desk, {"reason": "no reflection period"})
    asked.refresh_from_db()
    back.refresh_from_db()
    assert (asked.state, back.state, back.owner_role) == ("offered", "seeking", Role.CARE_COORDINATOR)


def test_what_comensha_asked_comes_back_to_comensha_and_its_list_goes_on(
    case: Any, coordinator: Post, desk: Post, cosm: Unit, provider: Post, region: Any
) -> None:
    second = a_unit(organisation=provider.organisation, region=region, name="De Boei", scheme_id="omm", places=1)
    process = ask_for(case, coordinator)
    perform(process.pk, "ask_comensha", coordinator, {})
    perform(process.pk, "offer", desk, {"unit": cosm.pk, "second": second.pk})
    declined = perform(process.pk, "decline", provider, {"ground": "full"}).process
    assert (declined.state, declined.owner_role) == ("at_desk", Role.NATIONAL_DESK)
    assert going_on.one(process.pk)
    process.refresh_from_db()
    assert process.state == "offered"
    taken_back = perform(process.pk, "take_back", coordinator, {"reason": "too near"}).process
    assert (taken_back.state, taken_back.owner_role) == ("seeking", Role.CARE_COORDINATOR), "who took it back seeks on"


def test_comensha_itself_has_nobody_to_hand_the_question_to(case: Any, coordinator: Post, desk: Post) -> None:
    with pytest.raises(errors.NotAllowed):
        perform(ask_for(case, coordinator).pk, "ask_comensha", desk, {})


# -- a place is held for the answer, and not for ever ------------------------------------------------------------------


@pytest.fixture
def unit(care: None, region: Any, provider: Post) -> Unit:
    """The provider's unit, with one place left."""
    found: Unit = Unit.objects.get(name="De Ark")
    found.capacity.update(places=1, known_since=clock.now())
    return found


@pytest.mark.parametrize(("urgent", "hours"), [(False, 24 + 2), (True, 2 + 1)])
def test_a_place_is_held_until_the_answer_is_so_late_that_others_are_told(
    case: Any, coordinator: Post, unit: Unit, monday: datetime, urgent: bool, hours: int
) -> None:
    process = ask_for(case, coordinator, urgent=urgent)
    perform(process.pk, "offer", coordinator, {"unit": unit.pk})
    process.refresh_from_db()
    until = monday + timedelta(hours=hours)
    assert Stay.objects.get().period.upper == until == process.plan[Rung.ESCALATION - 1]
    for moment, free in ((until - timedelta(seconds=1), 0), (until, 1)):
        assert Unit.objects.with_free(moment).get(pk=unit.pk).free == free


def test_the_clock_does_not_stop_while_a_place_is_held_for_an_answer(
    case: Any, coordinator: Post, provider: Post, unit: Unit
) -> None:
    process = ask_for(case, coordinator)
    acts.pause(process.pk, coordinator, reason="waits for an interpreter")
    acts.resume(process.pk, coordinator)
    perform(process.pk, "offer", coordinator, {"unit": unit.pk})
    with pytest.raises(errors.ConditionUnmet) as refused:
        acts.pause(process.pk, provider, reason="waits for an interpreter")
    assert refused.value.message == HELD
    process.refresh_from_db()
    machine = Placement(process, provider, clock.now())
    assert len([one for one in offers.steps(machine, provider)[1] if one.reason == str(HELD)]) == 1
    assert "pause" not in {offer.name for offer in offers.acts_for(machine, provider)}


def test_whoever_accepts_in_time_keeps_the_place_without_an_end(
    case: Any, coordinator: Post, provider: Post, unit: Unit
) -> None:
    process = ask_for(case, coordinator)
    perform(process.pk, "offer", coordinator, {"unit": unit.pk})
    perform(process.pk, "accept", provider, {})
    assert Stay.objects.get().period.upper is None


def test_an_expired_reservation_is_kept_after_all_while_the_place_is_free(
    case: Any, coordinator: Post, provider: Post, unit: Unit, monday: datetime
) -> None:
    process = ask_for(case, coordinator)
    perform(process.pk, "offer", coordinator, {"unit": unit.pk})
    with clock.at(monday + 3 * DAY):
        perform(process.pk, "accept", provider, {})
        perform(process.pk, "arrive", provider, {})
    lasting = Stay.objects.get(period__upper_inf=True)
    assert (lasting.period.lower, lasting.arrived_at) == (monday + 3 * DAY, monday + 3 * DAY)
    assert Stay.objects.exclude(pk=lasting.pk).get().arrived_at is None


def test_when_another_came_first_the_provider_is_told_and_can_only_decline(
    case: Any, coordinator: Post, provider: Post, unit: Unit, monday: datetime
) -> None:
    late, first = ask_for(case, coordinator), ask_for(case, coordinator)
    perform(late.pk, "offer", coordinator, {"unit": unit.pk})
    with pytest.raises(errors.BadFacts):
        perform(first.pk, "offer", coordinator, {"unit": unit.pk})
    with clock.at(monday + 2 * DAY):  # nothing ran in between: the reservation is over because its time is
        perform(first.pk, "offer", coordinator, {"unit": unit.pk})
        with pytest.raises(errors.ConditionUnmet) as refused:
            perform(late.pk, "accept", provider, {})
        assert str(refused.value.message) == str(LOST)
        late.refresh_from_db()
        assert late.state == "offered"
        perform(late.pk, "decline", provider, {"ground": "full"})
        perform(first.pk, "accept", provider, {})
    assert [stay.ref for stay in Stay.objects.filter(period__upper_inf=True)] == [first.pk]


def test_the_page_says_once_that_the_place_is_lost_and_keeps_what_was_typed(
    browser: Browser, case: Any, coordinator: Post, provider: Post, unit: Unit, monday: datetime
) -> None:
    late, first = ask_for(case, coordinator), ask_for(case, coordinator)
    perform(late.pk, "offer", coordinator, {"unit": unit.pk})
    with clock.at(monday + 2 * DAY):
        perform(first.pk, "offer", coordinator, {"unit": unit.pk})
        answer = browser(provider).post(step_of(late, "accept"), {"reason": "she can come", "version": 2})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert text.count("The reservation has expired") == 1
    assert "she can come" in text


def test_a_place_that_was_given_back_before_is_not_taken_again(
    case: Any, coordinator: Post, provider: Post, region: Any, unit: Unit, monday: datetime
) -> None:
    other = a_unit(organisation=provider.organisation, region=region, name="De Boei")
    process = ask_for(case, coordinator)
    perform(process.pk, "offer", coordinator, {"unit": other.pk})
    with clock.at(monday + timedelta(hours=1)):
        perform(process.pk, "take_back", coordinator, {"reason": "too near"})
        perform(process.pk, "offer", coordinator, {"unit": unit.pk})
    with clock.at(monday + timedelta(hours=2)):
        perform(process.pk, "accept", provider, {})
    assert Stay.objects.get(period__upper_inf=True).unit == unit
    assert Stay.objects.get(unit=other).period.upper == monday + timedelta(hours=1)


def test_a_withdrawal_after_the_reservation_expired_changes_nothing_about_it(
    case: Any, coordinator: Post, unit: Unit, monday: datetime
) -> None:
    process = ask_for(case, coordinator)
    perform(process.pk, "offer", coordinator, {"unit": unit.pk})
    until = Stay.objects.get().period.upper
    with clock.at(monday + 3 * DAY):
        perform(process.pk, "withdraw", coordinator, {"reason": "no more"})
        assert Stay.objects.get().period.upper == until
        acts.reopen(process.pk, coordinator, reason="after all")
        perform(process.pk, "offer", coordinator, {"unit": unit.pk})


def test_until_when_a_place_is_held_stands_on_the_case(page: Client, case: Any, coordinator: Post, unit: Unit) -> None:
    perform(ask_for(case, coordinator).pk, "offer", coordinator, {"unit": unit.pk})
    assert "Reserved until" in page.get(reverse("case:page", args=[case.pk])).content.decode()
