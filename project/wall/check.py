"""The check: plant, go every road with the wall up, then go the same roads with the wall down."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg

from access.wall import Side
from access.wall.declaration import Ground, tables
from project.wall import catalogue, down, mutants, questions, scratch, walk, world  # noqa: F401  catalogue makes itself known
from project.wall.asking import Asker, Program, Standing
from project.wall.planting import Marks, Planting, Row
from project.wall.roads import ROADS, Aim, Probe

NOT_TRIED = {
    "R22, R23 on shared tables": "the planner knows a shared table as a whole and tells whoever may send EXPLAIN; the "
    "program never sends it, and its login could take every side anyway",
    "R10": "there are no partitions and no inheritance; a new one has no declaration and fails as without a probe",
    "R16 on shared tables": "a key that is taken tells so; keys are random, or count the rows of all sides",
    "R20": "exclusion constraints stand on tables of one side alone, whose rows no other side may write",
    "R21": "sequences of shared tables tell how many rows there were of all sides, but of none of them anything else",
    "R25": "sizes and counts of whole tables are readable in the catalogue; they tell of no row",
    "R28": "time is not measured: a table of one side is refused before it is read",
    "R30": "no side locks rows of another: it may not read them",
    "R32, R38, R39": "tried in tests/access/test_wall.py: a side lasts as long as its transaction",
    "R40": "one database, no replica",
    "R42": "a worker opens its connections after it forked; django closes those of before",
    "R48": "no page is kept in a cache; what is remembered are terms, rules and regions of the common ground",
    "R49": "the shell and commands work with the same login: without a side they are refused, which is tried",
    "R50": "documents lie encrypted, and are given out by an address that is tried by key",
    "R45": "there is no filter or order by a field the user names",
    "R54, R55, R56, R57, R60": "of whoever runs the server",
}
"""Roads of the list that this check does not go, and why."""


@dataclass
class Result:
    """What a check found."""

    probes: int = 0
    roads: set[str] = field(default_factory=set)
    crossings: list[str] = field(default_factory=list)
    void: list[str] = field(default_factory=list)
    untried: list[str] = field(default_factory=list)
    alive: list[str] = field(default_factory=list)
    killed: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether the wall stands, as far as this check went."""
        return not (self.crossings or self.void or self.untried or self.alive)


def present(connection: psycopg.Connection[Any]) -> list[str]:
    """Everything in the schema that rows can be asked of."""
    rows = connection.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
        "AND relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY relname"
    ).fetchall()
    return [name for (name,) in rows]


def untried(found: list[str], planting: Planting) -> list[str]:
    """Tables that no probe can vouch for: declared nowhere, or with rows to hide of which none could be planted."""
    declaration, planted = tables(), {row.table for row in planting.rows}
    missing = [f"{table}: declared nowhere" for table in found if table not in declaration]
    for table in found:
        what = declaration.get(table)
        if table in planting.refused or (what and not isinstance(what, Ground) and table not in planted):
            missing.append(f"{table}: no row planted {planting.refused.get(table, '')}".strip())
    return missing


def aims(found: list[str], rows: list[Row], full: bool) -> Iterator[Aim]:
    """Everything a road can be aimed at: who tries × table × verb, × hidden row, × its columns."""
    declaration = tables()
    by_table: dict[str, list[Row]] = {}
    for row in rows:
        by_table.setdefault(row.table, []).append(row)
    askers: list[Side | None] = [None, *Side]
    for side in askers:
        yield Aim(side)
    for table, side in itertools.product(found, askers):
        what = declaration.get(table)
        mine = by_table.get(table, [])
        for verb in questions.VERBS:
            if side is None or what is None or verb not in what.verbs(side):
                yield Aim(side, table, what, mine[0] if mine else None, verb=verb)
        hidden = [row for row in mine if side is None or side not in row.readers]
        for row in hidden if full else hidden[:1]:
            yield Aim(side, table, what, row)
            for column in row.columns if full else row.columns[-1:]:
                yield Aim(side, table, what, row, column)


def scope(aim: Aim) -> str:
    """The scope of the roads that are aimed so."""
    if aim.column:
        return "column"
    return "verb" if aim.verb else "row" if aim.row else "side"


def probes(found: Iterable[Aim]) -> Iterator[Probe]:
    """Every probe of every road."""
    by_scope: dict[str, list[Any]] = {}
    for known in ROADS.values():
        by_scope.setdefault(known.scope, []).append(known)
    for aim in found:
        for known in by_scope.get(scope(aim), []):
            yield from known.make(aim)


def run(full: bool, of: str = "") -> Result:
    """Check the wall in a database of its own, or in a copy of an empty one.

    `full`: every column, every role and every mutant, else a part of a minute.
    """
    result = Result()
    with scratch.database(of) as name:
        people = world.people()
        marks = Marks()
        with scratch.admin(name) as admin:
            planting = _tables(name, admin, marks, full, result)
        walk.walk(name, people, planting.rows, marks, full, result)
    return result


def _tables(name: str, admin: psycopg.Connection[Any], marks: Marks, full: bool, result: Result) -> Planting:
    """The roads through SQL."""
    planting = Planting(admin, marks)
    planting.all()
    found = present(admin)
    everything = list(probes(aims(found, planting.rows, full)))
    result.untried = untried(found, planting)
    result.probes, result.roads = len(everything), {probe.road.name for probe in everything}
    with scratch.login(name) as login:
        asker: Asker = Program(login)
        result.crossings = [f"{p.name}: {why}" for p in everything if (why := p.crossing(asker, marks))]
    with down.undone(admin, list(down.statements(admin))):
        asker = Standing(admin)
        result.void = [
            f"{p.name}: {asker.ask(p.hidden, p.aim.side)}" for p in everything if not p.crossing(asker, marks)
        ]
    if full:
        result.killed, result.alive = mutants.kill(admin, everything, marks)
    return planting
