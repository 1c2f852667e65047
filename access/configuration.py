"""What every process of the program keeps in memory about slowly changing data, and how it learns of a change.

Terms, routing rules, organisations, posts and regions change a few times a week and are read at every step. A
trigger on their tables raises one number, the *stamp*; whoever starts a request, a job or a step reads it along
with something it reads anyway and drops what it remembered when the number is another.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Lock
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

_lock = Lock()
_seen: dict[str, Any] = {"stamp": None, "offset": timedelta(0)}
_memory: dict[str, Any] = {}


def clock_offset() -> timedelta:
    """How far the demonstration's clock runs ahead, as last read; zero outside a demonstration."""
    return _seen["offset"]


def seen(stamp: int, offset: timedelta) -> None:
    """Take note of the stamp and clock offset just read; forget what was remembered under another stamp."""
    with _lock:
        if _seen["stamp"] != stamp:
            _memory.clear()
            _seen["stamp"] = stamp
        _seen["offset"] = offset


def refresh(using: str = DEFAULT_DB_ALIAS) -> None:
    """Read stamp and clock offset (one query, any side)."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT stamp, clock_offset FROM access_configuration")
        row = cursor.fetchone()
    seen(*row)


def remembered(key: str, load: Callable[[], Any]) -> Any:
    """The value of `load()` under this stamp: loaded once, then from memory. It must not be changed by callers."""
    try:
        return _memory[key]
    except KeyError:
        stamp = _seen["stamp"]
        value = load()
        with _lock:
            if _seen["stamp"] == stamp:
                _memory[key] = value
        return value


def forget() -> None:
    """Forget everything remembered; for tests that roll the database back."""
    with _lock:
        _memory.clear()
        _seen["stamp"] = None
        _seen["offset"] = timedelta(0)
