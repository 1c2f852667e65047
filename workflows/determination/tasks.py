"""Jobs of the determination. A message carries nothing; what there is to do stands in the database."""

from __future__ import annotations

from celery import shared_task

from access import clock
from access.wall import Side
from access.wall.tasks import SideTask
from workflows.determination import late


@shared_task(base=SideTask, side=Side.DETERMINATION)
def watch_terms() -> None:
    """Tell whose decision is late, and make final what was told about to the end."""
    now = clock.now()
    late.tell(now)
    late.make_final()
