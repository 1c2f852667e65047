"""Moments in words: how late, how long still, how long ago. Pure: the present comes in as an argument."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from django.utils import formats
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from access.clock import AMSTERDAM

SOON_DAYS = 2
"""A term that ends within so many days is called soon; until a week away it is told in days, later as a date."""

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
LAST_MINUTE = time(23, 59)


@dataclass(frozen=True)
class Words:
    """A moment as a page shows it: `kind` names the badge, `text` is short, `full` is exact, `machine` is ISO 8601."""

    kind: str
    text: str
    full: str
    machine: str


def local(value: datetime | date) -> datetime | date:
    """A moment in Amsterdam; a date stays what it is."""
    return value.astimezone(AMSTERDAM) if isinstance(value, datetime) else value


def clock_time(value: datetime | date) -> str:
    """The time of a local moment; empty for a date, and for the end of a day, where no time was meant."""
    if not isinstance(value, datetime) or value.time() >= LAST_MINUTE:
        return ""
    return formats.time_format(value.time(), "H:i")


@lru_cache(maxsize=2048)
def _day(day: date, pattern: str, language: str | None) -> str:
    """A day as a pattern writes it: a long list writes the same days again and again."""
    return formats.date_format(day, pattern)


def day_text(day: date, today: date) -> str:
    """A day, short: "do 26 nov", with the year when it is another one."""
    return _day(day, "D j M" if day.year == today.year else "j M Y", get_language()).lower()


def full_text(value: datetime | date) -> str:
    """A moment in full: "donderdag 26 november 2026 16:00"."""
    here = local(value)
    day = here.date() if isinstance(here, datetime) else here
    return " ".join(filter(None, [_day(day, "l j F Y", get_language()), clock_time(here)]))


def exact_text(value: datetime | date) -> str:
    """A moment for reading beside others: "do 26 november 2026 16:00"; a mere date without its weekday."""
    here = local(value)
    day = (
        formats.date_format(here, "D j F Y").lower()
        if isinstance(here, datetime)
        else formats.date_format(here, "j F Y")
    )
    return " ".join(filter(None, [day, clock_time(here)]))


def _span(span: timedelta) -> str:
    """A span shorter than a day in words, in hours or minutes."""
    hours = round(span / timedelta(hours=1))
    if hours >= 1:
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    minutes = max(1, span // MINUTE)
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}


def due(value: datetime | date, now: datetime) -> Words:
    """By when something must be done, seen from `now` (aware): overdue, today, soon or later."""
    here, present = local(value), now.astimezone(AMSTERDAM)
    today = present.date()
    day = here.date() if isinstance(here, datetime) else here
    end = here if isinstance(here, datetime) else datetime.combine(day, time.max, AMSTERDAM)
    at = clock_time(here)
    days = (day - today).days
    if end < present:
        kind = "overdue"
        if present - end < DAY and isinstance(here, datetime) and at:
            text = _("%(span)s late") % {"span": _span(present - end)}
        else:
            late = max(1, -days)
            text = ngettext("%(n)d day late", "%(n)d days late", late) % {"n": late}
    elif days == 0:
        kind = "today"
        text = _("today %(time)s") % {"time": at} if at else _("today")
    elif days == 1:
        kind = "soon"
        text = _("tomorrow %(time)s") % {"time": at} if at else _("tomorrow")
    elif days <= SOON_DAYS:
        kind = "soon"
        text = ngettext("in %(n)d day", "in %(n)d days", days) % {"n": days}
    else:
        kind = "later"
        text = day_text(day, today)
    return Words(kind, text, full_text(value), here.isoformat())


def when(value: datetime | date, now: datetime) -> Words:
    """When something happened or will happen, seen from `now` (aware)."""
    here, present = local(value), now.astimezone(AMSTERDAM)
    today = present.date()
    day = here.date() if isinstance(here, datetime) else here
    at = clock_time(here)
    days = (day - today).days
    if days == 0 and isinstance(here, datetime):
        gone = present - here
        if timedelta(0) <= gone < MINUTE:
            text = _("just now")
        elif timedelta(0) <= gone < timedelta(hours=1):
            text = _("%(span)s ago") % {"span": _span(gone)}
        else:
            text = _("today %(time)s") % {"time": at} if at else _("today")
    elif days == 0:
        text = _("today")
    elif days == -1:
        text = _("yesterday %(time)s") % {"time": at} if at else _("yesterday")
    elif days == 1:
        text = _("tomorrow %(time)s") % {"time": at} if at else _("tomorrow")
    else:
        text = " ".join(filter(None, [day_text(day, today), at if abs(days) < 7 else ""]))
    return Words("when", text, full_text(value), here.isoformat())


def waited(since: datetime | date, now: datetime) -> str:
    """How long something waits already: "3 days", "5 hours"."""
    here, present = local(since), now.astimezone(AMSTERDAM)
    day = here.date() if isinstance(here, datetime) else here
    if isinstance(here, datetime) and present - here < DAY:
        return _span(max(timedelta(0), present - here))
    days = max(0, (present.date() - day).days)
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
