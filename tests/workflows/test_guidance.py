"""The guidance of one person: its course, its safety plan, contacts with the police, and what it never changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import settings as settings_of
from hypothesis import strategies as st

from access import clock
from access.models import AccessRecord
from access.roles import Role
from access.wall import Side, taken
from cases.models import Case
from cases.sealed import encrypt_anew
from tests.factories.access import DeputyFactory, PostFactory, RegionFactory
from tests.factories.cases import ReferralFactory
from tests.factories.guidance import Guided
from tests.workflows.conftest import queries
from workflows.advice import rules
from workflows.engine import acts, errors
from workflows.engine.machine import registry
from workflows.engine.models import Notice, Process, StepLog
from workflows.engine.sweep import sweep
from workflows.guidance import calendar, home, navigators, policy
from workflows.guidance.checks import nothing_depends_on_willingness
from workflows.guidance.matching import Candidate, Wish, ranked
from workflows.guidance.models import (
    Action,
    Appointment,
    CalendarFeed,
    Contact,
    Goal,
    Guidance,
    NavigatorConflict,
    NewExploitation,
    Phase,
    Willingness,
)
from workflows.guidance.plan_forms import (
    AppointmentForm,
    GoalForm,
    GoalStateForm,
    MeasureForm,
    MeasureStateForm,
    PlanForm,
    SignsForm,
    StandForm,
    WeightForm,
)
from workflows.guidance.police import PoliceContacts
from workflows.guidance.words import Stand
from workflows.handovers.acts import hand_over, receive
from workflows.handovers.words import Purpose as HandoverPurpose

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
    process = guided.do(process, "close", ground="goals", signs="no", reason="Gaat zelf verder.")
    assert process.closed_at == MONDAY
    assert guided.beside("safety_plan").state == "over"
    with clock.at(MONDAY + timedelta(days=40)):
        process = acts.reopen(process.pk, guided.navigator, reason="Is opnieuw bedreigd.")
    assert (process.state, process.assignee_id) == ("in_guidance", guided.navigator.pk)
    assert guided.beside("safety_plan").state == "to_write", "a new plan is to be written"
    assert guided.row().phases == ["safety"], "and it begins with safety"
    assert process.due_at == datetime(2026, 4, 25, 21, 59, 59, tzinfo=UTC), "not overdue at once"


def test_first_contact_within_24_hours_when_it_is_urgent(guided: Guided) -> None:
    process = guided.open(urgent=True)
    with clock.at(MONDAY + timedelta(hours=3)):
        process = guided.do(process, "match", guided.coordinator, navigator=guided.navigator.pk)
        assert [charge.sign for charge in home.day_of(guided.navigator).charges] == ["now"], "not calm until it is late"
    assert process.due_at == MONDAY + timedelta(hours=24), "counted from the request, not from the match"


def test_contact_that_is_lost_is_looked_for_step_by_step_and_never_closed_silently(guided: Guided) -> None:
    process = guided.in_guidance()
    process = guided.do(process, "lose_contact", reason="Neemt niet op.")
    with pytest.raises(errors.ConditionUnmet, match="elke stap"):
        guided.do(process, "close", ground="lost", signs="unknown", reason="Weg.")
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
    with pytest.raises(errors.ConditionUnmet, match="aan wie"):
        guided.do(process, "accept_handover", guided.navigator, reason="Toch niet.")
    assert guided.row().navigator_id == guided.navigator.pk
    process = guided.do(process, "accept_handover", guided.colleague, reason="Samen kennisgemaakt.")
    assert process.assignee_id == guided.row().navigator_id == guided.colleague.pk
    assert guided.beside("safety_plan").assignee_id == guided.colleague.pk, "what goes beside it goes along"


def test_in_aftercare_it_is_handed_to_another_as_well_and_stays_aftercare(guided: Guided) -> None:
    process = guided.in_guidance()
    guided.do(process, "begin_aftercare")
    due = Process.objects.get(pk=process.pk).due_at
    process = guided.do(process, "hand_on", navigator=guided.colleague.pk, reason="Andere baan.")
    assert policy.may_write(guided.navigator, guided.row()), "until it is accepted, who guided goes on"
    assert [charge.stands_in for charge in home.day_of(guided.colleague).charges] == [False]
    process = guided.do(process, "accept_handover", guided.colleague, reason="Kennisgemaakt.")
    assert (process.state, process.assignee_id, process.due_at) == ("aftercare", guided.colleague.pk, due)


def test_who_was_never_reached_is_looked_for_by_the_same_protocol(guided: Guided) -> None:
    process = guided.open()
    guided.do(process, "match", guided.coordinator, navigator=guided.navigator.pk)
    guided.do(process, "try_contact", way="phone")
    guided.do(process, "lose_contact", reason="Drie keer geprobeerd.")
    for step in range(4):
        guided.do(process, "lost_step", reason=f"Verzonnen {step}.")
    process = guided.do(process, "find_again", way="phone")
    row = guided.row()
    assert (process.state, row.first_contact_at, row.phases) == ("in_guidance", MONDAY, ["safety"])
    assert guided.beside("safety_plan").state == "to_write"
    with pytest.raises(errors.BadFacts) as silent:
        guided.do(process, "close", ground="lost", signs="unknown", reason="Weg.")
    assert list(silent.value.form.errors) == ["ground"], "nobody is lost without having been looked for"


def test_the_deputy_has_the_person_in_their_day_while_who_guides_is_away(guided: Guided) -> None:
    process = guided.in_guidance()
    conflicted = PostFactory(role=Role.NAVIGATOR, organisation=guided.navigator.organisation, regions=[guided.region])
    NavigatorConflict.objects.create(post=conflicted, case=guided.case)
    PostFactory(role=Role.NAVIGATOR, regions=[guided.region])
    assert navigators.deputies(process, guided.row()) == [guided.colleague], "no conflict, and may act"
    guided.do(process, "name_deputy", deputy=guided.colleague.pk, deputy_known="on")
    guided.do(process, "lose_contact", reason="Neemt niet op.")
    guided.do(process, "name_deputy", guided.supervisor, deputy=guided.colleague.pk)
    assert home.day_of(guided.colleague).charges == []
    DeputyFactory(absent=guided.navigator, deputy=conflicted)
    (charge,) = home.day_of(guided.colleague).charges
    assert (charge.case, charge.stands_in) == (guided.case, True)
    guided.do(process, "find_again", guided.colleague, way="phone")


def test_a_navigator_who_stepped_aside_keeps_nothing_of_it(guided: Guided) -> None:
    process = guided.in_guidance()
    guided.open(PoliceContacts, guided.navigator, authority="police", event="interview", planned_at=MONDAY)
    guided.do(process, "step_aside")
    for kind in ("safety_plan", "police_contact"):
        assert guided.beside(kind).assignee_id is None, "it waits in the queue"
    guided.do(process, "match", guided.coordinator, navigator=guided.colleague.pk)
    guided.do(process, "first_contact", guided.colleague, way="meeting")
    assert guided.beside("police_contact").assignee_id == guided.colleague.pk
    assert guided.row().first_contact_at == MONDAY


def test_a_navigator_who_left_is_given_nothing(guided: Guided) -> None:
    process = guided.in_guidance()
    guided.do(process, "close", ground="goals", signs="no", reason="Gaat zelf verder.")
    with taken(Side.COMMON):
        guided.navigator.ends_on = clock.today()
        guided.navigator.save()
    process = acts.reopen(process.pk, guided.colleague, reason="Is opnieuw bedreigd.")
    assert (process.assignee_id, process.owner_organisation_id) == (None, guided.colleague.organisation_id)


def test_a_navigator_who_was_asked_away_or_is_full_or_not_as_wished_is_not_simply_chosen(guided: Guided) -> None:
    process = guided.in_guidance()
    process = guided.do(process, "ask_another", reason="Liever een vrouw.", gender_wish="woman")
    with pytest.raises(errors.BadFacts):
        guided.do(process, "match", guided.coordinator, navigator=guided.navigator.pk, reason="Toch.")
    with pytest.raises(errors.BadFacts) as refused:
        guided.do(process, "match", guided.coordinator, navigator=guided.colleague.pk)
    assert list(refused.value.form.errors) == ["reason"]
    guided.do(process, "match", guided.coordinator, navigator=guided.colleague.pk, reason="Is besproken en goed.")


def test_the_note_of_a_contact_is_kept_encrypted(guided: Guided) -> None:
    guided.do(guided.in_guidance(), "contact", way="phone", text="Verzonnen: bang voor de buurman.")
    kept = Contact.objects.extra(select={"raw": '"text"'}).filter(way="phone").get()
    assert kept.text == "Verzonnen: bang voor de buurman."
    assert "buurman" not in kept.raw


def test_a_safety_plan_is_never_older_than_30_days_without_a_signal(guided: Guided) -> None:
    guided.in_guidance()
    plan = guided.beside("safety_plan")
    guided.do(plan, "write", what_to_do="Verzonnen: bel 112.", code_words="Verzonnen: kat.")
    told = set()
    for day in range(1, 37):
        sweep(Side.CARE, now=MONDAY + timedelta(days=day))
        told |= set(Notice.objects.filter(process=plan, rung__gt=0).values_list("rung", "to_role"))
    assert told >= {(1, "navigator"), (2, "navigator"), (3, "supervisor")}
    assert Process.objects.get(pk=plan.pk).due_at - MONDAY <= timedelta(days=31)


def test_a_no_before_an_interview_tells_the_supervisor_and_stops_nothing(guided: Guided) -> None:
    guided.in_guidance()
    planned = MONDAY + timedelta(days=3)
    contact = guided.open(
        PoliceContacts, guided.navigator, authority="police", event="interview", planned_at=planned, language="ti"
    )
    guided.do(contact, "check", explained="yes", same_interviewer="no")
    notice = Notice.objects.get(process=contact)
    assert (notice.to_role, notice.key.partition(":")[0]) == ("supervisor", "check_no")
    with clock.at(planned + timedelta(hours=2)):
        contact = guided.do(contact, "hold", times_told="2", as_agreed="yes")
        assert contact.state == "held"
        assert contact.due_at <= planned + timedelta(days=8), "aftercare within seven days"
        assert guided.do(contact, "give_aftercare").state == "done"
    assert Notice.objects.filter(process=contact).count() == 1


def test_where_the_person_stands_on_reporting_changes_nothing_else(guided: Guided) -> None:
    """Every process, term, notice and line of the log of the case is the same whatever the person says."""
    guided.in_guidance()
    guided.open(registry["referral"], report=ReferralFactory(case=guided.case))
    guided.open(registry["placement"])
    guided.open(registry["reflection_period"], offered_on=clock.today(), offered_by="police", language="ti")

    def everything() -> list[Any]:
        tables = (Process, StepLog, Notice, Case, Guidance)
        return [list(table.objects.order_by("pk").values()) for table in tables]

    before = everything()
    for stand in Stand:
        form = StandForm(
            {"stand": stand, "obstacles": ["retaliation"], "words": "Verzonnen."},
            guidance=guided.row(), case=guided.case,
        )  # fmt: skip
        assert form.is_valid(), form.errors
        form.save(guided.navigator)
        assert everything() == before
    assert Willingness.objects.count() == len(Stand)


def test_the_check_sees_a_process_of_help_that_names_willingness(monkeypatch: pytest.MonkeyPatch) -> None:
    assert nothing_depends_on_willingness(None) == []
    import workflows.placement.machine as help_that_looks

    monkeypatch.setattr(help_that_looks, "Willingness", Willingness, raising=False)
    assert [problem.id for problem in nothing_depends_on_willingness(None)] == ["guidance.E001"]


def test_bad_input_is_said_plainly(guided: Guided) -> None:
    guided.in_guidance()
    row = guided.row()

    def wrong(form: type[PlanForm], **data: Any) -> list[str]:
        return sorted(form(data, guidance=row, case=guided.case).errors)

    assert wrong(MeasureForm, measure="psychologist", offered_on="2026-02-20", tried_on="2026-02-10") == ["tried_on"]
    assert wrong(AppointmentForm, kind="check_in", at="2026-02-01 10:00", minutes="30", way="phone") == ["at"]
    later = {"kind": "doctor", "at": "2026-03-09 10:00", "minutes": "30", "way": "phone"}
    assert wrong(AppointmentForm, **later) == []
    guided.case.person.safe_contact = ""
    assert wrong(AppointmentForm, **later) == ["safe"]
    assert wrong(AppointmentForm, **later, safe="on") == []
    assert wrong(GoalForm, words="Slapen.", domain="medical") == ["why"]
    full = WeightForm({"weight": "3"}, guidance=row, case=guided.case)
    assert full.is_valid(), full.errors
    full.save(guided.navigator)
    assert dict(Guidance.objects.carried()) == {guided.navigator.pk: 3}
    offer = MeasureForm({"measure": "judge", "offered_on": "2026-02-20"}, guidance=row, case=guided.case)
    assert offer.is_valid(), offer.errors
    offered = offer.save(guided.navigator)
    for data, expected in (({"tried_on": "2026-02-10"}, ["tried_on"]), ({"tried_on": "2026-03-01"}, [])):
        became = MeasureStateForm(data, guidance=row, case=guided.case, row=offered)
        assert sorted(became.errors) == expected
    assert str(became.save(guided.navigator).tried_on) == "2026-03-01", "what was offered is tried later"
    with pytest.raises(errors.BadFacts) as early:
        guided.do(guided.beside("guidance"), "contact", at="2026-01-01 10:00", way="phone")
    assert list(early.value.form.errors) == ["at"]


def test_two_goals_that_get_in_each_others_way_are_both_kept(guided: Guided) -> None:
    guided.in_guidance()
    row = guided.row()
    first = GoalForm({"words": "Werken."}, guidance=row, case=guided.case)
    assert first.is_valid()
    one = first.save(guided.navigator)
    second = GoalForm({"words": "Rust.", "conflicts_with": str(one.pk)}, guidance=row, case=guided.case)
    assert second.is_valid(), second.errors
    other = second.save(guided.navigator)
    assert other.conflicts_with == one
    for said, against in (({}, None), ({"conflicts_with": str(one.pk)}, one)):
        later = GoalStateForm({"state": "open", **said}, guidance=row, case=guided.case, row=other)
        assert later.is_valid(), later.errors
        assert later.save(guided.navigator).conflicts_with == against, "it can be seen later, and be solved"


def test_police_hand_somebody_over_at_night_and_a_navigator_is_asked_for_within_24_hours(guided: Guided) -> None:
    police = PostFactory(role=Role.INVESTIGATOR, organisation__side=Side.JUSTICE, organisation__name="Politie Test")
    told = {"alias": "Zeemeeuw", "languages": ["ti"], "forms": ["criminal"], "region": guided.region.code,
            "safe_contact": "Via de opvang.", "age_group": "adult", "story": "Verzonnen."}  # fmt: skip
    with taken(Side.JUSTICE):
        handover = hand_over(
            police, to_organisation=guided.navigator.organisation, purpose=HandoverPurpose.NAVIGATOR,
            ground="vital_interest", legal_ref="AVG 6 lid 1 d", subject=uuid4(), facts=told,
            until=MONDAY + timedelta(days=3650),
        )  # fmt: skip
    assert receive(Side.CARE) == 1
    row = Guidance.objects.select_related("process", "case__person").get(handover=handover.pk)
    assert (row.process.urgent, row.process.state, row.requested_by) == (True, "requested", "police")
    assert row.case.person.display_name == "Zeemeeuw"
    assert receive(Side.CARE) == 0, "a second time nothing"
    process = guided.do(row.process, "match", guided.coordinator, navigator=guided.navigator.pk)
    assert process.due_at == MONDAY + timedelta(hours=24)


def test_the_calendar_opens_by_its_secret_address_alone_and_names_nobody(guided: Guided) -> None:
    guided.in_guidance()
    form = AppointmentForm(
        {"kind": "court", "at": "2026-03-04 14:00", "minutes": "45", "way": "meeting", "note": "Verzonnen: de bakker."},
        guidance=guided.row(), case=guided.case,
    )  # fmt: skip
    assert form.is_valid(), form.errors
    form.save(guided.navigator)
    old, secret = calendar.make(guided.navigator), calendar.make(guided.navigator)
    assert calendar.post_of(old) is None, "a new address ends the old one"
    found = calendar.post_of(secret)
    assert found == guided.navigator
    assert not CalendarFeed.objects.filter(digest=secret).exists(), "the address itself is kept nowhere"
    text = calendar.text(found, "https://loods.invalid/guidance/")
    assert "DTSTART:20260304T130000Z\r\n" in text
    assert "SUMMARY:Afspraak: Rechtbank\r\n" in text, "what for, and nothing of whom"
    assert "DTEND:20260304T134500Z\r\n" in text
    for secret_of_case in (guided.case.number, guided.case.person.name, "bakker", str(guided.row().pk)):
        assert secret_of_case not in text


def test_a_court_date_is_one_whether_planned_as_a_contact_or_as_an_appointment(guided: Guided) -> None:
    guided.in_guidance()
    row, at = guided.row(), MONDAY + timedelta(days=2)
    written = {"guidance": row, "by": guided.navigator, "way": "meeting"}
    for kind, moment in (
        ("court", at + timedelta(days=1)),
        ("doctor", at),
        ("court", at),
        ("court", at + timedelta(8)),
    ):
        Appointment.objects.create(kind=kind, at=moment, **written)
    assert rules.facts_of(row, guided.navigator).court_on == at.date(), "and it asks for the checklist"
    guided.open(PoliceContacts, guided.navigator, authority="court", event="hearing", planned_at=at)
    day = home.day_of(guided.navigator)
    assert [(one.at, one.tab) for one in day.court] == [(at, "reporting"), (at + timedelta(days=1), "plan")]
    assert [charge.sign for charge in day.charges] == ["soon"]


def test_signs_of_new_exploitation_are_a_dated_fact_that_aftercare_and_the_end_ask_for(guided: Guided) -> None:
    process = guided.in_guidance()
    row = guided.row()

    def told() -> list[tuple[str, str, list[str]]]:
        rows = NewExploitation.objects.filter(guidance=row).order_by("known_on")
        return [(f"{one.known_on:%d-%m}", one.answer, one.forms) for one in rows]

    guided.do(process, "contact", way="phone")
    assert told() == [], "at a contact it may be left open"
    with clock.at(MONDAY + timedelta(days=40)):
        guided.do(process, "contact", way="phone", at="2026-04-01 10:00", signs="no")
        new = {"way": "phone", "signs": "yes", "signs_forms": ["criminal"]}
        for wrong in ({"signs_on": "2026-05-01"}, {"signs_on": "2026-03-01"}, {"signs": "no"}):
            with pytest.raises(errors.BadFacts):
                guided.do(process, "contact", **{**new, **wrong})
        guided.do(process, "contact", **new, signs_on="2026-04-05")
        guided.do(process, "begin_aftercare")
    with clock.at(MONDAY + timedelta(days=130)):
        with pytest.raises(errors.BadFacts) as unanswered:
            guided.do(process, "aftercare_talk", way="phone")
        assert list(unanswered.value.form.errors) == ["signs"]
        guided.do(process, "aftercare_talk", way="phone", signs="unknown")
        again = SignsForm({"signs": "no"}, guidance=row, case=guided.case)
        assert again.is_valid(), again.errors
        again.save(guided.navigator)
    assert told() == [("01-04", "no", []), ("05-04", "yes", ["criminal"]), ("10-07", "no", [])], "once for each day"
    assert not StepLog.objects.filter(facts__has_any_keys=["signs", "signs_forms"]).exists()


def test_changing_keys_encrypts_sealed_texts_anew(guided: Guided, settings: Any) -> None:
    guided.do(guided.in_guidance(), "contact", way="phone", text="Verzonnen: dit blijft.")
    fresh = Fernet.generate_key().decode()
    settings.LOODS_DOCUMENT_KEYS = [fresh, *settings.LOODS_DOCUMENT_KEYS]
    done, lost = encrypt_anew()
    assert (done, lost) == (1, 0)
    settings.LOODS_DOCUMENT_KEYS = [fresh]
    assert Contact.objects.get(way="phone").text == "Verzonnen: dit blijft."


codes = st.frozensets(st.sampled_from(["ti", "nl", "pl"]))
forms = st.frozensets(st.sampled_from(["labour", "sexual", "criminal"]))
genders = st.sampled_from(["", "woman", "man"])


@settings_of(max_examples=60, deadline=None)
@given(
    candidates=st.lists(
        st.builds(
            Candidate, key=st.integers(1, 99), languages=codes, gender=genders, knows=forms, load=st.integers(0, 8),
            most=st.integers(0, 8), conflict=st.booleans(), asked_away=st.booleans(),
        ),
        max_size=6, unique_by=lambda c: c.key,
    ),
    wish=st.builds(Wish, languages=codes, gender=genders, forms=forms, weight=st.integers(1, 3)),
)  # fmt: skip
def test_the_best_navigator_is_the_one_that_no_other_beats(candidates: list[Candidate], wish: Wish) -> None:
    """Against brute force: every pair of those who can be chosen is compared by the rules as they are written."""

    def beats(one: Candidate, other: Candidate) -> bool:
        def against(c: Candidate) -> int:
            return (wish.gender not in ("", c.gender)) + (c.load + wish.weight > c.most)

        def speaks_for(c: Candidate) -> float:
            room = max(c.most - c.load - wish.weight, 0) / c.most if c.most else 0
            return 100 * bool(c.languages & wish.languages) + 40 * bool(c.knows & wish.forms) + 30 * room

        if against(one) != against(other):
            return against(one) < against(other)
        if speaks_for(one) != speaks_for(other):
            return speaks_for(one) > speaks_for(other)
        return one.key < other.key

    possible = [c for c in candidates if not c.conflict and not c.asked_away]
    order = [one.candidate for one in ranked(candidates, wish)]
    assert sorted(c.key for c in order) == sorted(c.key for c in possible)
    for place, one in enumerate(order):
        assert sum(beats(other, one) for other in possible) == place


def test_pages_stay_cheap_whatever_they_show_and_closed_to_who_does_not_see_the_case(
    guided: Guided, browser: Callable[..., Client]
) -> None:
    process, row = guided.in_guidance(), guided.row()
    guided.do(guided.beside("safety_plan"), "write", what_to_do="Verzonnen: bel 112.")
    for number in range(3):
        guided.do(process, "contact", way="phone", text=f"Verzonnen {number}.")
        written = {"guidance": row, "by": guided.navigator}
        goal = Goal.objects.create(words=f"Verzonnen {number}.", **written)
        Action.objects.create(goal=goal, what="Verzonnen.", owner="navigator", by_day=clock.today(), **written)
        Willingness.objects.create(on_day=clock.today(), stand="unsure", **written)
        guided.open(PoliceContacts, guided.navigator, authority="court", event="hearing", planned_at=MONDAY)
    tabs = [reverse("guidance:page", args=[row.pk, tab]) for tab in ("plan", "safety", "reporting")]
    client = browser(guided.navigator)
    for address in (reverse("guidance:home"), *tabs):
        assert len(queries(client, address)) <= 10, address
    read = AccessRecord.objects.filter(object_kind="guidance", subject=guided.case.person_id)
    assert read.count() == len(tabs)
    elsewhere = browser(PostFactory(role=Role.NAVIGATOR, regions=[RegionFactory()]))
    assert {elsewhere.get(address).status_code for address in tabs} == {404}
    reader = browser(guided.coordinator)
    assert {reader.get(address).status_code for address in tabs} == {200}
    write = reverse("guidance:write", args=[row.pk, "stand"])
    assert reader.post(write, {"stand": "yes"}).status_code == 403
    assert client.get(reverse("guidance:write", args=[row.pk, "stand"])).status_code == 200
