"""Case numbers: in order, never twice, without gaps."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from access import clock
from access.wall import Side, taken
from cases import numbers
from cases.models import CaseNumber


@pytest.mark.usefixtures("care")
def test_numbers_of_a_year_follow_on_each_other() -> None:
    assert [numbers.take(2031) for _ in range(3)] == ["L-2031-000001", "L-2031-000002", "L-2031-000003"]


@pytest.mark.usefixtures("care")
def test_every_year_begins_anew() -> None:
    assert numbers.take(2031) == "L-2031-000001"
    assert numbers.take(2032) == "L-2032-000001"


@pytest.mark.usefixtures("care")
def test_the_year_is_that_of_the_netherlands() -> None:
    with clock.at(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)):
        assert numbers.take().startswith("L-2027-")


@pytest.mark.django_db(transaction=True)
def test_a_number_whose_transaction_failed_is_given_out_again() -> None:
    with taken(Side.CARE):
        with transaction.atomic():
            numbers.take(2031)
            transaction.set_rollback(True)
        with transaction.atomic():
            assert numbers.take(2031) == "L-2031-000001"


@pytest.mark.django_db(transaction=True)
def test_many_at_once_never_get_the_same_number_and_leave_no_gap() -> None:
    got: list[str] = []

    def work() -> None:
        try:
            with taken(Side.CARE):
                for _ in range(10):
                    with transaction.atomic():
                        got.append(numbers.take(2031))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [numbers.written(2031, n) for n in range(1, 41)]
    with taken(Side.CARE), transaction.atomic():
        assert CaseNumber.objects.get(year=2031).last == 40


@given(st.integers(2000, 2999), st.integers(1, 999_999))
def test_a_number_as_written_is_understood(year: int, running: int) -> None:
    number = numbers.written(year, running)
    assert numbers.NUMBER.match(number)
    assert numbers.beginning(number) == number
    assert numbers.beginning(f" l {year} {running} ") == number


@pytest.mark.parametrize(
    ("typed", "beginning"),
    [("L-2026-0001", "L-2026-0001"), ("2026", "L-2026-"), ("l2026-12", "L-2026-000012"), ("Anna", None), ("12", None)],
)
def test_the_beginning_of_a_number_is_understood(typed: str, beginning: str | None) -> None:
    assert numbers.beginning(typed) == beginning
