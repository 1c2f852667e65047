"""Break-glass along the timeline of its case, for those who see the case."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from access.models import Post
from cases.models import Case
from cases.timeline import Event
from workflows.break_glass.models import Use


def events(case: Case, acting: Post) -> Iterator[Event]:
    """That the case was opened with break-glass, by whom and why. A case that was never restricted costs nothing."""
    if not case.restricted:
        return
    for use in Use.objects.filter(case=case).select_related("post__user", "post__organisation").order_by("opened_at"):
        yield Event(
            at=use.opened_at,
            kind="overdue",
            icon="lock",
            title=_("Opened with break-glass"),
            text=use.reason,
            by=use.post.user.name,
            organisation=use.post.organisation.name,
        )
