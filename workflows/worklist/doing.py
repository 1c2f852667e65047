"""Doing something with rows of a list: one or many in one request, each with its own check and its own answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from access.models import Post
from workflows.engine import acts, errors
from workflows.engine.models import Process
from workflows.worklist.filters import Filters, Who
from workflows.worklist.groups import Moments
from workflows.worklist.queries import urgent_first

TRIES = 25


class Act(models.TextChoices):
    """What can be done with rows from a list."""

    TAKE = "take", _("Take")
    TAKE_OVER = "take_over", _("Take over")
    GIVE_BACK = "give_back", _("Give back")
    HAND_OVER = "hand_over", _("Hand over")
    SNOOZE = "snooze", _("Snooze")
    WAKE = "wake", _("Wake")


@dataclass(frozen=True)
class Chosen:
    """A row that was chosen: its process, and the version the page showed (None: whatever it is now)."""

    process_id: UUID
    version: int | None = None

    @classmethod
    def read(cls, text: str) -> Chosen:
        """From what a form sent. Errors: ValueError."""
        key, _colon, version = text.partition(":")
        if version and (not version.isdecimal() or len(version) > 9):
            raise ValueError("not a version")
        return cls(UUID(key), int(version) if version else None)


@dataclass(frozen=True)
class Result:
    """What became of one row. `process` is how it stands now; None when it is not to be seen."""

    process_id: UUID
    process: Process | None
    error: errors.EngineError | None = None

    @property
    def done(self) -> bool:
        """Whether it was done."""
        return self.error is None

    @property
    def why(self) -> str:
        """Why it was not."""
        return str(self.error.message) if self.error else ""


def do(
    act: str,
    chosen: Iterable[Chosen],
    post: Post,
    *,
    to: Post | None = None,
    until: datetime | None = None,
    reason: str = "",
) -> list[Result]:
    """Do `act` with every row; a row that cannot is left as it was and says why.

    Locks are taken in the order of the keys, so that two people who choose the same rows wait instead of blocking
    each other. Out: one result per row, in the order chosen.
    """
    each = _each(act, post, to, until, reason)
    order = list(dict.fromkeys(chosen))
    found: dict[UUID, Result] = {}
    for row in sorted(order, key=lambda row: row.process_id):
        try:
            process = each(row)
            found[row.process_id] = Result(row.process_id, process)
        except errors.EngineError as error:
            found[row.process_id] = Result(row.process_id, error.process, error)
    return [found[row.process_id] for row in order]


def _each(act: str, post: Post, to: Post | None, until: datetime | None, reason: str) -> Callable[[Chosen], Process]:
    match act:
        case Act.TAKE:
            # Who takes many at once wants those still free; a version would only refuse what was merely touched.
            return lambda row: acts.take(row.process_id, post)
        case Act.TAKE_OVER:
            return lambda row: acts.take(row.process_id, post, version=row.version, from_colleague=True)
        case Act.GIVE_BACK:
            return lambda row: acts.give_back(row.process_id, post, reason=reason, version=row.version)
        case Act.HAND_OVER if to is not None:
            return lambda row: acts.hand_over(row.process_id, post, to, reason=reason, version=row.version)
        case Act.SNOOZE if until is not None:
            return lambda row: acts.snooze(row.process_id, post, until, version=row.version)
        case Act.WAKE:
            return lambda row: acts.wake(row.process_id, post, version=row.version)
    raise ValueError(f"{act} cannot be done, or not without more being said")


def take_one(post: Post, filters: Filters, moments: Moments) -> Process | None:
    """Take the most urgent row of the queue that nobody else takes at this moment; None when the queue is empty."""
    asked = Filters(
        kinds=filters.kinds, states=filters.states, regions=filters.regions, urgent=filters.urgent, who=Who.QUEUE
    )
    for process in urgent_first(post, asked, moments, TRIES):
        try:
            return acts.take(process.pk, post)
        except errors.EngineError:
            continue  # somebody was first: the next one
    return None
