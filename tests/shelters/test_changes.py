"""What changed when, and by whom: told from what was known before, and to the coordinator what providers changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.test import Client

from access import clock
from access.models import Organisation, Post
from access.roles import Role
from shelters import changes, inventory
from shelters.models import Unit
from tests.factories.access import PostFactory, RegionFactory
from tests.factories.shelters import a_unit
from tests.shelters.pages import plain

pytestmark = pytest.mark.django_db
Open = Callable[[Post], Client]
TODAY = date(2026, 3, 2)


def told(unit: Unit, reader: Post) -> list[tuple[str, list[str], bool]]:
    """The story of a unit in short: who, what, and whether by another organisation; the latest first."""
    return [
        (event.by.name if event.by else "", [part.what for part in event.parts], event.other)
        for event in changes.story([unit], changes.remembered([unit.pk]), reader)
    ]


def test_each_act_is_told_once_by_who_did_it(unit: Unit, coordinator: Post, provider: Post, monday: datetime) -> None:
    mine, theirs = coordinator.user.name, provider.user.name
    with clock.at(monday + timedelta(hours=1)):
        inventory.change(unit, {"places": 4}, since=TODAY, until=TODAY + timedelta(days=9), acting=provider)
    with clock.at(monday + timedelta(hours=2)):
        inventory.change(unit, {"as_of": TODAY}, since=TODAY, acting=coordinator)
    with clock.at(monday + timedelta(hours=3)):
        row = inventory.take_out(unit, places=1, since=TODAY, until=date(2026, 4, 1), reason="repair", acting=provider)
    with clock.at(monday + timedelta(hours=4)):
        inventory.revise_out(row, coordinator, period=inventory.EMPTY)
    with clock.at(monday + timedelta(hours=5)):
        inventory.end(unit, date(2026, 5, 1), coordinator, "Gesloten")
    with clock.at(monday + timedelta(hours=6)):
        inventory.change(unit, {"places": 2}, since=date(2026, 6, 1), acting=coordinator)
    assert told(unit, coordinator) == [
        (mine, ["Weer opgepakt"], False),
        (mine, ["Houdt op"], False),
        (mine, ["Buiten gebruik: ingetrokken"], False),
        (theirs, ["Buiten gebruik"], True),
        (mine, ["Bevestigd"], False),
        (theirs, ["Gewijzigd"], True),
        ("", ["Toegevoegd"], False),
    ]
    assert [other for _who, _what, other in told(unit, provider)][:2] == [True, True], "for a provider it is turned"


def test_a_change_tells_its_days_and_what_it_was(page: Client, unit: Unit, provider: Post, monday: datetime) -> None:
    with clock.at(monday + timedelta(hours=1)):
        inventory.change(
            unit, {"places": 4, "genders": ["woman"]}, since=TODAY, until=date(2026, 4, 1), acting=provider,
            remark="Kamer erbij",
        )  # fmt: skip
        shown = plain(page.get("/shelter/changes/"))
    assert "De Ark · " in shown
    assert "Changed from 2 March 2026 until 1 April 2026 Places: was 3 → 4 Gender: was No distinction → Woman" in shown
    assert "“Kamer erbij”" in shown and "Opvang Voorbeeld another organisation" in shown


def test_the_list_of_changes_is_of_the_own_regions_and_can_be_of_others_only(
    page: Client, unit: Unit, provider: Post, coordinator: Post, house: Organisation, browser: Open, desk: Post,
    monday: datetime,
) -> None:  # fmt: skip
    far = a_unit(organisation=house, region=RegionFactory(), name="Ver weg")
    with clock.at(monday + timedelta(hours=1)):
        inventory.change(unit, {"places": 4}, since=TODAY, acting=provider)
        inventory.change(far, {"places": 4}, since=TODAY, acting=provider)
    with clock.at(monday + timedelta(hours=2)):
        inventory.change(unit, {"addiction": "yes"}, since=TODAY, acting=coordinator)
        everything, others = plain(page.get("/shelter/changes/")), plain(page.get("/shelter/changes/?by=others"))
        assert "Addiction" in everything and "Places: was 3 → 4" in everything and "Ver weg" not in everything
        assert "Addiction" not in others and "Places: was 3 → 4" in others
        assert "Ver weg" in plain(browser(provider).get("/shelter/changes/"))
        assert "Ver weg" in plain(browser(desk).get("/shelter/changes/"))
    with clock.at(monday + timedelta(days=100)):
        assert "Nobody changed anything" in plain(page.get("/shelter/changes/"))


def test_another_provider_sees_none_of_it(browser: Open, unit: Unit, region: object) -> None:
    other = PostFactory(role=Role.SHELTER_PROVIDER, organisation__kind="shelter", regions=[region])
    assert "De Ark" not in plain(browser(other).get("/shelter/changes/"))


def test_many_changes_are_read_page_by_page(
    page: Client, unit: Unit, monday: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shelters.views.story.MOST", 2)
    for n in range(1, 4):
        with clock.at(monday + timedelta(hours=n)):
            inventory.change(unit, {"places": 3 + n}, since=TODAY)
    with clock.at(monday + timedelta(hours=5)):
        first = page.get("/shelter/changes/")
        assert "was 5 → 6" in plain(first) and "was 3 → 4" not in plain(first)
        older = first.content.decode().split('rel="next" href="')[1].split('"')[0]
        assert "was 3 → 4" in plain(page.get(f"/shelter/changes/{older}"))
        assert page.get("/shelter/changes/?before=nonsense").status_code == 200
