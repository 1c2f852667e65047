"""Asking for a page as somebody, and everything one can observe of the answer."""

from __future__ import annotations

import logging
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from io import BytesIO
from typing import Any

from django.core import mail
from django.db import connection, transaction
from django.test import Client, override_settings

from access import configuration
from access.models import User
from access.wall import Side, taken
from project.wall.world import Asking

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
CHANCE = re.compile(
    rb"""(csrfmiddlewaretoken" value="|nonce="|nonce-|name="key" value="|csrftoken=)[^"';]+|X-CSRFToken[^}]*}"""
)
"""What is new in every answer by chance, and says nothing."""
CLOCK = {"Date", "Expires"}
"""Headers that say what time it is."""


@dataclass(frozen=True)
class Page:
    """Status, headers, every byte of the body, how many statements it took, and for whom they were sent."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    queries: int
    sides: frozenset[str]

    def seen(self) -> tuple[Any, ...]:
        """What whoever asks can observe."""
        return (self.status, self.headers, self.body, self.queries)

    def text(self) -> bytes:
        """Every byte of it, and of what is packed in it."""
        return self.body + unpacked(self.body) + repr(self.headers).encode()


def unpacked(body: bytes) -> bytes:
    """What a spreadsheet says, which is packed; nothing of anything else."""
    if not zipfile.is_zipfile(BytesIO(body)):
        return b""
    with zipfile.ZipFile(BytesIO(body)) as packed:
        return b"".join(packed.read(name) for name in packed.namelist())


class Walker:
    """Walks the program as one of the people of a world. Nothing of what it does stays."""

    def __init__(self) -> None:
        self._client = Client(raise_request_exception=False)
        self._cookies: dict[str, str] = {}

    def sign_in(self, who: Asking) -> None:
        """Make the session with which `who` asks."""
        client = Client()
        if who.user is not None:
            with taken(Side.COMMON), transaction.atomic():
                client.force_login(User.objects.get(pk=who.user), backend=BACKEND)
                session = client.session
                session["post"], session["seen"] = who.post, 1 << 40
                session.save()
        self._cookies[who.name] = client.cookies.output(header="", sep=";")

    def ask(
        self, who: Asking, method: str, path: str, data: dict[str, Any] | None = None, echo: tuple[str, ...] = ()
    ) -> Page:
        """Ask for a page. `echo` is what of the question comes back in the answer, and is left out of it."""
        client = self._client
        client.cookies = SimpleCookie(self._cookies[who.name])
        sides: list[str] = []
        configuration.forget()  # what an earlier question left in memory would be a statement fewer for this one
        with counted(sides), taken(Side.COMMON), transaction.atomic():
            answer = getattr(client, method)(path, data or {}, secure=True)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            transaction.set_rollback(True)
        told = ((name, value) for name, value in answer.headers.items() if name not in CLOCK)
        headers = ((name, _without(str(value).encode(), echo).decode()) for name, value in told)
        return Page(answer.status_code, tuple(sorted(headers)), _without(body, echo), len(sides), frozenset(sides))


def _without(text: bytes, echo: tuple[str, ...]) -> bytes:
    plain = CHANCE.sub(rb"\1", text)
    for word in echo:
        plain = plain.replace(word.encode(), b"?")
    return plain


@contextmanager
def counted(sides: list[str]) -> Iterator[None]:
    """Note for every statement the role it is sent for."""

    def note(execute: Any, query: str, params: Any, many: bool, context: Any) -> Any:
        wrapper = context["connection"]
        sides.append(str(wrapper._role) if wrapper.in_atomic_block else "nobody")
        return execute(query, params, many, context)

    with connection.execute_wrapper(note):
        yield


class Heard(logging.Handler):
    """Everything the program logs, as the log would have it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
        self.text: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.text.append(self.format(record))


@contextmanager
def overheard() -> Iterator[Heard]:
    """Hear what goes to the log inside the block, instead of the terminal, and keep mails in memory."""
    heard, root = Heard(), logging.getLogger()
    before, root.handlers = root.handlers, [heard]
    django = logging.getLogger("django.request")
    try:
        with override_settings(
            EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend", ALLOWED_HOSTS=["*"],
            SECURE_SSL_REDIRECT=False,
        ):  # fmt: skip
            mail.outbox = []
            yield heard
    finally:
        root.handlers = before
        django.setLevel(logging.NOTSET)
