"""Bringing many rows into the tables, fast and past no guard.

Everything happens in one transaction of the owner of the tables: it is all there or nothing is, and nobody else sees
anything in between. Foreign keys and indexes over all rows are put aside and made again at the end, when the database
checks every row at once; those over a part of the rows stay, for they cost little. The rows themselves are written
under the role of the care side, like the program's own; where row-level security forbids COPY, by way of a table that
is dropped again.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import connections
from django.db.models import Field, Model
from psycopg import sql

from access.wall import Side
from access.wall.declaration import Shared, declared
from project.demo.progress import Stage

CHUNK = 1 << 20
"""Characters of one batch of a table."""


@dataclass
class Target:
    """A table and the columns that come; the others get the default of their field."""

    model: type[Model]
    columns: Sequence[str]

    def __post_init__(self) -> None:
        known = {f.column: f for f in self.model._meta.concrete_fields}
        if unknown := set(self.columns) - set(known):
            raise ValueError(f"{self.model._meta.db_table} has no {sorted(unknown)}")
        rest = [f for c, f in known.items() if c not in self.columns and not (f.primary_key and not f.has_default())]
        self.extra = [(str(f.column), _default(f)) for f in rest]

    @property
    def table(self) -> str:
        """Name of the table."""
        return self.model._meta.db_table

    @property
    def staged(self) -> bool:
        """Whether rows must come by way of another table."""
        return isinstance(declared(self.model), Shared)


def _default(field: Field[Any, Any]) -> str:
    """The default of a field as COPY writes it."""
    value = field.get_default() if field.has_default() or not field.null else None
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if value == [] or value == {}:
        return "{}"
    return str(value)


class Loader:
    """Writes batches in a thread of its own, so that making rows and storing them go on at the same time."""

    def __init__(self, targets: dict[str, Target]) -> None:
        self.targets = targets
        self.connection = psycopg.connect(**_parameters())
        self._queue: queue.Queue[tuple[str, str] | None] = queue.Queue(maxsize=12)
        self._error: BaseException | None = None
        self._buffers: dict[str, list[str]] = {name: [] for name in targets}
        self._sizes: dict[str, int] = dict.fromkeys(targets, 0)
        self._suffix = {name: "".join(f"\t{value}" for _c, value in t.extra) + "\n" for name, t in targets.items()}
        self._thread = threading.Thread(target=self._work, name="loader", daemon=True)
        self._indexes: list[sql.Composable] = []
        self._foreign: list[sql.Composable] = []

    # -- before ---------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Begin the transaction: empty the tables, put indexes and foreign keys aside."""
        run = self._run
        run("BEGIN")
        run("SET LOCAL lock_timeout = '15s'")
        run("SET LOCAL maintenance_work_mem = '256MB'")
        run("SET LOCAL synchronize_seqscans = off")
        tables = [t.table for t in self.targets.values()]
        run(sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(_names(tables)))
        foreign = self._rows(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s) ORDER BY 1, 2",
            tables,
        )
        excluded = self._rows(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE contype = 'x' AND conrelid::regclass::text = ANY(%s) ORDER BY 1, 2",
            tables,
        )
        indexes = self._rows(
            "SELECT c.relname, i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i "
            "JOIN pg_class c ON c.oid = i.indrelid "
            "WHERE c.relname = ANY(%s) AND NOT i.indisprimary AND i.indpred IS NULL "
            "AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype <> 'f') "
            "ORDER BY 1, 2",
            tables,
        )
        unique = self._rows(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE contype = 'u' AND conrelid::regclass::text = ANY(%s) ORDER BY 1, 2",
            tables,
        )
        for table, name, _definition in (*foreign, *excluded, *unique):
            run(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(sql.Identifier(table), sql.Identifier(name)))
        for _table, name, _definition in indexes:
            run(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
        self._indexes = [sql.SQL(definition) for _table, _name, definition in indexes]  # type: ignore[arg-type]
        self._indexes += [_add(*constraint) for constraint in (*unique, *excluded)]
        self._foreign = [_add(*constraint) for constraint in foreign]
        for target in self.targets.values():
            if target.staged:
                run(
                    sql.SQL("CREATE UNLOGGED TABLE {} AS SELECT {} FROM {} WITH NO DATA").format(
                        _stage(target), self._columns(target), sql.Identifier(target.table)
                    )
                )
                run(sql.SQL("GRANT SELECT ON {} TO {}").format(_stage(target), sql.Identifier(Side.CARE.role)))
        self._thread.start()

    # -- during ---------------------------------------------------------------------------------------------------

    def emit(self, name: str, line: str) -> None:
        """One row of a table: its columns in the text format of COPY, with a newline."""
        suffix = self._suffix[name]
        self._buffers[name].append(line if suffix == "\n" else line[:-1] + suffix)
        self._sizes[name] += len(line)
        if self._sizes[name] > CHUNK:
            self._flush(name)

    def _flush(self, name: str) -> None:
        if self._error is not None:
            raise self._error
        if self._buffers[name]:
            self._queue.put((name, "".join(self._buffers[name])))
        self._buffers[name] = []
        self._sizes[name] = 0

    def _work(self) -> None:
        while (item := self._queue.get()) is not None:
            if self._error is None:
                try:
                    self._store(*item)
                except BaseException as error:
                    self._error = error

    def _store(self, name: str, text: str) -> None:
        target = self.targets[name]
        table = sql.Identifier(target.table)
        columns = self._columns(target)
        if target.staged:
            with self.connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(_stage(target))) as copy:
                copy.write(text)
            self._as_care()
            self._run(sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}").format(table, columns, columns, _stage(target)))
            self._run("RESET ROLE")
            self._run(sql.SQL("TRUNCATE {}").format(_stage(target)))
        else:
            self._as_care()
            with self.connection.cursor().copy(sql.SQL("COPY {} ({}) FROM STDIN").format(table, columns)) as copy:
                copy.write(text)
            self._run("RESET ROLE")

    def done(self) -> None:
        """Everything that was emitted is stored."""
        for name in self.targets:
            self._flush(name)
        self._queue.put(None)
        self._thread.join()
        if self._error is not None:
            raise self._error

    # -- after ----------------------------------------------------------------------------------------------------

    @property
    def index_count(self) -> int:
        """How many indexes were put aside."""
        return len(self._indexes)

    @property
    def foreign_count(self) -> int:
        """How many foreign keys were put aside."""
        return len(self._foreign)

    def index(self, stage: Stage) -> None:
        """Make the indexes and the constraints that stand on one."""
        for definition in self._indexes:
            self._run(definition)
            stage.add(1)

    def connect(self, stage: Stage) -> None:
        """Make the foreign keys; the database checks every row.

        While it does, the owner itself must see the rows: row-level security is not forced on it inside this
        transaction, and forced again before anybody else sees the tables.
        """
        shared = [t for t in self.targets.values() if t.staged]
        for target in shared:
            self._run(sql.SQL("ALTER TABLE {} NO FORCE ROW LEVEL SECURITY").format(sql.Identifier(target.table)))
        for definition in self._foreign:
            self._run(definition)
            stage.add(1)
        for target in shared:
            self._run(sql.SQL("ALTER TABLE {} FORCE ROW LEVEL SECURITY").format(sql.Identifier(target.table)))
            self._run(sql.SQL("DROP TABLE {}").format(_stage(target)))

    def number_on(self, model: type[Model], last: int) -> None:
        """Let the keys that the database gives out go on after the last one that was written."""
        self._run("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s::bigint)", [model._meta.db_table, max(last, 1)])

    def commit(self) -> None:
        """Make it true."""
        self._run("COMMIT")

    def analyse(self, stage: Stage) -> None:
        """Tell the planner what is there, and mark the rows as seen, so that no query has to."""
        self.connection.autocommit = True
        for target in self.targets.values():
            self._run(sql.SQL("VACUUM (ANALYZE) {}").format(sql.Identifier(target.table)))
            stage.add(1)

    def close(self) -> None:
        """Close the connection; what was not committed is gone."""
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()
        self.connection.close()

    def _columns(self, target: Target) -> sql.Composed:
        return _names([*target.columns, *(column for column, _value in target.extra)])

    def _as_care(self) -> None:
        self._run(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(Side.CARE.role)))

    def _run(self, statement: Any, parameters: Any = None) -> None:
        self.connection.execute(statement, parameters)

    def _rows(self, statement: str, tables: list[str]) -> list[tuple[str, str, str]]:
        return self.connection.execute(statement, [tables]).fetchall()  # type: ignore[arg-type]


def _parameters() -> dict[str, Any]:
    parameters = connections["owner"].get_connection_params()
    kept = ("dbname", "user", "password", "host", "port", "sslmode", "sslrootcert")
    # Our own BEGIN and COMMIT: the driver is to add nothing to them.
    return {**{k: v for k, v in parameters.items() if k in kept}, "autocommit": True, "prepare_threshold": None}


def _names(names: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(name) for name in names)


def _stage(target: Target) -> sql.Identifier:
    return sql.Identifier(f"demo_stage_{target.table}")


def _add(table: str, name: str, definition: str) -> sql.Composed:
    return sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(
        sql.Identifier(table),
        sql.Identifier(name),
        sql.SQL(definition),  # type: ignore[arg-type]
    )
