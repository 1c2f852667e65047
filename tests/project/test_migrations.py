"""Migrations run both ways, and the models have none outstanding."""

from __future__ import annotations

from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from project.management.commands import runserver
from project.management.commands.migrate import one_by_one

OWN = [
    "guiding",
    "advice",
    "comparison", "guidance", "reflection_period", "determination", "investigation_led", "designs", "supply_adjustment",
    "capacity_statement", "referral", "matching", "placement", "break_glass", "handovers", "engine", "shelters",
    "cases", "access",
]  # fmt: skip


@pytest.mark.django_db(databases=["default", "owner"])
def test_nothing_is_outstanding() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
    said = StringIO()
    runserver.Command(stdout=said).check_migrations()
    assert said.getvalue() == ""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_every_migration_runs_back_and_forth() -> None:
    owner = connections["owner"]
    with owner.cursor() as cursor:
        before = _shape(cursor)
    last = [node for node in MigrationExecutor(owner).loader.graph.leaf_nodes() if node[0] in OWN]
    assert {app for app, _ in last} == set(OWN)
    try:
        # People come last and first: sessions and sign-in of other packages lean on them.
        with one_by_one():
            MigrationExecutor(owner).migrate([(app, None) for app in OWN[:-1]])
        left = set(_tables(owner))
        for app in OWN[:-1]:
            assert not left & {m._meta.db_table for m in apps.get_app_config(app).get_models()}, f"of {app}"
    finally:
        # Django's own way: `before` was made by our command, which spares itself most of the work.
        MigrationExecutor(owner).migrate(last)
        call_command("migrate", verbosity=0)  # what follows migrations: grants, kinds of rows
    with owner.cursor() as cursor:
        assert _shape(cursor) == before


def _tables(connection: object) -> list[str]:
    return connection.introspection.table_names()  # type: ignore[attr-defined, no-any-return]


def _shape(cursor: object) -> list[tuple[str, ...]]:
    """Tables, columns, constraints, indexes, triggers, policies and grants, as text."""
    found: list[tuple[str, ...]] = []
    for statement in (
        "SELECT 'column', table_name, column_name, data_type, is_nullable FROM information_schema.columns "
        "WHERE table_schema = 'public'",
        "SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace",
        "SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "SELECT 'trigger', tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal",
        "SELECT 'policy', tablename, policyname, qual, with_check FROM pg_policies",
        "SELECT 'grant', table_name, grantee, privilege_type FROM information_schema.role_table_grants "
        "WHERE table_schema = 'public'",
    ):
        cursor.execute(statement)  # type: ignore[attr-defined]
        found += [tuple(str(value) for value in row) for row in cursor.fetchall()]  # type: ignore[attr-defined]
    return sorted(found)
