"""What every page knows of this room."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from access import clock, demo_clock


def demo(request: HttpRequest) -> dict[str, Any]:
    """`demo_clock` in a demonstration: the time there, whether it runs ahead, and whether who asks may move it."""
    if not settings.DEMO:
        return {}
    post = getattr(request, "acting", None)
    mine = post is not None and post.role in demo_clock.ROLES
    return {"demo_clock": {"now": clock.now(), "ahead": bool(demo_clock.ahead()), "mine": mine}}
