"""What each side may do with each table: the declaration from which grants and policies are made.

A model says it in a class attribute ``wall``; tables of other packages stand in `FOREIGN`. A table that is
declared nowhere gets no grant, so that nobody but migrations can reach it, and a system check names it
(`access.E001`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.db.models import Model

from access.wall.sides import Side

READ = frozenset({"SELECT"})
APPEND = frozenset({"SELECT", "INSERT"})
WRITE = frozenset({"SELECT", "INSERT", "UPDATE"})
ALL = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Ground:
    """A table on the common ground: `common` is what the common side may do, `others` what every other side may."""

    common: frozenset[str] = ALL
    others: frozenset[str] = READ

    def verbs(self, side: Side) -> frozenset[str]:
        """What `side` may do with the table."""
        return self.common if side is Side.COMMON else self.others


@dataclass(frozen=True)
class Own:
    """A table of one side: nobody else has any right to it."""

    side: Side
    may: frozenset[str] = ALL

    def verbs(self, side: Side) -> frozenset[str]:
        """What `side` may do with the table."""
        return self.may if side is self.side else NOTHING


@dataclass(frozen=True)
class Shared:
    """A table in which every side has rows, told apart by its column ``side``: forced row-level security.

    `gate`: functions that run with the rights of the owner read it, to answer what every side may know (`functions`).
    Without it they find no rows here, because the policies bind the owner too.
    """

    may: frozenset[str] = ALL
    gate: bool = False

    def verbs(self, side: Side) -> frozenset[str]:
        """What `side` may do with the rows it sees."""
        return self.may


@dataclass(frozen=True)
class Crossing:
    """A table of what crosses the wall: each row is seen by two sides, its columns ``from_side`` and ``to_side``.

    Only the side it comes from may add a row. `sends` is what that side may do with its rows, `receives` what the
    other may; `shown` is SQL on columns of the row itself that says when the other side sees it at all. What each may
    change is for the table's own triggers. The common ground takes no part.
    """

    sends: frozenset[str] = WRITE
    receives: frozenset[str] = READ
    shown: str = "true"
    gate: bool = False  # as for `Shared`

    def verbs(self, side: Side) -> frozenset[str]:
        """What `side` may do with the rows it sees, whichever way they cross."""
        return NOTHING if side is Side.COMMON else self.sends | self.receives

    def rows(self, side: Side, verb: str) -> str:
        """SQL on the row: with which rows `side` may do `verb`."""
        sent, received = f"from_side = '{side.value}'", f"to_side = '{side.value}'"
        if verb == "INSERT":
            return f"{sent} AND to_side <> from_side"
        ways = [sent] if verb in self.sends else []
        if verb in self.receives:
            ways.append(received if self.shown == "true" else f"({received} AND {self.shown})")
        return " OR ".join(ways)


Declared = Ground | Own | Shared | Crossing

FOREIGN: dict[str, Declared] = {
    "django_migrations": Ground(READ, NOTHING),
    "django_content_type": Ground(READ, READ),
    "django_site": Ground(),
    "django_session": Ground(),
    "django_admin_log": Ground(APPEND, NOTHING),
    "auth_group": Ground(NOTHING, NOTHING),
    "auth_permission": Ground(READ, NOTHING),
    "auth_group_permissions": Ground(NOTHING, NOTHING),
    "account_emailaddress": Ground(ALL, NOTHING),
    "account_emailconfirmation": Ground(ALL, NOTHING),
    "socialaccount_socialaccount": Ground(ALL, NOTHING),
    "socialaccount_socialapp": Ground(ALL, NOTHING),
    "socialaccount_socialtoken": Ground(ALL, NOTHING),
    "mfa_authenticator": Ground(ALL, NOTHING),
    "axes_accessattempt": Ground(ALL, NOTHING),
    "axes_accessattemptexpiration": Ground(ALL, NOTHING),
    "axes_accesslog": Ground(ALL, NOTHING),
    "axes_accessfailurelog": Ground(ALL, NOTHING),
}


def own_models() -> Iterable[type[Model]]:
    """Every managed model of the project that has a table, tables of many-to-many relations included."""
    return (m for m in apps.get_models(include_auto_created=True) if m._meta.managed and not m._meta.proxy)


def declared(model: type[Model]) -> Declared | None:
    """The declaration for a model, for a many-to-many table that of the model that owns it; None if there is none."""
    own = model.__dict__.get("wall")
    if own is not None:
        return own
    if model._meta.auto_created:
        return declared(model._meta.auto_created)  # type: ignore[arg-type]  # the owner, not merely True
    return FOREIGN.get(model._meta.db_table)


def tables() -> dict[str, Declared]:
    """Every declared table by its name in the database."""
    found = dict(FOREIGN)
    for model in own_models():
        what = declared(model)
        if what is not None:
            found[model._meta.db_table] = what
    return found


def functions() -> dict[str, frozenset[Side]]:
    """Functions of the database that the program calls, by signature, with the sides that may call them.

    A room names them in its app's attribute ``functions``. One that runs with the rights of the tables' owner is a
    gate: it may be named here only if what it gives may be known on every side that may call it.
    """
    return {name: sides for app in apps.get_app_configs() for name, sides in getattr(app, "functions", {}).items()}
