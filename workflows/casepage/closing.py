"""Open processes stand in the way of closing a case."""

from __future__ import annotations

from cases.models import Case
from workflows.casepage import words
from workflows.engine.machine import machine_of
from workflows.engine.models import Process


def open_processes(case: Case) -> list[str]:
    """A sentence for each process that still runs on a case, whoever may see it on this side of the wall."""
    running = Process.objects.filter(case_id=case.pk, closed_at=None).select_related("owner_organisation")
    return [
        f"{machine_of(process).label}: {words.state_label(machine_of(process), process.state)} ({words.who(process)})"
        for process in running.order_by("opened_at")
    ]
