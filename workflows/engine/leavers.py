"""Work of people who left: it goes back to the queue, and where the queue has nobody left it is routed anew."""

from __future__ import annotations

from datetime import datetime

from access.wall import Side


def return_work(side: Side, now: datetime | None = None) -> None:
    """Both, for one side."""
