"""Units in the order in which they are asked: choosing the order, asking the next, and what came of each.

Every question is a reservation with an end, so a list never takes more than one place at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max

from shelters import door
from shelters.models import Unit
from shelters.policy import may_ask
from workflows.placement.models import PlacementRecord, Turn
from workflows.placement.words import Outcome


def choose(record: PlacementRecord, units: Sequence[Any], by: Any, now: datetime, said: str = "") -> None:
    """Write down in which order these units are asked, and what is said with the question. An earlier list that was not
    finished is left out."""
    Turn.objects.filter(process=record.process_id).to_ask().update(ended_at=now, outcome=Outcome.LEFT_OUT)
    last = Turn.objects.filter(process=record.process_id).aggregate(n=Max("number"))["n"] or 0
    Turn.objects.bulk_create(
        Turn(process_id=record.process_id, unit=unit, number=number, chosen_at=now, chosen_by=by, said=said)
        for number, unit in enumerate(units, last + 1)
    )


def ask_next(record: PlacementRecord, now: datetime, until: datetime) -> Turn:
    """Hold a place in the first unit of the list that has one; those before it that are full are done with.

    Errors: shelters.door.NoPlace when none has; then nothing was written that the caller keeps.
    """
    waiting = Turn.objects.filter(process=record.process_id).to_ask().select_related("unit", "chosen_by")
    turns = list(waiting.order_by("number"))
    door.queue_up(turn.unit_id for turn in turns)
    for turn in turns:
        try:
            if not _still_may(turn, now):
                raise door.NoPlace
            door.hold(turn.unit_id, record.process_id, now, until)
        except door.NoPlace:
            over(turn, Outcome.FULL, now)
            continue
        turn.asked_at, turn.held_until = now, until
        turn.save(update_fields=["asked_at", "held_until"])
        return turn
    raise door.NoPlace


def _still_may(turn: Turn, now: datetime) -> bool:
    """Whether whoever chose the unit may ask there, by the scheme it has now."""
    unit: Any = Unit.objects.with_free(now).filter(pk=turn.unit_id).first()
    if unit is None:
        return False
    return not unit.exclusive or (turn.chosen_by is not None and may_ask(turn.chosen_by, exclusive=True))


def exhausted(record: PlacementRecord, now: datetime) -> int:
    """Say of every unit still to be asked that it had no place when its turn came. Out: how many."""
    return Turn.objects.filter(process=record.process_id).to_ask().update(ended_at=now, outcome=Outcome.FULL)


def over(turn: Turn, outcome: str, now: datetime) -> None:
    """Write what came of a unit's turn."""
    turn.ended_at, turn.outcome = now, outcome
    turn.save(update_fields=["ended_at", "outcome"])


def to_come(record: PlacementRecord) -> bool:
    """Whether a unit is still to be asked."""
    return Turn.objects.filter(process=record.process_id).to_ask().exists()
