"""The queue for a place: by when a place was first asked for. A refusal never moves anybody back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from access import clock
from workflows.placement.models import PlacementRecord


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a request among all that wait for the same kind of shelter in the region that seeks now."""

    number: int
    waiting: int


def place_of(record: PlacementRecord) -> Place:
    """The place in the queue: who asked first comes first, whoever asked at the same moment by key."""
    waits = PlacementRecord.objects.waiting(clock.now()).filter(
        kind=record.kind, process__region=record.process.region_id, process__closed_at=None
    )
    before: Any = Q(asked_at__lt=record.asked_at) | Q(asked_at=record.asked_at, pk__lt=record.pk)
    counted = waits.aggregate(before=Count("pk", filter=before), all=Count("pk"))
    return Place(counted["before"] + 1, counted["all"])
