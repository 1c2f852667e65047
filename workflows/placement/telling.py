"""Who is told of which step of a placement, so that nobody has to phone. Keys and codes only, never a person.

A notice that tells what came of something (its key begins with ``told:``) stays news when the work moves on.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from access.clock import AMSTERDAM
from access.models import Post
from access.roles import Role
from workflows.engine.models import TOLD as TOLD_KEY
from workflows.engine.models import Process, StepLog
from workflows.engine.routing import holder
from workflows.engine.telling import tell


class To(StrEnum):
    """Whom a step is told to."""

    REQUESTER = "requester"
    COORDINATOR = "coordinator"
    PROVIDER = "provider"
    SUPERVISOR = "supervisor"
    RECEIVER = "receiver"


BOTH = (To.REQUESTER, To.COORDINATOR)
TOLD: dict[str, tuple[To, ...]] = {
    "offer": (To.PROVIDER,),
    "ask_next": (To.PROVIDER,),
    "ask_next_itself": (To.PROVIDER,),
    "ask_back": BOTH,
    "answer": (To.PROVIDER,),
    "accept": BOTH,
    "decline": BOTH,
    "expire": (*BOTH, To.PROVIDER),
    "take_back": (To.PROVIDER,),
    "not_arriving": BOTH,
    "arrive": BOTH,
    "find_none": (To.REQUESTER,),
    "withdraw": (*BOTH, To.PROVIDER),
    "become_moot": (*BOTH, To.PROVIDER),
    "hand_to_region": (To.RECEIVER,),
    "accept_transfer": BOTH,
    "refuse_transfer": BOTH,
    "move_out": BOTH,
    "list_is_over": BOTH,
}
"""By step: who hears of it. Whoever made the step is not told of their own doing."""
SAFETY = "left_unknown"
"""Somebody left and nobody knows where to: a signal about their safety, and nothing else."""


def tell_of(machine: Any, action: str, provider: int | None) -> None:
    """Write the notices of a step, in its transaction. `provider`: the organisation whose unit was or is asked."""
    for to in TOLD.get(action, ()):
        _tell(machine, f"placement_{action}", to, provider)


def tell_safety(machine: Any) -> None:
    """Tell coordinator and supervisor that somebody's safety has to be looked at."""
    for to in (To.COORDINATOR, To.SUPERVISOR):
        _tell(machine, f"placement_{SAFETY}", to, None, always=True)


def _tell(machine: Any, code: str, to: To, provider: int | None, *, always: bool = False) -> None:
    process, now, acting = machine.process, machine.now, machine.acting
    whom = _whom(machine, to, provider)
    if whom is None or (not always and acting is not None and _is(whom, acting)):
        return
    role, organisation, region, post = whom
    tell(
        now, side=process.side, process=process.pk, episode=process.episode,
        key=f"{TOLD_KEY}{code}:{to}:{process.version}", due_at=process.due_at,
        role=role, organisation=organisation, region=region, post=post,
    )  # fmt: skip


Whom = tuple[str, int | None, int | None, int | None]


def _whom(machine: Any, to: To, provider: int | None) -> Whom | None:
    process: Process = machine.process
    if to is To.PROVIDER:
        return (Role.SHELTER_PROVIDER, provider, None, None) if provider is not None else None
    if to is To.REQUESTER:
        post = _requester(process, machine.now)
        coordinator = _whom(machine, To.COORDINATOR, None)
        if post is None or (coordinator is not None and _is(coordinator, post)):
            return None  # nobody, or one of those who are told anyway
        return post.role, post.organisation_id, process.region_id, post.pk
    region = machine.record.to_region_id if to is To.RECEIVER else process.region_id
    role = Role.SUPERVISOR if to is To.SUPERVISOR else Role.CARE_COORDINATOR
    day = machine.now.astimezone(AMSTERDAM).date()
    organisation = holder(role, region, day)
    if organisation is None:
        role, organisation = Role.NATIONAL_DESK, holder(Role.NATIONAL_DESK, None, day)
    return (role, organisation, region, None) if organisation is not None else None


def _requester(process: Process, now: datetime) -> Post | None:
    """Who asked for the place, as long as they hold that post."""
    line = StepLog.objects.filter(process=process, action="open").select_related("post").order_by("pk").first()
    post = line.post if line else None
    return post if post is not None and post.held_on(now.astimezone(AMSTERDAM).date()) else None


def _is(whom: Whom, post: Post) -> bool:
    """Whether a post is among those who are told."""
    role, organisation, _region, key = whom
    return key == post.pk if key is not None else (role, organisation) == (post.role, post.organisation_id)
