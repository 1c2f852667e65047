"""The database of the measurements: made once, migrated, filled with the large set when a measurement asks for it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from access.wall import Side, taken
from project.wall import scratch


def admin() -> psycopg.Connection[Any]:
    """A connection as the server's administrator: no side, no policies. For the bare side of a comparison."""
    return psycopg.connect(settings.DATABASE_ADMIN_URL, dbname=settings.DATABASES["default"]["NAME"], autocommit=True)


def prepare() -> None:
    """Make and migrate the database."""
    call_command("bootstrap_database", stdout=io.StringIO())
    call_command("migrate", verbosity=0)
    with admin() as connection:
        connection.execute("DROP SCHEMA IF EXISTS bare CASCADE")  # `step` left it: its keys hold tables
        # The peers' tables have no migrations: they are made anew.
        for model in apps.get_app_config("peers").get_models():
            connection.execute(f'DROP TABLE IF EXISTS "{model._meta.db_table}" CASCADE')
    call_command("migrate", verbosity=0, run_syncdb=True)


@contextmanager
def another(name: str) -> Iterator[None]:
    """Work in a database of its own for one measurement, made and migrated; it is dropped afterwards."""
    before = scratch.working_on()
    own = f"{before}_{name}"
    scratch.drop(own)  # one that a broken run left behind
    scratch.work_on(own)
    try:
        prepare()
        yield
    finally:
        scratch.work_on(before)
        scratch.drop(own)


def large() -> None:
    """Fill the database with the large demonstration set, once."""
    call_command("demo_data", size="large", once=True)


def counted(table: str) -> int:
    """Rows in a table, as seen by the care side."""
    with taken(Side.CARE), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])
