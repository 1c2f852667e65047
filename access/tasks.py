"""Jobs of the access room."""

from __future__ import annotations

from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore

from access.wall import Side
from access.wall.tasks import SideTask


@shared_task(base=SideTask, side=Side.COMMON)
def clear_sessions() -> None:
    """Delete sessions that have run out."""
    SessionStore.clear_expired()
