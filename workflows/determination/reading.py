"""Reading a piece of evidence: what it says, as long as it may be read, and a line in the access log."""

from __future__ import annotations

from typing import Any

from access import log
from access.models import Post
from workflows.determination.models import Evidence
from workflows.handovers.models import HandoverContent


def content_of(piece: Evidence, post: Post, access_point: str = "determination") -> dict[str, Any] | None:
    """What a piece says for a post: its text, or the facts that were handed over. None when it may not be read (any
    more), which is asked anew at this moment. Logs the read.
    """
    readable = Evidence.objects.for_post(post).filter(pk=piece.pk).first()
    if readable is None:
        return None
    said: dict[str, Any] = {"text": readable.text}
    if readable.handover is not None:
        handed = HandoverContent.objects.filter(handover=readable.handover).first()
        if handed is None:  # the database itself shows it only while it is in force
            return None
        said = dict(handed.facts)
    line = log.line(
        post,
        log.Action.READ,
        "evidence",
        piece.pk,
        subject=piece.file_id,
        access_point=access_point,
        detail={"source": piece.source},
    )
    log.write([line])
    return said
