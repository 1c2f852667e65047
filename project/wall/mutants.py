"""Single breaches of the wall. Each is made in the proof's database, must be found by a probe, and is undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg

from access.wall import APP_ROLE, OWNER_ROLE, Side
from access.wall.declaration import Own, functions, tables
from project.wall.asking import Standing
from project.wall.planting import Marks
from project.wall.roads import Probe

VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE")
RIGHTS_OF_ROLES = ("SUPERUSER", "BYPASSRLS", "CREATEROLE", "CREATEDB", "REPLICATION", "INHERIT")


@dataclass(frozen=True)
class Mutant:
    """A breach: its name, the SQL that makes it, and which probes could find it."""

    name: str
    script: str
    near: Callable[[Probe], bool]


def of_a_table(table: str, side: Side | None = None) -> Callable[[Probe], bool]:
    """Probes on a table (by one side), and those of the catalogue."""
    return lambda p: (p.aim.table == table and side in (None, p.aim.side)) or catalogue(p)


def catalogue(probe: Probe) -> bool:
    """Probes that are not aimed at a table."""
    return not probe.aim.table


def all_of(connection: psycopg.Connection[Any]) -> Iterator[Mutant]:
    """Every breach, made from the declaration and the policies of the live database."""
    present = {name for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    for table, what in sorted(tables().items()):
        if table not in present:
            continue
        for side in Side:
            for verb in VERBS:
                if isinstance(what, Own) and side is not what.side:
                    script = f'GRANT {verb} ON "{table}" TO {side.role}'
                    yield Mutant(f"{verb} on {table} for {side.value}", script, of_a_table(table, side))
        yield Mutant(f"{table} for everybody", f'GRANT SELECT ON "{table}" TO PUBLIC', catalogue)
        yield Mutant(f"{table} for the login", f'GRANT SELECT ON "{table}" TO {APP_ROLE}', catalogue)
        owner = next(iter(Side)).role
        yield Mutant(f"{table} owned by a side", f'ALTER TABLE "{table}" OWNER TO {owner}', catalogue)
    yield from _policies(connection)
    yield from _roles()
    yield from _functions(connection)


def _policies(connection: psycopg.Connection[Any]) -> Iterator[Mutant]:
    """Row-level security off, not forced, and the rule of one side open (every policy that makes it, both kinds)."""
    found = connection.execute(
        "SELECT tablename, policyname, roles[1], qual IS NOT NULL, with_check IS NOT NULL FROM pg_policies "
        "WHERE schemaname = 'public' ORDER BY 1, 2"
    ).fetchall()
    for table in sorted({table for table, *_ in found}):
        yield Mutant(f"no row-level security on {table}", f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY',
                     of_a_table(table))  # fmt: skip
        yield Mutant(f"not forced on {table}", f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY', catalogue)
        for side in Side:
            mine = [row for row in found if row[0] == table and row[2] == side.role]
            script = "; ".join(
                f'ALTER POLICY "{name}" ON "{table}"'
                + (" USING (true)" if using else "") + (" WITH CHECK (true)" if check else "")
                for _, name, _, using, check in mine
            )  # fmt: skip
            readable = "SELECT" in tables()[table].verbs(side)
            if mine and readable:
                yield Mutant(f"OR true for {side.value} on {table}", script, of_a_table(table, side))


def _roles() -> Iterator[Mutant]:
    for role in (APP_ROLE, OWNER_ROLE, *(side.role for side in Side)):
        for right in RIGHTS_OF_ROLES:
            yield Mutant(f"{role} {right}", f"ALTER ROLE {role} {right}", catalogue)
    for side in Side:
        yield Mutant(f"login for {side.value}", f"ALTER ROLE {side.role} LOGIN", catalogue)
        yield Mutant(f"{side.value} without taking it", f"GRANT {side.role} TO {APP_ROLE} WITH INHERIT TRUE", catalogue)
        for other in Side:
            if other is not side:
                yield Mutant(f"{side.value} within {other.value}", f"GRANT {side.role} TO {other.role}", catalogue)
    for role in (OWNER_ROLE, "postgres", "pg_read_all_data", "pg_monitor", "pg_read_server_files"):
        yield Mutant(f"{role} within reach", f"GRANT {role} TO {APP_ROLE} WITH INHERIT FALSE, SET TRUE", catalogue)
    for side in Side:
        yield Mutant(f"{side.value} may make", f"GRANT CREATE ON SCHEMA public TO {side.role}", catalogue)
        yield Mutant(f"sequences for {side.value}", f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {side.role}",
                     catalogue)  # fmt: skip


def _functions(connection: psycopg.Connection[Any]) -> Iterator[Mutant]:
    made = "CREATE FUNCTION probe() RETURNS bigint LANGUAGE sql {} AS 'SELECT count(*) FROM engine_process'"
    yield Mutant("a function with the rights of the owner", made.format("SECURITY DEFINER"), catalogue)
    yield Mutant("a leakproof function", made.format("LEAKPROOF"), catalogue)
    key = "CREATE TABLE probe (k uuid REFERENCES cases_case{})"
    yield Mutant("a key from a table of nobody to one of a side", key.format(""), catalogue)
    yield Mutant("a key that deletes along", key.format(" ON DELETE CASCADE"), catalogue)
    yield Mutant("a view", "CREATE VIEW probe AS SELECT * FROM engine_process", catalogue)
    yield Mutant("a materialised view", "CREATE MATERIALIZED VIEW probe AS SELECT * FROM engine_process", catalogue)
    gates = connection.execute(
        "SELECT oid::regprocedure::text FROM pg_proc WHERE prosecdef AND proname = ANY(%s) ORDER BY 1",
        [[name.split("(")[0] for name in functions()]],
    ).fetchall()
    for (gate,) in gates:
        wide = "RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT min(state) FROM engine_process'"
        yield Mutant(f"{gate} answers with a text", f"DROP FUNCTION {gate}; CREATE FUNCTION {gate} {wide}", catalogue)
    for name, sides in sorted(functions().items()):
        for side in set(Side) - sides:
            yield Mutant(f"{name} for {side.value}", f"GRANT EXECUTE ON FUNCTION {name} TO {side.role}", catalogue)


def kill(connection: psycopg.Connection[Any], probes: list[Probe], marks: Marks) -> tuple[list[str], list[str]]:
    """Make each breach in turn and ask the probes near it. Out: names of those found, and of those that were not.

    A probe that finds something where nothing was breached would find every mutant: it counts as one alive.
    """
    asker = Standing(connection)
    killed: list[str] = []
    connection.execute("BEGIN")
    alive = [f"no breach, found by {probe.name}" for probe in probes if probe.crossing(asker, marks)]
    connection.execute("ROLLBACK")
    for mutant in list(all_of(connection)):
        connection.execute("BEGIN")
        try:
            connection.execute(mutant.script.encode())
            near = sorted(filter(mutant.near, probes), key=catalogue)
            found = any(probe.crossing(asker, marks) for probe in near)
        finally:
            connection.execute("ROLLBACK")
        (killed if found else alive).append(mutant.name)
    return killed, alive
