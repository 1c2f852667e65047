"""What processes keep of their case follows it: whom it is closed to, its region, what routing looks at."""

from __future__ import annotations

from cases.models import Case
from workflows.casepage.circumstances import circumstances
from workflows.engine import acts
from workflows.engine.models import Process


def follow(case: Case, changed: frozenset[str]) -> None:
    """Bring every process of a case up to date with it, in the transaction that changed the case.

    A restricted case closes its processes at once, those that are over included. Open processes move to the case's
    region, where who must act is decided anew, and learn its circumstances for the next decision.
    """
    processes = Process.objects.filter(case_id=case.pk)
    processes.exclude(restricted=case.restricted).update(restricted=case.restricted)
    facts = circumstances(case)
    for process in processes.filter(closed_at=None):
        if any(process.facts.get(name) != value for name, value in facts.items()):
            processes.filter(pk=process.pk).update(facts={**process.facts, **facts})
        if process.region_id != case.region_id:
            acts.move_to_region(process.pk, case.region_id)
