"""Who is told what of which step of a placement, so that nobody has to phone. Keys and codes only, never a person.

A notice that tells what came of something (its key begins with ``told:``) stays news when the work moves on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

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
    OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Telling:
    """Who hears of a step, and what their notice says: never anything of a person."""

    to: tuple[To, ...]
    text: Any


BOTH = (To.REQUESTER, To.COORDINATOR)
_ASKED = Telling((To.PROVIDER,), _("Your unit is asked for a place"))
TOLD: dict[str, Telling] = {
    "offer": _ASKED,
    "ask_next": _ASKED,
    "ask_next_itself": _ASKED,
    "ask_back": Telling(BOTH, _("A provider asks something before it can answer")),
    "answer": Telling((To.PROVIDER,), _("Your question was answered")),
    "accept": Telling(BOTH, _("A provider accepted")),
    "decline": Telling(BOTH, _("A provider declined; the place in the queue is kept")),
    "expire": Telling((*BOTH, To.PROVIDER), _("No answer in time: another unit is asked")),
    "take_back": Telling((To.PROVIDER,), _("The question for a place was taken back")),
    "not_arriving": Telling(BOTH, _("The person did not arrive")),
    "arrive": Telling(BOTH, _("The person arrived in the place")),
    "find_none": Telling((To.REQUESTER,), _("No place was found")),
    "withdraw": Telling((*BOTH, To.PROVIDER), _("A place is no longer asked for")),
    "become_moot": Telling((*BOTH, To.PROVIDER), _("No longer needed: placed another way")),
    "hand_to_region": Telling((To.RECEIVER,), _("Another region asks you to take over")),
    "accept_transfer": Telling(BOTH, _("The other region took over")),
    "refuse_transfer": Telling(BOTH, _("The other region did not take over")),
    "move_out": Telling(BOTH, _("The person went on to another place")),
    "list_is_over": Telling(BOTH, _("No unit of the list has a free place; choose again")),
    "change_urgency": Telling((*BOTH, To.PROVIDER, To.OWNER), _("How urgent it is was changed, and the term with it")),
    "other_unit": Telling((*BOTH, To.PROVIDER), _("The stay goes on in another unit of the same provider")),
    "planned_end": Telling((*BOTH, To.PROVIDER), _("The planned end of a stay was changed")),
}
"""By step, or by what is done in the bed planner: who hears of it. Whoever made it is not told of their own doing."""
SAFETY = "left_unknown"
"""Somebody left and nobody knows where to: a signal about their safety, and nothing else."""
_LOOK_AFTER = Telling(
    (To.COORDINATOR, To.SUPERVISOR), _("Somebody left and nobody knows where to: look after their safety")
)

NOTICES = {f"placement_{code}": told.text for code, told in {**TOLD, SAFETY: _LOOK_AFTER}.items()}
"""What each notice says, by the code in its key: the machine gives it to the page of notices."""


def tell_of(machine: Any, action: str, provider: int | None) -> None:
    """Write the notices of a step, in its transaction. `provider`: the organisation whose unit was or is asked."""
    told = TOLD.get(action)
    if told is not None:
        _tell(machine, action, told, provider)


def tell_safety(machine: Any) -> None:
    """Tell coordinator and supervisor that somebody's safety has to be looked at."""
    _tell(machine, SAFETY, _LOOK_AFTER, None, always=True)


def _tell(machine: Any, action: str, told: Telling, provider: int | None, *, always: bool = False) -> None:
    """`always`: also whoever acts. Who is meant twice is told once."""
    process, now, acting = machine.process, machine.now, machine.acting
    reached: set[Whom] = set()
    for to in told.to:
        whom = _whom(machine, to, provider)
        if whom is None or whom in reached or (not always and acting is not None and _is(whom, acting)):
            continue
        reached.add(whom)
        role, organisation, region, post = whom
        tell(
            now, side=process.side, process=process.pk, episode=process.episode,
            key=f"{TOLD_KEY}placement_{action}:{to}:{process.version}", due_at=process.due_at,
            role=role, organisation=organisation, region=region, post=post,
        )  # fmt: skip


Whom = tuple[str, int | None, int | None, int | None]


def _whom(machine: Any, to: To, provider: int | None) -> Whom | None:
    process: Process = machine.process
    if to is To.OWNER:  # whoever must act now
        return process.owner_role, process.owner_organisation_id, process.region_id, None
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
