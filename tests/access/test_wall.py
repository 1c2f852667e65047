"""The wall's ground: no side, no rows; a side sees its own and the common ground, and nothing tells of the rest."""

from __future__ import annotations

import re
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import DataError, ProgrammingError, connection, connections, transaction

from access.models import AccessRecord, Organisation, Post, Region
from access.roles import Role
from access.wall import APP_ROLE, OWNER_ROLE, Side, current_side, taken
from access.wall.declaration import ALL, Crossing, Ground, Own, Shared, declared, functions, own_models, tables
from cases.models import Case
from tests.factories.access import OrganisationFactory, PostFactory, RegionFactory
from workflows.engine.models import Process, StepLog
from workflows.engine.steps import open_process
from workflows.placement.machine import Placement

EVERY_VERB = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN")


def _rights() -> dict[tuple[str, str], set[str]]:
    """Every right that a login or a side really has on every table, asked of the live database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, r.rolname, v.verb FROM pg_class c, pg_roles r, unnest(%s::text[]) AS v(verb) "
            "WHERE c.relkind IN ('r', 'p', 'v', 'm') AND c.relnamespace = 'public'::regnamespace "
            "AND r.rolname = ANY(%s) AND has_table_privilege(r.rolname, c.oid, v.verb)",
            [list(EVERY_VERB), [APP_ROLE, *(side.role for side in Side)]],
        )
        found: dict[tuple[str, str], set[str]] = {}
        for table, role, verb in cursor.fetchall():
            found.setdefault((table, role), set()).add(verb)
        return found


@pytest.mark.django_db
def test_every_table_gives_each_side_what_is_declared_and_nothing_else() -> None:
    rights, declaration = _rights(), tables()
    with connection.cursor() as cursor:
        present = {t.name for t in connection.introspection.get_table_list(cursor)}
    assert present, "the walk must not pass on an empty database"
    for table in present:
        for side in Side:
            allowed = set(declaration[table].verbs(side)) if table in declaration else set()
            assert rights.get((table, side.role), set()) == allowed, f"{side.label} on {table}"
        assert (table, APP_ROLE) not in rights, f"the login itself has rights on {table}"


@pytest.mark.django_db
def test_only_declared_gates_run_with_the_rights_of_the_owner() -> None:
    """Each has a search path of its own, and may be called by the sides it names and by nobody else."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.oid::regprocedure::text, p.proconfig::text, array_agg(r.rolname) FILTER ("
            "WHERE r.rolname = ANY(%s) AND has_function_privilege(r.rolname, p.oid, 'EXECUTE')) "
            "FROM pg_proc p CROSS JOIN pg_roles r "
            "WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef GROUP BY p.oid, p.proconfig::text",
            [[APP_ROLE, *(side.role for side in Side)]],
        )
        found = {name.split("(")[0]: (kept, set(roles or [])) for name, kept, roles in cursor.fetchall()}
    declared = {name.split("(")[0]: sides for name, sides in functions().items()}
    assert {"shelters_supply", "placement_demand", "capacity_statement_freshness"} <= set(found)
    for name, (kept, roles) in found.items():
        assert roles == {side.role for side in declared[name]}, name
        assert "search_path=public, pg_temp" in kept, name


@pytest.mark.django_db
def test_shared_tables_have_forced_row_level_security_and_a_policy_for_each_side() -> None:
    shared = {name for name, what in tables().items() if isinstance(what, Shared | Crossing)}
    assert {"engine_process", "engine_steplog", "engine_notice", "engine_delivery", "access_accessrecord"} <= shared
    assert {"handovers_handover", "handovers_handovercontent"} <= shared
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c WHERE c.relrowsecurity AND c.relforcerowsecurity "
            "AND (SELECT count(DISTINCT r) FROM pg_policy p, unnest(p.polroles) r WHERE p.polrelid = c.oid "
            "AND r <> %s::regrole) = %s",
            [OWNER_ROLE, len(Side)],
        )
        assert shared == {name for (name,) in cursor.fetchall()}


@pytest.mark.django_db
def test_gates_read_only_the_shared_tables_that_say_so_and_the_owner_changes_none() -> None:
    gated = {name for name, what in tables().items() if getattr(what, "gate", False)}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.polrelid::regclass::text, p.polcmd::text, p.polpermissive FROM pg_policy p "
            "WHERE %s::regrole = ANY(p.polroles)",
            [OWNER_ROLE],
        )
        assert set(cursor.fetchall()) == {(name, "r", True) for name in gated}
    assert gated == {"engine_process", "engine_steplog", "handovers_handover"}


@pytest.mark.django_db
def test_every_policy_that_opens_stands_beside_the_same_one_that_restricts() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename, policyname, permissive, roles::text, cmd, qual, with_check FROM pg_policies "
            "WHERE schemaname = 'public' AND roles <> ARRAY[%s::name]",  # gates: see the next test
            [OWNER_ROLE],
        )
        rules = cursor.fetchall()
    opening = {(t, name, *rest) for t, name, kind, *rest in rules if kind == "PERMISSIVE"}
    restricting = {(t, name.removesuffix("_only"), *rest) for t, name, kind, *rest in rules if kind == "RESTRICTIVE"}
    assert len(opening) > 20
    assert opening <= restricting
    assert all(rest[2] == "false" for rest in ((roles, cmd, q) for _, _, roles, cmd, q, _ in restricting - opening))


@pytest.mark.django_db(databases=["default", "owner"])
@pytest.mark.parametrize("table", ["engine_process", "handovers_handover"])
def test_a_policy_that_somebody_adds_opens_nothing(table: str) -> None:
    """PostgreSQL joins permissive policies with OR; the restricting ones hold against it."""
    with connections["owner"].cursor() as owner:
        owner.execute(f"CREATE POLICY wide ON {table} USING (true) WITH CHECK (true)")
        for side in Side:
            owner.execute(f"SET LOCAL ROLE {side.role}")
            owner.execute("SAVEPOINT before")
            try:
                owner.execute(f"EXPLAIN SELECT * FROM {table}")
                plan = " ".join(row[0] for row in owner.fetchall())
            except ProgrammingError as refused:
                assert "permission denied" in str(refused)
                plan = side.value
                owner.execute("ROLLBACK TO before")
            assert side.value in plan, f"{side.label} reads {table} without the wall"
            owner.execute("RESET ROLE")


@pytest.mark.django_db(databases=["default", "owner"])
def test_the_restricting_policy_costs_nothing() -> None:
    """The planner drops the second of two equal conditions: a row is asked once."""
    with connections["owner"].cursor() as owner:
        for table, column in (("engine_process", "side"), ("handovers_handovercontent", "from_side")):
            owner.execute(f"SET LOCAL ROLE {Side.CARE.role}")
            owner.execute(f"EXPLAIN SELECT * FROM {table}")
            plan = " ".join(row[0] for row in owner.fetchall())
            owner.execute("RESET ROLE")
            assert len(re.findall(rf"\b{column}\b", plan)) == 1, plan


@pytest.mark.django_db
def test_the_roles_have_no_power_beyond_their_grants() -> None:
    names = [APP_ROLE, OWNER_ROLE, *(side.role for side in Side)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s) "
            "AND NOT rolsuper AND NOT rolbypassrls AND NOT rolcreaterole AND NOT rolcreatedb AND NOT rolreplication "
            "AND NOT rolinherit",
            [names],
        )
        assert {name for (name,) in cursor.fetchall()} == set(names)
        cursor.execute(
            "SELECT m.rolname FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.roleid "
            "JOIN pg_roles l ON l.oid = a.member WHERE l.rolname = %s",
            [APP_ROLE],
        )
        assert {name for (name,) in cursor.fetchall()} == {side.role for side in Side}
        cursor.execute("SELECT relname FROM pg_class WHERE relowner = %s::regrole", [APP_ROLE])
        assert cursor.fetchall() == []


@pytest.mark.django_db
@pytest.mark.parametrize("side", Side)
def test_no_side_may_make_anything_in_the_database(side: Side) -> None:
    for statement in ("CREATE TABLE mine (a int)", "CREATE TEMP TABLE mine (a int)", "TRUNCATE engine_steplog"):
        with taken(side), pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_took_no_side_is_refused() -> None:
    refused = 0
    for model in own_models():
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            model._base_manager.exists()
        refused += 1
    assert refused > 20


@pytest.mark.django_db(transaction=True)
def test_a_query_outside_a_transaction_is_refused_even_under_a_side() -> None:
    with taken(Side.CARE), pytest.raises(ProgrammingError, match="permission denied"):
        Region.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_side_lasts_as_long_as_its_block_and_its_transaction() -> None:
    with taken(Side.CARE):
        with transaction.atomic():
            assert _role() == Side.CARE.role
            with taken(Side.JUSTICE):
                assert _role() == Side.JUSTICE.role
            assert _role() == Side.CARE.role
        assert current_side() is Side.CARE
    with transaction.atomic():
        assert _role() == APP_ROLE


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_savepoint_does_not_change_the_side() -> None:
    with taken(Side.CARE), transaction.atomic():
        with pytest.raises(ZeroDivisionError), transaction.atomic(), taken(Side.JUSTICE):
            assert _role() == Side.JUSTICE.role
            raise ZeroDivisionError
        assert _role() == Side.CARE.role
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM no_such_table")
        assert _role() == Side.CARE.role


@pytest.mark.django_db(transaction=True)
def test_a_first_statement_that_cannot_be_written_leaves_the_transaction_to_come() -> None:
    with taken(Side.COMMON), transaction.atomic():
        with pytest.raises((DataError, ValueError)), connection.cursor() as cursor:
            cursor.execute("SELECT 1 WHERE 'x' = %s", ["\0"])
        region = RegionFactory()
        assert Region.objects.filter(pk=region.pk).exists()
        transaction.set_rollback(True)
    with taken(Side.COMMON), transaction.atomic():
        assert not Region.objects.filter(pk=region.pk).exists(), "it was written outside of the transaction"


@pytest.mark.django_db(transaction=True)
def test_a_lost_connection_comes_back_without_a_side() -> None:
    with taken(Side.CARE), transaction.atomic():
        assert _role() == Side.CARE.role
    connection.close()
    with transaction.atomic():
        assert _role() == APP_ROLE


def _role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str(cursor.fetchone()[0])


@pytest.mark.django_db
def test_shared_rows_of_another_side_do_not_exist(coordinator: Post, region: Any) -> None:
    with taken(Side.CARE):
        process = open_process(Placement, acting=coordinator, region_id=region.pk)
        assert Process.objects.filter(pk=process.pk).exists()
    for side in (Side.JUSTICE, Side.DETERMINATION, Side.COMMON):
        with taken(side):
            assert Process.objects.count() == 0
            assert StepLog.objects.count() == 0
            assert Process.objects.filter(pk=process.pk).update(state="x") == 0


@pytest.mark.django_db
def test_no_row_can_be_written_for_another_side(coordinator: Post, region: Any) -> None:
    with taken(Side.CARE):
        process = open_process(Placement, acting=coordinator, region_id=region.pk)
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Process.objects.filter(pk=process.pk).update(side=Side.JUSTICE)
    with taken(Side.JUSTICE), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        open_process(Placement, acting=None, region_id=region.pk)


@pytest.mark.django_db
@pytest.mark.parametrize("side", [Side.JUSTICE, Side.DETERMINATION, Side.COMMON])
def test_files_of_the_care_side_are_closed_to_every_other_side(side: Side) -> None:
    own = [m for m in own_models() if isinstance(declared(m), Own) and declared(m).side is Side.CARE]  # type: ignore[union-attr]
    assert Case in own
    for model in own:
        with taken(side), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            model._base_manager.exists()


@pytest.mark.django_db(databases=["default", "owner"])
@pytest.mark.parametrize("table", ["engine_steplog", "access_accessrecord"])
def test_not_even_the_owner_changes_or_deletes_a_line_of_a_log(table: str, coordinator: Post, region: Any) -> None:
    with taken(Side.CARE):
        open_process(Placement, acting=coordinator, region_id=region.pk)
        AccessRecord.objects.create(at=region.as_of.strftime("%Y-%m-%dT00:00Z"), side="care", action="read")
        for verb in (f"UPDATE {table} SET side = side", f"DELETE FROM {table}"):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                connection.cursor().execute(verb)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE 'pgtrigger_append_only%%' "
            "AND tgenabled = 'O'",
            [table],
        )
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db(transaction=True)
def test_the_guard_of_the_log_holds_against_every_setting(coordinator: Post, region: Any) -> None:
    """A setting makes django-pgtrigger ignore its triggers; here it does not, not even for the administrator."""
    with taken(Side.CARE), transaction.atomic():
        open_process(Placement, acting=coordinator, region_id=region.pk)
    name = settings.DATABASES["default"]["NAME"]
    with psycopg.connect(settings.DATABASE_ADMIN_URL, dbname=name, autocommit=True) as admin:
        triggers = admin.execute("SELECT array_agg(tgname::text) FROM pg_trigger").fetchone()
        admin.execute("SELECT set_config('pgtrigger.ignore', %s, false)", ["{" + ",".join(triggers[0]) + "}"])
        for verb in ("UPDATE engine_steplog SET reason = ''", "DELETE FROM engine_steplog"):
            with pytest.raises(psycopg.errors.RaiseException):
                admin.execute(verb)  # type: ignore[call-overload]


@pytest.mark.django_db
def test_a_post_meets_only_organisations_of_its_side() -> None:
    police = OrganisationFactory(side=Side.JUSTICE, kind=Organisation.Kind.POLICE)
    post = PostFactory(role=Role.CASEWORKER, regions=[RegionFactory()])
    with taken(Side.CARE):
        assert police not in Organisation.objects.for_post(post)
        assert post.organisation in Organisation.objects.for_post(post)


def test_what_is_declared_says_who_writes_the_common_ground() -> None:
    assert Ground().verbs(Side.COMMON) == ALL
    assert Ground().verbs(Side.CARE) == {"SELECT"}
    assert "owner" in connections
