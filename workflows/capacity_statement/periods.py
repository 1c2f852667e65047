"""The periods of which is stated: weeks from Monday, months from the first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from django.db.backends.postgresql.psycopg_any import DateRange

from shelters.models import Scheme

Rhythm = Scheme.Rhythm


def period_of(rhythm: str, day: date) -> DateRange:
    """The period in which a day lies, half-open."""
    if rhythm == Rhythm.WEEK:
        start = day - timedelta(days=day.weekday())
        return DateRange(start, start + timedelta(days=7))
    start = day.replace(day=1)
    return DateRange(start, start + relativedelta(months=1))


def before(rhythm: str, period: DateRange) -> DateRange:
    """The period before one."""
    return period_of(rhythm, period.lower - timedelta(days=1))


def last(rhythm: str, day: date, count: int) -> list[DateRange]:
    """The last `count` periods up to that of a day, the oldest first."""
    return list(_back(rhythm, day, count))[::-1]


def _back(rhythm: str, day: date, count: int) -> Iterator[DateRange]:
    period = period_of(rhythm, day)
    for _ in range(count):
        yield period
        period = before(rhythm, period)


def expiry(rhythm: str, period: DateRange) -> date:
    """From which day on a period is locked: one period after its end."""
    return period_of(rhythm, period.upper).upper  # type: ignore[no-any-return]
