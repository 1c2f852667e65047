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

from access.wall import APP_ROLE, OWNER_ROLE

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
def database(of: str = "") -> Iterator[str]:
    """Make the database, or copy an empty one, and let the program work on it inside the block. Gives its name.

    Errors: CommandError when there is no administrator's login to make one with.
    """
    if not settings.DATABASE_ADMIN_URL or "owner" not in settings.DATABASES:
        raise CommandError("Set DATABASE_ADMIN_URL and DATABASE_OWNER_URL: the proof makes a database of its own.")
    name, before = f"loods_wall_{secrets.token_hex(4)}", working_on()
    if of:
        copy(of, name)
    work_on(name)
    try:
        if not of:
            call_command("bootstrap_database", stdout=io.StringIO())
            call_command("migrate", verbosity=0, database="owner")
        yield name
    finally:
        work_on(before)
        drop(name)


def drop(name: str) -> None:
    """Drop a database of the proof, whoever is still connected."""
    with admin("postgres") as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def copy(name: str, to: str) -> None:
    """Copy a database to which nobody is connected."""
    for alias in ALIASES:
        connections[alias].close()
    with admin("postgres") as connection:
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY FILE_COPY")
        connection.execute(made.format(sql.Identifier(to), sql.Identifier(name), sql.Identifier(OWNER_ROLE)))
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(to)))
        granted = sql.SQL("GRANT CONNECT ON DATABASE {} TO {}")
        connection.execute(granted.format(sql.Identifier(to), sql.Identifier(APP_ROLE)))


def working_on() -> str:
    """The database the program works on."""
    return str(settings.DATABASES["default"]["NAME"])


def work_on(name: str) -> None:
    """Let the program work on another database."""
    for alias in ALIASES:
        connections[alias].close()
        settings.DATABASES[alias]["NAME"] = connections[alias].settings_dict["NAME"] = name
