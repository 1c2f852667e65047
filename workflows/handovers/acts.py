"""What is done with handovers, each in the transaction of its caller and on the side its caller has taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access import clock, log
from access.models import Organisation, Post
from access.wall import Side, current_side
from workflows.handovers import policy
from workflows.handovers.models import Handover, HandoverContent
from workflows.handovers.words import LegalGround, Purpose, State

Receiver = Callable[[Handover, dict[str, Any]], None]

receivers: dict[tuple[Side, str], Receiver] = {}
"""What a side does with what it receives for a purpose: called once for each handover, in one transaction, on that
side. A process registers itself in its app's `ready()`. Without one it is marked received and waits to be read."""

Stands = Callable[[UUID, UUID, Organisation], bool]

consents: dict[Side, Stands] = {}
"""How a side knows whether a consent stands: in its key, the file, and who receives; out whether it was given for that
and not withdrawn since. A side registers itself in its app's `ready()`."""

purposes: dict[Side, Callable[[UUID, str], bool]] = {}
"""Whether a consent was given for what something is handed over for, on sides that ask that of their consents."""


class Refused(Exception):
    """It cannot be done; `reason` is a sentence for the page."""

    def __init__(self, reason: Any) -> None:
        super().__init__(str(reason))
        self.reason = reason


def hand_over(
    acting: Post,
    *,
    to_organisation: Organisation,
    purpose: str,
    ground: str,
    subject: UUID,
    facts: Mapping[str, Any],
    until: datetime,
    consent: UUID | None = None,
    legal_ref: str = "",
    answers: UUID | None = None,
    key: UUID | None = None,
) -> Handover:
    """Hand facts (by code) over to an organisation on another side; `key` is given by a page that may be sent twice.

    Errors: `Refused` with the rule that says so.
    """
    if to_organisation.side in (acting.side, Side.COMMON):
        raise Refused(_("A handover goes to an organisation on another side."))
    if not facts:
        raise Refused(_("Choose what is handed over."))
    if until <= clock.now():
        raise Refused(_("The end lies in the past."))
    if ground == LegalGround.CONSENT and not _consented(acting.side, consent, subject, to_organisation, purpose):
        raise Refused(_("The person has not consented to this, or has withdrawn the consent."))
    handover = Handover.objects.create(
        **({"id": key} if key else {}),
        from_side=acting.side,
        to_side=to_organisation.side,
        from_organisation_id=acting.organisation_id,
        from_post=acting,
        to_organisation=to_organisation,
        purpose=Purpose(purpose),
        ground=LegalGround(ground),
        legal_ref=legal_ref,
        consent=consent,
        subject=subject,
        facts_named=list(facts),
        until=until,
        answers=answers,
    )
    HandoverContent.objects.create(handover=handover, facts=dict(facts))
    return handover


def end(handover: Handover, acting: Post, why: str) -> Handover:
    """End a handover of one's own side. Errors: `Refused` when it is not in force any more, or not one's own."""
    locked = Handover.objects.select_for_update().get(pk=handover.pk)
    if locked.from_side != acting.side:
        raise Refused(_("Only the side that handed it over can end it."))
    if locked.state is State.ENDED:
        raise Refused(_("This handover has ended already; nothing changed."))
    if locked.state is State.EXPIRED:
        raise Refused(_("The time of this handover is over already; nothing changed."))
    _end(locked, why)
    return locked


def end_with_consent(consent: UUID, why: str) -> int:
    """End what stands on a consent that was withdrawn; how many. The caller is on the side the consent is kept on."""
    standing = Handover.objects.filter(consent=consent, ground=LegalGround.CONSENT, ended_at=None)
    ending = list(standing.select_for_update().order_by("pk"))
    for handover in ending:
        _end(handover, why)
    return len(ending)


def received(handover: Handover, acting: Post | None = None) -> None:
    """Say once that a handover arrived; nothing when somebody said so before."""
    Handover.objects.filter(pk=handover.pk, received_at=None).update(received_at=clock.now())


def content_of(handover: Handover, post: Post, access_point: str = "") -> dict[str, Any] | None:
    """What was handed over, for a post that may read it; None when it is not in force or not theirs. Logs the read."""
    if not policy.may_read(post, handover) or not Handover.objects.for_post(post).filter(pk=handover.pk).exists():
        return None
    facts = _facts(handover)
    if facts is not None:
        line = log.line(
            post,
            log.Action.READ,
            "handover",
            handover.pk,
            subject=handover.subject,
            access_point=access_point or "handovers",
            detail={"facts": sorted(facts), "purpose": handover.purpose, "ground": handover.ground},
        )
        log.write([line])
    return facts


def receive(side: Side) -> int:
    """Take in all that waits for `side` in the caller's transaction, the oldest first; how many.

    The job does it in one transaction for each (`workflows.handovers.tasks`).
    """
    waiting = list(Handover.objects.to_receive(side).values_list("pk", flat=True))
    return sum(receive_one(side, key) for key in waiting)


def receive_one(side: Side, key: UUID) -> bool:
    """Take in one handover in the caller's transaction; False when another worker has it, or it ended meanwhile."""
    handover = Handover.objects.to_receive(side).select_for_update(skip_locked=True).filter(pk=key).first()
    facts = _facts(handover) if handover is not None else None
    if handover is None or facts is None:
        return False
    if receiver := receivers.get((side, handover.purpose)):
        receiver(handover, facts)
    received(handover)
    return True


def _consented(side: Side, consent: UUID | None, subject: UUID, to: Organisation, purpose: str) -> bool:
    if consent is None:
        return False
    stands, fits = consents.get(side), purposes.get(side)
    return (stands is None or stands(consent, subject, to)) and (fits is None or fits(consent, purpose))


def _facts(handover: Handover) -> dict[str, Any] | None:
    """The content as the side taken sees it now; the receiver by our clock as well as by the database's."""
    found = HandoverContent.objects.filter(handover=handover).select_related("handover").first()
    if found is None or (found.from_side != current_side() and not found.handover.in_force):
        return None
    return dict(found.facts)


def _end(locked: Handover, why: str) -> None:
    locked.ended_at, locked.ended_why = clock.now(), why
    locked.save(update_fields=["ended_at", "ended_why"])
