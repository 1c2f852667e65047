"""Case numbers: ``L-2026-000123``, the year and a running number within it."""

from __future__ import annotations

import re

from django.db import connection

from access import clock

NUMBER = re.compile(r"^L-(?P<year>\d{4})-(?P<running>\d{6})$")
_START = re.compile(r"^\s*L?[\s-]*(?P<year>\d{4})(?:[\s-]+(?P<running>\d{1,6}))?[\s-]*$", re.IGNORECASE)


def written(year: int, running: int) -> str:
    """The number as it is written."""
    return f"L-{year:04d}-{running:06d}"


def take(year: int | None = None) -> str:
    """The next number of a year (this one in the Netherlands unless given), within the caller's transaction.

    One statement takes it and holds the year's row until the transaction ends: two at once wait for each other and
    never get the same, and a number whose transaction fails is given out again.
    """
    year = year or clock.now().astimezone(clock.AMSTERDAM).year
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_casenumber (year, last) VALUES (%s, 1) "
            "ON CONFLICT (year) DO UPDATE SET last = cases_casenumber.last + 1 RETURNING last",
            [year],
        )
        running: int = cursor.fetchone()[0]
    return written(year, running)


def beginning(text: str) -> str | None:
    """The beginning of a number as somebody types it (``2026 12``, ``l-2026-0001``); None when it is none.

    A running number is filled up with zeros when it is short and was not written with them: ``2026-12`` is the
    twelfth case of the year.
    """
    match = _START.match(text)
    if match is None:
        return None
    running = match["running"]
    if running is None:
        return f"L-{match['year']}-"
    if running.startswith("0"):
        return f"L-{match['year']}-{running}"
    return written(int(match["year"]), int(running))
