"""The watch over notices and mails."""

from __future__ import annotations

from datetime import datetime

from access.wall import Side


def watch(side: Side, now: datetime | None = None) -> None:
    """Raise and close alarms."""


def reconcile(side: Side, now: datetime | None = None) -> None:
    """Write the notices that are missing."""
