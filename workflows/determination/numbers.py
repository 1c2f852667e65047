"""File numbers: ``V-2026-000123``, the year and a running number within it."""

from __future__ import annotations

from django.db import connection

from access import clock


def take(year: int | None = None) -> str:
    """The next number of a year (this one in the Netherlands unless given), within the caller's transaction.

    Two at once wait for each other and never get the same; a number whose transaction fails is given out again.
    """
    year = year or clock.today().year
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO determination_filenumber (year, last) VALUES (%s, 1) "
            "ON CONFLICT (year) DO UPDATE SET last = determination_filenumber.last + 1 RETURNING last",
            [year],
        )
        running: int = cursor.fetchone()[0]
    return f"V-{year:04d}-{running:06d}"
