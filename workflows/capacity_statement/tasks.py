"""Jobs of the capacity statement; hints that carry nothing, as those of the engine."""

from __future__ import annotations

from celery import shared_task

from access.wall import Side, taken
from workflows.capacity_statement import opening


@shared_task
def open_statements() -> None:
    """Open what the period asks for, lock what is over, and keep what is open in step with the inventory."""
    with taken(Side.CARE):
        opening.lock_expired()
        opening.open_due()
        opening.refresh()
