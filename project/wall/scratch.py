"""A database for the proof alone: made from the migrations, dropped afterwards. Real data is never touched."""

from __future__ import annotations

import io
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connections
from psycopg import sql

ALIASES = ("default", "owner")


def admin(name: str) -> psycopg.Connection[Any]:
    """A connection as the server's administrator, for which no wall stands."""
    return psycopg.connect(settings.DATABASE_ADMIN_URL, dbname=name, autocommit=True, prepare_threshold=None)


def login(name: str) -> psycopg.Connection[Any]:
    """A connection with the program's own login."""
    at = settings.DATABASES["default"]
    return psycopg.connect(
        host=at["HOST"], port=at["PORT"], user=at["USER"], password=at["PASSWORD"], dbname=name, autocommit=True
    )


@contextmanager
def database() -> Iterator[str]:
    """Make the database and let the program work on it inside the block. Gives its name.

    Errors: CommandError when there is no administrator's login to make one with.
    """
    if not settings.DATABASE_ADMIN_URL or "owner" not in settings.DATABASES:
        raise CommandError("Set DATABASE_ADMIN_URL and DATABASE_OWNER_URL: the proof makes a database of its own.")
    name, before = f"loods_wall_{secrets.token_hex(4)}", settings.DATABASES["default"]["NAME"]
    _work_on(name)
    try:
        call_command("bootstrap_database", stdout=io.StringIO())
        call_command("migrate", verbosity=0, database="owner")
        yield name
    finally:
        _work_on(before)
        with admin("postgres") as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _work_on(name: str) -> None:
    for alias in ALIASES:
        connections[alias].close()
        settings.DATABASES[alias]["NAME"] = connections[alias].settings_dict["NAME"] = name
