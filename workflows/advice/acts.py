"""Ticking a point, setting it aside, adding a list or putting it away."""

from __future__ import annotations

from django.db import transaction

from access.models import Post
from workflows.advice import content
from workflows.advice.models import Edition, Mark
from workflows.advice.words import OF_LIST, OF_POINT, WITH_REASON, State, Subject
from workflows.guidance.models import Guidance


class Refused(Exception):
    """A mark that cannot be made; nothing was written."""


class Stale(Refused):
    """The text changed while somebody read it: they would tick what they did not see."""


class Unknown(Refused):
    """There is no such point, or the state is none for it."""


class NoReason(Refused):
    """Setting aside and putting away ask for a reason."""


def mark(
    guidance: Guidance, post: Post, subject: Subject, point: str, state: str, *, seen: str, reason: str = ""
) -> Mark:
    """Add a mark. In: `seen`, the digest of the text that the page showed; `point` empty for the list as a whole.

    Errors: `Unknown`, `Stale`, `NoReason`.
    """
    kept = content.library().kept(subject)
    if kept is None or state not in (OF_POINT if point else OF_LIST):
        raise Unknown
    if seen != kept.digest:
        raise Stale
    digest = kept.digest_of(point)
    if point and not digest:
        raise Unknown
    if state in WITH_REASON and not reason.strip():
        raise NoReason
    with transaction.atomic():
        edition, _made = Edition.objects.get_or_create(
            subject=subject, digest=kept.digest, defaults={"version": kept.version, "points": kept.points}
        )
        return Mark.objects.create(
            guidance=guidance, subject=subject, point=point, digest=digest, state=State(state), edition=edition,
            reason=reason.strip() if state in WITH_REASON else "", by=post,
        )  # fmt: skip
