"""The sides of the wall and the taking of one.

A *side* decides which rows exist for whoever works. PostgreSQL knows each side as a role without login; the
program's own login role has no rights and inherits none, so a transaction that took no side is refused by the
database itself. `taken()` says for which side the code inside works; the database backend
(`access.wall.postgresql`) turns that into ``SET LOCAL ROLE`` at the start of every transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, cast

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from access.wall.postgresql.base import DatabaseWrapper


class Side(models.TextChoices):
    """The sides: three that may not see each other's rows, and the ground they share."""

    COMMON = "common", _("Common")
    CARE = "care", _("Care")
    DETERMINATION = "determination", _("Determination")
    JUSTICE = "justice", _("Justice")

    @property
    def role(self) -> str:
        """Name of the PostgreSQL role that stands for this side."""
        return f"loods_{self.value}"

    @property
    def sees(self) -> tuple[Side, ...]:
        """Sides whose rows in the shared tables this side may read and write: its own and the common ground."""
        return (Side.COMMON,) if self is Side.COMMON else (self, Side.COMMON)


APP_ROLE = "loods_app"
OWNER_ROLE = "loods_owner"

_sides: ContextVar[dict[str, Side] | None] = ContextVar("loods_sides", default=None)


def current_side(using: str = DEFAULT_DB_ALIAS) -> Side | None:
    """The side taken on connection `using` by the code that runs now, or None when none was taken."""
    return (_sides.get() or {}).get(using)


def connection(using: str = DEFAULT_DB_ALIAS) -> DatabaseWrapper:
    """The present connection `using`, with what our own backend can do beyond Django's."""
    return cast("DatabaseWrapper", connections[using])


@contextmanager
def taken(side: Side, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Work for `side` inside the block: in new transactions, and in the open one if there is one.

    An open transaction goes back to the side it had when the block ends. If the transaction broke inside the
    block nothing is sent: its rollback takes the role away by itself.
    """
    working = connection(using)
    token = _sides.set({**(_sides.get() or {}), using: Side(side)})
    working.take_side()
    try:
        yield
    finally:
        _sides.reset(token)
        working.take_side()
