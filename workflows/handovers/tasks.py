"""The job that takes in what was handed over, one for each side; a hint that carries nothing."""

from __future__ import annotations

import logging

from celery import shared_task
from django.db import transaction

from access.wall import Side, taken
from workflows.handovers import acts
from workflows.handovers.models import Handover

logger = logging.getLogger(__name__)


def _receive(side: Side) -> int:
    """Each handover in a transaction of its own: one that fails does not keep the others waiting."""
    with taken(side):
        with transaction.atomic():
            waiting = list(Handover.objects.to_receive(side).values_list("pk", flat=True))
        received = 0
        for key in waiting:
            try:
                with transaction.atomic():
                    received += acts.receive_one(side, key)
            except Exception as trouble:  # told by its kind alone: a message can hold what was handed over
                logger.error("Handover %s could not be taken in: %s.", key, type(trouble).__name__)
        return received


@shared_task
def receive_on_care() -> None:
    """Take in what came to the care side."""
    _receive(Side.CARE)


@shared_task
def receive_on_determination() -> None:
    """Take in what came to the determination side."""
    _receive(Side.DETERMINATION)


@shared_task
def receive_on_justice() -> None:
    """Take in what came to the justice side."""
    _receive(Side.JUSTICE)
