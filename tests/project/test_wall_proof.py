"""The proof of the wall: it runs, it finds what is wrong, and it does not pass over what it does not know."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from access.wall import APP_ROLE, Side
from project.launch.places import ROOT
from project.wall import addresses, breaches, matrix, scratch, undone
from project.wall.asking import REFUSED, Program, Standing
from project.wall.check import NOT_TRIED, aims, present, probes, untried
from project.wall.mutants import all_of
from project.wall.planting import Marks, Planting


@pytest.fixture
def admin(transactional_db: None) -> Iterator[psycopg.Connection[Any]]:
    """The administrator of the test's database, in a transaction that is undone."""
    with scratch.admin(settings.DATABASES["default"]["NAME"]) as connection:
        connection.execute("BEGIN")
        yield connection
        connection.execute("ROLLBACK")


def test_nothing_crosses_the_wall_and_every_probe_would_see_it(transactional_db: None) -> None:
    """The command itself, on a copy of the tests' database."""
    connections.close_all()
    name = str(settings.DATABASES["default"]["NAME"])
    with scratch.admin("postgres") as server:  # what served pages in an earlier test may still hold a connection
        server.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [name])
    asked = [sys.executable, "manage.py", "wall", "--check", "--of", name]
    ran = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    said = re.search(r"(\d+) roads, (\d+) probes, 0 marks out, 0 observables that differed, 0 void probes", ran.stdout)
    assert said and int(said[1]) >= 60 and int(said[2]) >= 8_000, ran.stdout


def test_a_table_that_is_declared_nowhere_fails_the_check(admin: psycopg.Connection[Any]) -> None:
    planting = Planting(admin, Marks())
    assert [missing for missing in untried(present(admin), planting) if "declared nowhere" in missing] == []
    admin.execute("CREATE TABLE stray (id int)")
    assert "stray: declared nowhere" in untried(present(admin), planting)


def test_a_table_of_a_side_without_a_planted_row_fails_the_check(admin: psycopg.Connection[Any]) -> None:
    assert "cases_case: no row planted" in untried(present(admin), Planting(admin, Marks()))


def test_a_right_too_many_is_found_where_it_was_given(admin: psycopg.Connection[Any]) -> None:
    marks, asker = Marks(), Standing(admin)
    planting = Planting(admin, marks)
    planting.all()
    found = [p for p in probes(aims(["cases_person"], planting.rows, full=False)) if p.aim.side is Side.JUSTICE]
    assert found and [p.name for p in found if p.crossing(asker, marks)] == []
    admin.execute(f"GRANT SELECT ON cases_person TO {Side.JUSTICE.role}")
    assert {"read", "count", "copy"} <= {p.road.name for p in found if p.crossing(asker, marks)}


def test_there_are_enough_ways_to_break_the_wall(admin: psycopg.Connection[Any]) -> None:
    names = [mutant.name for mutant in all_of(admin)]
    assert len(names) == len(set(names)) >= 100


def test_a_mark_says_who_may_read_it() -> None:
    marks = Marks()
    mark = marks.new(frozenset({Side.CARE})).encode()
    assert not marks.out(b"..." + mark, Side.CARE)
    assert marks.out(b"..." + mark.upper(), Side.JUSTICE)
    assert marks.out(mark, None)


def test_the_login_without_a_side_is_refused(transactional_db: None) -> None:
    with scratch.login(settings.DATABASES["default"]["NAME"]) as login:
        assert Program(login).ask("SELECT * FROM access_region", None).code == REFUSED
        assert Program(login).ask("SELECT count(*) FROM access_region", Side.CARE).code == b""


@pytest.mark.django_db
def test_the_matrix_names_every_role_on_every_table_and_address_with_the_reason() -> None:
    entries = matrix.rows()
    by = {(entry["role"], entry["object"]): entry for entry in entries}
    assert by[APP_ROLE, "cases_case"]["may"] == []
    assert by[Side.JUSTICE.role, "cases_case"] == {
        "role": Side.JUSTICE.role, "object": "cases_case", "may": [], "why": "belongs to the side care",
    }  # fmt: skip
    assert by["investigator", "/cases/"]["why"] == "not named at the door"
    assert all(entry["why"] for entry in entries)
    assert all(NOT_TRIED.values())


def test_an_address_with_a_part_that_no_probe_can_fill_is_named() -> None:
    assert [one.route for one in addresses.known() if one.unknown] == []
    view = addresses.known()[0].view
    assert addresses.made("/cases/<pk>/secret/<strange>/", view).unknown == {"strange"}


def test_the_program_is_breached_at_every_door_of_rows_and_for_every_side() -> None:
    names = [breach.name for breach in breaches.all_of()]
    assert len(names) == len(set(names)) >= len(undone.guarded()) + len(Side)
