"""Jobs of the capacity statement; hints that carry nothing, as those of the engine."""

from __future__ import annotations

from celery import shared_task

from access.wall import Side, taken
from workflows.capacity_statement import opening


@shared_task
def open_statements() -> None:
    """Open what the period asks for and lock what is over."""
    with taken(Side.CARE):
        opening.lock_expired()
        opening.open_due()
