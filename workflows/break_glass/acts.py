"""Breaking the glass: what happens between the reason and the open case.

Whatever does not open answers in one way, so that nobody learns from it whether a number exists, lies elsewhere or is
restricted: only who may break the glass there learns that it does, by opening it, and then others are told.
"""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from access import clock, log
from access.clock import AMSTERDAM
from access.models import Post
from cases import restricting
from cases.models import Case
from workflows.break_glass import policy
from workflows.break_glass.machine import ACCESS, BreakGlass, BreakGlassTried
from workflows.break_glass.models import Attempt, Tried, Use
from workflows.engine import sweep, terms
from workflows.engine.models import Process
from workflows.engine.steps import open_process
from workflows.engine.telling import tell

TRIES, WITHIN = 5, timedelta(hours=24)
"""So many attempts that opened nothing, in so long, and nothing opens any more: guessing numbers leads nowhere."""


class Nothing(Exception):
    """Nothing opened; the sentence is the same whatever the cause."""

    reason = _(
        "Under this number there is nothing that you can open with break-glass. The attempt is kept, with your name "
        "and your reason, and the privacy officer sees it."
    )


class TooMany(Exception):
    """Too many attempts that opened nothing."""

    reason = _("You tried this too often. Call your supervisor or the privacy officer.")


def known(post: Post, number: str) -> Case | None:
    """The case, when the post sees it anyway: then no glass has to be broken."""
    return Case.objects.for_post(post).filter(number=number).first()


def break_glass(post: Post, number: str, reason: str) -> Use:
    """Open a restricted case of the post's regions for the term of access. Writes the attempt whatever comes of it.

    The caller commits also when this raises. Errors: `TooMany`, `Nothing`.
    """
    recent = Attempt.objects.filter(post__user=post.user_id, opened=False, at__gt=clock.now() - WITHIN)
    if recent.count() >= TRIES:
        _attempt(post, number, reason, opened=False)
        _tried(post, limit=True)
        raise TooMany
    cases = Case.objects.filter(number=number, restricted=True)
    if not post.national:
        cases = cases.filter(region__in=sorted(post.region_ids))
    case = cases.select_for_update(of=("self",)).first() if post.role in policy.BREAK else None
    _attempt(post, number, reason, opened=case is not None)
    if case is None:
        _tried(post)
        raise Nothing
    now = clock.now()
    until = terms.due(terms.current(ACCESS.key, now), now)
    access = restricting.name(case, post.user, post, until)
    process = open_process(
        BreakGlass,
        acting=post,
        record={"case": case, "post": post, "reason": reason, "opened_at": now, "access": access},
        now=now,
    )
    _tell(process, post, "break_glass")
    return Use.objects.get(pk=process.pk)


def end_access(use: Use) -> None:
    """End the access before its time; nothing when it is over."""
    if use.access is not None and use.access.until is not None and use.access.until > clock.now():
        use.access.until = clock.now()
        use.access.save(update_fields=["until"])


def _attempt(post: Post, number: str, reason: str, *, opened: bool) -> None:
    Attempt.objects.create(post=post, number=number, reason=reason, opened=opened)
    action = log.Action.WRITE if opened else log.Action.REFUSED
    line = log.line(post, action, "break_glass", number, access_point="break_glass:ask", emergency=True)
    log.write([line])


def _tried(post: Post, *, limit: bool = False) -> None:
    """Tell of an attempt that opened nothing: of the first of somebody on a day, and when it was too often."""
    now, day = clock.now(), clock.today()
    key = "break_glass_tried"
    found = Tried.objects.filter(user=post.user_id, on=day).select_related("process").first()
    if found is not None:
        if limit:
            _tell(found.process, post, f"{key}:often", at=now)
        return
    record = {"post": post, "user": post.user, "on": day}
    with contextlib.suppress(IntegrityError), transaction.atomic():  # another attempt at the same moment was first
        _tell(open_process(BreakGlassTried, acting=post, record=record, now=now), post, key)


def _tell(process: Process, post: Post, key: str, at: datetime | None = None) -> None:
    """The privacy officer, and the supervisor of the organisation: the nearest level up that has one."""
    day = process.opened_at.astimezone(AMSTERDAM).date()
    told = [(process.owner_organisation_id, process.owner_role)]
    told += sweep.escalation_targets(day).get(post.organisation_id, [])[:1]
    for organisation, role in told:
        tell(
            at or process.opened_at, side=process.side, process=process.pk, episode=process.episode,
            key=f"{key}:{organisation}:{role}", due_at=process.due_at, role=str(role),
            organisation=organisation, region=None, post=None,
        )  # fmt: skip
