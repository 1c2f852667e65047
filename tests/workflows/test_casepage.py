"""The case page: what it shows to whom, and the answer to each step."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import translation

from access import clock
from access.models import AccessRecord, Post
from access.roles import Role
from cases.models import Case
from shelters.models import Unit
from tests.factories.access import PostFactory, RegionFactory
from tests.factories.cases import EntryFactory
from tests.factories.shelters import a_unit
from tests.workflows.conftest import Browser, queries
from workflows.casepage import words
from workflows.casepage.circumstances import circumstances
from workflows.engine import acts
from workflows.engine.models import Process, StepLog
from workflows.engine.steps import open_process, perform
from workflows.placement.machine import Placement

pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    """The words of a page."""
    return str(response.content.decode())


# -- The page -------------------------------------------------------------------------------------------------------


def test_the_page_says_who_must_act_by_when_and_what_can_be_done(page: Client, case: Case, coordinator: Post) -> None:
    answer = page.get(f"/cases/{case.pk}/")
    assert answer.status_code == 200, answer.headers
    shown = text(answer)
    assert "Zilvermeeuw Test" in shown
    assert f"Care coordinator, {coordinator.organisation.name}" in shown
    assert "1 working day" in shown
    assert "Begin triage" in shown and "/begin_triage/" in shown
    assert "Tuesday 3 March 2026" in shown


def test_what_cannot_be_done_says_for_whom_it_is(case: Case, region: Any, browser: Browser) -> None:
    caseworker = PostFactory(role=Role.CASEWORKER, regions=[region])
    shown = text(browser(caseworker).get(f"/cases/{case.pk}/"))
    assert "Accept, Refer onward, Not trafficking" in shown
    assert "This is for the care coordinator or national desk." in shown
    assert "/begin_triage/" in shown


def test_a_paused_process_says_resume_first(page: Client, case: Case, referral: Process, coordinator: Post) -> None:
    acts.pause(referral.pk, coordinator, reason="waiting for an interpreter")
    shown = text(page.get(f"/cases/{case.pk}/"))
    assert "The process is paused. Resume it first." in shown
    assert "waiting for an interpreter" in shown
    assert "/begin_triage/" not in shown and "/act/resume/" in shown


def test_the_page_says_why_it_came_here(page: Client, case: Case) -> None:
    shown = text(page.get(f"/cases/{case.pk}/"))
    assert "No routing rule applies" in shown
    assert f"region {case.region.name}" in shown and "labour exploitation" in shown


def test_what_went_to_the_national_desk_says_what_was_wanted(desk: Post, case: Case, browser: Browser) -> None:
    elsewhere = RegionFactory()
    process = open_process(Placement, acting=desk, case_id=case.pk, region_id=elsewhere.pk)
    assert process.owner_role == Role.NATIONAL_DESK
    shown = text(browser(desk).get(f"/cases/{case.pk}/"))
    assert "Nobody holds the role “care coordinator” here, so it went to the national desk." in shown


def test_reading_is_logged_with_the_person_it_is_about(page: Client, case: Case, coordinator: Post) -> None:
    page.get(f"/cases/{case.pk}/")
    line = AccessRecord.objects.get(object_kind="case", action="read")
    assert (line.post_id, line.subject, line.object_id) == (coordinator.pk, case.person_id, str(case.pk))


def test_hidden_and_absent_look_alike(case: Case, browser: Browser) -> None:
    stranger = browser(PostFactory(role=Role.CARE_COORDINATOR, regions=[RegionFactory()]))
    hidden, absent = stranger.get(f"/cases/{case.pk}/"), stranger.get(f"/cases/{uuid4()}/")
    assert hidden.status_code == absent.status_code == 404
    assert _without_keys(hidden) == _without_keys(absent)


def _without_keys(response: Any) -> str:
    import re

    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[A-Za-z0-9]{64}", "", text(response))


def test_a_restricted_case_is_absent_for_who_is_not_named(page: Client, case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(restricted=True)
    assert page.get(f"/cases/{case.pk}/").status_code == 404


def test_the_title_tells_nothing(page: Client, case: Case) -> None:
    title = text(page.get(f"/cases/{case.pk}/")).split("<title>")[1].split("</title>")[0]
    assert "Zilvermeeuw" not in title and case.number not in title


def test_the_page_speaks_dutch(coordinator: Post, case: Case, browser: Browser) -> None:
    with translation.override("nl"):
        shown = text(browser(coordinator, "nl").get(f"/cases/{case.pk}/"))
    assert "Zorgcoördinator" in shown and "Triage beginnen" in shown


def test_ten_queries_are_enough_however_many_processes(
    page: Client, case: Case, coordinator: Post, provider: Post, offered: Process
) -> None:
    for _number in range(12):
        offered_or_waiting = open_process(
            Placement, acting=coordinator, case_id=case.pk, region_id=case.region_id, facts=circumstances(case)
        )
        acts.take(offered_or_waiting.pk, coordinator)
    page.get(f"/cases/{case.pk}/")  # terms, rules and names are remembered from here on
    assert len(queries(page, f"/cases/{case.pk}/")) <= 10


def test_the_log_has_a_page_of_its_own(page: Client, case: Case, referral: Process, coordinator: Post) -> None:
    acts.pause(referral.pk, coordinator, reason="no interpreter")
    assert f"/process/{referral.pk}/log/" in text(page.get(f"/cases/{case.pk}/"))
    shown = text(page.get(f"/process/{referral.pk}/log/"))
    assert shown.index("no interpreter") < shown.index("Started") and coordinator.user.name in shown
    assert "No routing rule applies" in shown
    assert page.get(f"/process/{uuid4()}/log/").status_code == 404


def test_a_long_timeline_shows_the_newest_until_somebody_asks(page: Client, case: Case, coordinator: Post) -> None:
    EntryFactory.create_batch(40, case=case, by=coordinator, text="older")
    EntryFactory(case=case, by=coordinator, text="the newest of all", at=clock.now() + timedelta(minutes=1))
    shown = text(page.get(f"/cases/{case.pk}/"))
    assert "the newest of all" in shown and "older events" in shown
    whole = text(page.get(f"/cases/{case.pk}/?timeline=all"))
    assert whole.count("older<") == 40 and "older events" not in whole


def test_closed_processes_are_folded(page: Client, case: Case, referral: Process, coordinator: Post) -> None:
    perform(referral.pk, "withdraw", coordinator, {"reason": "own wish"})
    shown = text(page.get(f"/cases/{case.pk}/"))
    assert "1 process that is over" in shown and "/act/reopen/" in shown


# -- Steps ----------------------------------------------------------------------------------------------------------


def test_a_step_says_what_happened_who_must_act_and_by_when(page: Client, referral: Process, coordinator: Post) -> None:
    address = f"/process/{referral.pk}/begin_triage/"
    assert 'name="version" value="1"' in text(page.get(address))
    answer = page.post(address, {"version": "1", "reason": ""}, follow=True)
    shown = text(answer)
    assert answer.redirect_chain[-1][0].startswith(f"/cases/{referral.case_id}/#process-")
    assert "Referral – Begin triage: done." in shown
    assert f"Now: In triage, with Care coordinator, {coordinator.organisation.name}, by Monday 9 March" in shown


def test_bad_facts_keep_what_was_typed(page: Client, referral: Process) -> None:
    answer = page.post(
        f"/process/{referral.pk}/not_trafficking/", {"version": "1", "ground": "nonsense", "reason": "typed"}
    )
    assert answer.status_code == 422
    assert "typed</textarea>" in text(answer) and "error-summary" in text(answer)
    referral.refresh_from_db()
    assert referral.state == "received"


def test_a_lost_race_shows_where_it_stands_and_keeps_the_text(
    page: Client, referral: Process, coordinator: Post, region: Any
) -> None:
    colleague = PostFactory(role=Role.CARE_COORDINATOR, organisation=coordinator.organisation, regions=[region])
    perform(referral.pk, "begin_triage", colleague, {})
    answer = page.post(f"/process/{referral.pk}/withdraw/", {"version": "1", "reason": "my long reason"})
    assert answer.status_code == 409
    shown = text(answer)
    assert "Somebody else was first." in shown and "In triage" in shown and colleague.user.name in shown
    assert "my long reason" in shown and 'name="version" value="2"' in shown
    again = page.post(f"/process/{referral.pk}/withdraw/", {"version": "2", "reason": "my long reason"})
    assert again.status_code == 302


def test_a_step_that_no_longer_fits_keeps_the_text_to_copy(page: Client, referral: Process, coordinator: Post) -> None:
    perform(referral.pk, "withdraw", coordinator, {"reason": "own wish"})
    data = {"version": "2", "ground": "smuggling", "reason": "words to keep"}
    answer = page.post(f"/process/{referral.pk}/not_trafficking/", data)
    assert answer.status_code == 409
    assert "words to keep" in text(answer) and "Withdrawn" in text(answer)


def test_a_step_of_another_role_says_whose_it_is(referral: Process, region: Any, browser: Browser) -> None:
    caseworker = browser(PostFactory(role=Role.CASEWORKER, regions=[region]))
    answer = caseworker.post(f"/process/{referral.pk}/accept/", {"version": "1", "reason": "mine"})
    assert answer.status_code == 403
    assert "This is for the care coordinator or national desk." in text(answer) and "mine" in text(answer)
    assert caseworker.get(f"/process/{referral.pk}/accept/").status_code == 403


def test_a_step_of_a_hidden_process_is_absent(referral: Process, browser: Browser) -> None:
    stranger = browser(PostFactory(role=Role.CARE_COORDINATOR, regions=[RegionFactory()]))
    address = f"/process/{referral.pk}/begin_triage/"
    assert stranger.get(address).status_code == stranger.post(address, {}).status_code == 404
    assert stranger.get(f"/process/{referral.pk}/act/take/").status_code == 404


def test_an_unknown_step_is_absent(page: Client, referral: Process) -> None:
    assert page.get(f"/process/{referral.pk}/fly/").status_code == 404
    assert page.post(f"/process/{referral.pk}/act/fly/", {}).status_code == 404


def test_a_step_of_the_program_is_for_nobody(page: Client, referral: Process) -> None:
    answer = page.post(f"/process/{referral.pk}/become_moot/", {"version": "1"})
    assert answer.status_code == 403


def test_a_paused_process_keeps_the_typed_text_with_the_sentence(
    page: Client, referral: Process, coordinator: Post
) -> None:
    acts.pause(referral.pk, coordinator, reason="waits")
    answer = page.post(f"/process/{referral.pk}/withdraw/", {"version": "2", "reason": "typed before"})
    assert answer.status_code == 422
    assert "The process is paused. Resume it first." in text(answer) and "typed before" in text(answer)


def test_pressing_twice_makes_one_step(page: Client, referral: Process) -> None:
    address, data = f"/process/{referral.pk}/begin_triage/", {"version": "1", "reason": ""}
    page.post(address, data)
    again = page.post(address, data, follow=True)
    assert "This was done already; it was not done a second time." in text(again)
    assert StepLog.objects.filter(process=referral, action="begin_triage").count() == 1


def test_what_a_step_opens_is_told(page: Client, referral: Process) -> None:
    data = {"version": "1", "shelter": "on", "shelter_kind": "crisis"}
    shown = text(page.post(f"/process/{referral.pk}/accept/", data, follow=True))
    assert "It is over: Accepted." in shown and "Placement was started." in shown


def test_who_works_through_the_list_goes_on_to_the_next(
    page: Client, case: Case, referral: Process, coordinator: Post, region: Any
) -> None:
    other = open_process(Placement, acting=coordinator, case_id=case.pk, region_id=region.pk)
    shown = text(page.get(f"/cases/{case.pk}/?next=worklist"))
    assert f"/process/{referral.pk}/begin_triage/?next=worklist" in shown
    taken_now = page.post(f"/process/{referral.pk}/act/take/", {"version": 1, "next": "worklist"})
    assert taken_now["Location"] == f"/process/{referral.pk}/?next=worklist"  # what was taken is worked on now
    after = page.post(f"/process/{referral.pk}/begin_triage/", {"version": 2, "next": "worklist"})
    assert after["Location"] == f"/process/{other.pk}/?next=worklist"
    elsewhere = page.post(f"/process/{other.pk}/seek/", {"version": 1, "next": "https://example.org/"})
    assert elsewhere["Location"] == f"/process/{other.pk}/"


def test_every_act_of_the_engine_has_words_and_a_picture() -> None:
    named = {value for name, value in vars(acts).items() if name.isupper() and isinstance(value, str)}
    assert named <= words.ACTS.keys() and named <= words.ACT_ICONS.keys()


# -- Acts every process knows ---------------------------------------------------------------------------------------


def test_taking_and_giving_back(page: Client, referral: Process, coordinator: Post) -> None:
    shown = text(page.post(f"/process/{referral.pk}/act/take/", {"version": "1"}, follow=True))
    assert "Referral – Take: done." in shown and coordinator.user.name in shown
    referral.refresh_from_db()
    assert referral.assignee_id == coordinator.pk
    page.post(f"/process/{referral.pk}/act/give_back/", {"version": "2", "reason": ""})
    referral.refresh_from_db()
    assert referral.assignee_id is None


def test_taking_over_asks_first(page: Client, referral: Process, coordinator: Post, region: Any) -> None:
    colleague = PostFactory(role=Role.CARE_COORDINATOR, organisation=coordinator.organisation, regions=[region])
    acts.take(referral.pk, colleague)
    assert "Do you want to take it over?" in text(page.get(f"/process/{referral.pk}/act/take_over/"))
    page.post(f"/process/{referral.pk}/act/take_over/", {"version": "2"})
    referral.refresh_from_db()
    assert referral.assignee_id == coordinator.pk


def test_handing_over_offers_colleagues_of_the_queue(
    page: Client, referral: Process, coordinator: Post, region: Any
) -> None:
    colleague = PostFactory(role=Role.CARE_COORDINATOR, organisation=coordinator.organisation, regions=[region])
    outsider = PostFactory(role=Role.CARE_COORDINATOR, regions=[region])
    shown = text(page.get(f"/process/{referral.pk}/act/hand_over/"))
    assert f"{colleague.user.name} · 0 in hand" in shown and outsider.user.name not in shown
    refused = page.post(f"/process/{referral.pk}/act/hand_over/", {"version": "1", "to": outsider.pk, "reason": "kept"})
    assert refused.status_code == 422 and "kept" in text(refused)
    page.post(f"/process/{referral.pk}/act/hand_over/", {"version": "1", "to": colleague.pk, "reason": "holiday"})
    assert f"Handed over: {colleague.user.name}" in text(page.get(f"/cases/{referral.case_id}/"))


def test_a_pause_needs_a_reason(page: Client, referral: Process) -> None:
    address = f"/process/{referral.pk}/act/pause/"
    assert page.post(address, {"version": "1", "reason": "  "}).status_code == 422
    assert page.post(address, {"version": "1", "reason": "no interpreter"}).status_code == 302


def test_putting_away_ends_before_the_term(page: Client, referral: Process, monday: datetime) -> None:
    address = f"/process/{referral.pk}/act/snooze/"
    late = (monday + timedelta(days=9)).date().isoformat()
    refused = page.post(address, {"version": "1", "day": late})
    assert refused.status_code == 422 and "beyond the end of its term" in text(refused)
    tomorrow = (monday + timedelta(days=1)).date().isoformat()
    assert page.post(address, {"version": "1", "day": tomorrow}).status_code == 302
    assert "Put away until Tuesday 3 March 09:00" in text(page.get(f"/cases/{referral.case_id}/"))


def test_a_closed_process_opens_again_with_a_reason(page: Client, referral: Process, coordinator: Post) -> None:
    perform(referral.pk, "withdraw", coordinator, {"reason": "own wish"})
    address = f"/process/{referral.pk}/act/reopen/"
    assert page.post(address, {"version": "2", "reason": ""}).status_code == 422
    page.post(address, {"version": "2", "reason": "came back"})
    referral.refresh_from_db()
    assert referral.state == "triage"


def test_an_act_on_an_old_version_keeps_the_text(
    page: Client, referral: Process, coordinator: Post, region: Any
) -> None:
    colleague = PostFactory(role=Role.CARE_COORDINATOR, organisation=coordinator.organisation, regions=[region])
    acts.take(referral.pk, colleague)
    answer = page.post(f"/process/{referral.pk}/act/pause/", {"version": "1", "reason": "long words"})
    assert answer.status_code == 409
    assert "long words" in text(answer) and 'name="version" value="2"' in text(answer)


def test_taking_twice_is_told_kindly(page: Client, referral: Process) -> None:
    page.post(f"/process/{referral.pk}/act/take/", {"version": "1"})
    again = page.post(f"/process/{referral.pk}/act/take/", {"version": "1"}, follow=True)
    assert "This was done already" in text(again)


# -- Starting another process ---------------------------------------------------------------------------------------


def test_a_placement_is_started_from_the_case(page: Client, case: Case, coordinator: Post) -> None:
    address = f"/cases/{case.pk}/start/placement/"
    assert address in text(page.get(f"/cases/{case.pk}/"))
    shown = text(page.get(address))
    assert "<h1" in shown and ">Placement</h1>" in shown
    assert 'value="children"' in shown and "checked" in shown  # what the case needs is filled in
    page.post(address, {"kind": "crisis", "urgent": "on", "needs": ["children"], "seen": "0"})
    placement = Process.objects.get(case_id=case.pk, kind="placement")
    assert placement.urgent and placement.facts["gender"] == "woman"


def test_a_placement_cannot_be_wanted_from_a_day_gone_by(page: Client, case: Case, monday: datetime) -> None:
    address = f"/cases/{case.pk}/start/placement/"
    answer = page.post(address, {"kind": "crisis", "wanted_from": "2026-03-01", "seen": "0"})
    assert answer.status_code == 422
    assert "This day has passed." in text(answer) and "2026-03-01" in text(answer)
    assert not Process.objects.filter(kind="placement").exists()


def test_sending_the_start_twice_starts_one(page: Client, case: Case) -> None:
    address, data = f"/cases/{case.pk}/start/placement/", {"kind": "crisis", "seen": "0"}
    page.post(address, data)
    assert "started already" in text(page.post(address, data, follow=True))
    assert Process.objects.filter(kind="placement").count() == 1


def test_who_may_not_start_it_sees_no_button_and_is_told(case: Case, supervisor: Post, browser: Browser) -> None:
    client = browser(supervisor)
    assert "/start/placement/" not in text(client.get(f"/cases/{case.pk}/"))
    assert client.get(f"/cases/{case.pk}/start/placement/").status_code == 403


def test_referrals_start_at_the_intake_only(page: Client, case: Case) -> None:
    assert page.get(f"/cases/{case.pk}/start/referral/").status_code == 404


# -- The shelter provider sees the process and no file ----------------------------------------------------------------


def test_a_provider_sees_what_it_needs_and_no_file(
    case: Case, coordinator: Post, provider: Post, browser: Browser, offered: Process
) -> None:
    client = browser(provider)
    assert client.get(f"/cases/{case.pk}/")["Location"] == f"/process/{offered.pk}/"
    assert client.get(f"/cases/{uuid4()}/").status_code == 404
    answer = client.get(f"/process/{offered.pk}/")
    shown = text(answer)
    assert answer.status_code == 200
    assert "Zilvermeeuw" not in shown and case.number in shown
    assert "Place for children along" in shown and "Woman" in shown and "Adult" in shown
    line = AccessRecord.objects.get(object_kind="process", action="read")
    assert line.subject == case.person_id


def test_a_provider_does_not_read_who_refused_before(
    case: Case, coordinator: Post, provider: Post, region: Any, browser: Browser
) -> None:
    other = PostFactory(role=Role.SHELTER_PROVIDER, organisation__kind="shelter", regions=[region])
    first = a_unit(organisation=other.organisation, region=region, name="Haven", kind="crisis", places=1)
    process = open_process(Placement, acting=coordinator, case_id=case.pk, region_id=region.pk)
    perform(process.pk, "offer", coordinator, {"unit": str(first.pk)})
    perform(process.pk, "decline", other, {"ground": "addiction", "reason": "secret refusal"})
    perform(process.pk, "offer", coordinator, {"unit": str(Unit.objects.get(name="De Ark").pk)})
    client = browser(provider)
    shown = text(client.get(f"/process/{process.pk}/")) + text(client.get(f"/process/{process.pk}/log/"))
    assert "secret refusal" not in shown and "Ask a unit" in shown
    way = text(client.get(f"/processes/placement/?process={process.pk}"))
    assert way.count(">Passed<") <= 1 and "Decline <span" not in way


def test_a_provider_that_declined_sees_it_no_more(
    case: Case, coordinator: Post, provider: Post, browser: Browser, offered: Process
) -> None:
    client = browser(provider)
    answer = client.post(
        f"/process/{offered.pk}/decline/", {"version": offered.version, "ground": "full", "reason": ""}
    )
    assert answer.status_code == 302 and answer["Location"] == "/"
    assert client.get(f"/process/{offered.pk}/").status_code == 404


def test_who_may_open_the_file_is_led_to_it(page: Client, referral: Process) -> None:
    answer = page.get(f"/process/{referral.pk}/")
    assert answer["Location"].startswith(f"/cases/{referral.case_id}/#process-")


# -- Closing ----------------------------------------------------------------------------------------------------------


def test_a_case_with_open_processes_cannot_be_closed(case: Case, coordinator: Post) -> None:
    from cases import closing

    with pytest.raises(closing.CannotClose) as refused, translation.override("en"):
        closing.close(case, coordinator, "guidance_complete")
    assert refused.value.reasons == [f"Referral: Received (Care coordinator, {coordinator.organisation.name})"]


def test_overdue_is_shown(page: Client, case: Case, monday: datetime) -> None:
    with clock.at(monday + timedelta(days=5)):
        assert "lane--overdue" in text(page.get(f"/cases/{case.pk}/"))
