"""Keeping demand with the steps of a placement: what is asked when a process opens, what came of it at every step.

The machine calls `freeze` and `keep` from the engine's own hooks, so that no step, reopening included, is forgotten.
"""

from __future__ import annotations

from datetime import datetime

from access.clock import AMSTERDAM
from access.words import PROBLEMS, Need
from cases.models import Case
from workflows.engine.models import Process
from workflows.placement import moving_on
from workflows.placement.models import PlacementRecord, Stopped, Unmet


def freeze(record: PlacementRecord, process: Process, now: datetime) -> None:
    """Write into a new record (not saved) when and where a place is asked for, and what is known of the person then.

    Children count as along when the file says so or a place for them is asked; somebody whose age is not certain
    counts as a minor (`Person.is_minor_on`). A process without a case stands for a person of its own.
    """
    record.asked_at, record.region_id = now, process.region_id
    record.problems = [need for need in PROBLEMS if need in record.needs]
    record.children = Need.CHILDREN in record.needs
    record.person_key = process.pk
    case = Case.objects.select_related("person").filter(pk=process.case_id).first() if process.case_id else None
    if case is not None:
        record.forms, record.gender, record.person_key = list(case.forms), case.person.gender, case.person_id
        record.children = record.children or case.children_along > 0
        record.minor = case.person.is_minor_on(now.astimezone(AMSTERDAM).date())


def keep(record: PlacementRecord, now: datetime, *, stopped_by: str, had_none: bool, has_none: bool) -> None:
    """Write what came of a request with the step that was made.

    In: why it is no longer a request (a `Stopped`, empty while it is one or once somebody came to a place), whether no
    place was to be found before the step, and whether so after it (why stands in the record). A request that is
    withdrawn while no place was to be found stays unmet.
    """
    if stopped_by != record.stopped_by:
        record.stopped_by, record.stopped_at = stopped_by, now if stopped_by else None
        record.save(update_fields=["stopped_by", "stopped_at"])
    if has_none:
        Unmet.objects.create(process_id=record.pk, since=now, reason=record.unmet_reason)
    elif had_none and stopped_by != Stopped.WITHDRAWN:
        Unmet.objects.filter(process=record.pk, until=None).update(until=now)


def follow_person(case: Case, changed: frozenset[str]) -> None:
    """Let the requests on a case count as another person's: two registrations were merged, or a merge was undone."""
    if "person" in changed:
        before = set(PlacementRecord.objects.filter(process__case_id=case.pk).values_list("person_key", flat=True))
        PlacementRecord.objects.filter(process__case_id=case.pk).update(person_key=case.person_id)
        for key in {*before, case.person_id}:
            moving_on.mark_doubles(key)
