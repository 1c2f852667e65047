"""What happens by itself when units are asked in an order: a reservation that is over, and the next unit's turn."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from workflows.engine import errors
from workflows.engine.models import Process
from workflows.engine.steps import perform
from workflows.placement.models import PlacementRecord


def go_on(now: datetime) -> int:
    """Go on with every list that waits: end questions without an answer in time, then ask the next unit. Out: how many
    units were asked.

    Only lists with a unit still to ask are looked at; a question without one stays with its provider, who may answer
    late. What somebody else works on in this moment is left for the next minute.
    """
    asked = 0
    for key in list(_waiting(now)):
        process = Process.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=key).first()
        if process is None or process.paused_at is not None:
            continue
        try:
            if process.state == "offered":
                perform(key, "expire", None, {"reason": "held_until"})
            perform(key, "ask_next_itself", None, {"reason": "list"})
            asked += 1
        except errors.ConditionUnmet:
            perform(key, "list_is_over", None, {"reason": "list"})
        except errors.EngineError:
            continue  # it went another way meanwhile
    return asked


def _waiting(now: datetime) -> list[UUID]:
    rows = PlacementRecord.objects.filter(list_open=True)
    seeking = rows.filter(process__state="seeking")
    silent = rows.filter(process__state="offered", held_until__lte=now)
    return [*seeking.values_list("pk", flat=True), *silent.values_list("pk", flat=True)]
