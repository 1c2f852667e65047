"""Counting time: working days, holidays, months, pauses, and the law that moves a statutory end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.engine.calendars import (
    END_OF_DAY,
    Unit,
    add_working_days,
    end_of_term,
    is_working_day,
    next_working_day,
    shift,
)

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def local(year: int, month: int, day: int, hour: int = 10, minute: int = 0, second: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=AMSTERDAM)


def end_of(year: int, month: int, day: int) -> datetime:
    return local(year, month, day, 23, 59, 59)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 3, 2), True),
        (date(2026, 3, 7), False),
        (date(2026, 4, 3), False),  # Good Friday
        (date(2026, 4, 6), False),  # Easter Monday
        (date(2026, 4, 27), False),  # King's Day
        (date(2025, 4, 26), False),  # King's Day on a Saturday, because the 27th is a Sunday
        (date(2026, 5, 5), False),  # Liberation Day
        (date(2026, 5, 14), False),  # Ascension Day
        (date(2026, 5, 25), False),  # Whit Monday
        (date(2026, 12, 25), False),
        (date(2026, 12, 24), True),
    ],
)
def test_working_days_know_the_dutch_holidays(day: date, works: bool) -> None:
    assert is_working_day(day) is works


def test_five_working_days_over_christmas() -> None:
    assert end_of_term(local(2026, 12, 22), 5, Unit.WORKING_DAYS) == end_of(2026, 12, 30)


def test_five_working_days_over_kings_day_and_liberation_day() -> None:
    assert end_of_term(local(2026, 4, 24), 5, Unit.WORKING_DAYS) == end_of(2026, 5, 4)
    assert end_of_term(local(2026, 4, 28), 5, Unit.WORKING_DAYS) == end_of(2026, 5, 6)


def test_hours_run_through_the_night_the_weekend_and_the_change_of_the_clock() -> None:
    assert end_of_term(local(2026, 3, 28, 23), 4, Unit.HOURS) == local(2026, 3, 29, 4)
    assert end_of_term(local(2026, 10, 24, 23), 4, Unit.HOURS) == datetime(2026, 10, 25, 1, tzinfo=UTC)


def test_a_day_lasts_to_its_end_on_the_clock_of_the_netherlands() -> None:
    assert end_of_term(local(2026, 3, 28, 23, 30), 1, Unit.CALENDAR_DAYS) == end_of(2026, 3, 29)
    assert end_of_term(datetime(2026, 3, 28, 23, 30, tzinfo=UTC), 1, Unit.CALENDAR_DAYS) == end_of(2026, 3, 30)


def test_a_month_from_the_last_day_ends_on_the_last_day() -> None:
    assert end_of_term(local(2026, 1, 31), 1, Unit.MONTHS) == end_of(2026, 2, 28)
    assert end_of_term(local(2026, 11, 30), 3, Unit.MONTHS) == end_of(2027, 2, 28)


def test_a_statutory_term_that_ends_at_easter_ends_on_tuesday() -> None:
    assert end_of_term(local(2026, 3, 28), 7, Unit.CALENDAR_DAYS, statutory=True) == end_of(2026, 4, 7)
    assert end_of_term(local(2026, 3, 28), 7, Unit.CALENDAR_DAYS) == end_of(2026, 4, 4)


def test_a_statutory_term_in_hours_does_not_move() -> None:
    assert end_of_term(local(2026, 4, 3), 24, Unit.HOURS, statutory=True) == local(2026, 4, 4)


moments = st.datetimes(datetime(2016, 1, 1), datetime(2035, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
days = st.dates(date(2016, 1, 1), date(2035, 12, 31))


@given(days, st.integers(1, 60))
def test_working_days_are_counted_one_by_one(day: date, amount: int) -> None:
    end = add_working_days(day, amount)
    assert is_working_day(end)
    assert sum(is_working_day(day + timedelta(days=n)) for n in range(1, (end - day).days + 1)) == amount


@given(days, st.integers(1, 60))
def test_going_back_as_many_working_days_is_the_same_count(day: date, amount: int) -> None:
    start = next_working_day(day)
    assert add_working_days(add_working_days(start, amount), -amount) == start


@given(moments, st.integers(1, 90), st.sampled_from(Unit), st.integers(0, 10**6), st.booleans())
def test_a_pause_moves_the_end_by_as_long_as_it_lasted(
    start: datetime, amount: int, unit: Unit, seconds: int, statutory: bool
) -> None:
    paused = timedelta(seconds=seconds)
    plain = end_of_term(start, amount, unit)
    end = end_of_term(start, amount, unit, paused=paused, statutory=statutory)
    if not statutory or unit is Unit.HOURS or is_working_day((plain + paused).astimezone(AMSTERDAM).date()):
        assert end == plain + paused
    else:
        assert end > plain + paused
        assert is_working_day(end.astimezone(AMSTERDAM).date())
        assert end.astimezone(AMSTERDAM).time() == END_OF_DAY


@given(moments, st.integers(1, 90), st.sampled_from(Unit))
def test_a_term_ends_after_it_began_and_a_longer_one_not_sooner(start: datetime, amount: int, unit: Unit) -> None:
    assert start < end_of_term(start, amount, unit) <= end_of_term(start, amount + 1, unit)


@given(moments, st.integers(-60, 60), st.sampled_from(Unit))
def test_moving_keeps_the_time_of_day_except_in_hours(moment: datetime, amount: int, unit: Unit) -> None:
    moved = shift(moment, amount, unit)
    assert (moved > moment) == (amount > 0) or amount == 0
    if unit is not Unit.HOURS:
        wall = moment.astimezone(AMSTERDAM)
        there = moved.astimezone(AMSTERDAM)
        skipped = datetime.combine(there.date(), wall.time(), AMSTERDAM).astimezone(UTC).astimezone(AMSTERDAM)
        assert there.time() == skipped.time()
