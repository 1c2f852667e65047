"""The wall taken down, in a transaction of the administrator that is never committed.

Roles belong to the whole server, so other databases of it would feel a change of them: nothing here is committed, and
what is not committed nobody else sees.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from access.wall import APP_ROLE, OWNER_ROLE, Side

SIDES = ", ".join(side.role for side in Side)
EVERYBODY = f"{APP_ROLE}, {SIDES}"


def rights(connection: psycopg.Connection[Any]) -> Iterator[str]:
    """SQL that changes this database alone: no policies, every right to everybody."""
    tables = connection.execute(
        "SELECT relname, relrowsecurity FROM pg_class WHERE relnamespace = 'public'::regnamespace "
        "AND relkind IN ('r', 'p')"
    ).fetchall()
    for table, walled in tables:
        if walled:
            yield f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY'
    yield f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {EVERYBODY}"
    yield f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {EVERYBODY}"
    yield f"GRANT ALL ON ALL FUNCTIONS IN SCHEMA public TO {EVERYBODY}"
    yield f"GRANT ALL ON SCHEMA public TO {EVERYBODY}"


def statements(connection: psycopg.Connection[Any]) -> Iterator[str]:
    """SQL after which no wall stands: `rights`, and every login as mighty as can be."""
    yield from rights(connection)
    yield f'GRANT ALL ON DATABASE "{connection.info.dbname}" TO {EVERYBODY}'
    yield f"GRANT {OWNER_ROLE}, postgres TO {APP_ROLE} WITH INHERIT FALSE, SET TRUE"
    yield f"ALTER ROLE {Side.CARE.role} LOGIN"
    yield f"ALTER TABLE access_region OWNER TO {APP_ROLE}"
    yield "CREATE FUNCTION public.stray() RETURNS text LANGUAGE sql SECURITY DEFINER LEAKPROOF AS 'SELECT 1::text'"
    yield "CREATE TABLE public.stray_key (k uuid REFERENCES cases_case ON DELETE CASCADE)"
    yield "CREATE VIEW public.stray AS SELECT 1"
    yield "CREATE FOREIGN DATA WRAPPER stray"
    yield "CREATE SERVER stray FOREIGN DATA WRAPPER stray"
    yield "CREATE PUBLICATION stray"
    for role in (APP_ROLE, *(side.role for side in Side)):
        yield f"ALTER ROLE {role} SUPERUSER"


@contextmanager
def undone(connection: psycopg.Connection[Any], script: list[str]) -> Iterator[None]:
    """Change the wall inside the block, and put it back."""
    connection.execute("BEGIN")
    try:
        connection.execute("; ".join(script).encode())
        yield
    finally:
        connection.execute("ROLLBACK")
