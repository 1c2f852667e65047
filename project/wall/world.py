"""Databases to walk the program in: one with everything, and for each side one in which nothing of the others is.

Who asks stands in a house and a region of their own, in which nothing lies: what they are shown of the rows that were
planted, they are shown because of their side or because they work for the whole country.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import psycopg
from django.db import transaction
from psycopg import sql

from access import configuration
from access.models import Organisation, Post, Region, User
from access.roles import Role
from access.wall import Side, taken
from access.wall.declaration import Ground, declared
from project.wall import scratch
from project.wall.planting import Row

HOUSES = {
    Role.SHELTER_PROVIDER: "shelter",
    Role.COMMITTEE_SECRETARY: "committee",
    Role.COMMITTEE_MEMBER: "committee",
    Role.INVESTIGATOR: "police",
    Role.PROSECUTOR: "prosecution",
    Role.NATIONAL_DESK: "national_desk",
}
LONG_AGO = date(2015, 1, 1)


@dataclass(frozen=True)
class Asking:
    """Somebody who asks: a post in a role on a side, or nobody (no post)."""

    name: str
    side: Side | None = None
    post: int | None = None
    user: int | None = None
    role: Role | None = None


@dataclass
class Worlds:
    """The databases by name: `whole`, and by side those without what the side may not read (None: without any rows)."""

    whole: str
    without: dict[Side | None, str] = field(default_factory=dict)

    @property
    def all(self) -> list[str]:
        """Every one of them."""
        return [self.whole, *self.without.values()]


def people() -> list[Asking]:
    """Make a post for every role on every side it can stand on. Out: who asks, nobody included."""
    found = [Asking("nobody")]
    with taken(Side.COMMON), transaction.atomic():
        region = Region.objects.create(code="WALL", name="Elsewhere", source="made for the proof", as_of=LONG_AGO)
        for role in Role:
            for side in sorted(role.sides):
                name = f"{role.value} ({side.value})"
                kind = HOUSES.get(role, "care_coordination")
                house = Organisation.objects.create(name=f"House of {name}", side=side, kind=kind)
                user = User.objects.create(email=f"{role.value}.{side.value}@example.invalid", name=f"Asker {name}")
                post = Post.objects.create(user=user, role=role, organisation=house, starts_on=LONG_AGO)
                if not role.national:
                    post.regions.set([region])
                found.append(Asking(name, side, post.pk, user.pk, role))
    return found


@contextmanager
def copies(name: str, rows: list[Row]) -> Iterator[Worlds]:
    """Copy a database, once as it is and once for each side; dropped afterwards."""
    worlds = Worlds(f"{name}_whole", {None: f"{name}_bare", **{side: f"{name}_{side.value}" for side in Side}})
    try:
        for copy in worlds.all:
            scratch.copy(name, copy)
        for side, copy in worlds.without.items():
            with scratch.admin(copy) as admin:
                _forget(admin, side, rows)
        yield worlds
    finally:
        for copy in worlds.all:
            scratch.drop(copy)


@contextmanager
def entered(name: str) -> Iterator[None]:
    """Let the program work on a database inside the block."""
    before = scratch.working_on()
    scratch.work_on(name)
    configuration.forget()
    try:
        with taken(Side.COMMON), transaction.atomic():
            configuration.refresh()
        yield
    finally:
        scratch.work_on(before)
        configuration.forget()


def _forget(admin: psycopg.Connection[Any], side: Side | None, rows: list[Row]) -> None:
    """Delete what `side` may not read, as if it had never been."""
    admin.execute("SET session_replication_role = replica")
    for table, mine in by_table(row for row in rows if not isinstance(declared(row.model), Ground)).items():
        hidden = [row for row in mine if side not in row.readers]
        if len(hidden) == len(mine):
            admin.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            continue
        for row in hidden:  # by what tells whose they are: there are copies of each
            whose = [
                sql.SQL("{} = {}").format(sql.Identifier(name), sql.Literal(value))
                for name, value in row.variant.items()
            ]
            admin.execute(sql.SQL("DELETE FROM {} WHERE ").format(sql.Identifier(table)) + sql.SQL(" AND ").join(whose))


def by_table(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Rows by their table."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.table, []).append(row)
    return found
