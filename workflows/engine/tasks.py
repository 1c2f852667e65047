"""Jobs of the engine. Celery's messages are hints that carry nothing: the database decides what there is to do.

Each job takes one side after the other, may run as often and beside as many others as it likes, and may be killed
at any moment. What fails on one side does not keep the others waiting.
"""

from __future__ import annotations

from collections.abc import Callable

from celery import shared_task

from access.wall import Side
from workflows.engine import leavers, outbox, sweep
from workflows.engine import watch as watching


def _each(work: Callable[[Side], object]) -> None:
    """Do the work of every side, also when one fails; then say so."""
    troubles: list[Exception] = []
    for side in Side:
        try:
            work(side)
        except Exception as trouble:
            troubles.append(trouble)
    if troubles:
        raise troubles[0]


@shared_task
def sweep_all() -> None:
    """Tell everything that is due."""
    _each(sweep.sweep)


@shared_task
def deliver_all() -> None:
    """Send the mails that are due."""
    _each(outbox.deliver)


@shared_task
def return_work_of_leavers() -> None:
    """Put work of people who left back in its queue, and send on what lies where nobody is left."""
    _each(leavers.return_work)


@shared_task
def watch() -> None:
    """Raise an alarm about what is late, stuck or waits for a person; close what is well again."""
    _each(watching.watch)


@shared_task
def reconcile() -> None:
    """Recompute which notices should exist and write those that do not."""
    _each(watching.reconcile)
