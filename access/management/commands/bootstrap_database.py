"""`manage.py bootstrap_database`: make the roles of the wall and the database, once or again."""

from __future__ import annotations

from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from psycopg import sql

from access.wall import OWNER_ROLE
from access.wall.apply import role_statements

LOCK = 0x100D5  # any number, the same for everybody who runs this


class Command(BaseCommand):
    help = "Makes database roles and database (needs DATABASE_ADMIN_URL); safe to repeat."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        admin_url = settings.DATABASE_ADMIN_URL
        if not admin_url:
            raise CommandError("Set DATABASE_ADMIN_URL to a login that may create roles and databases.")
        app, owner = settings.DATABASES["default"], settings.DATABASES.get("owner")
        if owner is None:
            raise CommandError("Set DATABASE_OWNER_URL to the login that is to own the tables.")
        name = app["NAME"]
        try:
            with psycopg.connect(admin_url, autocommit=True) as connection:
                # Roles belong to the whole server: whoever else makes them at this moment waits for us.
                connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
                quote = lambda text: sql.Literal(text).as_string(connection)  # noqa: E731
                for statement in role_statements(app["PASSWORD"], owner["PASSWORD"], quote):
                    connection.execute(statement)  # type: ignore[call-overload]
                if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                    connection.execute(
                        sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(
                            sql.Identifier(name), sql.Identifier(OWNER_ROLE)
                        )
                    )
        except psycopg.OperationalError as error:
            raise CommandError(f"The database server does not answer: {str(error).splitlines()[0]}") from error
        self.stdout.write(f"Database {name} is there, with its roles.")
