"""Counting time the way Dutch terms are counted."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import holidays
from dateutil.relativedelta import relativedelta
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from access.clock import AMSTERDAM

END_OF_DAY = time(23, 59, 59)


class Unit(models.TextChoices):
    """What a term is counted in."""

    HOURS = "hours", _("hours")
    CALENDAR_DAYS = "calendar_days", _("calendar days")
    WORKING_DAYS = "working_days", _("working days")
    MONTHS = "months", _("months")

    def text(self, amount: int) -> str:
        """The amount with its unit, in the language that is active: "5 working days"."""
        match self:
            case Unit.HOURS:
                return ngettext("%(n)d hour", "%(n)d hours", amount) % {"n": amount}
            case Unit.CALENDAR_DAYS:
                return ngettext("%(n)d day", "%(n)d days", amount) % {"n": amount}
            case Unit.WORKING_DAYS:
                return ngettext("%(n)d working day", "%(n)d working days", amount) % {"n": amount}
            case Unit.MONTHS:
                return ngettext("%(n)d month", "%(n)d months", amount) % {"n": amount}


@lru_cache(maxsize=256)
def _holidays(year: int) -> frozenset[date]:
    """Days equal to a Sunday under art. 3 of the Algemene termijnenwet (BWBR0002448), that package `holidays` knows.

    Good Friday and Liberation Day are no free days for everybody but are general holidays under that article.
    """
    public = holidays.country_holidays("NL", years=year, categories=("public", "optional"))
    return frozenset(public)


@lru_cache(maxsize=8192)
def is_working_day(day: date) -> bool:
    """Whether `day` is neither Saturday, Sunday nor a general holiday in the Netherlands."""
    return day.weekday() < 5 and day not in _holidays(day.year)


def next_working_day(day: date) -> date:
    """`day` itself when it is a working day, else the first one after it (Algemene termijnenwet, art. 1)."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


@lru_cache(maxsize=8192)
def add_working_days(day: date, amount: int) -> date:
    """The working day that lies `amount` working days after (negative: before) `day`."""
    step = timedelta(days=1 if amount >= 0 else -1)
    left = abs(amount)
    while left:
        day += step
        if is_working_day(day):
            left -= 1
    return day


def shift(moment: datetime, amount: int, unit: Unit) -> datetime:
    """`moment` moved by an amount of a unit, keeping the time of day in the Netherlands; negative moves back.

    For reminders and escalations around the end of a term. In and out: aware datetimes (out in UTC).
    """
    if unit is Unit.HOURS:
        return moment.astimezone(UTC) + timedelta(hours=amount)  # in UTC, or Python would add on the wall clock
    local = moment.astimezone(AMSTERDAM)
    match unit:
        case Unit.CALENDAR_DAYS:
            day = local.date() + timedelta(days=amount)
        case Unit.WORKING_DAYS:
            day = add_working_days(local.date(), amount)
        case Unit.MONTHS:
            day = local.date() + relativedelta(months=amount)
    return datetime.combine(day, local.time(), AMSTERDAM).astimezone(UTC)


def end_of_term(
    start: datetime, amount: int, unit: Unit, *, paused: timedelta = timedelta(0), statutory: bool = False
) -> datetime:
    """The last moment of a term.

    Hours count from the moment itself. A term in days, working days or months counts from the day after the
    start and ends at the end of its last day in the Netherlands. A pause moves the end by as long as it lasted.
    A statutory term not in hours that would then end on a Saturday, Sunday or general holiday ends on the next
    working day (Algemene termijnenwet, arts. 1 and 4).

    In: aware start. Out: aware moment in UTC.
    """
    if unit is Unit.HOURS:
        return start.astimezone(UTC) + timedelta(hours=amount) + paused
    day = shift(start, amount, unit).astimezone(AMSTERDAM).date()
    end = datetime.combine(day, END_OF_DAY, AMSTERDAM).astimezone(UTC) + paused
    if statutory:
        local = end.astimezone(AMSTERDAM)
        last = next_working_day(local.date())
        if last != local.date():
            end = datetime.combine(last, END_OF_DAY, AMSTERDAM).astimezone(UTC)
    return end
