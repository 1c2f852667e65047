"""The job of the placement. A message carries nothing; what there is to do stands in the database."""

from __future__ import annotations

from celery import shared_task

from access import clock
from access.wall import Side
from access.wall.tasks import SideTask
from workflows.placement import going_on


@shared_task(base=SideTask, side=Side.CARE)
def go_on_asking() -> None:
    """Ask the next unit where one declined or did not answer in time."""
    going_on.go_on(clock.now())
