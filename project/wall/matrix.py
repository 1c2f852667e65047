"""The matrix: every role of the live database × every table × verb, and every role of the program × every address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction
from django.urls import URLPattern, URLResolver, get_resolver

from access.doors import Door, door_of
from access.roles import Role
from access.wall import APP_ROLE, OWNER_ROLE, Side, taken
from access.wall.declaration import Declared, Ground, Own, tables

VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN")


def rows() -> list[dict[str, Any]]:
    """One entry for each role and table or address: what it may, and why."""
    return [*_of_tables(), *_of_addresses()]


def lines() -> Iterator[str]:
    """The same as a table to read."""
    for entry in rows():
        what = ", ".join(entry["may"]) or "nothing"
        yield f"{entry['role']:<22} {entry['object']:<52} {what:<34} {entry['why']}"


def _of_tables() -> Iterator[dict[str, Any]]:
    roles = [APP_ROLE, OWNER_ROLE, *(side.role for side in Side)]
    with taken(Side.COMMON), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.rolname, c.relname, c.relrowsecurity AND c.relforcerowsecurity, "
            "array_remove(array_agg(CASE WHEN has_table_privilege(r.rolname, c.oid, v.verb) THEN v.verb END "
            "ORDER BY v.place), NULL) FROM pg_class c, pg_roles r, unnest(%s::text[]) WITH ORDINALITY v(verb, place) "
            "WHERE c.relkind IN ('r', 'p', 'v', 'm') AND c.relnamespace = 'public'::regnamespace "
            "AND r.rolname = ANY(%s) GROUP BY 1, 2, 3 ORDER BY 2, 1",
            [list(VERBS), roles],
        )
        found = cursor.fetchall()
    declaration = tables()
    for role, table, walled, may in found:
        why = _why(role, declaration.get(table)) + ("; rows by forced policy" if walled else "")
        yield {"role": role, "object": table, "may": may, "why": why}


def _why(role: str, what: Declared | None) -> str:
    if role == APP_ROLE:
        return "the login has no rights until it takes a side"
    if role == OWNER_ROLE:
        return "owns the tables; used by migrations alone"
    if what is None:
        return "declared nowhere, so closed"
    if isinstance(what, Own):
        return f"belongs to the side {what.side.value}"
    return "common ground" if isinstance(what, Ground) else "every side its own rows"


def _of_addresses() -> Iterator[dict[str, Any]]:
    for path, view in addresses():
        door = door_of(view)
        for role in Role:
            may, why = _enters(role, door)
            yield {"role": role.value, "object": path, "may": ["enter"] if may else [], "why": why}


def _enters(role: Role, door: Door | None) -> tuple[bool, str]:
    if door is None:
        return False, "no door, so closed"
    if door.public:
        return True, "open to everybody"
    if door.person:
        return True, "open to whoever signed in; the view asks further itself"
    return role in door.roles, "named at the door" if role in door.roles else "not named at the door"


def addresses(resolver: URLResolver | None = None, prefix: str = "/") -> Iterator[tuple[str, Any]]:
    """Every address of the program, with the names of its parts, and its view."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, route)
        elif isinstance(pattern, URLPattern):
            yield route, pattern.callback
