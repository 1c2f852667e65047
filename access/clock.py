"""The one clock of the program.

Code asks `now()` and never the system, so that a test, a hypothesis walk or a demonstration can move time. In a
demonstration the clock may run ahead of the real one by `Configuration.clock_offset` (see
`access.configuration`); the database then adds the same offset to its own clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from access.configuration import clock_offset

AMSTERDAM = ZoneInfo("Europe/Amsterdam")

_fixed: ContextVar[datetime | None] = ContextVar("loods_now", default=None)


def fixed() -> datetime | None:
    """The moment the clock was set to by `at()`, or None when it runs."""
    return _fixed.get()


def now() -> datetime:
    """The present moment, aware, in UTC."""
    moment = _fixed.get()
    return moment if moment is not None else timezone.now() + clock_offset()


def today() -> date:
    """The present day in the Netherlands."""
    return now().astimezone(AMSTERDAM).date()


@contextmanager
def at(moment: datetime) -> Iterator[datetime]:
    """Stop the clock at `moment` (aware) inside the block; for tests and rehearsals."""
    if timezone.is_naive(moment):
        raise ValueError("a moment needs a zone")
    token = _fixed.set(moment)
    try:
        yield moment
    finally:
        _fixed.reset(token)
