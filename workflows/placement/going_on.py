"""What happens by itself when units are asked in an order: a reservation that is over, and the next unit's turn."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from access import clock
from workflows.engine import errors
from workflows.engine.models import Process
from workflows.engine.steps import perform
from workflows.placement.models import PlacementRecord


def waiting(now: datetime, key: UUID | None = None) -> list[UUID]:
    """Lists that wait to be gone on with: nobody is asked, or the reservation is over without an answer.

    Only lists with a unit still to ask; a question without one stays with its provider, who may answer late. `key`:
    only this one.
    """
    rows = PlacementRecord.objects.filter(list_open=True, **({"pk": key} if key is not None else {}))
    seeking = rows.filter(process__state__in=("seeking", "at_desk"))
    silent = rows.filter(process__state="offered", held_until__lte=now)
    return [*seeking.values_list("pk", flat=True), *silent.values_list("pk", flat=True)]


def one(key: UUID) -> bool:
    """End a question without an answer in time, then ask the next unit of the list. Out: whether one was asked.

    What somebody else works on in this moment, and what is paused, is left for a later minute.
    """
    process = Process.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=key).first()
    if process is None or process.paused_at is not None or key not in waiting(clock.now(), key):
        return False
    try:
        if process.state == "offered":
            perform(key, "expire", None, {"reason": "held_until"})
        perform(key, "ask_next_itself", None, {"reason": "list"})
    except errors.ConditionUnmet:
        perform(key, "list_is_over", None, {"reason": "list"})
        return False
    except errors.EngineError:
        return False  # it went another way meanwhile
    return True
