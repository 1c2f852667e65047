"""The job of the placement. A message carries nothing; what there is to do stands in the database."""

from __future__ import annotations

from celery import shared_task
from django.db import transaction

from access import clock, configuration
from access.wall import Side, taken
from workflows.placement import going_on


@shared_task
def go_on_asking() -> None:
    """Ask the next unit where one declined or did not answer in time; each list in a transaction of its own."""
    with taken(Side.CARE), transaction.atomic():
        configuration.refresh()
        waiting = going_on.waiting(clock.now())
    for key in waiting:
        with taken(Side.CARE), transaction.atomic():
            going_on.one(key)
