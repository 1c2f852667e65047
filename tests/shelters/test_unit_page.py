"""A unit on one page: now, on another day, and as it was known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from access import clock
from access.models import AccessRecord, Post
from access.roles import Role
from shelters import door, inventory
from shelters.models import Placeable, Unit
from tests.factories.access import PostFactory, RegionFactory
from tests.shelters.pages import plain, text
from tests.workflows.conftest import queries

pytestmark = pytest.mark.django_db
Open = Callable[[Post], Client]


def test_the_page_tells_everything_and_what_nobody_said(page: Client, unit: Unit) -> None:
    inventory.change(
        unit,
        {
            "genders": ["woman"], "languages": ["ti", "en"], "intake_days": [1, 4], "addiction": "consult",
            "scheme_id": "cosm", "security": "secret", "as_of": clock.today(),
        },
        since=clock.today(),
    )  # fmt: skip
    shown = plain(page.get(f"/shelter/units/{unit.pk}/"))
    for said in (
        "Gender Woman", "Languages Tigrinya, English", "Intake on Monday, Thursday", "Addiction In consultation",
        "COSM (categorical shelter, reflection period)", "Security Secret address", "Pets Not said",
        "Forms of exploitation No distinction", "Longest stay in days Not said",
    ):  # fmt: skip
        assert said in shown, said


def test_who_leaves_is_told_in_numbers_and_nothing_of_who(page: Client, unit: Unit, monday: datetime) -> None:
    leaves = clock.today() + timedelta(days=9)
    refs = [uuid4(), uuid4()]
    for ref, day in zip(refs, (leaves, None), strict=True):
        door.hold(unit.pk, ref, monday - timedelta(days=3))
        door.arrive(ref, monday - timedelta(days=3), day, monday)
    shown = text(page.get(f"/shelter/units/{unit.pk}/"))
    assert 'datetime="2026-03-11"' in shown and "no plan known: 1" in shown
    assert not any(str(ref) in shown for ref in refs)


def test_lines_are_past_now_and_planned(page: Client, unit: Unit) -> None:
    today = clock.today()
    inventory.change(unit, {"places": 4}, since=today - timedelta(days=10), remark="Kamer vergeten")
    inventory.change(unit, {"places": 6, "addiction": "yes"}, since=today + timedelta(days=30))
    shown = plain(page.get(f"/shelter/units/{unit.pk}/"))
    assert "1 January 2020 – 20 February 2026 3 places" in shown
    assert "20 February 2026 – 1 April 2026 holds 4 places" in shown
    assert "from 1 April 2026 planned 6 places" in shown
    assert "Places: was 4 → 6" in shown and "Addiction: was Not said → Yes" in shown and "“Kamer vergeten”" in shown


def test_another_day_and_what_was_known_then(page: Client, unit: Unit, monday: datetime) -> None:
    today = clock.today()
    with clock.at(monday + timedelta(days=5)):
        inventory.change(unit, {"places": 7}, since=today, remark="Nageteld")
        address = f"/shelter/units/{unit.pk}/?day={today}"
        assert "Free 7" in plain(page.get(address))
        before = plain(page.get(f"{address}&known={today + timedelta(days=1)}"))
        assert "You see what was known at the end of 3 March 2026." in before
        assert "Free 3 Places 3" in before and "Say so" not in before
        assert "How it stands on 1 June 2026" in plain(page.get(f"/shelter/units/{unit.pk}/?day=2026-06-01"))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("known=2027-01-01", "What will be known on a day to come, nobody knows."),
        ("day=0026-01-01", "It lies too far away."),
        ("day=gisteren", "Enter a valid date."),
    ],
)
def test_a_day_that_makes_no_sense_is_said_and_today_is_shown(page: Client, unit: Unit, query: str, said: str) -> None:
    shown = plain(page.get(f"/shelter/units/{unit.pk}/?{query}"))
    assert said in shown and "Free 3" in shown


def test_a_unit_that_is_not_there_says_why(page: Client, unit: Unit) -> None:
    inventory.end(unit, clock.today())
    assert "On this day the unit is not there any more." in plain(page.get(f"/shelter/units/{unit.pk}/"))
    assert "On this day the unit is not there yet." in plain(page.get(f"/shelter/units/{unit.pk}/?day=2019-05-05"))
    assert "Nothing was known of this unit then." in plain(page.get(f"/shelter/units/{unit.pk}/?known=2025-05-05"))


def test_people_in_a_unit_that_ended_are_not_forgotten(page: Client, unit: Unit, monday: datetime) -> None:
    ref = uuid4()
    door.hold(unit.pk, ref, monday)
    door.arrive(ref, monday, None, monday)
    inventory.end(unit, clock.today() + timedelta(days=1))
    with clock.at(monday + timedelta(days=2)):
        assert "1 person still stays here although the unit is not there." in plain(
            page.get(f"/shelter/units/{unit.pk}/")
        )


def test_out_of_service_tells_its_revisions(page: Client, unit: Unit, coordinator: Post, monday: datetime) -> None:
    today = clock.today()
    row = inventory.take_out(unit, places=1, since=today, until=today + timedelta(days=3), reason="repair")
    with clock.at(monday + timedelta(hours=1)):
        inventory.revise_out(row, coordinator, places=2)
    shown = plain(page.get(f"/shelter/units/{unit.pk}/"))
    assert "2 · Repair now from 2 March 2026, usable again on 5 March 2026 revised 1 time" in shown
    assert "Out of service: revised" in shown and "Places: was 1 → 2" in shown


# -- A person's word -------------------------------------------------------------------------------------------------


def test_one_click_says_what_is_placeable(page: Client, unit: Unit, coordinator: Post) -> None:
    address = f"/shelter/units/{unit.pk}/"
    shown = text(page.get(address))
    assert 'name="number" value="3"' in shown, "filled in already with what is free"
    assert page.post(f"{address}word/", {"number": 2, "free": 3, "remark": "Eén kamer nog nat"}).status_code == 302
    word = Placeable.objects.get()
    assert (word.places, word.post_id, word.remark) == (2, coordinator.pk, "Eén kamer nog nat")
    assert "2 of 3 free" in plain(page.get(address)) and coordinator.user.name in plain(page.get(address))
    assert AccessRecord.objects.filter(object_kind="unit", object_id=str(unit.pk), action="write").exists()


@pytest.mark.parametrize(
    ("number", "shown_free", "status", "said"),
    [
        ("4", "3", 422, "Only 3 are free now."),
        ("-1", "3", 422, "Zero or more."),
        ("many", "3", 422, "Enter a whole number."),
        ("", "3", 422, "This field is required."),
        ("4", "4", 409, "Only 3 are free now."),  # a place was taken since the page was read
    ],
)
def test_a_word_that_cannot_be_is_refused(
    page: Client, unit: Unit, number: str, shown_free: str, status: int, said: str
) -> None:
    answer = page.post(f"/shelter/units/{unit.pk}/word/", {"number": number, "free": shown_free, "remark": "Getypt"})
    assert answer.status_code == status
    assert said in plain(answer) and "Getypt" in text(answer)
    assert not Placeable.objects.exists()


def test_all_is_still_right_in_one_click(page: Client, unit: Unit, coordinator: Post) -> None:
    page.post(f"/shelter/units/{unit.pk}/confirm/")
    line = unit.capacity.get(holds__contains=clock.today())  # type: ignore[attr-defined]
    assert (line.as_of, line.places, line.entered_by_id) == (clock.today(), 3, coordinator.pk)
    inventory.end(unit, clock.today())
    assert "there is nothing to confirm" in plain(page.post(f"/shelter/units/{unit.pk}/confirm/", follow=True))


# -- Whose page it is --------------------------------------------------------------------------------------------------


def test_who_looks_cannot_change(browser: Open, unit: Unit, region: object) -> None:
    for role in (Role.CASEWORKER, Role.NAVIGATOR, Role.SUPERVISOR):
        shown = plain(browser(PostFactory(role=role, regions=[region])).get(f"/shelter/units/{unit.pk}/"))
        assert "De Ark" in shown and "Say so" not in shown and "Take out of service" not in shown


def test_a_unit_of_another_provider_is_hidden_from_a_provider(browser: Open, unit: Unit, region: object) -> None:
    other = PostFactory(role=Role.SHELTER_PROVIDER, organisation__kind="shelter", regions=[region])
    assert browser(other).get(f"/shelter/units/{unit.pk}/").status_code == 404
    assert browser(other).get("/shelter/units/999999/").status_code == 404


def test_a_coordinator_elsewhere_sees_it_and_changes_nothing(browser: Open, unit: Unit) -> None:
    shown = plain(browser(PostFactory(regions=[RegionFactory()])).get(f"/shelter/units/{unit.pk}/"))
    assert "De Ark" in shown and "Say so" not in shown


def test_the_page_costs_few_queries(page: Client, unit: Unit, browser: Open, desk: Post, monday: datetime) -> None:
    for n in range(8):
        with clock.at(monday + timedelta(hours=n)):
            inventory.change(unit, {"places": 4 + n}, since=date(2026, 3, 2) + timedelta(days=n))
            inventory.take_out(unit, places=1, since=date(2026, 4, 1), until=date(2026, 4, 2 + n), reason="repair")
            inventory.say_placeable(unit, 1, desk)
    for client in (page, browser(desk)):
        client.get("/shelter/")
        for query in ("", "?day=2026-03-05&known=2026-03-01"):
            assert len(queries(client, f"/shelter/units/{unit.pk}/{query}")) <= 10
    assert len(queries(page, f"/shelter/units/{unit.pk}/change/")) <= 10
    assert len(queries(page, "/shelter/changes/")) <= 10
