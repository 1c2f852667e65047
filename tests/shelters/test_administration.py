"""Schemes and published figures: kept by administrators, with a reason, and seen by nobody else there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client

from access.models import Change, Post
from access.roles import Role
from access.wall import Side, taken
from project.demo import published
from shelters import freshness
from shelters.models import PublishedFigure, Scheme
from tests.factories.access import PostFactory
from tests.shelters.pages import filled, plain

pytestmark = pytest.mark.django_db
Open = Callable[[Post], Client]


@pytest.fixture
def admin(browser: Open) -> Client:
    """The administrator's browser."""
    return browser(PostFactory(role=Role.ADMINISTRATOR))


def test_a_scheme_changes_with_a_reason(admin: Client) -> None:
    address = "/admin/shelters/scheme/cosm/change/"
    data = filled(admin, address)
    assert "code" not in data, "lines and statements name it by its code"
    assert "This field is required." in plain(admin.post(address, data | {"maximum_months": "6"}))
    assert admin.post(address, data | {"maximum_months": "6", "reason": "Nieuwe afspraak"}).status_code == 302
    with taken(Side.COMMON):
        assert Scheme.objects.get(pk="cosm").maximum_months == 6
        line = Change.objects.get(object_kind="shelters.scheme")
    assert (line.before, line.after, line.reason) == ({"maximum_months": 3}, {"maximum_months": 6}, "Nieuwe afspraak")


@pytest.mark.parametrize(
    ("said", "because"),
    [
        ({"maximum_months": "0"}, "At least one month, or empty when there is no such end."),
        ({"maximum_months": "-2"}, "Ensure this value is greater than or equal to 0."),
        ({"as_of": "2999-01-01"}, "This day is still to come."),
        ({"source": ""}, "This field is required."),
    ],
)
def test_a_scheme_that_cannot_be_is_refused(admin: Client, said: dict[str, str], because: str) -> None:
    address = "/admin/shelters/scheme/omm/change/"
    answer = admin.post(address, filled(admin, address) | {"reason": "Proef"} | said)
    assert answer.status_code in (200, 422) and because in plain(answer)


@pytest.mark.parametrize(
    ("said", "because"),
    [
        ({"key": "places"}, "Say of which scheme."),
        ({"key": "registered_victims"}, "Say of which year."),
        ({"key": "registered_victims", "year": "2024", "number": "-1"}, "greater than or equal to 0"),
        ({"key": "registered_victims", "year": "2024", "published_on": "2999-01-01"}, "This day is still to come."),
    ],
)
def test_a_figure_says_what_it_is_about(admin: Client, said: dict[str, str], because: str) -> None:
    address = "/admin/shelters/publishedfigure/add/"
    data = {"number": "944", "source": "Proef", "as_of": "2025-12-31", "reason": "Proef"}
    assert because in plain(admin.post(address, data | said))
    with taken(Side.COMMON):
        assert not PublishedFigure.objects.exists()


def test_a_revised_figure_stands_beside_the_old_one(admin: Client) -> None:
    address = "/admin/shelters/publishedfigure/add/"
    first = {"key": "registered_victims", "year": "2019", "number": "1372", "source": "A", "as_of": "2019-12-31"}
    for said in (first, first | {"number": "1334", "source": "B"}):
        assert admin.post(address, said | {"reason": "Gepubliceerd"}).status_code == 302
    assert "1372" in plain(admin.get("/admin/shelters/publishedfigure/"))
    assert "already exists" in plain(admin.post(address, first | {"reason": "Nog eens"}))
    with taken(Side.COMMON):
        assert sorted(PublishedFigure.objects.values_list("number", flat=True)) == [1334, 1372]


def test_the_demonstration_holds_what_others_published() -> None:
    with taken(Side.COMMON):
        published.load()
        rows = {(r.scheme_id or r.year, r.number): r for r in PublishedFigure.objects.all()}
    assert set(rows) == {
        ("cosm", 40), ("omm", 36), (2019, 1372), (2019, 1334), (2020, 1013), (2020, 984), (2021, 791), (2022, 814),
        (2023, 868), (2024, 944),
    }  # fmt: skip
    omm = rows["omm", 36]
    assert omm.as_of == date(2019, 10, 1)
    assert all(name in omm.detail_nl for name in ("Blijf Groep", "Fier", "HVO-Querido", "Kadera", "6 steden", "Zwolle"))
    assert all(row.source for row in rows.values()) and rows[2019, 1334].source != rows[2019, 1372].source


def test_every_side_reads_published_figures_and_only_the_common_one_writes() -> None:
    for side in Side:
        with taken(side), connection.cursor() as cursor:
            cursor.execute("SELECT has_table_privilege('shelters_publishedfigure', 'INSERT')")
            assert cursor.fetchone() == (side is Side.COMMON,)
            assert list(PublishedFigure.objects.all()) == []


def test_what_other_rooms_know_of_a_check_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(freshness, "also", [lambda units, day: {1: date(2026, 3, 1), 2: date(2026, 1, 1)}])
    lines = [(1, date(2026, 2, 1)), (2, date(2026, 2, 1)), (3, None)]
    assert freshness.checked(lines, date(2026, 3, 2)) == {1: date(2026, 3, 1), 2: date(2026, 2, 1), 3: None}
