"""Closing a case and opening it again.

A case is closed only when nothing on it goes on. What goes on is not known here: rooms above put a function in
`obstacles` that answers, for a case, a sentence for each thing that stands in the way.
"""

from __future__ import annotations

from collections.abc import Callable

from access import clock
from access.models import Post
from cases.models import Case, TimelineEntry
from cases.versions import save_changes
from cases.words import EntryKind

Obstacle = Callable[[Case], list[str]]

obstacles: list[Obstacle] = []


class CannotClose(Exception):
    """Something still goes on; `reasons` are sentences for the page."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(f"{len(reasons)} obstacles")
        self.reasons = reasons


def in_the_way(case: Case) -> list[str]:
    """Sentences saying what stands in the way of closing; none when nothing does."""
    return [sentence for obstacle in obstacles for sentence in obstacle(case)]


def close(case: Case, acting: Post, reason: str, explanation: str = "") -> None:
    """Close a case that the caller has locked. Closing what is closed changes nothing.

    Errors: `CannotClose` while something goes on.
    """
    if not case.is_open:
        return
    if reasons := in_the_way(case):
        raise CannotClose(reasons)
    case.closed_at = max(clock.now(), case.opened_at)
    case.closing_reason = reason
    save_changes(case, ["closed_at", "closing_reason"])
    # The reason stands in the row as a code; the line keeps what the person wrote.
    TimelineEntry.objects.create(
        case=case, kind=EntryKind.CLOSED, text=explanation, detail={"reason": reason}, by=acting
    )


def reopen(case: Case, acting: Post, why: str) -> None:
    """Open a closed case again, with the reason. Opening what is open changes nothing."""
    if case.is_open:
        return
    before = str(case.closing_reason)
    case.closed_at, case.closing_reason = None, ""
    save_changes(case, ["closed_at", "closing_reason"])
    TimelineEntry.objects.create(case=case, kind=EntryKind.REOPENED, text=why, detail={"reason": before}, by=acting)
