"""Roads and probes. A road is one way that could lead to a hidden row; it makes probes from what it is given.

A probe asks the same twice, once for what is hidden and once for what is not there, and crosses when a mark comes out
or when the two answers differ in anything. A probe that must be refused crosses when it is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from psycopg import sql

from access.wall import Side

if TYPE_CHECKING:
    from access.wall.declaration import Declared
    from project.wall.asking import Asker
    from project.wall.planting import Column, Marks, Row

SCOPES = ("column", "row", "verb", "side", "catalogue")


@dataclass(frozen=True)
class Aim:
    """What a road is aimed at: who tries (None: the login without a side), and as far as the scope goes, at what."""

    side: Side | None
    table: str = ""
    what: Declared | None = None
    row: Row | None = None
    column: Column | None = None
    verb: str = ""

    @property
    def label(self) -> str:
        """For the report."""
        parts = [self.side.value if self.side else "login", self.verb, self.table]
        if self.row is not None:
            parts.append("-".join(self.row.variant.values()))
        return " ".join(filter(None, parts)) + (f".{self.column.name}" if self.column else "")


@dataclass(frozen=True)
class Probe:
    """One question: `hidden` and its twin `absent`, or what must be refused, or what must give nothing."""

    road: Road
    aim: Aim
    hidden: str
    absent: str | None = None
    expect: str = "twin"  # twin | refused | nothing
    echo: tuple[str, str] = ("", "")

    @property
    def name(self) -> str:
        """For the report."""
        return f"{self.road.name}: {self.aim.label}"

    def crossing(self, asker: Asker, marks: Marks) -> str:
        """What came across the wall, as `asker` finds it; empty when nothing did."""
        seen = asker.ask(self.hidden, self.aim.side).without(self.echo[0])
        if self.expect == "nothing":
            return f"found: {seen.text[:200].decode('utf-8', 'replace')}" if seen.text or seen.code else ""
        if marks.out(seen.text, self.aim.side):
            return "a mark came out"
        if self.expect == "refused":
            return "" if seen.code == b"42501" else f"not refused: {(seen.status + b' ' + seen.code).decode()}"
        if self.absent is not None and seen != asker.ask(self.absent, self.aim.side).without(self.echo[1]):
            return "hidden and absent differ"
        return ""


@dataclass(frozen=True)
class Road:
    """A way that is tried: its number in the list of roads, its name, and what makes its probes."""

    number: str
    name: str
    scope: str
    make: Callable[[Aim], Iterator[Probe]] = field(compare=False)
    quick: bool = False


ROADS: dict[str, Road] = {}


def road(number: str, name: str, scope: str, *, expect: str = "twin") -> Callable[[Any], Any]:
    """Register a road. The decorated function gives, for an aim, statements: with ``{}`` where the value stands (scope
    column), or in pairs of hidden and absent (scope row), or single ones."""

    def register(make: Callable[[Aim], Any]) -> Any:
        def probes(aim: Aim) -> Iterator[Probe]:
            for asked in make(aim) or ():
                if isinstance(asked, tuple):
                    yield Probe(known, aim, asked[0], asked[1], expect)
                elif aim.column is not None:
                    at = aim.column
                    hidden, absent = (asked.replace("{}", literal(v)) for v in (at.hidden, at.absent))
                    yield Probe(known, aim, hidden, absent, expect, (at.hidden, at.absent))
                else:
                    yield Probe(known, aim, asked, None, expect)

        known = Road(number, name, scope, probes)
        assert name not in ROADS and scope in SCOPES
        ROADS[name] = known
        return make

    return register


def literal(value: str) -> str:
    """A value as an SQL literal."""
    return sql.Literal(value).as_string(None)
