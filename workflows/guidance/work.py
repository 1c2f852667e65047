"""Whose work the processes of a guidance are: whoever guides, and who stands in where nobody does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from access import clock
from access.models import Post
from access.roles import Role
from workflows.engine.acts import HAND_OVER
from workflows.engine.machine import Machine, machine_of
from workflows.engine.models import Process
from workflows.engine.routing import holder
from workflows.engine.steps import assign, locked, write

if TYPE_CHECKING:
    from datetime import datetime

NOBODY = -1
"""No organisation has this key: the work goes to the national desk."""

BESIDE = ("safety_plan", "police_contact")
"""Kinds that go with whoever guides."""


class OfNavigator(Machine):
    """What the processes of a guidance share: whoever guides has the work, whichever step was made."""

    @property
    def guide(self) -> int | None:
        """Key of the navigator who must act."""
        raise NotImplementedError

    @property
    def of_navigator(self) -> int:
        """The organisation of who guides."""
        return organisation_of(self.guide, self.process.region_id)

    def opening(self) -> None:
        """Whoever guides has it."""
        give(self, self.guide)

    def entered(self, action: str, before: str) -> None:
        """Whoever guides has it."""
        give(self, self.guide)

    def keep(self, **values: Any) -> None:
        """Write values in the record."""
        for name, value in values.items():
            setattr(self.record, name, value)
        self.record.save(update_fields=list(values))


def organisation_of(guide: int | None, region_id: int | None) -> int:
    """The organisation of who guides, else one that has navigators in the region."""
    found = Post.objects.filter(pk=guide).values_list("organisation_id", flat=True).first() if guide else None
    return found or holder(Role.NAVIGATOR, region_id, clock.today()) or NOBODY


def give(machine: Machine, guide: int | None) -> None:
    """Let whoever guides have the work, where it is a navigator's. Who has left is given nothing (see `leavers`)."""
    process = machine.process
    if guide is None or process.closed_at is not None or process.owner_role != Role.NAVIGATOR:
        return
    if (machine.acting and machine.acting.pk == guide) or Post.objects.held_on(clock.today()).filter(pk=guide).exists():
        process.assignee_id, process.assigned_at = guide, machine.now


def move_along(case_id: UUID | None, guide: int | None, now: datetime | None) -> None:
    """What goes beside the guidance goes along to who guides now; its terms run on. To nobody: back to the queue."""
    for key in Process.objects.filter(case_id=case_id, kind__in=BESIDE, closed_at=None).values_list("pk", flat=True):
        process, _now = locked(key, None)
        machine = machine_of(process)(process, None, now)
        why = assign(machine)
        if guide is None:
            process.assignee_id = process.assigned_at = None
        give(machine, guide)
        machine.note(to=guide)
        process.version += 1
        write(machine, HAND_OVER, process.state, why=why)
