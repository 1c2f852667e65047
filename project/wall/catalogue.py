# ruff: noqa: S608, E501  statements are made of our own names
"""The roads that one sees in the catalogue: who owns what, who may become whom, what runs with whose rights.

Each asks for what should not be there, and must find nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from access.wall import APP_ROLE, OWNER_ROLE, Side
from access.wall.declaration import Ground, Own, functions, tables
from project.wall.roads import Aim, literal, road

LOGINS = ", ".join(literal(name) for name in (APP_ROLE, *(side.role for side in Side)))
PUBLIC = "'public'::regnamespace"


def _list(items: Iterable[str]) -> str:
    return ", ".join(map(literal, items)) or "NULL"


def _once(number: str, name: str, statement: str) -> None:
    """A road with one probe, asked by the login without a side."""

    @road(number, name, "side", expect="nothing")
    def make(aim: Aim) -> Iterable[str]:
        if aim.side is None:
            yield statement


def _rights() -> str:
    declared = [
        f"({literal(table)}, {literal(side.role)}, {literal(verb)})"
        for table, what in tables().items()
        for side in Side
        for verb in what.verbs(side)
    ]
    return (
        "SELECT c.relname, a.grantee::regrole, a.privilege_type FROM pg_class c "
        "LEFT JOIN pg_attribute t ON t.attrelid = c.oid AND t.attacl IS NOT NULL, "
        "LATERAL (SELECT * FROM aclexplode(c.relacl) UNION ALL SELECT * FROM aclexplode(t.attacl)) a "
        f"WHERE c.relnamespace = {PUBLIC} AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.grantee <> c.relowner "
        f"AND (c.relname::text, pg_get_userbyid(a.grantee)::text, a.privilege_type) NOT IN (VALUES {', '.join(declared)})"
    )


_of_many = [name for name, what in tables().items() if not isinstance(what, Ground | Own)]

_once("R13", "right that was not declared", _rights())
_once("R3", "table of many sides without a forced policy", f"SELECT relname FROM pg_class WHERE relnamespace = {PUBLIC} "
      f"AND relname IN ({_list(_of_many)}) AND NOT (relrowsecurity AND relforcerowsecurity)")  # fmt: skip
_once("R2", "table of another owner", f"SELECT relname FROM pg_class WHERE relnamespace = {PUBLIC} "
      f"AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND relowner <> '{OWNER_ROLE}'::regrole")  # fmt: skip
_once("R1", "power of a role", f"SELECT rolname FROM pg_roles WHERE rolname IN ({LOGINS}, '{OWNER_ROLE}') AND (rolsuper "
      "OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication OR rolinherit)")  # fmt: skip
_once("R1", "membership", "SELECT roleid::regrole, member::regrole FROM pg_auth_members "
      f"WHERE member::regrole::text IN ({LOGINS}) AND (member <> '{APP_ROLE}'::regrole OR inherit_option "
      f"OR roleid::regrole::text NOT IN ({_list(side.role for side in Side)}))")  # fmt: skip
_once("R1", "login of a side", f"SELECT rolname FROM pg_roles WHERE rolname IN ({_list(s.role for s in Side)}) "
      "AND rolcanlogin")  # fmt: skip
_once("R9", "function with the rights of the owner",
      "SELECT p.oid::regprocedure FROM pg_proc p "
      f"WHERE p.pronamespace = {PUBLIC} AND p.prosecdef AND (p.proname NOT IN "
      f"({_list(sorted({name.split('(')[0] for name in functions()}))}) OR p.proconfig IS NULL)")  # fmt: skip
_once("R9", "function for whom it is not declared",
      "SELECT p.oid::regprocedure, r.rolname FROM pg_proc p, pg_roles r "
      f"WHERE (p.prosecdef OR p.proname IN ({_list(sorted({name.split('(')[0] for name in functions()}))})) "
      f"AND p.pronamespace = {PUBLIC} AND r.rolname IN ({LOGINS}) AND has_function_privilege(r.oid, p.oid, 'EXECUTE') "
      "AND (p.proname::text, r.rolname::text) NOT IN (VALUES ('', ''), "
      + ", ".join(f"({literal(name.split('(')[0])}, {literal(side.role)})"
                  for name, sides in functions().items() for side in sides) + ")")  # fmt: skip
GATES = {
    "capacity_statement_freshness": "TABLE(region bigint, rhythm text, period daterange, oldest date, published_at "
    "timestamp with time zone, lines integer, carried integer, places integer, occupied integer, missing integer)",
    "determination_conflict": "boolean",
    "shelters_series": "TABLE(on_day date, places bigint, occupied bigint)",
}
"""What gates answer: yes or no, or figures. Of one not named here no column may be a text of free choice."""
_once("R20", "gate that answers more than it may", "SELECT p.proname, pg_get_function_result(p.oid) FROM pg_proc p "
      f"WHERE p.pronamespace = {PUBLIC} AND p.prosecdef AND NOT p.prorettype = 'trigger'::regtype AND ("
      "pg_get_function_result(p.oid) ~ '(uuid|xml|record|bytea|name text)' OR p.prorettype = 'text'::regtype OR "
      "(p.proname::text IN (" + _list(GATES) + ") AND (p.proname::text, pg_get_function_result(p.oid)) NOT IN (VALUES "
      + ", ".join(f"({literal(name)}, {literal(gives)})" for name, gives in GATES.items()) + ")))")  # fmt: skip
_once("R11", "leakproof function", f"SELECT proname FROM pg_proc WHERE proleakproof AND pronamespace = {PUBLIC}")
_once("R7", "view or materialised view", f"SELECT relname FROM pg_class WHERE relnamespace = {PUBLIC} "
      "AND relkind IN ('v', 'm', 'f')")  # fmt: skip
_once("R12", "right to make things", "SELECT r.rolname FROM pg_roles r "
      f"WHERE r.rolname IN ({LOGINS}) AND (has_schema_privilege(r.oid, 'public', 'CREATE') OR "
      "has_database_privilege(r.oid, current_database(), 'CREATE') OR "
      "has_database_privilege(r.oid, current_database(), 'TEMP'))")  # fmt: skip
_once("R21", "reading a sequence", f"SELECT c.relname FROM pg_class c, pg_roles r WHERE c.relnamespace = {PUBLIC} "
      f"AND c.relkind = 'S' AND r.rolname IN ({LOGINS}) AND (has_sequence_privilege(r.oid, c.oid, 'SELECT') "
      "OR has_sequence_privilege(r.oid, c.oid, 'UPDATE'))")  # fmt: skip


def _pairs(able: set[str]) -> str:
    """Every table with each side that may do one of the verbs with it, as the declaration has it."""
    return ", ".join(
        f"({literal(table)}, {literal(side.role)})"
        for table, what in tables().items()
        for side in Side
        if able & what.verbs(side)
    )


def _keys(more: str, able: str, unable: str) -> str:
    """Foreign keys by which who may work with one table would meet one that is closed to them."""
    return (
        "SELECT k.conname, s.role FROM pg_constraint k JOIN pg_class f ON f.oid = k.conrelid "
        "JOIN pg_class t ON t.oid = k.confrelid, "
        f"unnest(ARRAY[{_list(side.role for side in Side)}]) AS s(role) WHERE k.contype = 'f' "
        f"AND k.connamespace = {PUBLIC} {more} AND {able} AND {unable}"
    )


_writes, _reads, _declared = _pairs({"INSERT", "UPDATE"}), _pairs({"SELECT"}), _list(sorted(tables()))
_once("R18", "key to a row one may not read", _keys(
    "", f"((f.relname::text, s.role) IN (VALUES {_writes}) OR f.relname::text NOT IN ({_declared}))",
    f"(t.relname::text, s.role) NOT IN (VALUES {_reads})"))  # fmt: skip
_once("R19", "deleting that reaches another table", _keys(
    "AND k.confdeltype <> 'a' AND k.confdeltype <> 'r'", "true", "true"))  # fmt: skip
_once("R59", "foreign server", "SELECT srvname FROM pg_foreign_server")
_once("R56", "publication", "SELECT pubname FROM pg_publication")
