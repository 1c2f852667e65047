"""The outbox: mails about notices leave from here, each at most once unless a person decides otherwise.

What is promised and what cannot be is written in `docs/notices.md`. The order of things:

1. *Mending.* What is found in `sending` after its lease is over was begun by somebody who died: nobody knows whether
   it left. It becomes `uncertain` and waits for a person.
2. *Claiming.* A batch of mails that are due, or whose claim has run out, is taken with a lease. What the person does
   not want now (quiet hours, one mail a day) is put back with a later `not_before` in the same breath, what the
   person does not want at all is dropped. All that is due for one person goes in one mail.
3. *Sending.* Before the network each mail is looked at again under its row lock, marked `sending` and committed.
   `attempt` is the fence: whoever lost its claim changes nothing any more. The commit that writes what became of
   one mail is the one that marks the next.

Who runs this how often, or at the same time as others, does not matter.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import InterfaceError, OperationalError, connection, models, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from access import clock
from access.models import Post, User
from access.roles import Role
from access.wall import Side, taken
from workflows.engine import mail
from workflows.engine.models import Delivery
from workflows.engine.telling import HELD, addressed, moment, parameters

PEOPLE = 100
"""How many people's mails are claimed together."""
MOST = 2000
"""How many mails are claimed together at most."""
LONGEST = 45.0
"""Seconds after which no new mail is begun; the job of the next minute goes on. Sweeps must not wait for slow mail."""
GIVE_UP = 30
"""Attempts after which a mail that the server keeps putting off is shown to a person."""
IN_A_ROW = 3
"""Undecidable mails in a row after which the batch stops: the server is ill, the rest waits."""

State = Delivery.State

WHY: dict[str, Any] = {
    "moved_on": _("The work has moved on"),
    "person_left": _("The person is no longer active"),
    "post_left": _("The person no longer holds the post"),
    "restricted": _("The case is for named people only"),
    "no_mail": _("The person wants no mail"),
    "left": _("Left as it is"),
    "no_answer": _("The mail server took the mail and did not answer"),
    "interrupted": _("The program was interrupted while it sent the mail"),
    "address": _("The address cannot be written to"),
    "gave_up": _("The mail server keeps putting the mail off"),
    "no_server": _("The mail server cannot be reached"),
}


def explain(why: str) -> Any:
    """A code of `Delivery.why` in words for a page."""
    return WHY.get(why) or (_("The mail server refused it (%(code)s)") % {"code": why} if why else "")


class Wishes(Protocol):
    """What a person wants of mail; a `User`."""

    digest: str
    digest_at: Any
    quiet_from: Any
    quiet_until: Any


# -- When -------------------------------------------------------------------------------------------------------


def not_before(wishes: Wishes, planned: datetime, *, tried: bool = False) -> datetime:
    """The moment from which a mail planned for `planned` may go, in UTC.

    Quiet hours move it to their end; a daily mail to the next time of day the person chose (or, when that lies in
    the quiet hours, to their end). A mail that was `tried` already has had its moment of the day. Times of day are
    those of Amsterdam. Doing it twice changes nothing.
    """
    here = planned.astimezone(clock.AMSTERDAM)
    if wishes.digest == User.Digest.DAILY and not tried:
        at = wishes.digest_at
        if _quiet(wishes, at):
            at = wishes.quiet_until
        day = here.date() if here.time() <= at else here.date() + timedelta(days=1)
        return datetime.combine(day, at, clock.AMSTERDAM).astimezone(planned.tzinfo)
    if _quiet(wishes, here.time()):
        day = here.date() if here.time() < wishes.quiet_until else here.date() + timedelta(days=1)
        return datetime.combine(day, wishes.quiet_until, clock.AMSTERDAM).astimezone(planned.tzinfo)
    return planned


def _quiet(wishes: Wishes, at: Any) -> bool:
    start, end = wishes.quiet_from, wishes.quiet_until
    if start is None or end is None or start == end:
        return False
    return bool(start <= at < end) if start < end else bool(at >= start or at < end)


def patience(attempt: int) -> timedelta:
    """How long to wait before the next attempt: twice as long each time, an hour at most."""
    return timedelta(seconds=min(settings.LOODS_MAIL_RETRY_SECONDS * 2 ** min(attempt - 1, 12), 3600))


def lease() -> timedelta:
    """How long somebody may be busy with a mail: longer than every time-out of one mail together."""
    return timedelta(seconds=15 * settings.EMAIL_TIMEOUT)


# -- What ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Subject:
    """What one line of a mail is about: a case number (empty where this side knows none) and an address."""

    number: str
    link: str


def message_id(ids: Iterable[int]) -> str:
    """The Message-ID of a mail about these deliveries: the same whenever it is sent."""
    text = ",".join(str(pk) for pk in sorted(ids))
    key = hmac.new(settings.SECRET_KEY.encode(), f"mail:{text}".encode(), hashlib.sha256).hexdigest()[:40]
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{key}@{host}>"


def link(process_id: UUID, case_id: UUID | None) -> str:
    """The address of the page a mail points to: the case, or the process when the reader has no case to see."""
    path = reverse("case:page", args=[case_id]) if case_id else reverse("case:process", args=[process_id])
    return settings.LOODS_URL.rstrip("/") + path  # type: ignore[no-any-return]


def letter(address: str, language: str, subjects: Sequence[Subject], key: str, notices: int) -> EmailMessage:
    """The mail: how many notices, case numbers, links, and not a word more."""
    with translation.override(language):
        context = {"subjects": subjects, "notices": notices, "home": settings.LOODS_URL}
        return EmailMessage(
            subject=ngettext("Loods: %(n)d notice", "Loods: %(n)d notices", notices) % {"n": notices},
            body=render_to_string("engine/mail/notices.txt", context),
            to=[address],
            headers={
                "Message-ID": key,
                "Idempotency-Key": key.strip("<>").partition("@")[0],
                "Auto-Submitted": "auto-generated",
                "X-Auto-Response-Suppress": "All",
            },
        )


# -- Mending and claiming --------------------------------------------------------------------------------------------

# Whoever is writing just now what became of a mail holds its row: that one is skipped.
_MEND = """
UPDATE engine_delivery SET state = 'uncertain', why = 'interrupted', lease_until = NULL, changed_at = %(now)s
WHERE id IN (
    SELECT id FROM engine_delivery WHERE side = %(side)s AND state = 'sending' AND lease_until < %(now)s
    ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
)
"""

_DUE = """
side = %(side)s AND (state = 'planned' AND not_before <= %(now)s OR state = 'claimed' AND lease_until < %(now)s)
"""

# A person's mails are claimed together or not at all: row by row two senders would each get some, and send two mails.
_CLAIM = f"""
WITH people AS MATERIALIZED (
    SELECT user_id FROM engine_delivery WHERE {_DUE} GROUP BY user_id ORDER BY min(not_before), user_id LIMIT %(people)s
), mine AS MATERIALIZED (
    SELECT user_id FROM people WHERE pg_try_advisory_xact_lock(hashtext('mail:' || %(side)s), user_id::int)
), due AS (
    SELECT id FROM engine_delivery WHERE {_DUE} AND user_id IN (SELECT user_id FROM mine)
    ORDER BY id LIMIT %(most)s FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE engine_delivery d
SET state = 'claimed', attempt = d.attempt + 1, lease_until = %(until)s, changed_at = %(now)s
FROM due WHERE d.id = due.id
RETURNING d.user_id, d.id, d.attempt, d.not_before
"""  # noqa: S608  pieces of our own

# Put back as if it had not been claimed: a mail that was never tried may wait for its moment of the day.
_PUT_BACK = """
UPDATE engine_delivery d
SET state = 'planned', attempt = d.attempt - 1, lease_until = NULL, not_before = a.until
FROM unnest(%(ids)s::bigint[], %(until)s::timestamptz[]) AS a(id, until) WHERE d.id = a.id
"""

_UNWANTED = """
UPDATE engine_delivery SET state = 'dropped', why = 'no_mail', lease_until = NULL WHERE id = ANY(%(ids)s)
"""


@dataclass
class Batch:
    """Claimed mails, by person: the keys of the deliveries and the attempt each is in.

    `put_off` and `dropped` count what was due and what the person does not want now, or at all.
    """

    by_user: dict[int, dict[int, int]]
    users: dict[int, User]
    put_off: int = 0
    dropped: int = 0

    def __bool__(self) -> bool:
        """Whether anything was due."""
        return bool(self.by_user or self.put_off or self.dropped)


def mend(side: Side, now: datetime | None = None) -> int:
    """Mark what somebody died over as uncertain. Out: how many."""
    with taken(side), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_MEND, {"side": str(side), "now": moment(now)})
        return cursor.rowcount


def claim(side: Side, now: datetime | None = None, people: int = PEOPLE) -> Batch:
    """Take a batch of mails that are due. Nobody else takes them until the lease is over."""
    with taken(side), transaction.atomic(), connection.cursor() as cursor:
        at = moment(now)
        cursor.execute(_CLAIM, {"side": str(side), "now": at, "until": at + lease(), "people": people, "most": MOST})
        rows = cursor.fetchall()
        users = User.objects.in_bulk({user_id for user_id, *_ in rows})
        by_user: dict[int, dict[int, int]] = defaultdict(dict)
        later: dict[int, datetime] = {}
        unwanted: list[int] = []
        for user_id, pk, attempt, planned in rows:
            until = _wanted_at(users[user_id], planned, at, tried=attempt > 1)
            if until is None:
                unwanted.append(pk)
            elif until > at:
                later[pk] = until
            else:
                by_user[user_id][pk] = attempt
        if later:
            cursor.execute(_PUT_BACK, {"ids": list(later), "until": list(later.values())})
        if unwanted:
            cursor.execute(_UNWANTED, {"ids": unwanted})
        return Batch(dict(by_user), users, len(later), len(unwanted))


def _wanted_at(wishes: Wishes, planned: datetime, at: datetime, *, tried: bool) -> datetime | None:
    """From when a mail that is due at `at` may go; None: the person wants none."""
    if wishes.digest == User.Digest.NONE:
        return None
    until = not_before(wishes, planned, tried=tried)
    # Its moment may be long gone (nobody was there to send it), and now it may be quiet.
    return until if until > at else not_before(wishes, at, tried=True)


# -- Sending ----------------------------------------------------------------------------------------------------------

_NAMED = """
EXISTS (
    SELECT FROM cases_caseaccess c
    WHERE c.case_id = t.case_id AND (c.until IS NULL OR c.until > %(now)s) AND (
        c.user_id = t.user_id OR EXISTS (
            SELECT FROM access_deputy e
            JOIN access_post a ON a.id = e.absent_id
            JOIN access_post b ON b.id = e.deputy_id
            WHERE a.user_id = c.user_id AND b.user_id = t.user_id AND e.starts_on <= %(today)s AND e.ends_on > %(today)s
        )
    )
)
"""


def _judgement(side: Side) -> str:
    """SQL that locks the claimed deliveries of one mail and their processes, and says of each whether it is needed."""
    named, case, number = "false", "NULL::uuid", "NULL"
    if side is Side.CARE:  # where the register and the lists of named people lie; a shelter provider sees no file
        named = _NAMED
        case = f"CASE WHEN t.to_role <> '{Role.SHELTER_PROVIDER.value}' THEN t.case_id END"
        number = f"(SELECT number FROM cases_case c WHERE c.id = {case})"  # noqa: S608
    return f"""
WITH held AS NOT MATERIALIZED ({HELD}), mine AS (
    SELECT d.id, d.notice_id, d.user_id
    FROM engine_delivery d JOIN unnest(%(ids)s::bigint[], %(attempts)s::int[]) AS a(id, attempt)
        ON a.id = d.id AND a.attempt = d.attempt
    WHERE d.state = 'claimed'
    FOR NO KEY UPDATE OF d
), told AS (
    SELECT m.id AS delivery_id, m.user_id, n.id, n.to_post_id, n.to_role, n.to_organisation_id, n.to_region_id,
        p.id AS process_id, p.case_id, p.restricted,
        n.key LIKE 'told:%%' OR p.closed_at IS NULL AND p.episode = n.episode AS needed
    FROM mine m JOIN engine_notice n ON n.id = m.notice_id JOIN engine_process p ON p.id = n.process_id
    FOR SHARE OF p
), addressed AS ({addressed(side)})
SELECT t.delivery_id, t.process_id, {case}, {number}, CASE
    WHEN NOT t.needed THEN 'moved_on'
    WHEN NOT EXISTS (SELECT FROM access_user w WHERE w.id = t.user_id AND w.is_active) THEN 'person_left'
    WHEN NOT EXISTS (SELECT FROM addressed x WHERE x.notice_id = t.id AND x.user_id = t.user_id) THEN 'post_left'
    WHEN t.restricted AND NOT {named} THEN 'restricted'
    ELSE '' END
FROM told t ORDER BY t.delivery_id
"""  # noqa: S608  pieces of our own


_MARK = """
UPDATE engine_delivery d
SET state = CASE WHEN a.why = '' THEN 'sending' ELSE 'dropped' END, why = a.why, changed_at = %(now)s,
    lease_until = CASE WHEN a.why = '' THEN %(until)s::timestamptz END,
    message_id = CASE WHEN a.why = '' THEN %(key)s ELSE d.message_id END
FROM unnest(%(ids)s::bigint[], %(whys)s::text[]) AS a(id, why)
WHERE d.id = a.id AND d.state = 'claimed'
"""

# Whoever knows what became of a mail may say so also after its lease is over and it was called uncertain, as long
# as nobody began another attempt.
_FINISH = """
UPDATE engine_delivery d
SET state = a.state, why = a.why, lease_until = NULL, changed_at = %(now)s,
    not_before = CASE WHEN a.state = 'planned' THEN %(now)s + a.wait ELSE d.not_before END
FROM unnest(%(ids)s::bigint[], %(attempts)s::int[], %(states)s::text[], %(whys)s::text[], %(waits)s::interval[])
    AS a(id, attempt, state, why, wait)
WHERE d.id = a.id AND d.attempt = a.attempt AND d.state IN ('sending', 'uncertain')
"""

_RELEASE = """
UPDATE engine_delivery d
SET state = 'planned', why = %(why)s, lease_until = NULL, changed_at = %(now)s, not_before = %(now)s + a.wait
FROM unnest(%(ids)s::bigint[], %(attempts)s::int[], %(waits)s::interval[]) AS a(id, attempt, wait)
WHERE d.id = a.id AND d.attempt = a.attempt AND d.state = 'claimed'
"""

_STATE_AFTER = {
    mail.Answer.ACCEPTED: State.SENT,
    mail.Answer.REFUSED: State.FAILED,
    mail.Answer.LATER: State.PLANNED,
    mail.Answer.NO_SERVER: State.PLANNED,
    mail.Answer.UNDECIDED: State.UNCERTAIN,
}


@dataclass
class Delivered:
    """How many deliveries went which way."""

    sent: int = 0
    failed: int = 0
    uncertain: int = 0
    put_off: int = 0
    dropped: int = 0
    mails: int = 0

    def __add__(self, other: Delivered) -> Delivered:
        return Delivered(*(getattr(self, f) + getattr(other, f) for f in self.__dataclass_fields__))


@dataclass
class _Prepared:
    """One mail that is marked `sending`, and what it is about."""

    attempts: dict[int, int]
    message: EmailMessage


@dataclass
class _Sender:
    """Sends the mails of one batch over one connection."""

    side: Side
    backend: BaseEmailBackend
    now: datetime | None = None
    until: float = float("inf")  # on the clock of `time.monotonic`: no new mail is begun after it
    total: Delivered = field(default_factory=Delivered)
    known: tuple[_Prepared, mail.Reply] | None = None  # what became of a mail and is not written yet

    def send(self, batch: Batch) -> bool:
        """Send a batch. Out: whether it makes sense to go on with another."""
        waiting = dict(batch.by_user)
        doubts = 0
        try:
            while waiting:
                if doubts >= IN_A_ROW or not mail.reach(self.backend):
                    self._release(waiting, "no_server" if doubts < IN_A_ROW else "no_answer")
                    return False
                if time.monotonic() > self.until:
                    self._release(waiting, "", at_once=True)
                    return False
                user_id = next(iter(waiting))
                prepared = self._prepare(batch.users[user_id], waiting.pop(user_id))
                if prepared is None:
                    continue
                reply = mail.hand_over(self.backend, prepared.message)
                self.known = (prepared, reply)
                self.total.mails += 1
                doubts = doubts + 1 if reply.answer is mail.Answer.UNDECIDED else 0
            return True
        finally:
            self._write_known()

    def _prepare(self, user: User, attempts: dict[int, int]) -> _Prepared | None:
        """Write what became of the mail before, look again whether this one is needed, mark it, commit."""
        with taken(self.side), transaction.atomic(), connection.cursor() as cursor:
            at = moment(self.now)
            if self.known is not None:
                self._finish(cursor, at, *self.known)
            given: dict[str, Any] = {"ids": list(attempts), "attempts": list(attempts.values()), **parameters(at)}
            cursor.execute(_judgement(self.side), given)
            judged = cursor.fetchall()
            kept = [row for row in judged if row[4] == ""]
            key = message_id(row[0] for row in kept)
            subjects = {row[1]: Subject(row[3] or "", link(row[1], row[2])) for row in kept}
            # Written before it is marked: a mail that cannot be written is not one that may have left.
            message = letter(user.email, user.language, list(subjects.values()), key, len(kept))
            if judged:
                marks: dict[str, Any] = {
                    "ids": [row[0] for row in judged],
                    "whys": [row[4] for row in judged],
                    "key": key,
                }
                cursor.execute(_MARK, {**marks, "until": at + lease(), "now": at})
        self.known = None
        self.total.dropped += len(judged) - len(kept)
        return _Prepared({row[0]: attempts[row[0]] for row in kept}, message) if kept else None

    def _finish(self, cursor: Any, at: datetime, prepared: _Prepared, reply: mail.Reply) -> None:
        """Write what became of a mail, for the attempt it was and no other."""
        answer = reply.answer
        state, why = _STATE_AFTER[answer], reply.why
        if answer is mail.Answer.LATER and max(prepared.attempts.values()) >= GIVE_UP:
            state, why = State.FAILED, "gave_up"
        ids, attempts = list(prepared.attempts), list(prepared.attempts.values())
        cursor.execute(
            _FINISH,
            {
                "now": at, "ids": ids, "attempts": attempts, "states": [str(state)] * len(ids),
                "whys": [why] * len(ids), "waits": [patience(attempt) for attempt in attempts],
            },
        )  # fmt: skip
        counter = {State.SENT: "sent", State.FAILED: "failed", State.UNCERTAIN: "uncertain"}.get(state, "put_off")
        setattr(self.total, counter, getattr(self.total, counter) + cursor.rowcount)

    def _write_known(self) -> None:
        """Write what became of the last mail; a database that comes back within seconds still learns it."""
        for pause in (0.5, 1.0, 2.0, 4.0, None):
            if self.known is None:
                return
            try:
                with taken(self.side), transaction.atomic(), connection.cursor() as cursor:
                    self._finish(cursor, moment(self.now), *self.known)
                self.known = None
            except (OperationalError, InterfaceError):
                if pause is None or connection.in_atomic_block:
                    raise  # it stays `sending` and becomes uncertain
                connection.close()
                time.sleep(pause)

    def _release(self, waiting: dict[int, dict[int, int]], why: str, *, at_once: bool = False) -> None:
        """Give claims back that were not begun; to wait their turn, or for whoever comes next `at_once`."""
        attempts = {pk: attempt for mails in waiting.values() for pk, attempt in mails.items()}
        with taken(self.side), transaction.atomic(), connection.cursor() as cursor:
            waits = [timedelta(0) if at_once else patience(attempt) for attempt in attempts.values()]
            columns: dict[str, Any] = {"ids": list(attempts), "attempts": list(attempts.values()), "waits": waits}
            cursor.execute(_RELEASE, {"now": moment(self.now), "why": why, **columns})
            self.total.put_off += cursor.rowcount


def deliver(side: Side, now: datetime | None = None, *, people: int = PEOPLE, longest: float = LONGEST) -> Delivered:
    """Send what is due on one side, batch by batch, until nothing is left or the server cannot be reached.

    `now`: a moment instead of the database's clock; `longest`: seconds after which no new mail is begun.
    """
    until = time.monotonic() + longest
    mend(side, now)
    total = Delivered()
    backend = get_connection()  # first: where the settings are wrong nothing is claimed
    try:
        while time.monotonic() < until and (batch := claim(side, now, people)):
            total += Delivered(put_off=batch.put_off, dropped=batch.dropped)
            sender = _Sender(side, backend, now, until)
            try:
                go_on = sender.send(batch)
            finally:
                total += sender.total
            if not go_on:
                break
    finally:
        mail.close(backend)
    return total


# -- A person decides -------------------------------------------------------------------------------------------------


class Decision(models.TextChoices):
    """What somebody decides about a mail that was refused, or of which nobody knows whether it arrived."""

    ARRIVED = "arrived", _("It arrived")
    AGAIN = "again", _("Send it again")
    LEAVE = "leave", _("Leave it")


def settle(post: Post, ids: Iterable[int], decision: Decision) -> list[Delivery]:
    """Carry out a decision on undecided mails. Out: those it was carried out on, as they are now.

    What is hidden from the post, or was settled meanwhile, is left alone. Runs in the caller's transaction.
    """
    rows = Delivery.objects.for_post(post).undecided().filter(pk__in=list(ids))
    locked = list(Delivery.objects.filter(pk__in=rows.values("pk")).undecided().select_for_update(no_key=True))
    at = clock.now()
    for row in locked:
        row.settled_by_id, row.changed_at = post.user_id, at
        if decision is Decision.ARRIVED:
            row.state, row.why = State.SENT, ""
        elif decision is Decision.AGAIN:
            row.state, row.why, row.not_before = State.PLANNED, "", at
        else:
            row.state, row.why = State.DROPPED, "left"
    Delivery.objects.bulk_update(locked, ["state", "why", "not_before", "settled_by", "changed_at"])
    return locked
