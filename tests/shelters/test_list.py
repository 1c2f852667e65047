"""The list of units: how they stand now or on another day, in one look."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from access import clock
from access.models import Organisation, Post
from access.roles import Role
from shelters import door, inventory
from shelters.models import Unit
from tests.factories.access import PostFactory, RegionFactory
from tests.factories.shelters import a_unit
from tests.shelters.pages import plain, text
from tests.workflows.conftest import queries

pytestmark = pytest.mark.django_db
Open = Callable[[Post], Client]


def test_the_list_tells_what_is_free_now(page: Client, unit: Unit, monday: datetime) -> None:
    arrived, coming = uuid4(), uuid4()
    door.hold(unit.pk, arrived, monday - timedelta(days=2))
    door.arrive(arrived, monday - timedelta(days=2), clock.today() + timedelta(days=9), monday)
    door.hold(unit.pk, coming, monday)
    inventory.take_out(unit, places=1, since=clock.today(), until=clock.today() + timedelta(days=3), reason="repair")
    shown = plain(page.get("/shelter/"))
    assert "De Ark Opvang Voorbeeld" in shown
    assert "0 places free of 3; 1 occupied, 1 reserved, 1 out of service." in shown
    assert "wed 11 mar" in shown, "the next day somebody plans to leave"


def test_another_day_is_told_as_it_will_be(page: Client, unit: Unit) -> None:
    inventory.change(unit, {"places": 5}, since=clock.today() + timedelta(days=30))
    assert "3 places free of 3" in plain(page.get("/shelter/"))
    later = plain(page.get(f"/shelter/?day={clock.today() + timedelta(days=40)}"))
    assert "5 places free of 5" in later and "on the day you chose" in later


@pytest.mark.parametrize("day", ["0026-03-02", "2226-03-02", "yesterday", "31-02-2026"])
def test_a_day_that_cannot_be_meant_asks_for_today(page: Client, unit: Unit, day: str) -> None:
    assert "3 places free of 3" in plain(page.get(f"/shelter/?day={day}"))


def test_the_list_is_narrowed_by_what_is_asked(page: Client, unit: Unit, house: Organisation, monday: datetime) -> None:
    other = RegionFactory()
    a_unit(
        organisation=house, region=other, name="Haven", kind="long_stay", scheme_id="omm", genders=["man"],
        addiction="consult", children="no",
    )  # fmt: skip
    full = a_unit(
        organisation=house, region=other, name="Volle Boeg", genders=["woman"], addiction="no", children="yes"
    )
    door.hold(full.pk, uuid4(), monday)
    for query, names in {
        f"region={unit.region_id}": {"De Ark"},
        "": {"De Ark"},  # a post of one region begins with its own
        "region=": {"De Ark", "Haven", "Volle Boeg"},
        "region=&kind=long_stay": {"Haven"},
        "region=&kind=crisis": {"De Ark", "Volle Boeg"},
        "region=&scheme=omm": {"Haven"},
        "region=&gender=man": {"De Ark", "Haven"},  # no distinction: for men too
        "region=&gender=woman": {"De Ark", "Volle Boeg"},
        "region=&problem=addiction": {"Haven"},  # of De Ark nobody said
        "region=&children=on": {"Volle Boeg"},
        "region=&free=on": {"De Ark", "Haven"},
        "free=on": {"De Ark"},
        f"region={other.pk}&free=on": {"Haven"},
        "region=nonsense&kind=flying&scheme=x&gender=y": {"De Ark", "Haven", "Volle Boeg"},
    }.items():
        shown = text(page.get(f"/shelter/?{query}"))
        assert {name for name in ("De Ark", "Haven", "Volle Boeg") if f">{name}<" in shown} == names, query


def test_an_empty_answer_says_what_to_do(page: Client, unit: Unit) -> None:
    assert "Nothing answers to what you chose." in text(page.get("/shelter/?kind=ambulatory"))


def test_a_caseload_is_never_added_to_places(page: Client, unit: Unit, house: Organisation, region: Any) -> None:
    a_unit(organisation=house, region=region, name="Op Pad", kind="ambulatory", places=20)
    shown = plain(page.get("/shelter/"))
    assert "3 places free of 3;" in shown
    assert "Ambulatory help apart: room for 20 more of a caseload of 20; 0 are helped." in shown
    assert "20 caseload" in shown


def test_a_word_on_what_is_placeable_grows_old_and_says_so(page: Client, unit: Unit, monday: datetime) -> None:
    assert "nobody said" in plain(page.get("/shelter/"))
    inventory.say_placeable(unit, 2, None)
    assert "older than a week" not in plain(page.get("/shelter/"))
    with clock.at(monday + timedelta(days=7)):
        assert "older than a week" in plain(page.get("/shelter/"))


@pytest.mark.parametrize(
    ("scheme", "days", "old"), [("cosm", 7, False), ("cosm", 8, True), ("womens", 31, False), ("womens", 32, True)]
)
def test_facts_are_old_by_the_rhythm_of_their_scheme(
    page: Client, unit: Unit, scheme: str, days: int, old: bool
) -> None:
    checked = clock.today() - timedelta(days=days)
    inventory.change(unit, {"scheme_id": scheme, "as_of": checked}, since=clock.today())
    shown = text(page.get("/shelter/"))
    assert ("badge--today" in shown) is old


def test_who_keeps_a_region_sees_what_is_not_there(
    page: Client, unit: Unit, house: Organisation, region: Any, browser: Open
) -> None:
    a_unit(organisation=house, region=region, name="Straks", since=clock.today() + timedelta(days=30))
    inventory.end(unit, clock.today())
    shown = plain(page.get("/shelter/"))
    assert "Not there on this day: De Ark (ended), Straks (from 1 April 2026)" in shown
    caseworker = PostFactory(role=Role.CASEWORKER, regions=[region])
    assert "Straks" not in plain(browser(caseworker).get("/shelter/"))


def test_out_of_use_is_seen_by_who_keeps_it_only(
    page: Client, unit: Unit, browser: Open, region: Any, provider: Post, desk: Post
) -> None:
    inventory.change(unit, {"active": False}, since=clock.today())
    assert "Out of use" in plain(page.get("/shelter/"))
    assert "Out of use" in plain(browser(provider).get("/shelter/"))
    assert "Out of use" in plain(browser(desk).get("/shelter/"))
    caseworker = PostFactory(role=Role.CASEWORKER, regions=[region])
    assert "De Ark" not in plain(browser(caseworker).get("/shelter/"))


def test_a_provider_sees_its_own_units_only(browser: Open, unit: Unit, region: Any, provider: Post) -> None:
    other = PostFactory(role=Role.SHELTER_PROVIDER, organisation__kind="shelter", regions=[region])
    assert "De Ark" in plain(browser(provider).get("/shelter/"))
    assert "De Ark" not in plain(browser(other).get("/shelter/"))


@pytest.mark.parametrize("role", [Role.ANALYST, Role.ADMINISTRATOR, Role.INVESTIGATOR, Role.COMMITTEE_MEMBER])
def test_who_places_nobody_sees_no_list(browser: Open, role: Role) -> None:
    client = browser(PostFactory(role=role))
    assert client.get("/shelter/").status_code == client.get("/shelter/changes/").status_code == 403


def test_the_list_costs_few_queries(
    page: Client, house: Organisation, region: Any, care: None, browser: Open, desk: Post
) -> None:
    for number in range(60):
        a_unit(organisation=house, region=region, name=f"Unit {number:02}", places=2)
    page.get("/shelter/")
    assert len(queries(page, "/shelter/?page=2")) <= 10
    assert "51–60 of 60" in text(page.get("/shelter/?page=2"))
    client = browser(desk)
    client.get("/shelter/")
    assert len(queries(client, f"/shelter/?region={region.pk}")) <= 10
    last = ("Unit 50", "51–60")
    pages = {"": ("Unit 00", "1–25"), "page=3": last, "page=9": last, "page=-1": ("Unit 00", "1–25")}
    for query, (first, where) in pages.items():
        shown = client.get(f"/shelter/?{query}")
        assert where in text(shown) and f">{first}<" in text(shown) and "120 places free" in plain(shown), query
    assert len(queries(client, "/shelter/?page=2")) <= 10
