"""What can be done with every process, whatever its machine: taking, handing over, pausing, reopening and so on.

Each act locks the row, checks, writes row and log in one transaction, like a transition. The names here are the
`action` of the log line.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access import clock
from access.models import Post
from access.roles import Role
from workflows.engine import errors, terms
from workflows.engine.machine import End, Machine, machine_of
from workflows.engine.models import Process
from workflows.engine.steps import _in_transaction, assign, enter, locked, write
from workflows.engine.telling import tell

TAKE, GIVE_BACK, HAND_OVER, PAUSE, RESUME = "take", "give_back", "hand_over", "pause", "resume"
SNOOZE, WAKE, REOPEN, REROUTE, RETURN_TO_QUEUE = "snooze", "wake", "reopen", "reroute", "return_to_queue"
MOVE = "move"
OTHER_PLACE, PLANNED_END = "other_place", "planned_end"
"""What is done beside a placement in the bed planner; the process stays where it is."""


def may_work_on(process: Process, post: Post) -> bool:
    """Whether the process is in the post's own queue: its role and organisation must act, in its regions."""
    return (
        process.owner_role == post.role
        and process.owner_organisation_id == post.organisation_id
        and (post.works_in(process.region_id) or post.role == Role.SHELTER_PROVIDER)
    )


def may_manage(process: Process, post: Post) -> bool:
    """Whether the post supervises the process: supervisor or national desk, of the organisation or in the region."""
    return post.role in (Role.SUPERVISOR, Role.NATIONAL_DESK)


def _open(process_id: UUID | str, acting: Post | None, version: int | None) -> Machine:
    process, now = locked(process_id, acting, version)
    if process.closed_at is not None:
        raise errors.WrongState(_("The process is closed."), process)
    return machine_of(process)(process, acting, now)


def _write(machine: Machine, action: str, reason: str = "") -> Process:
    machine.process.version += 1
    machine.explain(reason)
    write(machine, action, machine.process.state)
    return machine.process


def take(process_id: UUID | str, acting: Post, *, version: int | None = None, from_colleague: bool = False) -> Process:
    """Take a process from the queue. From a colleague only when `from_colleague` says that was meant.

    Errors: NotAllowed when it is not in the post's queue, ConditionUnmet when a colleague has it.
    """
    with _in_transaction():
        machine = _open(process_id, acting, version)
        process = machine.process
        if not may_work_on(process, acting):
            raise errors.NotAllowed(process=process)
        if process.assignee_id == acting.pk:
            return process
        if process.assignee_id is not None and not from_colleague:
            raise errors.ConditionUnmet(_("A colleague has taken this. Do you want to take it over?"), process)
        if process.assignee_id is not None:
            machine.note(taken_from=process.assignee_id)
            _tell(machine, TAKE, process.assignee_id)
        process.assignee_id, process.assigned_at = acting.pk, machine.now
        return _write(machine, TAKE)


def give_back(process_id: UUID | str, acting: Post, *, reason: str = "", version: int | None = None) -> Process:
    """Put a process back in the queue. Errors: NotAllowed unless it is the post's own or it supervises."""
    with _in_transaction():
        machine = _open(process_id, acting, version)
        process = machine.process
        if process.assignee_id not in {acting.pk, *acting.acts_for} and not may_manage(process, acting):
            raise errors.NotAllowed(process=process)
        process.assignee_id = process.assigned_at = None
        return _write(machine, GIVE_BACK, reason)


def hand_over(
    process_id: UUID | str, acting: Post, to: Post, *, reason: str = "", version: int | None = None
) -> Process:
    """Give a process to a colleague, who is told.

    Errors: NotAllowed unless the giver has it, could take it or supervises; ConditionUnmet when the colleague
    does not work in that queue.
    """
    with _in_transaction():
        machine = _open(process_id, acting, version)
        process = machine.process
        own = process.assignee_id in {acting.pk, *acting.acts_for} or may_work_on(process, acting)
        if not own and not may_manage(process, acting):
            raise errors.NotAllowed(process=process)
        assert machine.now is not None
        if not may_work_on(process, to) or not to.held_on(machine.now.date()):
            raise errors.ConditionUnmet(_("This colleague does not do this work here."), process)
        machine.note(to=to.pk, taken_from=process.assignee_id)
        process.assignee_id, process.assigned_at = to.pk, machine.now
        _tell(machine, HAND_OVER, to.pk)
        return _write(machine, HAND_OVER, reason)


def _tell(machine: Machine, act: str, post_id: int | None) -> None:
    """Write the notice of an act and plan its mail: to a post, or to the queue the process lies in (None)."""
    process = machine.process
    tell(
        machine.now or clock.now(),
        side=process.side,
        process=process.pk,
        episode=process.episode,
        key=f"{act}:{process.version + 1}",
        due_at=process.due_at,
        role=process.owner_role,
        organisation=process.owner_organisation_id,
        region=process.region_id,
        post=post_id,
    )


def reroute(process_id: UUID | str) -> bool:
    """Decide anew who must act on a process that lies where nobody is left; the term runs on. The program's own act.

    Out: whether it went elsewhere; if not, nothing was written. Errors: WrongState when it is closed.
    """
    with _in_transaction():
        machine = _open(process_id, None, None)
        process = machine.process
        if process.assignee_id is not None:
            return False
        before = (process.owner_role, process.owner_organisation_id)
        why = assign(machine)
        if (process.owner_role, process.owner_organisation_id) == before:
            return False
        machine.note(lay_with={"role": before[0], "organisation": before[1]})
        _tell(machine, REROUTE, None)
        process.version += 1
        write(machine, REROUTE, process.state, why=why)
        return True


def move_to_region(process_id: UUID | str, region_id: int, acting: Post | None = None) -> Process:
    """Let an open process follow its case to another region: who must act there is decided anew, the term runs on.

    `acting`: who moved the case; whether they may is not asked here. Errors: WrongState when it is closed.
    """
    with _in_transaction():
        machine = _open(process_id, None, None)
        machine.acting, process = acting, machine.process
        before = (process.owner_role, process.owner_organisation_id)
        machine.note(moved_from=process.region_id)
        process.region_id = region_id
        why = assign(machine)
        if (process.owner_role, process.owner_organisation_id) != before:
            _tell(machine, MOVE, None)
        process.version += 1
        write(machine, MOVE, process.state, why=why)
        return process


def _may_stop(machine: Machine, acting: Post) -> bool:
    """Whether a post may stop the clock: who works on it, who manages it, and who leads it in any state."""
    process = machine.process
    leads = acting.role in machine.led_by and acting.organisation_id == process.owner_organisation_id
    return leads or may_work_on(process, acting) or may_manage(process, acting)


def pause(process_id: UUID | str, acting: Post, *, reason: str, version: int | None = None) -> Process:
    """Stop the clock. Errors: NotAllowed, WrongState when it stands still already, ConditionUnmet without a reason or
    where the machine says why it must run on."""
    with _in_transaction():
        machine = _open(process_id, acting, version)
        process = machine.process
        if not _may_stop(machine, acting):
            raise errors.NotAllowed(process=process)
        if process.paused_at is not None:
            raise errors.WrongState(_("The process is paused already."), process)
        if runs_on := machine.no_pause():
            raise errors.ConditionUnmet(runs_on, process)
        if not reason.strip():
            raise errors.ConditionUnmet(_("A pause needs a reason."), process)
        process.paused_at, process.next_notice_at = machine.now, None
        return _write(machine, PAUSE, reason)


def resume(process_id: UUID | str, acting: Post | None, *, reason: str = "", version: int | None = None) -> Process:
    """Let the clock run on; the end of the term moves by as long as the pause lasted. Errors: as for `pause`."""
    with _in_transaction():
        machine = _open(process_id, acting, version)
        process = machine.process
        if acting is not None and not _may_stop(machine, acting):
            raise errors.NotAllowed(process=process)
        if process.paused_at is None:
            raise errors.WrongState(_("The process is not paused."), process)
        assert machine.now is not None
        process.paused_for += machine.now - process.paused_at
        process.paused_at = None
        terms.plan(process)
        return _write(machine, RESUME, reason)


def snooze(process_id: UUID | str, acting: Post, until: datetime, *, version: int | None = None) -> Process:
    """Put a process out of sight until a moment before its term ends; the clock runs on.

    Errors: NotAllowed, ConditionUnmet when the moment has passed or lies beyond the end of the term.
    """
    with _in_transaction():
        machine = _open(process_id, acting, version)
        process = machine.process
        if not may_work_on(process, acting):
            raise errors.NotAllowed(process=process)
        assert machine.now is not None
        if until <= machine.now:
            raise errors.ConditionUnmet(_("Choose a moment that is still to come."), process)
        if process.due_at is not None and until >= process.due_at:
            raise errors.ConditionUnmet(_("You cannot put this away beyond the end of its term."), process)
        process.snoozed_until = until
        return _write(machine, SNOOZE)


def wake(process_id: UUID | str, acting: Post, *, version: int | None = None) -> Process:
    """Bring a snoozed process back in sight."""
    with _in_transaction():
        machine = _open(process_id, acting, version)
        if not may_work_on(machine.process, acting):
            raise errors.NotAllowed(process=machine.process)
        machine.process.snoozed_until = None
        return _write(machine, WAKE)


def may_reopen(machine: Machine, post: Post) -> str:
    """The state a closed process would reopen to for this post, or an empty text when it cannot."""
    process = machine.process
    if process.closed_at is None:
        return ""
    step = machine.step_of(process.state)
    target = step.reopens_to if isinstance(step, End) else ""
    if not target or not (post.works_in(process.region_id)):
        return ""
    owner = machine.step_of(target).owner  # type: ignore[union-attr]
    return target if post.role in (owner, Role.SUPERVISOR, Role.NATIONAL_DESK) else ""


def reopen(process_id: UUID | str, acting: Post, *, reason: str, version: int | None = None) -> Process:
    """Open a closed process again in the state its end declares, with a new term.

    Errors: WrongState when it is open or its end does not reopen, NotAllowed, ConditionUnmet without a reason.
    """
    with _in_transaction():
        process, now = locked(process_id, acting, version)
        machine = machine_of(process)(process, acting, now)
        step = machine.step_of(process.state)
        if process.closed_at is None or not (isinstance(step, End) and step.reopens_to):
            raise errors.WrongState(process=process)
        target = may_reopen(machine, acting)
        if not target:
            raise errors.NotAllowed(process=process)
        if not reason.strip():
            raise errors.ConditionUnmet(_("Opening again needs a reason."), process)
        before, process.state = process.state, str(target)
        machine.explain(reason)
        enter(machine, REOPEN, before)
        return process
