"""Django's PostgreSQL backend, with the side of the wall taken at the start of every transaction.

The driver stays in autocommit and this backend sends BEGIN itself, together with ``SET LOCAL ROLE`` in one
message: taking a side costs no round trip of its own. A statement outside a transaction runs as the login role,
which may do nothing.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

from access.wall.sides import current_side

_UNKNOWN = "unknown"


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose transactions each work for one side (see module docstring)."""

    _role: str | None = None

    def _wanted_role(self) -> str | None:
        side = current_side(self.alias)
        return side.role if side is not None else None

    def _set_autocommit(self, autocommit: bool) -> None:
        if autocommit:
            return  # COMMIT or ROLLBACK has ended the transaction, the driver never left autocommit
        self._role = self._wanted_role()
        begin = f"BEGIN; SET LOCAL ROLE {self._role}" if self._role else "BEGIN"
        with self.wrap_database_errors:
            self.connection.execute(begin)

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)
        self._role = _UNKNOWN  # a role set inside the savepoint went with it: say it again
        self.take_side()

    def take_side(self) -> None:
        """Make the open transaction, if any, work for the side that is taken now; nothing to do outside one."""
        if not self.in_atomic_block or self.needs_rollback or self.connection is None:
            return
        role = self._wanted_role()
        if role == self._role or self.connection.info.transaction_status != TransactionStatus.INTRANS:
            return
        with self.wrap_database_errors:
            self.connection.execute(f"SET LOCAL ROLE {role or 'NONE'}")
        self._role = role

    def bound_cursor(self) -> Any:
        """A cursor that sends values apart from the statement: half the time of Django's own for a statement of many
        values, because nothing is written into the text and read out of it again. Within a transaction only."""
        return self._prepare_cursor(base.ServerBindingCursor(self.connection))

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        connection.autocommit = True
        return connection
