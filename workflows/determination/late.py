"""What happens when a term passes and nobody did anything: people are told, and nothing ends in silence."""

from __future__ import annotations

from datetime import datetime

from access.roles import Role
from workflows.determination.designs import DESIGNS
from workflows.determination.models import Determination
from workflows.determination.states import S
from workflows.engine.models import Process, Rung
from workflows.engine.steps import perform
from workflows.engine.telling import tell as write_notice

TERM_OVER = "term_over"
KINDS = sorted({design.kind for design in DESIGNS})


def tell(now: datetime) -> int:
    """Tell the committee's supervisors, once, of each decision that was not made in time. Out: how many are new."""
    decided = (S.DECIDED, S.SERVED)
    rows = Determination.objects.filter(
        decide_by__lt=now, suspended_at=None, told_late_at=None, process__closed_at=None
    ).exclude(process__state__in=decided)
    found = list(rows.select_related("process", "file").select_for_update(of=("self",), skip_locked=True))
    for record in found:
        process = record.process
        write_notice(
            now,
            side=process.side,
            process=process.pk,
            episode=process.episode,
            key=f"{TERM_OVER}:{record.stage}",
            due_at=record.decide_by,
            role=Role.SUPERVISOR,
            organisation=record.file.organisation_id,
            region=None,
            post=None,
        )
    Determination.objects.filter(pk__in=[record.pk for record in found]).update(told_late_at=now)
    return len(found)


def make_final() -> int:
    """Make decisions final whose term for a reconsideration is over, about which every notice was told and nobody
    acted. Out: how many.
    """
    told = Process.objects.filter(kind__in=KINDS, state=S.SERVED, rung=Rung.SECOND_ESCALATION, paused_at=None)
    keys = list(told.values_list("pk", flat=True))
    for key in keys:
        perform(key, "become_final", None, {"reason": "told"})
    return len(keys)
