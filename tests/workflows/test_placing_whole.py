"""The placement, whole: how urgent it is, units in their order, questions, the next step, and who is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import translation

from access import clock
from access.models import Post
from access.roles import Role
from shelters.models import Stay, Unit
from shelters.planner import moves
from shelters.words import LongStayReason
from tests.factories.access import PostFactory, RegionFactory
from tests.factories.cases import CaseFactory
from tests.factories.shelters import a_unit
from tests.workflows.conftest import Browser
from workflows.casepage.circumstances import circumstances
from workflows.engine import errors
from workflows.engine.calendars import Unit as U
from workflows.engine.calendars import end_of_term
from workflows.engine.models import Delivery, Notice, Process, StepLog
from workflows.engine.steps import open_process, perform
from workflows.matching.models import Choice
from workflows.notices import queries as notices
from workflows.placement import going_on, queue
from workflows.placement.forms import PlacementRequestForm
from workflows.placement.machine import Placement
from workflows.placement.models import LongerStay, PlacementRecord, Refusal, Turn
from workflows.placement.words import Urgency
from workflows.providers.moves import Where, change

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def ask_for(case: Any, acting: Post, **record: Any) -> Process:
    return open_process(
        Placement, acting=acting, case_id=case.pk, region_id=case.region_id, facts=circumstances(case), record=record
    )


def after(process: Process) -> Process:
    process.refresh_from_db()
    return process


def record_of(process: Process) -> PlacementRecord:
    return PlacementRecord.objects.get(pk=process.pk)


def outcomes(process: Process) -> list[str]:
    return list(Turn.objects.filter(process=process.pk).order_by("number").values_list("outcome", flat=True))


def told(post: Post) -> list[str]:
    """What a post was told of placements, and would get mail about."""
    rows = Notice.objects.for_post(post).filter(key__startswith="told:").order_by("pk")
    return [row.key.split(":")[1].removeprefix("placement_") for row in rows]


@pytest.fixture
def ark(care: None, provider: Post) -> Unit:
    found: Unit = Unit.objects.get(name="De Ark")
    return found


@pytest.fixture
def boei(care: None, region: Any) -> tuple[Unit, Post]:
    """A unit of another provider."""
    other: Post = PostFactory(role=Role.SHELTER_PROVIDER, organisation__kind="shelter", regions=[region])
    return a_unit(organisation=other.organisation, region=region, name="De Boei", places=1), other


@pytest.fixture
def asker(care: None, region: Any) -> Post:
    """A caseworker of another organisation, who asks for a place and waits for news."""
    post: Post = PostFactory(role=Role.CASEWORKER, regions=[region])
    return post


@pytest.fixture
def housed(case: Any, coordinator: Post, provider: Post, ark: Unit, monday: datetime) -> Process:
    """Somebody in the place."""
    process = ask_for(case, coordinator)
    perform(process.pk, "offer", coordinator, {"unit": ark.pk})
    perform(process.pk, "accept", provider, {})
    perform(process.pk, "arrive", provider, {})
    return after(process)


# -- how urgent it is --------------------------------------------------------------------------------------------------


def test_every_class_of_urgency_has_terms_of_its_own(case: Any, coordinator: Post, monday: datetime) -> None:
    hours = {"normal": (4, False), "urgent": (1, True), "night": (1, True)}
    for urgency, (most, pressing) in hours.items():
        form = PlacementRequestForm({"kind": "crisis", "urgency": urgency})
        assert form.is_valid()
        process = open_process(
            Placement, acting=coordinator, case_id=case.pk, region_id=case.region_id,
            urgent=form.cleaned_data["urgent"], record=form.record(),
        )  # fmt: skip
        assert (process.urgent, process.due_at) == (pressing, monday + most * HOUR)
        perform(process.pk, "seek", coordinator, {})
    seeking = Process.objects.filter(state="seeking").order_by("due_at").values_list("due_at", flat=True)
    assert [(at - monday) / HOUR for at in seeking if at] == [2, 4, 24]


def test_who_has_a_bed_of_the_police_is_followed_up_on_the_next_working_day_and_then_hours_count(
    case: Any, coordinator: Post, monday: datetime
) -> None:
    friday_night = monday + 4 * DAY + 13 * HOUR
    with clock.at(friday_night):
        process = ask_for(case, coordinator, urgency=Urgency.POLICE_BED)
    assert (process.state, process.due_at) == ("police_bed", end_of_term(friday_night, 1, U.WORKING_DAYS))
    assert process.due_at is not None and process.due_at.weekday() == 0
    with clock.at(friday_night + 3 * DAY):
        perform(process.pk, "follow_up", coordinator, {})
    assert (after(process).urgent, process.due_at) == (True, friday_night + 3 * DAY + 4 * HOUR)


def test_a_request_that_contradicts_itself_is_answered_in_both_languages() -> None:
    tomorrow = clock.today() + DAY
    said = {"kind": "crisis", "urgency": "night", "wanted_from": tomorrow, "needs": ["gender_specific", "couple"]}
    for language, words in (("en", ("An emergency is for today", "exclude each other")), ("nl", ("Spoed", "sluiten"))):
        with translation.override(language):
            wrong = PlacementRequestForm(said).errors
            assert words[0] in str(wrong["wanted_from"]) and words[1] in str(wrong["needs"])


def test_how_urgent_it_is_changes_with_a_reason_and_the_term_moves_with_it(
    case: Any, asker: Post, coordinator: Post, monday: datetime
) -> None:
    process = ask_for(case, asker)
    perform(process.pk, "seek", coordinator, {})
    with clock.at(monday + 3 * HOUR):
        with pytest.raises(errors.BadFacts):
            perform(process.pk, "change_urgency", asker, {"urgency": "night"})  # without a reason
        perform(process.pk, "change_urgency", asker, {"urgency": "urgent", "reason": "Bedreigd."})
    assert (after(process).urgent, process.due_at, process.state) == (True, monday + 7 * HOUR, "seeking")
    assert record_of(process).urgency == "urgent" and told(coordinator) == ["change_urgency"]
    line = StepLog.objects.filter(process=process).latest("pk")
    assert (line.reason, line.facts) == ("Bedreigd.", {"urgency": "urgent", "was": "normal"})
    with clock.at(monday + 6 * HOUR):  # the hour that was left stays an hour
        perform(process.pk, "change_urgency", coordinator, {"urgency": "night", "reason": "Bedreigd."})
        assert after(process).due_at == monday + 7 * HOUR
        perform(process.pk, "change_urgency", coordinator, {"urgency": "normal", "reason": "Veilig bij familie."})
    assert (after(process).urgent, process.due_at) == (False, monday + 24 * HOUR)
    assert told(asker) == ["change_urgency", "change_urgency"]
    with pytest.raises(errors.BadFacts):
        perform(process.pk, "change_urgency", coordinator, {"urgency": "normal", "reason": "Het is al zo."})


def test_a_provider_that_is_asked_is_told_that_it_presses_more_and_its_own_question_still_stops_its_time(
    case: Any, coordinator: Post, provider: Post, ark: Unit, monday: datetime
) -> None:
    desk: Post = PostFactory(role=Role.NATIONAL_DESK)
    asked_now, asks_back = ask_for(case, coordinator), ask_for(case, coordinator)
    for process in (asked_now, asks_back):
        perform(process.pk, "offer", coordinator, {"unit": ark.pk})
    with clock.at(monday + 10 * HOUR):
        perform(asks_back.pk, "ask_back", provider, {"question": "Is er een hond?"})
        perform(asked_now.pk, "change_urgency", desk, {"urgency": "urgent", "reason": "Bedreigd."})
        perform(asks_back.pk, "change_urgency", coordinator, {"urgency": "urgent", "reason": "Bedreigd."})
        assert after(asked_now).due_at == monday + 12 * HOUR == after(asks_back).due_at + HOUR  # type: ignore[operator]
        assert record_of(asked_now).held_until == monday + 13 * HOUR
        assert told(provider)[-2:] == ["change_urgency", "change_urgency"]
        assert told(coordinator).count("change_urgency") == 1  # of what the desk did
    with clock.at(monday + 14 * HOUR):
        perform(asks_back.pk, "answer", coordinator, {"answer": "Nee."})
    assert after(asks_back).due_at == monday + 16 * HOUR
    assert record_of(asks_back).held_until == monday + 17 * HOUR
    assert Stay.objects.get(ref=asks_back.pk).period.upper == monday + 17 * HOUR


# -- several units, in order -------------------------------------------------------------------------------------------


def test_a_decline_frees_the_place_is_counted_and_the_next_unit_is_asked_by_itself(
    case: Any, asker: Post, coordinator: Post, provider: Post, ark: Unit, boei: tuple[Unit, Post], monday: datetime
) -> None:
    process = ask_for(case, asker)
    perform(process.pk, "offer", coordinator, {"unit": ark.pk, "second": boei[0].pk})
    perform(process.pk, "decline", provider, {"ground": "addiction"})
    assert not Stay.objects.filter(unit=ark, period__isempty=False).exists()
    assert Refusal.objects.get().reason == "addiction"
    assert sum(map(going_on.one, going_on.waiting(monday))) == 1
    assert (after(process).state, process.owner_organisation) == ("offered", boei[1].organisation)
    assert outcomes(process) == ["declined", ""]
    assert told(asker) == ["decline"] and told(boei[1]) == ["ask_next_itself"]
    assert sum(map(going_on.one, going_on.waiting(monday))) == 0


def test_a_decline_reaches_the_requester_within_one_sweep_and_stays_news_when_the_work_goes_on(
    case: Any, asker: Post, coordinator: Post, provider: Post, ark: Unit, monday: datetime
) -> None:
    process = ask_for(case, asker)
    perform(process.pk, "offer", coordinator, {"unit": ark.pk})
    perform(process.pk, "decline", provider, {"ground": "full"})
    notice = Notice.objects.for_post(asker).get()
    assert Delivery.objects.filter(notice=notice, user=asker.user).count() == 1  # the outbox sends it next
    perform(process.pk, "withdraw", coordinator, {"reason": "elders"})
    pressing = [row.pk for leg in notices.pressing(asker, monday - DAY) for row in leg]
    assert notice.pk in pressing


def test_no_answer_in_time_goes_on_with_the_list_and_without_a_list_waits_for_the_provider(
    case: Any, coordinator: Post, provider: Post, ark: Unit, boei: tuple[Unit, Post], monday: datetime
) -> None:
    listed, alone = ask_for(case, coordinator), ask_for(case, coordinator)
    perform(listed.pk, "offer", coordinator, {"unit": ark.pk, "second": boei[0].pk})
    perform(alone.pk, "offer", coordinator, {"unit": ark.pk})
    with clock.at(monday + 26 * HOUR):
        assert sum(map(going_on.one, going_on.waiting(clock.now()))) == 1
    assert outcomes(listed) == ["expired", ""] and after(listed).owner_organisation == boei[1].organisation
    assert after(alone).state == "offered"


def test_a_full_unit_is_passed_over_and_a_list_without_a_place_says_so(
    case: Any, asker: Post, coordinator: Post, provider: Post, ark: Unit, boei: tuple[Unit, Post], monday: datetime
) -> None:
    process, other = ask_for(case, asker), ask_for(case, coordinator)
    perform(process.pk, "offer", coordinator, {"unit": ark.pk, "second": boei[0].pk})
    perform(other.pk, "offer", coordinator, {"unit": boei[0].pk})
    perform(process.pk, "decline", provider, {"ground": "full"})
    with pytest.raises(errors.ConditionUnmet):
        perform(process.pk, "ask_next", coordinator, {})
    assert sum(map(going_on.one, going_on.waiting(monday))) == 0
    assert outcomes(process) == ["declined", "full"] and after(process).state == "seeking"
    assert told(asker) == ["decline", "list_is_over"]
    with pytest.raises(errors.ConditionUnmet):  # the list is over: somebody chooses anew
        perform(process.pk, "ask_next", coordinator, {})


def test_a_region_cannot_put_a_unit_of_comensha_in_its_list_nor_a_unit_twice(
    case: Any, coordinator: Post, provider: Post, ark: Unit, region: Any
) -> None:
    cosm = a_unit(organisation=provider.organisation, region=region, name="Het Baken", scheme_id="cosm")
    process = ask_for(case, coordinator)
    for second in (cosm, ark):
        with pytest.raises(errors.BadFacts):
            perform(process.pk, "offer", coordinator, {"unit": ark.pk, "second": second.pk})
    assert not Turn.objects.exists() and not Stay.objects.exists()


def test_whoever_was_declined_keeps_their_place_in_the_queue_and_the_page_shows_it(
    page: Client, case: Any, region: Any, coordinator: Post, provider: Post, ark: Unit, monday: datetime
) -> None:
    first = ask_for(case, coordinator)
    with clock.at(monday + HOUR):
        second = ask_for(CaseFactory(region=region), coordinator)
        perform(first.pk, "offer", coordinator, {"unit": ark.pk})
    with clock.at(monday + 3 * HOUR):
        perform(first.pk, "decline", provider, {"ground": "behaviour"})
        assert [queue.place_of(record_of(one)).number for one in (first, second)] == [1, 2]
        text = page.get(reverse("placement:course", args=[first.pk])).content.decode()
        assert "1 of 2 who wait" in text and "Declined" in text
        assert (
            f'href="{reverse("placement:course", args=[first.pk])}"'
            in page.get(reverse("case:page", args=[case.pk])).content.decode()
        )


# -- a question of the provider ----------------------------------------------------------------------------------------


def test_a_question_stops_the_providers_clock_keeps_the_place_and_the_answer_reaches_it(
    browser: Browser, case: Any, asker: Post, coordinator: Post, provider: Post, ark: Unit, monday: datetime
) -> None:
    process = ask_for(case, asker)
    perform(process.pk, "offer", coordinator, {"unit": ark.pk})
    with clock.at(monday + 10 * HOUR):
        perform(process.pk, "ask_back", provider, {"question": "Welke taal?"})
    assert after(process).owner_role == Role.CARE_COORDINATOR and process in Process.objects.queue_of(coordinator)
    course = reverse("placement:course", args=[process.pk])
    with clock.at(monday + 30 * HOUR):  # beyond what the answer alone would have had
        text = browser(provider).get(reverse("case:process", args=[process.pk]), follow=True).content.decode()
        assert "Welke taal?" in text and "Zilvermeeuw" not in text
        assert Unit.objects.with_free(clock.now()).get(pk=ark.pk).free == 1
        perform(process.pk, "answer", asker, {"answer": "Tigrinya."})
    assert after(process).due_at == monday + (24 + 20) * HOUR
    assert record_of(process).held_until == process.plan[2] == Stay.objects.get().period.upper
    assert told(coordinator) == ["ask_back"] and told(provider) == ["offer", "answer"]
    with clock.at(monday + 31 * HOUR):
        assert "Tigrinya." in browser(provider).get(course).content.decode()
        perform(process.pk, "accept", provider, {})
    assert after(process).state == "accepted"


# -- in the place, and on ----------------------------------------------------------------------------------------------


def test_the_next_step_is_asked_for_thirty_days_before_the_planned_end(
    housed: Process, coordinator: Post, monday: datetime
) -> None:
    until = (monday + 80 * DAY).date()
    perform(housed.pk, "plan_next", coordinator, {"planned_until": until, "next_step": "move_on"})
    process = after(housed)
    assert process.due_at is not None
    assert process.due_at.astimezone(clock.AMSTERDAM).date() == until == Stay.objects.get().planned_until
    assert process.plan[0] == process.due_at - 30 * DAY


def test_a_planned_end_that_the_bed_planner_changes_moves_the_question_for_the_next_step(
    housed: Process, coordinator: Post, provider: Post, monday: datetime
) -> None:
    perform(housed.pk, "plan_next", coordinator, {"planned_until": (monday + 80 * DAY).date(), "next_step": "move_on"})
    stay, until = Stay.objects.get(), (monday + 100 * DAY).date()
    change(provider, stay, moves.mark(stay), Where(stay.unit_id, stay.place), until)
    process = after(housed)
    assert process.due_at is not None
    assert process.due_at.astimezone(clock.AMSTERDAM).date() == until == record_of(housed).planned_until
    assert process.next_notice_at == process.due_at - 30 * DAY


def test_a_stay_beyond_the_longest_needs_a_reason_for_every_period_and_each_is_kept(
    browser: Browser, case: Any, coordinator: Post, provider: Post, ark: Unit, monday: datetime
) -> None:
    ark.capacity.update(maximum_stay_days=40, known_since=clock.now())
    process = ask_for(case, coordinator)
    perform(process.pk, "offer", coordinator, {"unit": ark.pk})
    perform(process.pk, "accept", provider, {})
    too_long = {"planned_until": (monday + 41 * DAY).date()}
    with pytest.raises(errors.BadFacts):
        perform(process.pk, "arrive", provider, too_long)
    perform(process.pk, "arrive", provider, {})
    with pytest.raises(errors.BadFacts) as refused:
        perform(process.pk, "plan_next", coordinator, {**too_long, "next_step": "move_on"})
    assert "Blijft langer" in str(refused.value.form.errors)
    ends = []
    for days in (40, 70):
        with clock.at(monday + days * DAY):
            with pytest.raises(errors.BadFacts):
                perform(process.pk, "stay_longer", coordinator, {"ground": LongStayReason.OTHER, "reason": ""})
            perform(process.pk, "stay_longer", coordinator, {"ground": LongStayReason.NO_MOVE_ON})
            ends.append(after(process).due_at)
    rows = LongerStay.objects.filter(process=process.pk).order_by("at")
    assert [(row.post, row.reason) for row in rows] == [(coordinator, "no_move_on")] * 2
    assert [row.until for row in rows] == [at.astimezone(clock.AMSTERDAM).date() for at in ends if at]
    assert rows[1].since == rows[0].until
    text = browser(coordinator).get(reverse("placement:course", args=[process.pk])).content.decode()
    assert text.count("No move-on place") == 2


def test_leaving_for_an_unknown_destination_is_a_signal_about_safety_and_no_penalty(
    housed: Process, coordinator: Post, supervisor: Post, monday: datetime
) -> None:
    others = list(Process.objects.exclude(pk=housed.pk).values_list("pk", "state", "due_at"))
    perform(housed.pk, "leave", coordinator, {"left_to": "unknown"})
    assert (after(housed).state, housed.due_at) == ("missing", monday + 4 * HOUR)
    assert told(coordinator)[-1:] == told(supervisor) == ["left_unknown"]
    assert not Stay.objects.filter(period__contains=monday + HOUR).exists()
    assert list(Process.objects.exclude(pk=housed.pk).values_list("pk", "state", "due_at")) == others
    with pytest.raises(errors.BadFacts):
        perform(housed.pk, "looked", coordinator, {"came_of": "safe"})
    perform(housed.pk, "looked", coordinator, {"came_of": "safe", "reason": "Gebeld."})
    assert (after(housed).state, record_of(housed).left_to) == ("ended", "unknown")


def test_nobody_is_in_two_places_and_a_move_ends_the_first_stay(
    case: Any, housed: Process, coordinator: Post, boei: tuple[Unit, Post], monday: datetime
) -> None:
    second = open_process(
        Placement, acting=coordinator, case_id=case.pk, region_id=case.region_id, urgent=True, record={}
    )
    perform(second.pk, "offer", coordinator, {"unit": boei[0].pk})
    perform(second.pk, "accept", boei[1], {})
    with pytest.raises(errors.BadFacts) as refused:
        perform(second.pk, "arrive", boei[1], {})
    assert "andere plek" in str(refused.value.form.errors)
    with clock.at(monday + DAY):
        perform(second.pk, "arrive", boei[1], {"left_other": "on"})
    assert (after(housed).state, after(second).state, second.urgent) == ("ended", "in_place", False)
    assert Stay.objects.filter(period__contains=monday + 2 * DAY).get().unit == boei[0]


def test_two_registrations_of_one_person_who_is_in_two_places_are_shown_as_double_until_one_ends(
    housed: Process, case: Any, region: Any, coordinator: Post, boei: tuple[Unit, Post]
) -> None:
    other = CaseFactory(region=region)
    second = ask_for(other, coordinator)
    perform(second.pk, "offer", coordinator, {"unit": boei[0].pk})
    for action in ("accept", "arrive"):
        perform(second.pk, action, boei[1], {})
    from cases.versions import save_changes

    other.person = case.person
    save_changes(other, ["person"])
    assert record_of(housed).doubled and record_of(second).doubled
    perform(second.pk, "leave", coordinator, {"left_to": "family"})
    assert not record_of(housed).doubled


def test_another_region_takes_over_only_when_its_coordinator_accepts_and_the_file_goes_along(
    case: Any, housed: Process, coordinator: Post, monday: datetime
) -> None:
    there = RegionFactory()
    receiver: Post = PostFactory(role=Role.CARE_COORDINATOR, regions=[there])
    perform(housed.pk, "hand_to_region", coordinator, {"region": there.pk, "reason": "Familie."})
    assert (after(housed).state, housed.region, told(receiver)) == ("moving", case.region, ["hand_to_region"])
    with pytest.raises(errors.NotAllowed):
        perform(housed.pk, "accept_transfer", coordinator, {})
    with pytest.raises(errors.BadFacts):
        perform(housed.pk, "refuse_transfer", receiver, {})
    perform(housed.pk, "refuse_transfer", receiver, {"reason": "Geen plek."})
    assert (after(housed).state, told(coordinator)[-1]) == ("in_place", "refuse_transfer")
    perform(housed.pk, "hand_to_region", coordinator, {"region": there.pk, "reason": "Nogmaals."})
    perform(housed.pk, "accept_transfer", receiver, {})
    case.refresh_from_db()
    assert (after(housed).state, housed.region, case.region) == ("in_place", there, there)
    assert housed.owner_organisation == receiver.organisation
    assert {process.region for process in Process.objects.filter(case_id=case.pk, closed_at=None)} == {there}


# -- what became moot, and what goes wrong -----------------------------------------------------------------------------


def test_what_became_moot_closes_itself_and_tells_the_provider_who_still_held_a_place(
    browser: Browser, case: Any, coordinator: Post, provider: Post, ark: Unit, boei: tuple[Unit, Post], monday: datetime
) -> None:
    placed, moot = ask_for(case, coordinator), ask_for(case, coordinator)
    perform(moot.pk, "offer", coordinator, {"unit": boei[0].pk, "second": ark.pk})
    perform(placed.pk, "offer", coordinator, {"unit": ark.pk})
    for action in ("accept", "arrive"):
        perform(placed.pk, action, provider, {})
    assert after(moot).state == "withdrawn" and outcomes(moot) == ["moot", "left_out"]
    assert told(boei[1]) == ["offer", "become_moot"]
    assert Unit.objects.with_free(monday).get(pk=boei[0].pk).free == 1
    text = browser(boei[1]).get(reverse("workflows:notices")).content.decode()
    assert "No longer needed: placed another way" in text
    assert "No longer needed" in browser(boei[1]).get(reverse("placement:course", args=[moot.pk])).content.decode()
    assert browser(boei[1]).get(reverse("placement:course", args=[placed.pk])).status_code == 404


def test_whoever_declined_hears_no_more_of_the_person(
    browser: Browser, case: Any, coordinator: Post, provider: Post, ark: Unit
) -> None:
    process = ask_for(case, coordinator)
    perform(process.pk, "offer", coordinator, {"unit": ark.pk})
    perform(process.pk, "decline", provider, {"ground": "safety"})
    assert browser(provider).get(reverse("placement:course", args=[process.pk])).status_code == 404


def test_a_place_that_is_withdrawn_while_it_is_asked_cannot_be_accepted_and_leaves_nothing_held(
    case: Any, coordinator: Post, provider: Post, ark: Unit, monday: datetime
) -> None:
    process = ask_for(case, coordinator)
    perform(process.pk, "offer", coordinator, {"unit": ark.pk})
    ark.capacity.update(active=False, known_since=clock.now())
    for language, words in (("en", "the unit took the place back"), ("nl", "teruggetrokken")):
        with translation.override(language), pytest.raises(errors.ConditionUnmet) as refused:
            perform(process.pk, "accept", provider, {})
        with translation.override(language):
            assert words in str(refused.value.message)
    perform(process.pk, "decline", provider, {"ground": "full"})
    assert not Stay.objects.filter(period__isempty=False).exists()


def test_of_two_acceptances_one_wins_and_one_place_is_taken(
    case: Any, coordinator: Post, provider: Post, ark: Unit
) -> None:
    process = ask_for(case, coordinator)
    perform(process.pk, "offer", coordinator, {"unit": ark.pk})
    version = after(process).version
    perform(process.pk, "accept", provider, {}, version=version)
    with pytest.raises(errors.LostRace):
        perform(process.pk, "accept", provider, {}, version=version)
    assert Stay.objects.get().period.upper is None


def test_where_no_unit_is_free_the_page_says_what_can_be_done(
    browser: Browser, case: Any, coordinator: Post, care: None
) -> None:
    process = ask_for(case, coordinator)
    for language, words in (("en", "No unit has a free place now"), ("nl", "Geen enkele voorziening heeft nu")):
        text = browser(coordinator, language).get(reverse("case:step", args=[process.pk, "offer"])).content.decode()
        assert words in text


# -- from the answer of the matching straight to the unit --------------------------------------------------------------

WANTED = {"since": "2026-03-02", "gender": "woman", "forms": ["labour"], "places": "1"}


def test_whoever_finds_places_asks_them_in_order_in_one_step_and_the_choice_is_kept(
    page: Client, case: Any, coordinator: Post, ark: Unit, boei: tuple[Unit, Post]
) -> None:
    process = ask_for(case, coordinator)
    address = reverse("matching:place", args=[case.pk])
    assert "Ask this unit" in page.post(address, WANTED).content.decode()
    answer = page.post(address, WANTED | {"choose": ark.pk, "then": [boei[0].pk]})
    assert answer["Location"] == reverse("case:process", args=[process.pk])
    assert after(process).state == "offered" and Choice.objects.get().unit == ark
    asked = Turn.objects.filter(process=process.pk).order_by("number")
    assert [(turn.unit, turn.asked_at is not None) for turn in asked] == [(ark, True), (boei[0], False)]


def test_a_near_miss_in_consultation_is_asked_with_what_stands_in_the_way(
    page: Client, case: Any, coordinator: Post, provider: Post, ark: Unit, browser: Browser
) -> None:
    ark.capacity.update(psychiatric="consult", known_since=clock.now())
    process = ask_for(case, coordinator)
    address = reverse("matching:place", args=[case.pk])
    said = WANTED | {"needs": ["psychiatric"]}
    assert "Ask in consultation" in page.post(address, said).content.decode()
    page.post(address, said | {"consult": ark.pk})
    assert after(process).state == "offered"
    text = browser(provider).get(reverse("case:process", args=[process.pk])).content.decode()
    assert "In consultation: " in text
    ark.capacity.update(psychiatric="no", known_since=clock.now())
    perform(process.pk, "decline", provider, {"ground": "psychiatric"})
    assert page.post(address, said | {"consult": ark.pk}).status_code == 200  # a no is no near miss to ask
    assert after(process).state == "seeking"


def test_who_stays_already_is_written_down_by_the_migration_and_a_double_registration_is_shown(
    housed: Process, case: Any, coordinator: Post, boei: tuple[Unit, Post]
) -> None:
    fill = import_module("workflows.placement.migrations.0007_one_stay_at_once").FILL
    second = ask_for(case, coordinator)
    Process.objects.filter(pk=second.pk).update(state="in_place")
    PlacementRecord.objects.filter(pk=second.pk).update(arrived_at=clock.now() - DAY)
    PlacementRecord.objects.update(staying=None)
    with connection.cursor() as cursor:
        cursor.execute(fill)
    assert record_of(housed).staying == record_of(housed).person_key and record_of(second).staying is None
    assert record_of(housed).doubled and record_of(second).doubled
