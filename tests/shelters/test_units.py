"""The list of units per region, and the keeping of it by care coordinators."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from access import clock
from access.models import AccessRecord, Organisation, Post
from access.roles import Role
from shelters import door, inventory
from shelters.models import Unit
from tests.factories.access import OrganisationFactory, PostFactory, RegionFactory
from tests.factories.shelters import a_unit
from tests.workflows.conftest import queries

pytestmark = pytest.mark.django_db
SignIn = Callable[[Post], Client]


@pytest.fixture
def house(db: None) -> Organisation:
    """A provider."""
    made: Organisation = OrganisationFactory(kind=Organisation.Kind.SHELTER, name="Opvang Voorbeeld")
    return made


@pytest.fixture
def unit(care: None, house: Organisation, region: Any, monday: datetime) -> Unit:
    """A crisis unit of three places in the coordinator's region."""
    return a_unit(organisation=house, region=region, name="De Ark", kind="crisis", places=3)


@pytest.fixture
def page(signed_in: SignIn, coordinator: Post) -> Client:
    """The coordinator's browser, in English."""
    client = signed_in(coordinator)
    client.cookies["django_language"] = "en"
    return client


def stands(unit: Unit) -> Any:
    """The unit with what it offers now."""
    return Unit.objects.with_free(clock.now()).get(pk=unit.pk)


def text(response: Any) -> str:
    """The words of a page."""
    return " ".join(response.content.decode().split())


def filled(unit: Unit, client: Client, **more: Any) -> dict[str, Any]:
    """What the form of a unit sends, with changes."""
    shown = client.get(f"/shelter/units/{unit.pk}/").content.decode()
    seen = shown.split('name="seen" value="')[1].split('"')[0]
    data = {"organisation": unit.organisation_id, "name": unit.name, "kind": unit.kind, "places": stands(unit).places}
    return {**data, "active": "on", "seen": seen} | more


def test_the_list_tells_what_is_free_now(page: Client, unit: Unit, monday: datetime) -> None:
    door.hold(unit.pk, uuid4(), monday)
    shown = text(page.get("/shelter/"))
    assert "De Ark" in shown and "Opvang Voorbeeld" in shown
    assert "2 places free</strong> of 3; 1 taken" in shown


def test_the_list_is_narrowed_by_region_kind_and_what_is_free(
    page: Client, unit: Unit, house: Organisation, monday: datetime
) -> None:
    other = RegionFactory()
    a_unit(organisation=house, region=other, name="Haven", kind="long_stay", places=1)
    full = a_unit(organisation=house, region=other, name="Volle Boeg", kind="crisis", places=1)
    door.hold(full.pk, uuid4(), monday)
    for query, names in {
        f"region={unit.region_id}": {"De Ark"},
        "": {"De Ark"},  # a post of one region begins with its own
        "region=": {"De Ark", "Haven", "Volle Boeg"},
        "region=&kind=long_stay": {"Haven"},
        "region=&kind=crisis": {"De Ark", "Volle Boeg"},
        "region=&free=on": {"De Ark", "Haven"},
        "free=on": {"De Ark"},
        f"region={other.pk}&free=on": {"Haven"},
        "region=nonsense&kind=flying": {"De Ark", "Haven", "Volle Boeg"},
    }.items():
        shown = text(page.get(f"/shelter/?{query}"))
        assert {name for name in ("De Ark", "Haven", "Volle Boeg") if f">{name}<" in shown} == names, query


def test_an_empty_answer_says_what_to_do(page: Client, unit: Unit) -> None:
    assert "Nothing answers to what you chose." in text(page.get("/shelter/?kind=ambulatory"))


def test_a_provider_sees_its_own_units_only(signed_in: SignIn, unit: Unit, region: Any, house: Organisation) -> None:
    own = PostFactory(role=Role.SHELTER_PROVIDER, organisation=house, regions=[region])
    other = PostFactory(role=Role.SHELTER_PROVIDER, organisation__kind="shelter", regions=[region])
    assert "De Ark" in text(signed_in(own).get("/shelter/"))
    assert "De Ark" not in text(signed_in(other).get("/shelter/"))


@pytest.mark.parametrize("role", [Role.ANALYST, Role.ADMINISTRATOR, Role.INVESTIGATOR, Role.COMMITTEE_MEMBER])
def test_who_places_nobody_sees_no_list(signed_in: SignIn, role: Role) -> None:
    assert signed_in(PostFactory(role=role)).get("/shelter/").status_code == 403


def test_a_coordinator_adds_a_unit_in_the_own_region(
    page: Client, house: Organisation, region: Any, care: None
) -> None:
    shown = text(page.get("/shelter/units/add/"))
    assert "addresses of shelters are secret" in shown and 'name="address"' not in shown
    data = {"region": region.pk, "organisation": house.pk, "name": "Nieuw", "kind": "crisis", "places": 4}
    assert page.post("/shelter/units/add/", data).status_code == 302
    made = stands(Unit.objects.get(name="Nieuw"))
    assert (made.places, made.region_id, made.active) == (4, region.pk, True)
    assert AccessRecord.objects.filter(object_kind="unit", object_id=str(made.pk), action="write").exists()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"region": "999999"}, "Choose a region you work in."),
        ({"places": "0"}, "A unit has at least one place."),
        ({"places": "-3"}, "A unit has at least one place."),
        ({"places": "99999999999999999999"}, "So many places a unit does not have."),
        ({"places": "many"}, "Enter a whole number."),
        ({"name": ""}, "This field is required."),
        ({"organisation": ""}, "This field is required."),
    ],
)
def test_a_slip_is_said_and_what_was_typed_stays(
    page: Client, house: Organisation, region: Any, care: None, changed: dict[str, str], said: str
) -> None:
    data = {"region": region.pk, "organisation": house.pk, "name": "Getypt", "kind": "crisis", "places": 4}
    answer = page.post("/shelter/units/add/", data | changed)
    assert answer.status_code == 422
    assert said in text(answer) and ('value="Getypt"' in text(answer) or changed.get("name") == "")
    assert not Unit.objects.exists()


def test_a_name_is_used_once_by_a_provider_in_a_region(page: Client, unit: Unit) -> None:
    data = {
        "region": unit.region_id,
        "organisation": unit.organisation_id,
        "name": "de ark",
        "kind": "crisis",
        "places": 4,
    }
    assert "This provider has a unit of that name" in text(page.post("/shelter/units/add/", data))


def test_the_number_of_places_changes(page: Client, unit: Unit) -> None:
    page.post(f"/shelter/units/{unit.pk}/", filled(unit, page, places=5))
    assert stands(unit).places == 5


def test_never_fewer_places_than_taken(page: Client, unit: Unit, monday: datetime) -> None:
    refs = [uuid4(), uuid4(), uuid4()]
    for ref in refs:
        door.hold(unit.pk, ref, monday)
    door.release(refs[0], monday)  # place 1 is free again, place 3 is still taken
    answer = page.post(f"/shelter/units/{unit.pk}/", filled(unit, page, places=2))
    assert answer.status_code == 422
    assert "Place 3 is taken, so there cannot be fewer than 3." in text(answer)
    assert stands(unit).places == 3


def test_two_who_change_at_once_see_each_other(page: Client, unit: Unit) -> None:
    mine = filled(unit, page, name="Mijn naam")
    inventory.change(unit, {"places": 9}, since=clock.today())
    answer = page.post(f"/shelter/units/{unit.pk}/", mine)
    assert answer.status_code == 409
    shown = text(answer)
    assert "Somebody else changed this unit" in shown and "<dd>9</dd>" in shown and "Mijn naam" in shown
    seen = shown.split('name="seen" value="')[1].split('"')[0]
    assert page.post(f"/shelter/units/{unit.pk}/", mine | {"seen": seen}).status_code == 302


def test_out_of_use_is_seen_by_who_keeps_the_list_only(
    page: Client, unit: Unit, signed_in: SignIn, region: Any
) -> None:
    data = filled(unit, page)
    del data["active"]
    page.post(f"/shelter/units/{unit.pk}/", data)
    assert "Out of use" in text(page.get("/shelter/"))
    caseworker = PostFactory(role=Role.CASEWORKER, regions=[region])
    assert "De Ark" not in text(signed_in(caseworker).get("/shelter/"))


def test_units_of_other_regions_are_not_changed(signed_in: SignIn, unit: Unit) -> None:
    stranger = signed_in(PostFactory(role=Role.CARE_COORDINATOR, regions=[RegionFactory()]))
    assert stranger.get(f"/shelter/units/{unit.pk}/").status_code == 403
    assert stranger.post(f"/shelter/units/{unit.pk}/", {"places": 1}).status_code == 403
    assert stranger.get("/shelter/units/999999/").status_code == 404


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.NAVIGATOR, Role.SUPERVISOR, Role.SHELTER_PROVIDER])
def test_others_do_not_keep_the_list(signed_in: SignIn, unit: Unit, region: Any, role: Role) -> None:
    client = signed_in(PostFactory(role=role, regions=[region]))
    assert client.get("/shelter/units/add/").status_code == 403
    assert client.get(f"/shelter/units/{unit.pk}/").status_code == 403


def test_the_list_costs_few_queries(page: Client, house: Organisation, region: Any, care: None) -> None:
    for number in range(70):
        a_unit(organisation=house, region=region, name=f"Unit {number:02}", kind="crisis", places=2)
    page.get("/shelter/")
    assert len(queries(page, "/shelter/?page=2")) <= 10
    assert "51–70 of 70" in text(page.get("/shelter/?page=2"))
