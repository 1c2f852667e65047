"""Handing one mail to the mail server, and saying exactly what became of it.

Over plain SMTP there is one moment at which nobody can know: the content has been sent and no answer came. The
server may have accepted it or not. Everything before that moment was certainly not accepted, and an answer of the
server is always certain. Django's backend does not tell these apart; this one does.
"""

from __future__ import annotations

import re
import smtplib
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend
from django.core.mail.message import EmailMessage

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class Answer(Enum):
    """What became of a mail."""

    ACCEPTED = auto()
    REFUSED = auto()  # for good: a person must look at it
    LATER = auto()  # certainly not accepted now; try again
    NO_SERVER = auto()  # certainly not accepted: there is no connection to a server
    UNDECIDED = auto()  # may have been accepted or not


@dataclass(frozen=True)
class Reply:
    """An answer and why: the reply code of the server, or one of the codes in `workflows.engine.outbox.WHY`."""

    answer: Answer
    why: str = ""


class WatchedSMTP(smtplib.SMTP):
    """An SMTP connection that knows whether the content of the mail has begun to leave."""

    content_begun = False

    def send(self, s: str | ReadableBuffer) -> None:
        # smtplib sends commands as text and, in `data()` alone, the content as bytes.
        if isinstance(s, bytes):
            self.content_begun = True
        super().send(s)


class WatchedSMTPS(WatchedSMTP, smtplib.SMTP_SSL):
    """The same over TLS from the first byte."""


class EmailBackend(SmtpBackend):
    """Django's SMTP backend, which can also hand over one mail and say what became of it."""

    _partial_connection: smtplib.SMTP | None

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return WatchedSMTPS if self.use_ssl else WatchedSMTP

    def hand_over(self, message: EmailMessage) -> Reply:
        """Send one mail over the open connection, or a new one. Never raises for what a mail server can do."""
        fresh = self.connection is None
        if fresh and not self.reach():
            return Reply(Answer.NO_SERVER, "no_server")
        reply = self._try(message)
        if reply.answer is Answer.NO_SERVER and not fresh:
            # The server closed a connection that lay idle: nothing was sent, so trying anew is safe.
            return self._try(message) if self.reach() else reply
        return reply

    def reach(self) -> bool:
        """Whether there is a connection, made if need be."""
        try:
            self.open()
        except (OSError, smtplib.SMTPException):
            self.drop()
            return False
        return True

    def drop(self) -> None:
        """Let the connection go without a word; the next mail gets a new one."""
        for connection in (self.connection, self._partial_connection):
            if connection is not None:
                connection.close()
        self.connection = self._partial_connection = None

    def _try(self, message: EmailMessage) -> Reply:
        smtp: Any = self.connection
        smtp.content_begun = False
        try:
            self._send(message)  # type: ignore[attr-defined]  # the stubs leave it out
        except smtplib.SMTPRecipientsRefused as refusal:
            return self._said(*next(iter(refusal.recipients.values())), begun=False)
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as refusal:
            return self._said(refusal.smtp_code, refusal.smtp_error, begun=smtp.content_begun)
        except (OSError, smtplib.SMTPException) as trouble:  # time-out, disconnection, an answer that is none
            self.drop()
            if smtp.content_begun:
                return Reply(Answer.UNDECIDED, "no_answer")
            if isinstance(trouble, smtplib.SMTPNotSupportedError):
                return Reply(Answer.REFUSED, "address")
            return Reply(Answer.NO_SERVER, "no_server")
        except (ValueError, UnicodeError):
            self.drop()
            return Reply(Answer.UNDECIDED, "no_answer") if smtp.content_begun else Reply(Answer.REFUSED, "address")
        return Reply(Answer.ACCEPTED)

    def _said(self, code: int, text: bytes | str, *, begun: bool) -> Reply:
        """What a reply code means; `begun`: it answers the content and not a command before it."""
        if code == 421:
            self.drop()
        if 500 <= code < 600:
            return Reply(Answer.REFUSED, _code(code, text))
        if 400 <= code < 500 or not begun:
            return Reply(Answer.LATER, _code(code, text))
        if 200 <= code < 300:
            return Reply(Answer.ACCEPTED)
        self.drop()
        return Reply(Answer.UNDECIDED, "no_answer")


def _code(code: int, text: bytes | str) -> str:
    """The reply code with its enhanced code (RFC 3463) if there is one. The words are left out: they name people."""
    said = text.decode("ascii", "replace") if isinstance(text, bytes) else text
    enhanced = re.match(r"[245]\.\d{1,3}\.\d{1,3}(?=\s|$)", said)
    return f"{code} {enhanced[0]}" if enhanced else str(code)


def hand_over(backend: BaseEmailBackend, message: EmailMessage) -> Reply:
    """Send one mail through any backend. Of one that is not ours an error leaves it undecided."""
    if isinstance(backend, EmailBackend):
        return backend.hand_over(message)
    try:
        message.message()
    except (ValueError, UnicodeError):
        return Reply(Answer.REFUSED, "address")
    try:
        sent = backend.send_messages([message])
    except (OSError, ValueError):
        return Reply(Answer.UNDECIDED, "no_answer")
    return Reply(Answer.ACCEPTED) if sent else Reply(Answer.UNDECIDED, "no_answer")


def reach(backend: BaseEmailBackend) -> bool:
    """Whether the backend is ready to send, before anything is promised."""
    if isinstance(backend, EmailBackend):
        return backend.reach()
    try:
        backend.open()
    except OSError:
        return False
    return True


def close(backend: BaseEmailBackend) -> None:
    """Take leave of the server; how it answers that matters no more."""
    try:
        backend.close()
    except (OSError, smtplib.SMTPException):
        if isinstance(backend, EmailBackend):
            backend.drop()
