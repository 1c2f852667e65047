"""Asking the database for a side, and what one can observe of its answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import psycopg
from psycopg.pq import DiagnosticField, ExecStatus

from access.wall import APP_ROLE, Side

SAID = (
    DiagnosticField.MESSAGE_PRIMARY, DiagnosticField.MESSAGE_DETAIL, DiagnosticField.MESSAGE_HINT,
    DiagnosticField.CONTEXT, DiagnosticField.TABLE_NAME, DiagnosticField.COLUMN_NAME, DiagnosticField.CONSTRAINT_NAME,
)  # fmt: skip
REFUSED = b"42501"


@dataclass(frozen=True)
class Seen:
    """Everything the asker can observe: the kind of answer, the SQLSTATE, and every byte of it."""

    status: bytes
    code: bytes
    text: bytes

    def without(self, literal: str) -> Seen:
        """The same, without echoes of the value that was asked for."""
        return Seen(self.status, self.code, self.text.replace(literal.encode(), b"?") if literal else self.text)


class Asker(Protocol):
    """Somebody who can send statements for a side."""

    def ask(self, statement: str, side: Side | None) -> Seen:
        """Send statements for a side (None: for the login, which took none); nothing of it stays."""


class Program:
    """Asks with the program's own login, as the program does: a transaction that takes a side, and back."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.to = connection.pgconn

    def ask(self, statement: str, side: Side | None) -> Seen:
        take = f"SET LOCAL ROLE {side.role}; " if side else ""
        try:
            return _seen(self.to, f"BEGIN; {take}{statement}")
        finally:
            self.to.exec_(b"ROLLBACK; DEALLOCATE ALL")


class Standing:
    """Asks within a transaction of the administrator that has changed the wall, as the login and the side would."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.to = connection.pgconn

    def ask(self, statement: str, side: Side | None) -> Seen:
        take = f"SET LOCAL SESSION AUTHORIZATION {APP_ROLE}; " + (f"SET LOCAL ROLE {side.role}; " if side else "")
        try:
            return _seen(self.to, f"SAVEPOINT probe; {take}{statement}")
        finally:
            self.to.exec_(b"ROLLBACK TO probe; RELEASE probe; DEALLOCATE ALL")


def _seen(to: Any, statement: str) -> Seen:
    """Send one message of one or more statements; what the last of them answered."""
    result = to.exec_(statement.encode())
    if result.status == ExecStatus.COPY_OUT:
        lines = []
        while True:
            size, data = to.get_copy_data(0)
            if size <= 0:
                break
            lines.append(bytes(data))
        while to.get_result() is not None:
            pass
        return Seen(b"COPY", b"", b"\n".join(lines))
    if result.status == ExecStatus.FATAL_ERROR:
        code = result.error_field(DiagnosticField.SQLSTATE) or b""
        return Seen(b"ERROR", code, b"\n".join(filter(None, map(result.error_field, SAID))))
    cells = (result.get_value(row, column) or b"" for row in range(result.ntuples) for column in range(result.nfields))
    return Seen(result.command_status or b"", b"", b"\n".join(cells))
