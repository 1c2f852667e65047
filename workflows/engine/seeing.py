"""Processes that somebody may see although they are not in their work: those they were told of."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from access.models import Post
from workflows.engine.machine import registry
from workflows.engine.models import Process


def also_seen(post: Post, keys: Iterable[UUID]) -> dict[UUID, Process]:
    """Of these processes those that the post may see on the page of their kind (`Machine.also_seen`)."""
    wanted = list(keys)
    found: dict[UUID, Process] = {}
    for machine in registry.values() if wanted else ():
        seen = (
            machine.also_seen(post) if (machine.page or machine.told_page) and machine.side in post.side.sees else None
        )
        if seen is not None:
            found |= Process.objects.filter(pk__in=seen, kind=machine.kind).in_bulk(wanted)
    return found
