"""A row of a worklist as the page shows it: the process with its words, names, and what can be done with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from access.models import Post
from cases.models import Case
from workflows.casepage.words import anchor_of
from workflows.engine.acts import may_work_on
from workflows.engine.machine import Party, registry
from workflows.engine.models import Process
from workflows.worklist.filters import regions_for
from workflows.worklist.groups import Group, Moments
from workflows.worklist.people import people_at
from workflows.worklist.queries import address


@dataclass(frozen=True)
class Row:
    """One process on a list."""

    process: Process
    group: Group
    kind: str
    state: str
    case: Case | None
    region: str
    holder: str  # name of who has it; empty: it lies in the queue
    mine: bool
    stands_in_for: str  # name of the absent colleague this row comes from
    waits_on: str
    new: bool
    url: str
    can_take: bool
    can_take_over: bool
    can_give_back: bool
    can_hand_over: bool
    can_snooze: bool

    @property
    def key(self) -> str:
        """What a form sends back for this row: which process, and which version of it the page showed."""
        return f"{self.process.pk}:{self.process.version}"

    @property
    def name(self) -> str:
        """The row in a few words, for who hears the page instead of seeing it."""
        return ", ".join(
            filter(None, [self.kind, self.case.number if self.case else reference(self.process), self.state])
        )

    @property
    def reference(self) -> str:
        """What to call the process where the case has no number for this post."""
        return reference(self.process)

    @property
    def plain_url(self) -> str:
        """Where the row is worked, for who comes from elsewhere than their own list."""
        return self.url.replace("?next=worklist", "")

    @property
    def asleep(self) -> bool:
        """Whether the row is snoozed."""
        return self.group == Group.SNOOZED


def reference(process: Process) -> str:
    """A short name for a process that tells nothing about the case."""
    return f"#{process.pk.hex[:6].upper()}"


def state_label(process: Process) -> str:
    """The name of the state a process is in."""
    return str(registry[process.kind].states(process.state).label)


def _page_of(process: Process, case: Case | None) -> str:
    """The page on which the row is worked: the case where the post sees it, else the process alone."""
    if case is None:
        return address(process, "worklist")
    return f"{reverse('case:page', args=[case.pk])}?next=worklist#{anchor_of(process.pk)}"


def waits_on(process: Process) -> str:
    """For whom the process waits, in words; empty when for nobody."""
    if process.paused_at is not None:
        return ""
    if not process.waiting_on:
        return ""
    return str(Party(process.waiting_on).label) if process.waiting_on in Party.values else _("somebody else")


def rows_of(post: Post, processes: Iterable[Process], cases: dict[UUID, Case], moments: Moments) -> list[Row]:
    """The rows for processes that were read for `post`, with the cases it may see."""
    people = {person.pk: person.name for person in people_at(post)}
    regions = regions_for(post)
    shown = []
    for process in processes:
        holder = process.assignee_id
        mine, absent = holder == post.pk, holder in post.acts_for
        in_queue = may_work_on(process, post)
        group = moments.group_of(process)
        name = "" if holder is None else people.get(holder) or _("somebody at another organisation")
        case = cases.get(process.case_id) if process.case_id else None
        shown.append(
            Row(
                process=process,
                group=group,
                kind=str(registry[process.kind].label),
                state=state_label(process),
                case=case,
                region=regions.get(process.region_id or 0, ""),
                holder=name,
                mine=mine,
                stands_in_for=name if absent else "",
                waits_on=waits_on(process),
                new=bool(getattr(process, "told", False)),
                url=_page_of(process, case),
                can_take=holder is None and in_queue,
                can_take_over=holder is not None and not mine and in_queue,
                can_give_back=mine or absent,
                can_hand_over=mine or absent or in_queue,
                can_snooze=in_queue and group in (Group.TODAY, Group.WEEK, Group.LATER),
            )
        )
    return shown
