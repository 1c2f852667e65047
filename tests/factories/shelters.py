"""Units and what they offer; invented."""

from __future__ import annotations

from datetime import date
from typing import Any

from shelters import inventory
from shelters.models import Unit

SINCE = date(2020, 1, 1)
"""Since when a unit of the tests is there, unless said otherwise."""


def a_unit(*, since: date = SINCE, **facts: Any) -> Unit:
    """A unit with what it offers from a day on; in the caller's transaction, on the care side."""
    return inventory.add_unit(since=since, **{"name": "Proef", "kind": "crisis", "places": 1} | facts)
