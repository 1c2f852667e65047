"""Making a set: whether it may be made here, emptying what was there, making it, marking it."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connections, transaction
from psycopg import sql

from access import clock, configuration
from access.wall import Side, taken
from cases.models import Case
from project.demo import large, marker, small
from project.demo.chance import seeded_keys
from project.demo.progress import Progress

KEPT = {
    "django_migrations", "django_content_type", "django_site", "auth_permission", "auth_group",
    "auth_group_permissions", "engine_term", "access_configuration", "shelters_scheme",
}  # fmt: skip
"""Tables that stay as they are when a set is replaced: what migrations and the program itself fill."""


class Refused(Exception):
    """Demonstration data cannot be made here; the message is one sentence for the person at the terminal."""


def make(size: str, seed: int, as_of: date | None, *, once: bool, progress: Progress, cases: int = 0) -> dict[str, Any]:
    """Make a set, replacing the one that is there.

    In: ``small`` or ``large``, the seed, the date it looks from (None: today), whether to leave a set that is there
    alone, and for the large set another number of cases than its own (0: its own). Out: the facts of the mark.
    Errors: Refused.
    """
    if not settings.DEMO:
        raise Refused("Demonstration data is only made in a demonstration: set LOODS_DEMO=1.")
    if "owner" not in connections.databases:
        raise Refused("Set DATABASE_OWNER_URL: the mark of a demonstration is written by the owner of the tables.")
    found = marker.read()
    if found is None:
        with taken(Side.CARE), transaction.atomic():
            if Case.objects.exists():
                raise Refused("This database holds cases that are no demonstration: nothing was changed.")
    elif once and found["made"]:
        return found
    as_of = as_of or clock.today()
    facts: dict[str, Any] = {"size": size, "seed": seed, "as_of": str(as_of)}
    marker.write(made=False, **facts)
    _empty()
    chance = random.Random(f"{size} {seed} {as_of}")  # noqa: S311 - chance by seed is what is wanted
    try:
        if size == "large":
            facts |= large.make(chance, as_of, progress, cases or large.CASES)
        else:
            with taken(Side.COMMON), transaction.atomic(), seeded_keys(chance):
                facts |= small.make(chance, as_of)
    finally:
        configuration.forget()  # what was remembered may have been rolled back
    marker.write(made=True, **facts)
    return {"made": True, **facts}


def _empty() -> None:
    """Empty every table but those of `KEPT`, numbering from one again; needs the owner of the tables."""
    owner = connections["owner"]
    with owner.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL(%s) ORDER BY 1",
            [sorted(KEPT)],
        )
        tables = [name for (name,) in cursor.fetchall()]
        names = sql.SQL(", ").join(sql.Identifier(name) for name in tables)
        cursor.execute("SET lock_timeout = '15s'")
        cursor.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(names).as_string(owner.connection))
        cursor.execute("RESET lock_timeout")
