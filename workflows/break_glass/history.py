"""Break-glass along the timeline of its case, for those who see the case."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from access.models import Post
from cases.models import Case
from cases.timeline import Event
from workflows.break_glass.queries import on


def events(case: Case, acting: Post) -> Iterator[Event]:
    """That the case was opened with break-glass, by whom and why."""
    for use in on(case):
        yield Event(
            at=use.opened_at,
            kind="overdue",
            icon="lock",
            title=_("Opened with break-glass"),
            text=use.reason,
            by=use.who,
            organisation=use.organisation,
        )
