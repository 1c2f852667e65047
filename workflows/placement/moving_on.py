"""The stay and its end: until when, where to then, a longer stay with its reason, and one stay at a time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from access.clock import AMSTERDAM
from access.models import Post
from cases.models import Case
from cases.versions import save_changes
from workflows.engine.machine import Machine
from workflows.engine.models import Process
from workflows.engine.terms import recount
from workflows.placement import terms
from workflows.placement.models import LongerStay, PlacementRecord

HERE = ("in_place", "moving")


def end_of(record: PlacementRecord) -> date | None:
    """When a stay ends as it stands now: as planned, and not beyond the longest stay; None where neither is known."""
    known = [day for day in (record.planned_until, record.longest_until) if day is not None]
    return min(known, default=None)


def follow_plan(machine: Machine, until: date | None) -> dict[str, Any]:
    """Let the term of a stay count towards another planned end, so that the next step is asked for in time; whoever
    changes the end writes the row. Out: what the record keeps of it.
    """
    process, record, now = machine.process, machine.record, machine.now
    assert now is not None
    record.planned_until = until
    if process.state != "in_place" or record.longer_until is not None:
        return {}
    end = end_of(record)
    record.stay_from = terms.towards(end, now) if end is not None else record.arrived_at
    recount(machine, machine.step_of(process.state), record.stay_from)  # type: ignore[arg-type]
    return {"stay_from": record.stay_from}


def lengthen(
    record: PlacementRecord, ground: str, remark: str, by: Post | None, since: datetime, now: datetime
) -> date:
    """One more period for somebody who stays beyond the end (`since`); the reason is kept. Out: until when."""
    until = terms.longer_until(since, now).astimezone(AMSTERDAM).date()
    LongerStay.objects.create(
        process_id=record.process_id, at=now, post=by, since=since.astimezone(AMSTERDAM).date(), until=until,
        reason=ground, remark=remark,
    )  # fmt: skip
    record.stay_from, record.longer_until = since, until
    record.save(update_fields=["stay_from", "longer_until"])
    return until


def elsewhere(record: PlacementRecord) -> QuerySet[Any]:
    """Where else in Loods the same person is in a place now."""
    others = PlacementRecord.objects.filter(person_key=record.person_key, process__state__in=HERE)
    return others.exclude(pk=record.pk)


def mark_doubles(person_key: UUID) -> None:
    """Say of every stay of a person whether there is another."""
    staying = PlacementRecord.objects.filter(person_key=person_key, process__state__in=HERE, left_at=None)
    keys = list(staying.values_list("pk", flat=True))
    PlacementRecord.objects.filter(pk__in=keys).exclude(doubled=len(keys) > 1).update(doubled=len(keys) > 1)


def to_region(process: Process, region_id: int) -> None:
    """Let another region coordinate: the process that is being written, and the file with what else runs on it."""
    process.region_id = region_id
    Process.objects.filter(pk=process.pk).update(region=region_id)  # so that it does not follow its file once more
    case = Case.objects.select_for_update().filter(pk=process.case_id).first() if process.case_id else None
    if case is not None and case.region_id != region_id:
        case.region_id = region_id
        save_changes(case, ["region"])
