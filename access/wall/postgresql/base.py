"""Django's PostgreSQL backend, with the side of the wall taken at the start of every transaction.

The driver stays in autocommit and this backend sends BEGIN itself, together with ``SET LOCAL ROLE`` and with the
first statement of the transaction, in one message: a transaction that works for a side costs one round trip less
than one that does not. A statement outside a transaction runs as the login role, which may do nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import NotSupportedError
from django.db.backends.postgresql import base
from psycopg import adapters
from psycopg.pq import Format, TransactionStatus

from access.wall.sides import current_side

_UNKNOWN = "unknown"

if TYPE_CHECKING:  # the stubs do not know that Django's cursors are the driver's own
    import psycopg

    class _Cursor(base.CursorMixin, psycopg.Cursor[Any]): ...

    class _BoundCursor(base.CursorMixin, psycopg.Cursor[Any]): ...
else:
    _Cursor, _BoundCursor = base.Cursor, base.ServerBindingCursor

TIMESTAMPTZ = adapters.types["timestamptz"].oid


_MOMENTS = [adapters.get_loader(TIMESTAMPTZ, form) for form in (Format.TEXT, Format.BINARY)]
"""The driver's own readers of moments; Django replaces them by one in Python, in which a list spent a tenth of its
time. They give moments in the zone of the connection, which is UTC."""


class Cursor(_Cursor):
    """A cursor whose first statement opens the transaction that was announced."""

    wall: DatabaseWrapper | None = None  # None: the driver's own use, outside of Django

    def execute(self, query: Any, params: Any = None, **more: Any) -> Any:
        if self.wall is None or not self.wall.announced:
            return super().execute(query, params, **more)
        if not isinstance(query, str):
            self.wall.begin()
            return super().execute(query, params, **more)
        begin, self.wall.announced = self.wall.announced, ""
        try:
            super().execute(f"{begin}; {query}", params, **more)
        except Exception:
            if self.connection.info.transaction_status == TransactionStatus.IDLE:
                self.wall.announced = begin  # a value could not be written: nothing was sent
            raise
        while self.nextset():  # the results of opening the transaction are nobody's
            pass
        return self

    def executemany(self, query: Any, params_seq: Any, **more: Any) -> None:
        if self.wall is not None:
            self.wall.begin()
        super().executemany(query, params_seq, **more)

    def copy(self, statement: Any, params: Any = None, **more: Any) -> Any:
        if self.wall is not None:
            self.wall.begin()
        return super().copy(statement, params, **more)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose transactions each work for one side (see module docstring).

    `announced` is the statement that opens the transaction, as long as nothing was asked of it yet.
    """

    announced = ""
    _role: str | None = None

    def _wanted_role(self) -> str | None:
        side = current_side(self.alias)
        return side.role if side is not None else None

    def _announce(self) -> None:
        self._role = self._wanted_role()
        self.announced = f"BEGIN; SET LOCAL ROLE {self._role}" if self._role else "BEGIN"

    def begin(self) -> None:
        """Open the transaction that was announced, if it is not open yet."""
        if self.announced:
            begin, self.announced = self.announced, ""
            with self.wrap_database_errors:
                self.connection.execute(begin)

    def _set_autocommit(self, autocommit: bool) -> None:
        if autocommit:
            self.announced = ""
            return  # COMMIT or ROLLBACK has ended the transaction, the driver never left autocommit
        self._announce()

    def _commit(self) -> None:
        self.announced = ""
        super()._commit()  # type: ignore[misc]  # not in the stubs

    def _rollback(self) -> None:
        self.announced = ""
        super()._rollback()  # type: ignore[misc]  # not in the stubs

    def close(self) -> None:
        self.announced = ""
        super().close()

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)  # type: ignore[misc]  # not in the stubs
        self._role = _UNKNOWN  # a role set inside the savepoint went with it: say it again
        self.take_side()

    def take_side(self) -> None:
        """Make the open transaction, if any, work for the side that is taken now; nothing to do outside one."""
        if not self.in_atomic_block or self.needs_rollback or self.connection is None:
            return
        if self.announced:
            self._announce()
            return
        role = self._wanted_role()
        if role == self._role or self.connection.info.transaction_status != TransactionStatus.INTRANS:
            return
        with self.wrap_database_errors:
            self.connection.execute(f"SET LOCAL ROLE {role or 'NONE'}")
        self._role = role

    def create_cursor(self, name: str | None = None) -> Any:
        if name is not None:
            raise NotSupportedError("a cursor kept by the server could outlive the side of its transaction")
        cursor = self.connection.cursor()
        cursor.wall = self
        return cursor

    def bound_cursor(self) -> Any:
        """A cursor that sends values apart from the statement: half the time of Django's own for a statement of many
        values, because nothing is written into the text and read out of it again. Within a transaction only."""
        self.begin()
        return self._prepare_cursor(_BoundCursor(self.connection))  # type: ignore[attr-defined]  # not in the stubs

    def get_connection_params(self) -> dict[str, Any]:
        return {**super().get_connection_params(), "cursor_factory": Cursor}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        connection.autocommit = True
        for loader in filter(None, _MOMENTS):
            connection.adapters.register_loader(TIMESTAMPTZ, loader)
        return connection
