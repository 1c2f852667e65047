"""The rules of the determination, each on its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, transaction

from access import clock
from access.clock import AMSTERDAM
from access.models import AccessRecord, Post
from access.roles import Role
from access.wall import Side, taken
from tests.factories.access import OrganisationFactory, PostFactory, RegionFactory
from tests.factories.cases import CaseAccessFactory, CaseFactory
from tests.factories.determination import (
    KNOWS,
    REASONS,
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
from workflows.designs import declaration
from workflows.designs.models import DesignBinding
from workflows.determination import acts, checks, late, reading, rules, tasks
from workflows.determination.conflicts import conflicted
from workflows.determination.machine import Committee as Committee_
from workflows.determination.models import (
    Decision,
    Evidence,
    File,
    MemberProfile,
    Opinion,
    PanelMember,
    Requirement,
)
from workflows.determination.terms import REQUESTED
from workflows.determination.words import About
from workflows.engine import acts as engine
from workflows.engine import errors
from workflows.engine.machine import Party, Step, Waiting
from workflows.engine.models import Notice, Process, Rung
from workflows.engine.steps import open_process, perform
from workflows.engine.sweep import sweep
from workflows.files.register import Wanted, Which, page_of
from workflows.handovers import acts as handovers
from workflows.handovers.models import Handover
from workflows.investigation_led.machine import InvestigationLed
from workflows.placement.machine import Placement

pytestmark = pytest.mark.django_db


@pytest.fixture
def determination(db: None) -> Iterator[None]:
    """Work for the determination side during the test."""
    with taken(Side.DETERMINATION):
        yield


@pytest.fixture
def committee(determination: None) -> Committee:
    """A committee with nine members."""
    made = Committee(members=9)
    made.profiles()
    return made


@pytest.fixture
def admitted(committee: Committee) -> Process:
    """A file whose panel is to be composed."""
    process = process_of(committee.file())
    step(process, "admit", committee.secretary)
    return process


def dutch(day: str, hour: int = 9) -> datetime:
    """A moment in Amsterdam."""
    return datetime.fromisoformat(f"{day}T{hour:02}:00").replace(tzinfo=AMSTERDAM).astimezone(UTC)


def ends_on(process: Process) -> date:
    """The last day on which the decision must be made."""
    decide_by = record_of(process).decide_by
    assert decide_by is not None
    return decide_by.astimezone(AMSTERDAM).date()


# -- the request and its clock -------------------------------------------------------------------------------------


def test_the_clock_stands_still_while_something_is_missing_and_ends_later_over_christmas(committee: Committee) -> None:
    with clock.at(dutch("2026-12-14")):
        process = process_of(committee.file("two_stage"))
        assert ends_on(process) == date(2026, 12, 21)  # five working days
    with clock.at(dutch("2026-12-16")):
        step(process, "ask_missing", committee.secretary, what=["story"], from_whom="person")
    assert record_of(process).suspended_at is not None
    with clock.at(dutch("2026-12-20")):
        supplied = [str(row.pk) for row in Requirement.objects.all()]
        step(process, "complete", committee.secretary, supplied=supplied)
    # 21 December plus four days is Christmas Day, a Friday; then Boxing Day, which is a Saturday, and Sunday
    assert ends_on(process) == date(2026, 12, 28)


def test_an_end_on_kings_day_moves_to_the_next_working_day(committee: Committee) -> None:
    with clock.at(dutch("2027-04-14")):
        process = process_of(committee.file("two_stage"))
        assert ends_on(process) == date(2027, 4, 21)
    with clock.at(dutch("2027-04-15")):
        step(process, "ask_missing", committee.secretary, what=["contact"], from_whom="person")
    with clock.at(dutch("2027-04-21")):
        step(process, "complete", committee.secretary, supplied=[])
    assert ends_on(process) == date(2027, 4, 28)  # the 27th is King's Day


def test_what_is_still_missing_stops_admission_with_the_sentence_that_says_so(committee: Committee) -> None:
    process = process_of(committee.file())
    step(process, "ask_missing", committee.secretary, what=["story", "age"], from_whom="person")
    step(process, "complete", committee.secretary, supplied=[str(Requirement.objects.first().pk)])  # type: ignore[union-attr]
    with pytest.raises(errors.ConditionUnmet, match="ontbreekt nog"):
        step(process, "admit", committee.secretary)


def test_nobody_is_determined_a_victim_without_agreeing(committee: Committee) -> None:
    process = process_of(committee.file(agreed=False))
    with pytest.raises(errors.ConditionUnmet, match="niet ingestemd"):
        step(process, "admit", committee.secretary)


def test_a_minor_needs_a_guardian_and_runs_on_shorter_terms(committee: Committee) -> None:
    file = committee.file(birth_date=date(2012, 1, 1))
    process, adult = process_of(file), process_of(committee.file())
    assert file.minor
    assert process.due_at is not None and adult.due_at is not None
    assert process.due_at < adult.due_at
    assert ends_on(process) < ends_on(adult)
    with pytest.raises(errors.ConditionUnmet, match="voogd"):
        step(process, "admit", committee.secretary)
    File.objects.filter(pk=file.pk).update(guardian_name="Voogd Verzonnen")
    step(process, "admit", committee.secretary)
    assert process.state == "composing"


@pytest.mark.parametrize(
    ("facts", "minor"),
    [
        ({"birth_date": None}, True),
        ({"birth_date": date(1990, 1, 1), "birth_estimated": True}, True),
        ({"birth_date": None, "shown_adult": True}, False),
        ({"birth_date": date(1990, 1, 1)}, False),
    ],
)
def test_whose_age_is_not_shown_is_a_minor(committee: Committee, facts: dict[str, object], minor: bool) -> None:
    assert committee.file(**facts).minor is minor


def test_not_admissible_says_why_and_how_to_mend_it_and_can_be_opened_again(committee: Committee) -> None:
    process = process_of(committee.file())
    with pytest.raises(errors.BadFacts):
        step(process, "refuse_admission", committee.secretary, reason="Geen handtekening.")
    step(process, "refuse_admission", committee.secretary, reason="Geen handtekening.", how_to_mend="Teken alsnog.")
    assert process.state == "not_admissible"
    engine.reopen(process.pk, committee.secretary, reason="Ondertekend ontvangen.")
    assert Process.objects.get(pk=process.pk).state == "requested"


def test_nothing_of_the_justice_side_can_be_required(committee: Committee) -> None:
    file = committee.file()
    with pytest.raises(errors.BadFacts):
        step(process_of(file), "ask_missing", committee.secretary, what=["other"], from_whom="police")
    for source in ("police", "prosecution"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Requirement.objects.create(file=file, what="other", source=source)


# -- the panel -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 3, 6, 8])
def test_a_committee_has_an_odd_number_of_at_least_seven(committee: Committee, admitted: Process, number: int) -> None:
    with pytest.raises(errors.BadFacts):
        name_panel(committee, admitted, number)
    name_panel(committee, admitted, 7)
    assert len(seats(admitted)) == 7


def test_who_is_away_cannot_be_named(committee: Committee, admitted: Process) -> None:
    MemberProfile.objects.filter(post=committee.members[0]).update(
        away_from=clock.today() - timedelta(days=1), away_until=clock.today() + timedelta(days=9)
    )
    with pytest.raises(errors.BadFacts):
        name_panel(committee, admitted, 7)
    name_panel(committee, admitted, 7, skip=1)


def test_who_declares_a_conflict_leaves_at_once_and_the_panel_is_completed(
    committee: Committee, admitted: Process
) -> None:
    name_panel(committee, admitted, 7)
    first = seats(admitted)[0].post
    with pytest.raises(errors.BadFacts):
        step(admitted, "declare", first, interest="conflict")
    step(admitted, "declare", first, interest="conflict", which="Een oud-collega.")
    assert admitted.state == "composing"
    assert first not in [seat.post for seat in seats(admitted)]
    assert not Process.objects.for_post(first).filter(pk=admitted.pk).exists()
    with pytest.raises(errors.BadFacts):
        step(admitted, "name_panel", committee.secretary, members=[str(first.pk)])
    step(admitted, "name_panel", committee.secretary, members=[str(committee.members[8].pk)])
    declare_all(admitted)
    assert (admitted.state, len(seats(admitted))) == ("gathering", 7)


@pytest.mark.parametrize("state", ["gathering", "opinions", "hearing", "drafting", "deciding"])
def test_a_panel_that_falls_below_its_number_is_composed_again(
    committee: Committee, admitted: Process, state: str
) -> None:
    name_panel(committee, admitted, 7)
    declare_all(admitted)
    onward = [
        lambda: step(admitted, "ask_opinions", committee.secretary),
        lambda: opine_all(admitted),
        lambda: step(admitted, "decline_hearing", committee.secretary),
        lambda: step(admitted, "draft", committee.secretary, outcome="plausible", reasons=REASONS),
    ]
    for go in onward:
        if admitted.state == state:
            break
        go()
    assert admitted.state == state
    leaving = seats(admitted)[0]
    step(admitted, "stand_down", committee.secretary, member=str(leaving.pk), reason="Ziek.")
    assert admitted.state == "composing"
    step(admitted, "name_panel", committee.secretary, members=[str(committee.members[8].pk)])
    declare_all(admitted)
    step(admitted, "ask_opinions", committee.secretary)
    opine_all(admitted)
    assert admitted.state == "hearing"


def test_members_see_the_files_of_their_own_panels_and_the_secretary_all(
    committee: Committee, admitted: Process
) -> None:
    other = committee.file()
    name_panel(committee, admitted, 7)
    sits, does_not = committee.members[0], committee.members[8]
    assert [file.pk for file in File.objects.for_post(sits)] == [admitted.case_id]
    assert not File.objects.for_post(does_not).exists()
    assert set(File.objects.for_post(committee.secretary).values_list("pk", flat=True)) == {admitted.case_id, other.pk}
    assert File.objects.for_post(committee.supervisor).count() == 2
    assert not Evidence.objects.for_post(committee.supervisor).exists()
    assert [p.pk for p in Process.objects.for_post(sits)] == [admitted.pk]
    assert not Process.objects.for_post(does_not).exists()
    assert [p.pk for p in Process.objects.queue_of(sits)] == [admitted.pk]
    assert not Process.objects.queue_of(does_not).exists()
    elsewhere = PostFactory(role=Role.COMMITTEE_SECRETARY)
    assert not File.objects.for_post(elsewhere).exists()


def test_who_does_not_sit_on_the_panel_cannot_make_its_steps(committee: Committee, admitted: Process) -> None:
    name_panel(committee, admitted, 7)
    with pytest.raises(errors.NotFound):
        step(admitted, "declare", committee.members[8], interest="none")
    with pytest.raises(errors.NotAllowed):
        step(admitted, "declare", committee.secretary, interest="none")


# -- conflict of interest, asked across the wall -------------------------------------------------------------------


class Handed:
    """A case on the care side whose request was handed over to a committee; made on the sides it belongs to."""

    def __init__(self, committee: Committee) -> None:
        self.region = RegionFactory()
        self.guide: Post = PostFactory(role=Role.CARE_COORDINATOR, regions=[self.region])
        self.case = CaseFactory(region=self.region)
        with taken(Side.CARE):
            self.handover = handovers.hand_over(
                self.guide, to_organisation=committee.organisation, purpose="request_determination",
                ground="request_of_person", subject=self.case.pk,
                facts={"alias": "Zonnebloem", "age_group": "adult", "languages": ["nl"], "story": "Verzonnen."},
                until=clock.now() + timedelta(days=300),
            )  # fmt: skip

    def file(self) -> File:
        """The file it opened on the determination side."""
        assert handovers.receive(Side.DETERMINATION) >= 0
        return File.objects.get(handover=self.handover.pk)


@pytest.fixture
def handed(committee: Committee) -> Handed:
    """A request that was handed over and received."""
    return Handed(committee)


def as_member(committee: Committee, post: Post) -> Post:
    """The same person as a member of the committee."""
    made = PostFactory(role=Role.COMMITTEE_MEMBER, organisation=committee.organisation, user=post.user)
    MemberProfile.objects.create(post=made, expertise=[KNOWS[0]])
    return made


def test_a_request_that_is_handed_over_opens_a_file_once(committee: Committee, handed: Handed) -> None:
    file = handed.file()
    assert (file.alias, file.capacity, file.minor, file.agreed) == ("Zonnebloem", "caseworker", False, True)
    assert process_of(file).state == "requested"
    assert handovers.receive(Side.DETERMINATION) == 0
    assert File.objects.count() == 1


def test_what_was_handed_over_is_read_through_the_handover_and_only_while_it_is_in_force(
    committee: Committee, handed: Handed
) -> None:
    file = handed.file()
    process = process_of(file)
    step(process, "admit", committee.secretary)
    name_panel(committee, process, 7)
    with taken(Side.CARE):
        more = handovers.hand_over(
            handed.guide, to_organisation=committee.organisation, purpose="evidence", ground="request_of_person",
            subject=handed.case.pk, facts={"story": "Nog iets verzonnen."}, until=clock.now() + timedelta(days=30),
        )  # fmt: skip
    assert handovers.receive(Side.DETERMINATION) == 1
    member = committee.members[0]
    said = [reading.content_of(piece, member) for piece in Evidence.objects.for_post(member)]
    assert [facts["story"] for facts in said if facts] == ["Verzonnen.", "Nog iets verzonnen."]
    assert not File.objects.filter(story__icontains="verzonnen").exists(), "nothing of it was copied"
    assert AccessRecord.objects.filter(object_kind="evidence", subject=file.pk).count() == 2
    piece = Evidence.objects.get(handover=more.pk)
    with taken(Side.CARE):
        handovers.end(more, handed.guide, "De persoon wil het niet meer.")
    assert reading.content_of(piece, member) is None
    assert Evidence.objects.for_post(committee.secretary).count() == 1
    assert reading.content_of(Evidence.objects.get(handover=handed.handover.pk), committee.members[8]) is None


def test_who_guides_the_person_cannot_sit_on_the_panel(committee: Committee, handed: Handed) -> None:
    file = handed.file()
    member = as_member(committee, handed.guide)
    assert conflicted(file, [member, *committee.members]) == {member.pk}
    process = process_of(file)
    step(process, "admit", committee.secretary)
    chosen = [str(post.pk) for post in [member, *committee.members[:6]]]
    with pytest.raises(errors.BadFacts) as refused:
        step(process, "name_panel", committee.secretary, members=chosen)
    assert member.user.name in str(refused.value.form.errors["members"])


def test_who_works_on_a_process_of_the_case_cannot_sit_on_the_panel(committee: Committee, handed: Handed) -> None:
    colleague = PostFactory(role=Role.CARE_COORDINATOR, regions=[handed.region])
    file, member = handed.file(), as_member(committee, colleague)
    assert conflicted(file, [member]) == set()
    with taken(Side.CARE):
        open_process(Placement, acting=colleague, case_id=handed.case.pk, region_id=handed.region.pk)
    assert conflicted(file, [member]) == {member.pk}


def test_who_is_named_for_the_case_cannot_sit_on_the_panel(committee: Committee, handed: Handed) -> None:
    named = PostFactory(role=Role.CASEWORKER, regions=[handed.region])
    file, member = handed.file(), as_member(committee, named)
    assert conflicted(file, [member]) == set()
    CaseAccessFactory(case=handed.case, user=named.user)
    assert conflicted(file, [member]) == {member.pk}


def test_who_investigates_the_same_case_cannot_sit_on_the_panel(committee: Committee, handed: Handed) -> None:
    police = OrganisationFactory(kind="police", side=Side.JUSTICE)
    investigator = PostFactory(role=Role.INVESTIGATOR, organisation=police, regions=[handed.region])
    outside = PostFactory(role=Role.INVESTIGATOR, regions=[handed.region])
    prosecutor = PostFactory(role=Role.PROSECUTOR, regions=[handed.region])
    with taken(Side.CARE):
        told = handovers.hand_over(
            handed.guide, to_organisation=police, purpose="police_contact", ground="legal_duty",
            subject=handed.case.pk, facts={"alias": "Zonnebloem"}, until=clock.now() + timedelta(days=300),
        )  # fmt: skip
    file = handed.file()
    members = [as_member(committee, post) for post in (investigator, prosecutor, outside)]
    assert conflicted(file, members) == {members[0].pk}
    with taken(Side.JUSTICE):
        running = open_process(
            InvestigationLed, acting=investigator, region_id=handed.region.pk, record={"handover": told.pk}
        )
        perform(running.pk, "register_cooperation", investigator,
                {"cooperation": "complaint", "cooperated_on": clock.today().isoformat()})  # fmt: skip
        perform(running.pk, "dismiss", prosecutor, {"reason": "Onvoldoende bewijs."})
    assert conflicted(file, members) == {members[0].pk, members[1].pk}


def test_the_gate_answers_only_for_what_was_handed_to_this_side(committee: Committee, handed: Handed) -> None:
    member = as_member(committee, handed.guide)
    unknown = File(handover=uuid4())
    assert conflicted(unknown, [member]) == set()
    police = OrganisationFactory(kind="police", side=Side.JUSTICE)
    with taken(Side.CARE):
        elsewhere = handovers.hand_over(
            handed.guide, to_organisation=police, purpose="police_contact", ground="legal_duty",
            subject=handed.case.pk, facts={"alias": "x"}, until=clock.now() + timedelta(days=3),
        )  # fmt: skip
    assert conflicted(File(handover=elsewhere.pk), [member]) == set()


@pytest.mark.parametrize("side", [Side.CARE, Side.JUSTICE, Side.COMMON])
def test_no_other_side_may_ask_the_gate(side: Side) -> None:
    with taken(side), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        conflicted(File(handover=uuid4()), [PostFactory(role=Role.COMMITTEE_MEMBER)])


def test_of_a_file_that_came_directly_the_organisation_that_asked_for_it_is_known(committee: Committee) -> None:
    lawyer = PostFactory(role=Role.CASEWORKER)
    file = committee.file(capacity="lawyer", requester_organisation=lawyer.organisation)
    member = as_member(committee, lawyer)
    assert conflicted(file, [member, *committee.members]) == {member.pk}
    assert conflicted(committee.file(), [member]) == set()


def test_a_member_whose_own_client_it_turns_out_to_be_does_not_decide(committee: Committee, handed: Handed) -> None:
    """The conflict arises after the panel was named: the step is refused, and the member can stand down."""
    process = process_of(handed.file())
    step(process, "admit", committee.secretary)
    to_draft(committee, process, 7)
    step(process, "draft", committee.secretary, outcome="plausible", reasons=REASONS)
    deciding = seats(process)[0].post
    began = PostFactory(role=Role.CASEWORKER, regions=[handed.region], user=deciding.user)
    CaseAccessFactory(case=handed.case, user=began.user)
    with pytest.raises(errors.ConditionUnmet, match="heeft met de zaak te maken"):
        step(process, "decide", deciding, vote="for")
    with pytest.raises(errors.ConditionUnmet, match="heeft met de zaak te maken"):
        step(process, "decide", seats(process)[1].post, vote="for")
    step(process, "stand_down", committee.secretary, member=str(seats(process)[0].pk), reason="Eigen cliënt.")
    assert process.state == "composing"


# -- evidence ------------------------------------------------------------------------------------------------------


def test_a_source_is_read_only_with_consent_and_no_longer_from_the_moment_it_is_withdrawn(
    committee: Committee, admitted: Process
) -> None:
    file = File.objects.get(pk=admitted.case_id)
    name_panel(committee, admitted, 7)
    member = committee.members[0]
    with pytest.raises(acts.Refused):
        acts.add_evidence(file, committee.secretary, source="health", title="Brief arts", text="…")
    consent = acts.ask_consent(file, committee.secretary, "health", "Huisarts Verzonnen")
    with pytest.raises(acts.Refused):
        acts.add_evidence(file, committee.secretary, source="health", consent=consent, title="Brief", text="…")
    acts.answer_consent(consent, committee.secretary, given=True)
    piece = acts.add_evidence(file, committee.secretary, source="health", consent=consent, title="Brief", text="…")
    own = acts.add_evidence(file, committee.secretary, source="person", title="Eigen verhaal", text="…")
    assert set(Evidence.objects.for_post(member)) == {piece, own}
    acts.withdraw_consent(consent, committee.secretary)
    assert list(Evidence.objects.for_post(member)) == [own]
    assert list(Evidence.objects.for_post(committee.secretary)) == [own]
    with pytest.raises(acts.Refused):
        acts.add_evidence(file, committee.secretary, source="health", consent=consent, title="Nog een", text="…")
    with pytest.raises(acts.Refused):
        acts.withdraw_consent(consent, committee.secretary)


def test_a_refused_source_gives_nothing_and_is_not_asked_twice(committee: Committee) -> None:
    file = committee.file()
    consent = acts.ask_consent(file, committee.secretary, "police", "Politie Verzonnen")
    acts.answer_consent(consent, committee.secretary, given=False)
    with pytest.raises(acts.Refused):
        acts.answer_consent(consent, committee.secretary, given=True)
    with pytest.raises(acts.Refused):
        acts.add_evidence(file, committee.secretary, source="police", consent=consent, title="pv", text="…")


def test_the_database_takes_no_piece_without_consent_and_changes_none(committee: Committee) -> None:
    file = committee.file()
    with pytest.raises(IntegrityError), transaction.atomic():
        Evidence.objects.create(file=file, source="health", title="Brief", text="…")
    piece = acts.add_evidence(file, committee.secretary, source="person", title="Verhaal", text="…")
    with pytest.raises(DatabaseError), transaction.atomic():
        Evidence.objects.filter(pk=piece.pk).update(text="anders")


def test_for_a_minor_the_guardian_answers(committee: Committee) -> None:
    file = committee.file(birth_date=None)
    consent = acts.ask_consent(file, committee.secretary, "school", "School Verzonnen")
    with pytest.raises(acts.Refused):
        acts.answer_consent(consent, committee.secretary, given=True)
    File.objects.filter(pk=file.pk).update(guardian_name="Voogd Verzonnen")
    assert acts.answer_consent(consent, committee.secretary, given=True).by_guardian


def test_what_only_the_secretary_may_read_no_member_reads(committee: Committee, admitted: Process) -> None:
    file = File.objects.get(pk=admitted.case_id)
    name_panel(committee, admitted, 7)
    acts.add_evidence(file, committee.secretary, source="person", title="Adres", text="…", readers="secretary")
    assert Evidence.objects.for_post(committee.secretary).count() == 1
    assert not Evidence.objects.for_post(committee.members[0]).exists()


# -- opinions and hearing ------------------------------------------------------------------------------------------


def test_opinions_are_hidden_from_others_until_all_are_in(committee: Committee, admitted: Process) -> None:
    name_panel(committee, admitted, 7)
    declare_all(admitted)
    step(admitted, "ask_opinions", committee.secretary)
    first, second, *rest = [seat.post for seat in seats(admitted)]
    began = admitted.due_at
    step(admitted, "give_opinion", first, finding="not_enough", reasons="Te weinig.", weight_debt="1")
    assert admitted.due_at == began, "the term of the members runs on"
    assert [o.finding for o in Opinion.objects.for_post(first)] == ["not_enough"]
    for other in (second, committee.secretary, committee.supervisor, committee.members[8]):
        assert not Opinion.objects.for_post(other).exists()
    with pytest.raises(errors.ConditionUnmet, match="al gegeven"):
        step(admitted, "give_opinion", first, finding="plausible", reasons="Toch wel.")
    for post in (second, *rest):
        step(admitted, "give_opinion", post, finding="plausible", reasons=REASONS)
    assert admitted.state == "hearing"
    for reader in (first, second, committee.secretary):
        assert Opinion.objects.for_post(reader).count() == 7
    assert Opinion.objects.get(member__post=first).indicators == {"debt": 1}
    with pytest.raises(DatabaseError), transaction.atomic():
        Opinion.objects.update(finding="plausible")


def test_no_opinion_is_given_after_the_draft(committee: Committee, admitted: Process) -> None:
    to_draft(committee, admitted, 7)
    step(admitted, "draft", committee.secretary, outcome="plausible", reasons=REASONS)
    with pytest.raises(errors.WrongState):
        step(admitted, "give_opinion", seats(admitted)[0].post, finding="plausible", reasons="Nog iets.")


def test_a_hearing_is_by_two_different_members_and_not_held_tomorrow(committee: Committee, admitted: Process) -> None:
    name_panel(committee, admitted, 7)
    declare_all(admitted)
    step(admitted, "ask_opinions", committee.secretary)
    opine_all(admitted)
    first, second, *_ = [str(seat.pk) for seat in seats(admitted)]
    today, tomorrow = clock.today(), clock.today() + timedelta(days=1)
    for bad in (
        {"first": first, "second": first, "held_on": today},
        {"first": first, "held_on": today},
        {"first": first, "second": second, "held_on": tomorrow},
    ):
        with pytest.raises(errors.BadFacts):
            step(admitted, "record_hearing", committee.secretary, report="Verteld.", **bad)
    step(admitted, "record_hearing", committee.secretary, report="Verteld.", first=first, second=second, held_on=today)
    assert admitted.state == "drafting"


def test_declining_a_hearing_changes_nothing_else(committee: Committee, admitted: Process) -> None:
    to_draft(committee, admitted, 7)
    to_decided(committee, admitted)
    assert (Decision.objects.get().outcome, admitted.state) == ("plausible", "decided")


# -- the decision --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reasons", ["", "   "])
def test_a_decision_needs_reasons(committee: Committee, admitted: Process, reasons: str) -> None:
    to_draft(committee, admitted, 7)
    with pytest.raises(errors.BadFacts):
        step(admitted, "draft", committee.secretary, outcome="plausible", reasons=reasons)
    record = record_of(admitted)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(
            determination=record, file=record.file, stage="conclusive", outcome="plausible", reasons="",
            decided_at=clock.now(), decided_by=committee.members[0],
        )  # fmt: skip


def test_a_decision_never_changes_and_a_correction_is_a_version_of_its_own(
    committee: Committee, admitted: Process
) -> None:
    to_draft(committee, admitted, 7)
    to_decided(committee, admitted)
    for change in ({"reasons": "anders"}, {"outcome": "not_plausible"}, {"reconsiders": None, "version": 7}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Decision.objects.update(**change)
    step(admitted, "correct", committee.secretary, reasons="Beter geschreven.", reason="Naam was fout.")
    assert admitted.state == "decided"
    old, new = Decision.objects.order_by("version")
    assert (old.version, new.version, new.outcome, new.decided_at) == (1, 2, old.outcome, old.decided_at)
    assert list(Decision.objects.current()) == [new]
    to_served(committee, admitted)
    assert Decision.objects.get(version=2).served_on == clock.today()
    assert Decision.objects.get(version=1).served_on is None
    with pytest.raises(DatabaseError), transaction.atomic():
        Decision.objects.filter(version=2).update(served_on=clock.today() - timedelta(days=1))


def test_a_decision_is_not_served_before_it_was_made(committee: Committee, admitted: Process) -> None:
    to_draft(committee, admitted, 7)
    to_decided(committee, admitted)
    for day in (clock.today() - timedelta(days=1), clock.today() + timedelta(days=1)):
        with pytest.raises(errors.BadFacts):
            step(admitted, "serve", committee.secretary, served_on=day.isoformat(), how="post")
    assert admitted.state == "decided"


def test_the_term_for_a_reconsideration_runs_from_the_day_of_service(committee: Committee) -> None:
    with clock.at(dutch("2026-03-02")):
        process = process_of(committee.file())
        step(process, "admit", committee.secretary)
        to_draft(committee, process, 7)
        to_decided(committee, process)
    with clock.at(dutch("2026-03-09")):
        step(process, "serve", committee.secretary, served_on="2026-03-04", how="post")
    until = Decision.objects.get().reconsider_until
    assert until is not None
    assert until.astimezone(AMSTERDAM).date() == date(2026, 4, 7)  # day 30 is Good Friday, and Easter follows
    with clock.at(dutch("2026-04-02")), pytest.raises(errors.ConditionUnmet, match="herziening"):
        step(process, "make_final", committee.secretary)


def test_a_reconsideration_asked_too_late_is_refused_and_one_asked_in_time_but_written_later_is_not(
    committee: Committee, admitted: Process
) -> None:
    to_draft(committee, admitted, 7)
    to_decided(committee, admitted)
    to_served(committee, admitted)
    served = clock.today()
    with clock.at(clock.now() + timedelta(days=45)):
        again = {"why": "procedure", "ground": "Niet gehoord."}
        with pytest.raises(errors.ConditionUnmet, match="voorbij"):
            step(admitted, "ask_again", committee.secretary, **again)
        day = (served + timedelta(days=20)).isoformat()
        step(admitted, "ask_again", committee.secretary, asked_on=day, **again)
    assert admitted.state == "reconsidered"


def test_nothing_becomes_final_in_silence(committee: Committee, admitted: Process) -> None:
    """The program makes final what nobody made final, only after every notice about it was told."""
    to_draft(committee, admitted, 7)
    to_decided(committee, admitted)
    to_served(committee, admitted)
    with pytest.raises(errors.NotAllowed):
        step(admitted, "become_final", committee.secretary)
    after = clock.now() + timedelta(days=36)
    with clock.at(after):
        assert late.make_final() == 0, "the term is over, but nobody was told to the end"
    while admitted.rung != Rung.SECOND_ESCALATION:
        admitted.refresh_from_db()
        after += timedelta(days=5)
        with clock.at(after):
            sweep(Side.DETERMINATION, after)
            admitted.refresh_from_db()
    assert Notice.objects.filter(process=admitted, rung__in=[2, 3, 4]).count() == 3
    with clock.at(after):
        assert late.make_final() == 1
    admitted.refresh_from_db()
    assert admitted.state == "final"


def test_supervisors_are_told_once_when_a_decision_is_late(committee: Committee, admitted: Process) -> None:
    over = record_of(admitted).decide_by
    assert over is not None
    assert late.tell(over - timedelta(minutes=1)) == 0
    assert late.tell(over + timedelta(minutes=1)) == 1
    assert late.tell(over + timedelta(days=1)) == 0
    told = Notice.objects.get(process=admitted, key__startswith="term_over")
    assert told in Notice.objects.for_post(committee.supervisor)
    assert admitted.state == "composing", "being late changes nothing for the person"


def test_the_job_looks_at_terms_on_this_side() -> None:
    tasks.watch_terms()


# -- what happens to people ----------------------------------------------------------------------------------------


def test_disappearance_lets_everything_stand_still_and_nothing_else_follows(
    committee: Committee, admitted: Process
) -> None:
    file = File.objects.get(pk=admitted.case_id)
    before, now = record_of(admitted).decide_by, clock.now()
    due = admitted.due_at
    assert before is not None and due is not None
    acts.out_of_sight(file, committee.secretary, clock.today())
    with pytest.raises(errors.ConditionUnmet):
        name_panel(committee, admitted, 7)
    with pytest.raises(acts.Refused):
        acts.out_of_sight(file, committee.secretary, clock.today())
    assert late.tell(before + timedelta(days=1)) == 0, "nothing is late while the person is out of sight"
    with clock.at(now + timedelta(days=70)):
        acts.back_in_sight(file, committee.secretary)
        admitted.refresh_from_db()
        assert admitted.state == "composing"
        assert record_of(admitted).decide_by >= before + timedelta(days=69)  # type: ignore[operator]
        assert admitted.due_at is not None and admitted.due_at >= due + timedelta(days=69)
        name_panel(committee, admitted, 7)


def test_after_a_death_it_goes_on_or_is_stopped_by_somebody(committee: Committee, admitted: Process) -> None:
    file = File.objects.get(pk=admitted.case_id)
    acts.died(file, committee.secretary, clock.today())
    name_panel(committee, admitted, 7)
    step(admitted, "stop", committee.secretary, ground="deceased", reasons="De nabestaanden willen stoppen.")
    assert (admitted.state, Decision.objects.get().outcome) == ("withdrawn", "withdrawn")


def test_files_of_one_exploitation_are_linked_and_each_decided_on_its_own(committee: Committee) -> None:
    one, other = committee.file(alias="Een"), committee.file(alias="Twee")
    exploitation = acts.link([one, other], committee.secretary, "Kas Verzonnen")
    assert {file.pk for file in exploitation.files.all()} == {one.pk, other.pk}
    process = process_of(one)
    step(process, "admit", committee.secretary)
    to_draft(committee, process, 7)
    to_decided(committee, process)
    assert Decision.objects.get().file_id == one.pk
    assert process_of(other).state == "requested"


# -- designs -------------------------------------------------------------------------------------------------------


def test_a_region_is_bound_to_a_design_by_data_and_a_running_file_keeps_its_own(committee: Committee) -> None:
    here, elsewhere = RegionFactory(), RegionFactory()
    with taken(Side.COMMON):
        DesignBinding.objects.create(region=here, design="two_stage", valid_from=clock.today() - timedelta(days=9))
    file = committee.file(region=here)
    assert process_of(file).kind == "two_stage"
    assert process_of(committee.file(region=elsewhere)).kind == "committee"
    with taken(Side.COMMON):
        DesignBinding.objects.update(valid_until=clock.today())
    assert process_of(committee.file(region=here)).kind == "committee"
    assert record_of(process_of(file)).design == "two_stage"
    with pytest.raises(DatabaseError), transaction.atomic():
        record = record_of(process_of(file))
        record.design = "committee"
        record.save()


def test_adding_a_design_is_one_declaration(committee: Committee) -> None:
    small = declaration.Design(
        code="committee_of_three", label="Drie", about="", kind="committee", side=Side.DETERMINATION, source="proef",
        stages=(declaration.Stage("conclusive", "Besluit", 3, declaration.registry["committee"].first.not_later),),
    )  # fmt: skip
    declaration.declare(small)
    try:
        process = process_of(committee.file("committee_of_three"))
        step(process, "admit", committee.secretary)
        to_draft(committee, process, 3)
        to_decided(committee, process)
        assert PanelMember.objects.count() == 3
    finally:
        del declaration.registry["committee_of_three"]


# -- the outcome goes back with consent only -----------------------------------------------------------------------


@pytest.mark.parametrize("consents", [True, False])
def test_the_outcome_is_told_only_with_consent_and_no_longer_when_it_is_withdrawn(
    committee: Committee, handed: Handed, consents: bool
) -> None:
    file = handed.file()
    consent = acts.ask_consent(file, committee.secretary, "care", "Wie mij begeleidt", about=About.TELL)
    acts.answer_consent(consent, committee.secretary, given=consents)
    process = process_of(file)
    step(process, "admit", committee.secretary)
    to_draft(committee, process, 7)
    to_decided(committee, process)
    assert not Handover.objects.filter(purpose="outcome").exists()
    to_served(committee, process)
    told = Handover.objects.filter(purpose="outcome").first()
    if not consents:
        assert told is None
        return
    assert told is not None
    assert (told.to_organisation_id, told.answers) == (handed.guide.organisation_id, handed.handover.pk)
    assert "reasons" not in told.facts_named
    with taken(Side.CARE):
        facts = handovers.content_of(told, handed.guide)
        assert facts is not None and facts["outcome"] == "plausible"
    acts.withdraw_consent(consent, committee.secretary)
    with taken(Side.CARE):
        assert handovers.content_of(Handover.objects.get(pk=told.pk), handed.guide) is None


# -- the checks ----------------------------------------------------------------------------------------------------


def test_machines_and_designs_are_whole() -> None:
    call_command("check")


def test_a_machine_that_waits_for_the_criminal_case_or_lets_justice_act_is_an_error() -> None:
    class Hangs(Committee_):
        kind = "hangs"
        steps = {**Committee_.steps, "requested": Waiting(Party.PROSECUTION, Role.COMMITTEE_SECRETARY, REQUESTED)}

    class Lets(Committee_):
        kind = "lets"
        steps = {**Committee_.steps, "requested": Step(Role.INVESTIGATOR, REQUESTED)}

    assert [list(checks.independence(machine)) for machine in (Committee_, InvestigationLed)] == [[], []]
    for machine in (Hangs, Lets):
        assert [problem.id for problem in checks.independence(machine)] == ["determination.E001"]


def test_a_design_without_a_machine_on_its_side_is_an_error() -> None:
    lost = replace(declaration.registry["committee"], code="lost", kind="nowhere")
    crossed = replace(declaration.registry["committee"], code="crossed", kind="investigation_led")
    assert [problem.id for problem in checks.runnable([lost, crossed])] == ["determination.E002"] * 2


def test_a_panel_is_odd_and_large_enough() -> None:
    assert [n for n in range(10) if rules.panel_fits(n, 3)] == [3, 5, 7, 9]


# -- what pages ask ------------------------------------------------------------------------------------------------


def test_lists_and_steps_ask_as_many_queries_for_many_files_as_for_one(
    committee: Committee, django_assert_num_queries: Any
) -> None:
    for _ in range(4):
        process = process_of(committee.file())
        step(process, "admit", committee.secretary)
        name_panel(committee, process, 7)
    member = committee.members[0]
    assert not member.acts_for, "a request brings this with the post"
    with django_assert_num_queries(1):
        assert len(File.objects.for_post(member).select_related("region")) == 4
    with django_assert_num_queries(1):
        assert len(Process.objects.queue_of(member)) == 4
    with django_assert_num_queries(1):
        assert len(Decision.objects.current().for_post(committee.secretary)) == 0
    machine = Committee_(process, member, clock.now())
    with django_assert_num_queries(2):  # the row with its file, the panel with its opinions
        offered = [t.slug for t in machine.from_state(process.state) if t.has_perm(machine, member)]
        assert offered == ["declare"]
        assert machine.panel_is_whole is False


# -- deciding by majority ------------------------------------------------------------------------------------------


@pytest.fixture
def drafted(committee: Committee, admitted: Process) -> Process:
    """A file whose draft lies before a panel of seven."""
    to_draft(committee, admitted, 7)
    step(admitted, "draft", committee.secretary, outcome="plausible", reasons=REASONS)
    return admitted


def vote(process: Process, *votes: str) -> list[str]:
    """Members vote one after the other; the state after each."""
    states = []
    for seat, said in zip(seats(process), votes, strict=False):
        step(process, "decide", seat.post, vote=said, why="De datum klopt niet." if said == "against" else "")
        states.append(process.state)
    return states


def test_what_more_than_half_of_the_panel_decides_is_the_decision(drafted: Process) -> None:
    said = ["for", "against", "for", "against", "for", "for"]
    assert vote(drafted, *said) == ["deciding"] * 5 + ["decided"]
    assert Decision.objects.get().outcome == "plausible"


def test_a_draft_that_more_than_half_do_not_decide_is_written_and_voted_on_anew(
    committee: Committee, drafted: Process
) -> None:
    first = seats(drafted)[0].post
    for wrong in ({"vote": "against"}, {"vote": ""}, {}):
        with pytest.raises(errors.BadFacts):
            step(drafted, "decide", first, **wrong)
    step(drafted, "decide", first, vote="against", why="De datum klopt niet.")
    with pytest.raises(errors.ConditionUnmet, match="al over dit concept gestemd"):
        step(drafted, "decide", first, vote="for")
    for seat in seats(drafted)[1:4]:
        step(drafted, "decide", seat.post, vote="against", why="De datum klopt niet.")
    assert drafted.state == "drafting" and not Decision.objects.exists()
    assert {seat.vote_why for seat in seats(drafted)[:4]} == {"De datum klopt niet."}
    step(drafted, "draft", committee.secretary, outcome="not_enough", reasons=REASONS)
    assert {seat.vote for seat in seats(drafted)} == {""}
    assert vote(drafted, *["for"] * 4)[-1] == "decided"


def test_a_member_who_did_their_part_waits_for_the_others(committee: Committee, drafted: Process) -> None:
    one, other = (seat.post for seat in seats(drafted)[:2])
    step(drafted, "decide", one, vote="for")
    turns = [[row.turn for row in page_of(post, Which.OPEN)] for post in (one, other)]
    assert turns == [[False], [True]]


def test_the_register_finds_by_state_term_and_panel(committee: Committee, drafted: Process) -> None:
    committee.file()
    secretary, sits, others = committee.secretary, seats(drafted)[0].post, committee.members[8]

    def found(post: Post = secretary, **wanted: Any) -> int:
        return len(page_of(post, Which.OPEN, wanted=Wanted(**wanted)).object_list)

    assert (found(), found(state="deciding"), found(state="hearing")) == (2, 1, 0)
    assert (found(member=sits.pk), found(member=others.pk), found(others)) == (1, 0, 0)
    assert (found(due="overdue"), found(due="week")) == (0, 2)
    with clock.at(clock.now() + timedelta(days=30)):
        assert found(due="overdue") == 2
