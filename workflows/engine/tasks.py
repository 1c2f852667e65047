"""Jobs of the engine. Each takes one side after the other; Celery's messages are hints, the database decides."""

from __future__ import annotations

from celery import shared_task

from access.wall import Side
from workflows.engine.sweep import sweep


@shared_task
def sweep_all() -> dict[str, int]:
    """Tell everything that is due, on every side."""
    return {str(side): sweep(side).told for side in Side}
