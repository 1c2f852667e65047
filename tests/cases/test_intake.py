"""Taking in: somebody new, somebody known, more about a case; and who may be the same."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils.translation import override

from access.models import Post
from cases.intake import CaseClosed, NotYourRegion, possible_duplicates, take_in
from cases.models import Case, Person, Referral
from tests.factories.access import RegionFactory
from tests.factories.cases import CaseFactory, PersonFactory

pytestmark = pytest.mark.usefixtures("care")

REPORT = {"source_kind": "police", "legal_ground": "duty_to_report", "story": "Verzonnen."}


@pytest.fixture
def known(region: Any) -> Person:
    """Somebody with a case in the coordinator's region."""
    person = PersonFactory(name="Fatima El Amrani", birth_date=date(1998, 4, 2), safe_contact="06-12345678 na vijf")
    CaseFactory(person=person, region=region)
    return person  # type: ignore[no-any-return]


def names(found: Any) -> list[str]:
    return [likeness.person.name for likeness in found]


def test_somebody_new_gets_a_case_with_a_number_and_the_report(coordinator: Post, region: Any) -> None:
    referral = take_in(coordinator, person={"name": "Anna"}, case={"region": region}, referral=REPORT)
    case = Case.objects.get()
    assert referral.case == case
    assert case.number.endswith("-000001")
    assert case.person.name == "Anna"
    assert referral.registered_by == coordinator


def test_somebody_known_gets_another_case_and_loses_nothing(coordinator: Post, region: Any, known: Person) -> None:
    news = {"name": "F. Amrani", "safe_contact": "Alleen via haar zus", "languages": ["ar"], "nationality": "MA"}
    take_in(coordinator, person=known, case={"region": region}, referral=REPORT, news_of_person=news)
    known.refresh_from_db()
    assert known.cases.count() == 2
    assert known.name == "Fatima El Amrani"
    assert "06-12345678" in known.safe_contact and "haar zus" in known.safe_contact
    assert known.languages == ["ar"] and known.nationality == "MA"


def test_another_report_goes_onto_the_case_and_the_greater_danger_wins(coordinator: Post, known: Person) -> None:
    case = known.cases.get()
    Case.objects.filter(pk=case.pk).update(safety_level="raised", safety_notes="Hond in huis.")
    news = {"safety_level": "high", "safety_notes": "Wapen gezien.", "forms": ["sexual"], "needs": ["pregnant"]}
    take_in(coordinator, person=known, case=case, referral=REPORT, news_of_case=news)
    take_in(coordinator, person=known, case=case, referral=REPORT, news_of_case={"safety_level": "low"})
    case.refresh_from_db()
    assert Referral.objects.filter(case=case).count() == 2
    assert case.safety_level == "high"
    assert "Hond" in case.safety_notes and "Wapen" in case.safety_notes
    assert case.forms == ["labour", "sexual"] and case.needs == ["pregnant"]


def test_nobody_opens_a_case_in_a_region_they_do_not_work_in(coordinator: Post) -> None:
    elsewhere = RegionFactory()
    with pytest.raises(NotYourRegion):
        take_in(coordinator, person={"name": "Anna"}, case={"region": elsewhere}, referral=REPORT)
    assert not Person.objects.exists() and not Referral.objects.exists()


def test_the_national_desk_opens_cases_everywhere(desk: Post) -> None:
    take_in(desk, person={}, case={"region": RegionFactory()}, referral=REPORT)
    assert Case.objects.count() == 1


def test_a_closed_case_takes_no_reports(coordinator: Post, region: Any) -> None:
    case = CaseFactory(region=region, closed=True)
    with pytest.raises(CaseClosed):
        take_in(coordinator, person=case.person, case=case, referral=REPORT)


@pytest.mark.parametrize(
    ("reported", "reasons"),
    [
        ({"name": "FATIMA  EL AMRANI"}, ["The same name"]),
        ({"name": "Fatma Amrani"}, ["The same name", "A name that sounds or is spelled alike"]),
        ({"alias": "Fátima el Amrani"}, ["The same name"]),
        ({"safe_contact": "+31 6 1234 5678"}, ["The same telephone number"]),
        ({"name": "Fatima Bakali", "birth_date": date(1998, 4, 2)}, ["Part of the name", "The same date of birth"]),
        (
            {"name": "Fatima Bakali", "birth_date": date(1999, 1, 1), "birth_date_estimated": True},
            ["Part of the name", "About the same date of birth"],
        ),
    ],
)
def test_who_may_be_the_same_is_shown_with_the_reason(
    coordinator: Post, known: Person, reported: dict[str, Any], reasons: list[str]
) -> None:
    found = possible_duplicates(reported, coordinator)
    assert names(found) == ["Fatima El Amrani"]
    with override("en"):
        assert set(map(str, found[0].reasons)) <= set(reasons)
    assert [case.pk for case in found[0].cases] == [known.cases.get().pk]


@pytest.mark.parametrize(
    "reported",
    [
        {"name": "Maria Popescu"},
        {"name": "Fatima"},
        {"birth_date": date(1998, 4, 2)},
        {"name": "Fatima Bakali", "birth_date": date(1990, 1, 1)},
        {"safe_contact": "06-87654321"},
        {"name": ""},
        {},
    ],
)
def test_who_only_looks_a_little_alike_is_not_shown(coordinator: Post, known: Person, reported: dict[str, Any]) -> None:
    assert possible_duplicates(reported, coordinator) == []


def test_the_same_birthday_says_something_with_gender_and_nationality(coordinator: Post, known: Person) -> None:
    Person.objects.filter(pk=known.pk).update(gender="woman", nationality="MA")
    reported = {"birth_date": date(1998, 4, 2), "gender": "woman", "nationality": "MA"}
    assert len(possible_duplicates(reported, coordinator)) == 1


def test_an_alike_name_with_another_certain_date_of_birth_is_somebody_else(coordinator: Post, known: Person) -> None:
    assert possible_duplicates({"name": "Fatma Amrany", "birth_date": date(1980, 1, 1)}, coordinator) == []


def test_persons_whose_files_are_hidden_look_like_nobody(coordinator: Post, region: Any) -> None:
    hidden = [CaseFactory(person__name="Anna Verborgen"), CaseFactory(person__name="Anna Verborgen", region=region)]
    Case.objects.filter(pk=hidden[1].pk).update(restricted=True)
    assert possible_duplicates({"name": "Anna Verborgen"}, coordinator) == []


def test_of_somebody_known_only_the_cases_that_are_seen_are_shown(coordinator: Post, known: Person) -> None:
    CaseFactory(person=known)
    found = possible_duplicates({"name": "Fatima El Amrani"}, coordinator)
    assert len(found[0].cases) == 1


def test_somebody_in_the_file_is_not_their_own_duplicate(coordinator: Post, known: Person, region: Any) -> None:
    other = CaseFactory(region=region, person__name="Fatma Elamrani", person__safe_contact="0612345678").person
    assert [likeness.person for likeness in possible_duplicates(known, coordinator)] == [other]


def test_the_likeliest_comes_first(coordinator: Post, known: Person, region: Any) -> None:
    CaseFactory(region=region, person__name="Fatma Amrany", person__birth_date=None)
    found = possible_duplicates({"name": "Fatima El Amrani", "birth_date": date(1998, 4, 2)}, coordinator)
    assert names(found) == ["Fatima El Amrani", "Fatma Amrany"]
