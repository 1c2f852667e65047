"""Writing the access log: reads, searches, prints and exports as well as changes (NEN 7513)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from access import clock
from access.models import AccessRecord, Post
from access.wall import Side, current_side

Action = AccessRecord.Action


def line(
    post: Post | None,
    action: str,
    object_kind: str,
    object_id: object = "",
    *,
    subject: UUID | None = None,
    access_point: str = "",
    on_behalf_of: Post | None = None,
    detail: dict[str, Any] | None = None,
    emergency: bool = False,
) -> AccessRecord:
    """A line of the log, not yet written. `detail` holds counts and keys, never personal data."""
    return AccessRecord(
        at=clock.now(),
        side=current_side() or Side.COMMON,
        user_id=post.user_id if post else None,
        post=post,
        on_behalf_of=on_behalf_of,
        role=post.role if post else "",
        organisation_id=post.organisation_id if post else None,
        action=action,
        object_kind=object_kind,
        object_id=str(object_id),
        subject=subject,
        access_point=access_point[:100],
        detail=detail or {},
        emergency=emergency,
    )


def record(request: HttpRequest, action: str, object_kind: str, object_id: object = "", **more: Any) -> None:
    """Log what this request did; the lines of a request are written together when the view has answered."""
    point = request.resolver_match.view_name if request.resolver_match else request.path
    entry = line(getattr(request, "acting", None), action, object_kind, object_id, access_point=point, **more)
    request.access_lines = [*getattr(request, "access_lines", ()), entry]  # type: ignore[attr-defined]


def write(lines: list[AccessRecord]) -> None:
    """Write lines of the log in one statement."""
    if lines:
        AccessRecord.objects.bulk_create(lines)
