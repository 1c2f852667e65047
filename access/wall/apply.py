"""Make the database hold the declaration: roles, grants, forced row-level security.

`statements()` is the whole wall as SQL, made from the declaration, the same every time it runs. It runs at the
end of every `migrate`, as the owner of the tables; until then a new table has no grants and is closed to all.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.backends.base.base import BaseDatabaseWrapper

from access.wall.declaration import Crossing, Declared, Shared, functions, tables
from access.wall.sides import APP_ROLE, OWNER_ROLE, Side


def role_statements(app_password: str, owner_password: str, quote: object) -> Iterator[str]:
    """SQL that makes the roles of the wall, or mends them; for a login that may create roles.

    `quote` turns a password into an SQL literal. Roles belong to the whole server, not to one database.
    """
    q = quote
    logins = ((APP_ROLE, app_password), (OWNER_ROLE, owner_password))
    for name, password in logins:
        yield _create_role(name)
        yield (
            f"ALTER ROLE {name} LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS "
            f"PASSWORD {q(password)}"  # type: ignore[operator]
        )
    for side in Side:
        yield _create_role(side.role)
        yield f"ALTER ROLE {side.role} NOLOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
        for name, _ in logins:
            yield f"GRANT {side.role} TO {name} WITH INHERIT FALSE, SET TRUE"


def _create_role(name: str) -> str:
    return (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{name}') "  # noqa: S608  our own names
        f"THEN CREATE ROLE {name}; END IF; END $$"
    )


def statements(connection: BaseDatabaseWrapper) -> Iterator[str]:
    """SQL that closes everything in the schema and opens what is declared; idempotent, for the owner."""
    sides = ", ".join(side.role for side in Side)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        database = cursor.fetchone()[0]
        cursor.execute(
            "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity FROM pg_class c "
            "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') "
            "AND pg_get_userbyid(c.relowner) = %s",
            [OWNER_ROLE],
        )
        present = {name: (on, forced) for name, on, forced in cursor.fetchall()}
        cursor.execute("SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public'")
        policies = cursor.fetchall()
        callable_by = functions()
        cursor.execute("SELECT f FROM unnest(%s::text[]) f WHERE to_regprocedure(f) IS NOT NULL", [list(callable_by)])
        present_functions = sorted(name for (name,) in cursor.fetchall())
    yield f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC'
    yield f'GRANT CONNECT ON DATABASE "{database}" TO {APP_ROLE}, {OWNER_ROLE}'
    yield "REVOKE ALL ON SCHEMA public FROM PUBLIC"
    yield f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}, {sides}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {APP_ROLE}, {sides}"
    yield f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, {APP_ROLE}, {sides}"
    yield f"REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC, {APP_ROLE}, {sides}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {sides}"
    # django-pgtrigger lets a setting switch its triggers off; here nothing may, so that append-only stays so.
    yield (
        "CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean "
        "LANGUAGE plpgsql AS $$ BEGIN RETURN false; END $$"
    )
    yield f"GRANT EXECUTE ON FUNCTION public._pgtrigger_should_ignore(name) TO {sides}"
    for name in present_functions:
        yield f"GRANT EXECUTE ON FUNCTION {name} TO {', '.join(sorted(side.role for side in callable_by[name]))}"
    for table, policy in policies:
        if table in present:
            yield f'DROP POLICY "{policy}" ON "{table}"'
    for table, declared in sorted(tables().items()):
        if table in present:
            yield from _table(table, declared)


def _table(table: str, declared: Declared) -> Iterator[str]:
    for side in Side:
        if verbs := declared.verbs(side):
            yield f'GRANT {", ".join(sorted(verbs))} ON "{table}" TO {side.role}'
    if isinstance(declared, Shared | Crossing):
        yield f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY'
        yield f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY'
        for side in Side:
            yield from _policies(table, declared, side)
        if declared.gate:  # with force the owner finds no rows, and neither would a gate that asks for it
            yield f'CREATE POLICY "wall_gate" ON "{table}" FOR SELECT TO {OWNER_ROLE} USING (true)'


def _policies(table: str, declared: Shared | Crossing, side: Side) -> Iterator[str]:
    """Per rule one policy that opens, and the same as one that restricts: what anybody adds beside it opens nothing.

    The rules are constant for the role; the planner drops the second of two equal ones, so it costs nothing.
    """
    if isinstance(declared, Shared):
        seen = f"side IN ({', '.join(repr(s.value) for s in side.sees)})"
        rules = [("", "ALL", f"USING ({seen}) WITH CHECK ({seen})")]
    else:
        rules = [_crossing(declared, side, verb) for verb in sorted(declared.verbs(side))]
        if not rules:  # no grant either; whatever else is granted one day finds no rows
            yield f'CREATE POLICY "wall_{side.value}_only" ON "{table}" AS RESTRICTIVE TO {side.role} USING (false)'
    for name, verb, rule in rules:
        for kind, suffix in (("PERMISSIVE", ""), ("RESTRICTIVE", "_only")):
            yield (
                f'CREATE POLICY "wall_{side.value}{name}{suffix}" ON "{table}" AS {kind} FOR {verb} '
                f"TO {side.role} {rule}"
            )


def _crossing(declared: Crossing, side: Side, verb: str) -> tuple[str, str, str]:
    """Name, verb and rule of the policies of a table of what crosses."""
    rows = declared.rows(side, verb)
    rule = {"INSERT": f"WITH CHECK ({rows})", "UPDATE": f"USING ({rows}) WITH CHECK ({rows})"}
    return f"_{verb.lower()}", verb, rule.get(verb, f"USING ({rows})")


def build(connection: BaseDatabaseWrapper) -> None:
    """Run `statements()` in one transaction."""
    script = list(statements(connection))
    with connection.cursor() as cursor:
        cursor.execute(";\n".join(["BEGIN", *script, "COMMIT"]))
