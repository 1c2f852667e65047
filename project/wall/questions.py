# ruff: noqa: S608  statements are made of our own names
"""The roads through SQL: what somebody with the rights of one side, or of the bare login, could send."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from access.wall import OWNER_ROLE, Side
from access.wall.declaration import Ground, Own
from project.wall.roads import Aim, road

# -- Of one value: the same question about what is hidden and what is not there ---------------------------------------

OF_A_VALUE = [
    ("R3", "read", "SELECT * FROM {t} WHERE {c} = {}"),
    ("R3", "count", "SELECT count(*) FROM {t} WHERE {c} = {}"),
    ("R3", "exists", "SELECT EXISTS (SELECT FROM {t} WHERE {c} = {})"),
    ("R3", "whole row as text", "SELECT t::text FROM {t} t WHERE {c} = {}"),
    ("R3", "greatest value", "SELECT max({c}::text) FROM {t} WHERE {c} = {}"),
    ("R3", "sample", "SELECT * FROM {t} TABLESAMPLE SYSTEM (100) WHERE {c} = {}"),
    ("R6", "lock", "SELECT * FROM {t} WHERE {c} = {} FOR UPDATE"),
    ("R6", "update returning", "UPDATE {t} SET {c} = {c} WHERE {c} = {} RETURNING *"),
    ("R6", "delete returning", "DELETE FROM {t} WHERE {c} = {} RETURNING *"),
    ("R6", "insert what is there", "INSERT INTO {t} SELECT * FROM {t} WHERE {c} = {}"),
    ("R17", "merge", "MERGE INTO {t} t USING (SELECT 1) s ON t.{c} = {} WHEN MATCHED THEN UPDATE SET {c} = t.{c}"),
    ("R22", "planner's estimate", "EXPLAIN SELECT * FROM {t} WHERE {c} = {}"),
    ("R23", "rows filtered", "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF) "
     "SELECT * FROM {t} WHERE {c} = {}"),
    ("R11", "error of a cast", "SELECT * FROM {t} WHERE {c} = {} AND ({c}::text || 'x')::int = 1"),
    ("R11", "error of a division", "SELECT * FROM {t} WHERE 1 / (CASE WHEN {c} = {} THEN 0 ELSE 1 END) = 1"),
    ("R33", "cursor", "DECLARE probe CURSOR WITH HOLD FOR SELECT * FROM {t} WHERE {c} = {}; FETCH ALL probe"),
    ("R35", "prepared for another", "SET LOCAL ROLE {victim}; PREPARE probe AS SELECT * FROM {t} WHERE {c} = {}; "
     "SET LOCAL ROLE {me}; EXECUTE probe"),
    ("R53", "copy", "COPY (SELECT * FROM {t} WHERE {c} = {}) TO STDOUT"),
    ("R31", "full text", "SELECT ts_headline({c}::text, plainto_tsquery('mark')) FROM {t} WHERE {c} = {}"),
    ("R31", "words of a column",
     "SELECT * FROM ts_stat($q$SELECT to_tsvector('simple', {c}::text) FROM {t} WHERE {c} = {}$q$)"),
    ("R6", "as a document", "SELECT query_to_xml($q$SELECT * FROM {t} WHERE {c} = {}$q$, true, false, '')"),
    ("R26", "place and transaction", "SELECT ctid, xmin, tableoid FROM {t} WHERE {c} = {}"),
]  # fmt: skip


PLANNER = {"R22", "R23"}
"""Roads of the planner: it knows values that stand in a table more than once. A shared table it plans with what it
knows of all rows, whoever asks; there the road is closed by the program, which never sends EXPLAIN."""


def _of_a_value(number: str, name: str, template: str) -> None:
    @road(number, name, "column")
    def make(aim: Aim) -> Iterable[str]:
        assert aim.column and aim.row
        if number in PLANNER and not isinstance(aim.what, Ground | Own):
            return
        if number == "R22" and not aim.column.often:
            return
        # Across sides only: whose row it is prepares it.
        victim = next((s for s in Side if s in aim.row.readers), Side.COMMON).role
        names = {"{t}": f'"{aim.table}"', "{c}": f'"{aim.column.name}"', "{victim}": victim}
        names["{me}"] = aim.side.role if aim.side else "NONE"
        asked = template
        for part, value in names.items():
            asked = asked.replace(part, value)
        yield asked


for each in OF_A_VALUE:
    _of_a_value(*each)


# -- Of a row: whose it is --------------------------------------------------------------------------------------


@road("R5", "make a row one's own", "row")
def move(aim: Aim) -> Iterable[tuple[str, str]]:
    """Write one's own side into a row of another."""
    assert aim.row
    column = next((name for name in ("side", "to_side") if name in aim.row.values), None)
    if column is not None:
        mine, key = (aim.side or Side.COMMON).value, aim.row.key
        other = "00000000-0000-4000-8000-000000000000" if isinstance(key, UUID) else "-1"
        statement = f'UPDATE "{aim.table}" SET "{column}" = \'{mine}\' WHERE "{aim.row.key_column}" = \'{{}}\''
        yield statement.format(key), statement.format(other)


# -- Of a verb on a table: what was not granted is refused ----------------------------------------------------------

_SENT = {
    "SELECT": "SELECT FROM {t} LIMIT 1",
    "INSERT": "INSERT INTO {t} DEFAULT VALUES",
    "UPDATE": 'UPDATE {t} SET "{k}" = NULL',  # a constant: to read a column is another right
    "DELETE": "DELETE FROM {t}",
    "TRUNCATE": "TRUNCATE {t} CASCADE",
    "REFERENCES": "CREATE TABLE probe (k int REFERENCES {t})",
    "TRIGGER": "CREATE TRIGGER probe AFTER INSERT ON {t} EXECUTE FUNCTION tsvector_update_trigger()",
    "MAINTAIN": "REINDEX TABLE {t}",
}
VERBS = tuple(_SENT)


@road("R13", "verb that was not granted", "verb", expect="refused")
def not_granted(aim: Aim) -> Iterable[str]:
    """Every verb on every table that the declaration does not give."""
    key = aim.row.key_column if aim.row else "id"
    yield _SENT[aim.verb].replace("{t}", f'"{aim.table}"').replace("{k}", key)


# -- Of a side or the login: what nobody may ----------------------------------------------------------------------

FORBIDDEN = [
    ("R12", "make a table", "CREATE TABLE probe (a int)"),
    ("R12", "make a schema", "CREATE SCHEMA probe"),
    ("R12", "make a function", "CREATE FUNCTION probe() RETURNS int LANGUAGE sql AS 'SELECT 1'"),
    ("R34", "make a temporary table", "CREATE TEMP TABLE probe (a int)"),
    ("R7", "make a view", "CREATE VIEW probe AS SELECT 1"),
    ("R8", "make a materialised view", "CREATE MATERIALIZED VIEW probe AS SELECT 1"),
    ("R53", "read a file of the server", "SELECT pg_read_file('PG_VERSION')"),
    ("R53", "list a folder of the server", "SELECT pg_ls_dir('.')"),
    ("R53", "write a file of the server", "COPY (SELECT 1) TO '/dev/null'"),
    ("R53", "run a program on the server", "COPY (SELECT 1) TO PROGRAM 'true'"),
    ("R53", "import a large object", "SELECT lo_import('/dev/null')"),
    ("R2", "become the owner", f"SET LOCAL ROLE {OWNER_ROLE}"),
    ("R1", "become the administrator", "SET LOCAL ROLE postgres"),
    ("R58", "change what the server logs", "SET LOCAL log_statement = 'all'"),
    ("R11", "mark a function as leakproof", "ALTER FUNCTION pg_catalog.upper(text) LEAKPROOF"),
    ("R59", "make a road to another database", "CREATE FOREIGN DATA WRAPPER probe"),
    ("R24", "raw statistics", "SELECT stavalues1 FROM pg_statistic"),
]


def _forbidden(number: str, name: str, statement: str) -> None:
    @road(number, name, "side", expect="refused")
    def make(aim: Aim) -> Iterable[str]:
        yield statement


for one in FORBIDDEN:
    _forbidden(*one)
