"""Forms: what is asked, what is refused and how, and two people at one file."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.utils.translation import override

from access import clock
from access.clock import AMSTERDAM
from access.fields import LanguagesField
from access.models import Post
from cases.fields import BirthDateField
from cases.forms import CaseForm, CloseCase, ConsentForm, IntakeForm, PersonForm
from cases.models import Case, Person, Referral
from cases.versions import save_changes
from tests.factories.access import OrganisationFactory, RegionFactory
from tests.factories.cases import CaseFactory, PersonFactory

pytestmark = pytest.mark.usefixtures("care", "monday")


def data(**given: Any) -> QueryDict:
    made = QueryDict(mutable=True)
    for name, value in given.items():
        made.setlist(name, value if isinstance(value, list) else [str(value)])
    return made


def local(moment: Any) -> str:
    return moment.astimezone(AMSTERDAM).strftime("%Y-%m-%dT%H:%M")  # type: ignore[no-any-return]


def emergency(**more: Any) -> QueryDict:
    """The least that must be filled in at night."""
    given = {"source_kind": "police", "received_at": local(clock.now()), "safety_level": "high", "gender": "unknown"}
    return data(**{**given, **more})


def intake(acting: Post, **more: Any) -> IntakeForm:
    if "region" not in more and len(acting.region_ids) == 1:
        more["region"] = next(iter(acting.region_ids))
    return IntakeForm(emergency(**more), acting=acting)


# -- The intake ------------------------------------------------------------
def test_an_emergency_at_night_takes_four_answers(coordinator: Post) -> None:
    form = intake(coordinator, urgent="on")
    assert form.is_valid(), form.errors
    referral = form.save()
    assert referral.urgent
    assert referral.legal_ground == "duty_to_report", "the police must report: nobody need ask why they may"
    assert referral.case.person.age_group == "minor"


def test_the_only_region_of_a_post_is_chosen_already(coordinator: Post) -> None:
    form = IntakeForm(acting=coordinator)
    assert form["region"].value() == next(iter(coordinator.region_ids))


def test_who_has_no_duty_to_report_must_say_why_they_may(coordinator: Post) -> None:
    form = intake(coordinator, source_kind="ngo")
    assert set(form.errors) == {"legal_ground"}
    assert intake(coordinator, source_kind="ngo", legal_ground="consent").is_valid()


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("birth_date", "3-3-2027", "The date of birth is in the future."),
        ("birth_date", "1-1-1850", "The date of birth is more than 120 years ago."),
        ("birth_date", "gisteren", "Type a date such as 31-12-1999, or the year alone."),
        ("birth_date", "31-2-1999", "Type a date such as 31-12-1999, or the year alone."),
        ("received_at", "2026-03-02T10:01", "This moment is in the future."),
        ("received_at", "vanmorgen", "Type a date and a time, such as 31-12-2025 14:30."),
        ("region", "999999", "This region does not exist."),
        ("region", "x'; --", "This region does not exist."),
        ("source_kind", "", "Choose who reports."),
        ("languages", "Klingonees", "“Klingonees” is not a language we know."),
        ("languages", "Engels, Arabish", "Do you mean Arabic"),
        ("children_along", "-1", "greater than or equal to 0"),
        ("children_along", "400", "less than or equal to 20"),
        ("nationality", "Q1", "Select a valid choice."),
        ("needs", "castle", "Select a valid choice."),
        ("safety_level", "extreme", "Select a valid choice."),
    ],
)
def test_what_makes_no_sense_is_refused_in_its_own_place(coordinator: Post, field: str, value: str, says: str) -> None:
    with override("en"):
        form = intake(coordinator, **{"name": "Anna", field: value})
        assert not form.is_valid()
        assert list(form.errors) == [field]
        assert says in str(form.errors[field])
        assert 'value="Anna"' in str(form["name"]), "what was typed stays"
    assert not Person.objects.exists() and not Case.objects.exists()


def test_a_region_where_the_post_does_not_work_is_named(coordinator: Post) -> None:
    elsewhere = RegionFactory(name="Verweg")
    form = intake(coordinator, region=elsewhere.pk)
    assert "Verweg" in str(form.errors["region"])


def test_an_alias_must_be_there_to_be_shown(coordinator: Post) -> None:
    assert set(intake(coordinator, name="Anna", use_alias="on").errors) == {"alias"}


def test_a_certain_date_of_birth_cannot_be_contradicted(coordinator: Post) -> None:
    assert set(intake(coordinator, birth_date="1-1-2015", adult_confirmed="on").errors) == {"adult_confirmed"}
    assert intake(coordinator, birth_date="1-1-1990", adult_confirmed="on").is_valid()


def test_the_year_alone_is_an_estimate(coordinator: Post) -> None:
    form = intake(coordinator, birth_date="1999")
    assert form.is_valid(), form.errors
    person = form.save().case.person
    assert person.birth_date == date(1999, 1, 1) and person.birth_date_estimated


@pytest.mark.parametrize("typed", ["31-12-1999", "31/12/1999", "1999-12-31", "31 12 1999", "31.12.1999"])
def test_a_date_of_birth_is_understood_however_it_is_written(typed: str) -> None:
    with override("nl"):
        assert BirthDateField().clean(typed) == date(1999, 12, 31)


@pytest.mark.parametrize("typed", ["Engels, Tigrinya", "english; TIGRINYA", "en, ti", "engels/tigrinya, Engels"])
def test_languages_are_understood_in_dutch_and_english_and_by_code(typed: str) -> None:
    with override("nl"):
        assert LanguagesField().clean(typed) == ["en", "ti"]
        assert LanguagesField().prepare_value(["en", "ti"]) == "Engels, Tigrinya"


# -- Somebody we may know ------------------------------------------------------------
@pytest.fixture
def known(region: Any) -> Case:
    return CaseFactory(region=region, person__name="Fatima El Amrani")  # type: ignore[no-any-return]


def test_whoever_may_be_known_is_asked_about_and_nothing_is_saved(coordinator: Post, known: Case) -> None:
    form = intake(coordinator, name="Fatma Elamrani")
    assert not form.is_valid()
    assert [likeness.person for likeness in form.duplicates] == [known.person]
    assert Referral.objects.count() == 0


@pytest.mark.parametrize(("answer", "persons", "cases"), [("new", 2, 2), ("person", 1, 2), ("case", 1, 1)])
def test_the_answer_decides_what_is_opened(
    coordinator: Post, known: Case, answer: str, persons: int, cases: int
) -> None:
    chosen = {"new": "new", "person": f"person:{known.person_id}", "case": f"case:{known.pk}"}[answer]
    form = intake(coordinator, name="Fatma Elamrani", same_as=chosen, shown=str(known.person_id))
    assert form.is_valid(), form.errors
    form.save()
    assert (Person.objects.count(), Case.objects.count(), Referral.objects.count()) == (persons, cases, 1)


@pytest.mark.parametrize("answer", ["", "person:x", "case:00000000-0000-4000-8000-000000000000"])
def test_an_answer_that_is_none_is_asked_again(coordinator: Post, known: Case, answer: str) -> None:
    form = intake(coordinator, name="Fatma Elamrani", same_as=answer, shown=str(known.person_id))
    assert not form.is_valid() and form.duplicates


def test_somebody_else_holds_only_for_those_who_were_shown(coordinator: Post, known: Case, region: Any) -> None:
    CaseFactory(region=region, person__name="Fatma Elamrani")
    form = intake(coordinator, name="Fatma Elamrani", same_as="new", shown=str(known.person_id))
    assert not form.is_valid() and len(form.duplicates) == 2


def test_a_case_closed_since_gets_a_new_case_beside_it(coordinator: Post, known: Case) -> None:
    form = intake(coordinator, name="Fatma Elamrani", same_as=f"case:{known.pk}", shown=str(known.person_id))
    assert form.is_valid()
    Case.objects.filter(pk=known.pk).update(closed_at=clock.now() + timedelta(days=400), closing_reason="other")
    referral = form.save()
    assert referral.case != known and referral.case.person == known.person


# -- Two at one file ------------------------------------------------------------
def typed(form: Any, **changes: Any) -> QueryDict:
    """What a browser sends back of a form that was opened, with changes."""
    made = QueryDict(mutable=True)
    for name in form.fields:
        value = form[name].value()
        if isinstance(value, bool):
            if value:
                made[name] = "on"
        elif isinstance(value, list):
            made.setlist(name, [str(v) for v in value])
        else:
            made[name] = "" if value is None else str(value)
    for name, value in changes.items():
        made.setlist(name, value if isinstance(value, list) else [str(value)])
    return made


@pytest.fixture
def case(region: Any) -> Case:
    return CaseFactory(region=region, safety_notes="Oud", safety_level="low")  # type: ignore[no-any-return]


def fresh(case: Case) -> Case:
    return Case.objects.select_related("region").get(pk=case.pk)


def other_changes(case: Case, **values: Any) -> None:
    row = fresh(case)
    for name, value in values.items():
        setattr(row, name, value)
    save_changes(row, values)


def test_a_change_is_saved_and_counts_the_version_up(case: Case, coordinator: Post) -> None:
    opened = CaseForm(instance=fresh(case), acting=coordinator)
    form = CaseForm(typed(opened, safety_notes="Nieuw"), instance=fresh(case), acting=coordinator)
    assert form.is_valid(), form.errors
    form.save()
    assert form.changed_now == ["safety_notes"]
    assert (fresh(case).safety_notes, fresh(case).version) == ("Nieuw", 2)


def test_saving_without_a_change_writes_nothing(case: Case, coordinator: Post) -> None:
    form = CaseForm(typed(CaseForm(instance=fresh(case), acting=coordinator)), instance=fresh(case), acting=coordinator)
    assert form.is_valid(), form.errors
    form.save()
    assert form.changed_now == [] and fresh(case).version == 1


def test_whoever_is_second_is_told_what_the_first_changed_and_keeps_what_they_typed(
    case: Case, coordinator: Post
) -> None:
    sent = typed(CaseForm(instance=fresh(case), acting=coordinator), safety_notes="Van mij", needs=["pregnant"])
    other_changes(case, safety_notes="Van de ander", safety_level="high")
    form = CaseForm(sent, instance=fresh(case), acting=coordinator)
    assert not form.is_valid() and form.lost_race
    told = {change.label: (change.before, change.now, change.yours) for change in form.changes}
    assert ("Oud", "Van de ander", "Van mij") in told.values()
    assert len(told) == 2
    assert form["safety_notes"].value() == "Van mij"
    assert form["safety_level"].value() == "high", "what only the other touched is not turned back"
    assert form["needs"].value() == ["pregnant"]
    assert fresh(case).safety_notes == "Van de ander"


def test_saving_once_more_goes_through(case: Case, coordinator: Post) -> None:
    sent = typed(CaseForm(instance=fresh(case), acting=coordinator), safety_notes="Van mij")
    other_changes(case, safety_level="high")
    second = CaseForm(sent, instance=fresh(case), acting=coordinator)
    assert not second.is_valid()
    third = CaseForm(second.data, instance=fresh(case), acting=coordinator)
    assert third.is_valid(), third.errors
    third.save()
    assert (fresh(case).safety_notes, fresh(case).safety_level) == ("Van mij", "high")


def test_a_change_of_something_that_is_not_in_the_form_disturbs_nobody(case: Case, coordinator: Post) -> None:
    sent = typed(CaseForm(instance=fresh(case), acting=coordinator), safety_notes="Van mij")
    other_changes(case, restricted=True)
    assert CaseForm(sent, instance=fresh(case), acting=coordinator).is_valid()


@pytest.mark.parametrize("seen", ["", "x", "eyJhIjoxfQ:x:y"])
def test_a_form_that_was_meddled_with_is_no_way_around(case: Case, coordinator: Post, seen: str) -> None:
    sent = typed(CaseForm(instance=fresh(case), acting=coordinator), safety_notes="Van mij", seen=seen)
    other_changes(case, safety_notes="Van de ander")
    assert not CaseForm(sent, instance=fresh(case), acting=coordinator).is_valid()


def test_after_a_merging_an_old_form_does_not_overwrite_another_person() -> None:
    one, other = PersonFactory(name="Anna"), PersonFactory(name="Fatima")
    sent = typed(PersonForm(instance=one), nationality="RO")
    form = PersonForm(sent, instance=other)
    assert not form.is_valid() and form.lost_race


def test_a_person_form_gives_back_what_it_shows() -> None:
    person = PersonFactory(languages=["ar", "ti"], nationality="ER", birth_date=date(1999, 12, 31))
    with override("nl"):
        form = PersonForm(typed(PersonForm(instance=person)), instance=Person.objects.get(pk=person.pk))
        assert form.is_valid(), form.errors
        form.save()
    assert form.changed_now == []


# -- Others ------------------------------------------------------------
def test_a_consent_names_one_recipient(coordinator: Post) -> None:
    house = OrganisationFactory()
    base = {"purpose": "shelter", "state": "given", "form": "oral", "given_at": local(clock.now())}
    assert ConsentForm(data(**base, recipient=house.pk), acting=coordinator).is_valid()
    assert ConsentForm(data(**base, recipient_name="Ergens"), acting=coordinator).is_valid()
    assert set(ConsentForm(data(**base), acting=coordinator).errors) == {"recipient"}
    both = ConsentForm(data(**base, recipient=house.pk, recipient_name="Ergens"), acting=coordinator)
    assert set(both.errors) == {"recipient_name"}


def test_another_reason_for_closing_must_be_told() -> None:
    assert set(CloseCase(data(reason="other")).errors) == {"explanation"}
    assert CloseCase(data(reason="guidance_complete")).is_valid()
