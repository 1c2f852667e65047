"""Who a person is on the page, and when they count as a minor."""

from __future__ import annotations

from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from access import clock
from cases.models import Person
from tests.conftest import MONDAY

days = st.dates(date(1920, 1, 1), date(2026, 3, 2))
TODAY = date(2026, 3, 2)


def test_somebody_of_unknown_age_counts_as_a_minor() -> None:
    assert Person().is_minor_on(TODAY)


def test_somebody_of_unknown_age_is_an_adult_once_that_is_certain() -> None:
    assert not Person(adult_confirmed=True).is_minor_on(TODAY)


@given(born=days)
def test_a_certain_date_of_birth_speaks_for_itself(born: date) -> None:
    birthday = born + relativedelta(years=18)
    for confirmed in (True, False):
        person = Person(birth_date=born, adult_confirmed=confirmed)
        assert person.is_minor_on(birthday - timedelta(days=1))
        assert not person.is_minor_on(birthday)


def test_who_was_born_on_29_february_comes_of_age_on_28_february() -> None:
    person = Person(birth_date=date(2008, 2, 29))
    assert person.is_minor_on(date(2026, 2, 27))
    assert not person.is_minor_on(date(2026, 2, 28))


@given(born=days, day=days)
def test_an_estimated_date_never_makes_somebody_an_adult_sooner_than_a_certain_one(born: date, day: date) -> None:
    certain = Person(birth_date=born).is_minor_on(day)
    estimated = Person(birth_date=born, birth_date_estimated=True).is_minor_on(day)
    assert estimated or not certain


def test_of_an_estimated_date_only_the_year_counts() -> None:
    person = Person(birth_date=date(2008, 1, 1), birth_date_estimated=True)
    assert person.is_minor_on(date(2026, 12, 31))
    assert not person.is_minor_on(date(2027, 1, 1))


@given(born=st.none() | days, estimated=st.booleans(), confirmed=st.booleans(), day=days)
def test_who_came_of_age_never_becomes_a_minor_again(
    born: date | None, estimated: bool, confirmed: bool, day: date
) -> None:
    person = Person(birth_date=born, birth_date_estimated=estimated, adult_confirmed=confirmed)
    if not person.is_minor_on(day):
        assert not person.is_minor_on(day + timedelta(days=400))


def test_the_age_group_is_that_of_today_in_the_netherlands() -> None:
    with clock.at(MONDAY):
        assert Person(birth_date=date(2008, 3, 3)).age_group == "minor"
        assert Person(birth_date=date(2008, 3, 2)).age_group == "adult"


def test_the_page_shows_the_name() -> None:
    assert Person(name="Anna", alias="Roos").display_name == "Anna"


def test_the_page_shows_the_alias_where_safety_asks() -> None:
    assert Person(name="Anna", alias="Roos", use_alias=True).display_name == "Roos"


def test_the_name_does_not_slip_out_when_the_alias_is_missing() -> None:
    person = Person(name="Anna", use_alias=True)
    assert "Anna" not in person.display_name
    assert person.short_id in person.display_name


def test_somebody_without_a_name_is_called_something_neutral() -> None:
    person = Person()
    assert person.short_id in person.display_name


def test_a_person_in_a_log_or_an_error_has_no_name() -> None:
    person = Person(name="Anna", alias="Roos")
    assert "Anna" not in f"{person!r} {person}"
    assert "Roos" not in f"{person!r} {person}"
