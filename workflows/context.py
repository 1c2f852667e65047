"""What other pages show of the lists: how many notices press, beside their name in the menu."""

from __future__ import annotations

from django.http import HttpRequest

from workflows.notices import queries


def unseen_notices(request: HttpRequest) -> int:
    """How many notices press for the post that acts; 0 without one. At most one query a request."""
    post = getattr(request, "acting", None)
    if post is None:
        return 0
    found = getattr(request, "_unseen_notices", None)
    if found is None:
        found = queries.count(post)
        request._unseen_notices = found  # type: ignore[attr-defined]
    return int(found)
