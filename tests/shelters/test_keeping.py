"""Keeping units: adding, changing, naming and ending them, places out of service; slips named, races told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from access import clock
from access.models import AccessRecord, Organisation, Post
from access.roles import Role
from shelters import door, inventory
from shelters.models import Capacity, OutOfService, Unit
from tests.factories.access import OrganisationFactory, PostFactory, RegionFactory
from tests.factories.shelters import a_unit
from tests.shelters.pages import filled, plain, sent_by, stands, text

pytestmark = pytest.mark.django_db
Open = Callable[[Post], Client]
TODAY = date(2026, 3, 2)


def line(unit: Unit, day: date = TODAY) -> Capacity:
    """The line of a unit that holds on a day."""
    return Capacity.objects.get(unit=unit, holds__contains=day)


def change(page: Client, unit: Unit, **more: Any) -> Any:
    """Open the form, change this in it, send it."""
    address = f"/shelter/units/{unit.pk}/change/"
    return page.post(address, filled(page, address) | more)


# -- Adding -----------------------------------------------------------------------------------------------------------


def new(page: Client, house: Organisation, region: Any, **more: Any) -> dict[str, Any]:
    """A form for a new unit, filled in."""
    data = filled(page, "/shelter/units/add/")
    return data | {"region": region.pk, "organisation": house.pk, "name": "Nieuw", "kind": "crisis", "places": 4} | more


def test_a_coordinator_adds_a_unit_with_all_it_offers(
    page: Client, house: Organisation, region: Any, care: None, coordinator: Post, monday: datetime
) -> None:
    shown = text(page.get("/shelter/units/add/"))
    assert "addresses of shelters are secret" in shown and 'name="address"' not in shown
    data = new(
        page, house, region, genders=["woman", "man"], age_from=18, age_to=27, children="yes", addiction="consult",
        languages="Engels, Tigrinya", intake_days=["1", "2"], since="2026-04-01", scheme_id="omm", route="exclusive",
    )  # fmt: skip
    assert page.post("/shelter/units/add/", data).status_code == 302
    made = Unit.objects.get(name="Nieuw")
    said = line(made, date(2026, 4, 1))
    assert (said.places, said.active, said.genders, said.age_to, said.children) == (
        4,
        True,
        ["woman", "man"],
        27,
        "yes",
    )
    assert (said.languages, said.intake_days, said.scheme_id, said.addiction) == (
        ["en", "ti"],
        [1, 2],
        "omm",
        "consult",
    )
    assert (said.as_of, said.entered_by_id, said.holds.lower) == (TODAY, coordinator.pk, date(2026, 4, 1))
    assert AccessRecord.objects.filter(object_kind="unit", object_id=str(made.pk), action="write").exists()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"region": "999999"}, "Choose a region you work in."),
        ({"places": "0"}, "A unit in use has at least one."),
        ({"places": "-3"}, "A number from 0 to 500."),
        ({"places": "99999999999999999999"}, "So many no unit has. Is it a slip?"),
        ({"places": "many"}, "Enter a whole number."),
        ({"name": ""}, "This field is required."),
        ({"organisation": ""}, "This field is required."),
        ({"kind": "castle"}, "is not one of the available choices"),
        ({"since": "0202-01-01"}, "It lies too far away."),
        ({"since": "31-02-2026"}, "Enter a valid date."),
        ({"age_from": "40", "age_to": "18"}, "The oldest age lies below the youngest."),
        ({"age_from": "140"}, "A number from 0 to 120."),
        ({"as_of": "2026-03-03"}, "This day is still to come"),
        ({"waiting_list": "-1"}, "A number from 0 to 9999."),
        ({"maximum_stay_days": "0"}, "A number from 1 to 3660."),
        ({"languages": "Engels, Klingons"}, "is not a language we know"),
        ({"scheme_id": "cosm", "route": "direct"}, "only CoMensha places; there is no other way in."),
    ],
)
def test_a_slip_is_named_and_what_was_typed_stays(
    page: Client, house: Organisation, region: Any, care: None, monday: datetime, changed: dict[str, str], said: str
) -> None:
    data = new(page, house, region, name="Getypt", contra_indications="Geen trappen")
    answer = page.post("/shelter/units/add/", data | changed)
    assert answer.status_code == 422
    assert said in plain(answer)
    assert 'value="Geen trappen"' in text(answer) and ('value="Getypt"' in text(answer) or changed.get("name") == "")
    assert not Unit.objects.exists()


def test_a_name_is_used_once_by_a_provider_in_a_region(page: Client, unit: Unit, house: Organisation) -> None:
    answer = page.post("/shelter/units/add/", new(page, house, unit.region, name="de ark"))
    assert "This provider has a unit of that name" in plain(answer)


# -- Changing ---------------------------------------------------------------------------------------------------------


def test_only_what_was_changed_changes_from_a_day_on(page: Client, unit: Unit) -> None:
    inventory.change(unit, {"addiction": "yes"}, since=date(2026, 5, 1))
    assert change(page, unit, places="5", since="2026-04-01", until="2026-06-01").status_code == 302
    assert [line(unit, day).places for day in (TODAY, date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1))] == [
        3, 5, 5, 3,
    ]  # fmt: skip
    assert [line(unit, day).addiction for day in (date(2026, 4, 1), date(2026, 5, 1))] == ["", "yes"]


def test_every_field_can_be_changed(page: Client, unit: Unit) -> None:
    said = {
        "genders": ["man"], "forms": ["labour", "criminal"], "age_from": "18", "age_to": "65", "children": "no",
        "pregnant": "consult", "couple": "yes", "pets": "no", "residence": ["eu", "none"], "languages": "Polish",
        "psychiatric": "yes", "addiction": "no", "mild_intellectual_disability": "consult", "somatic": "yes",
        "behaviour": "no", "contra_indications": "Geen", "security": "secured", "wheelchair": "yes",
        "staff_day": "present", "staff_night": "on_call", "route": "mediates", "intake_days": ["1", "5"],
        "financing": "nla_szw", "source": "municipality", "as_of": "2026-03-01", "scheme_id": "labour",
        "maximum_stay_days": "90", "waiting_list": "2", "treatment": "here", "school": "nearby",
    }  # fmt: skip
    assert change(page, unit, **said).status_code == 302
    kept = line(unit)
    assert (kept.forms, kept.residence, kept.languages) == (["labour", "criminal"], ["eu", "none"], ["pl"])
    assert {name: str(getattr(kept, name)) for name in said if isinstance(said[name], str) and name != "languages"} == {
        name: value for name, value in said.items() if isinstance(value, str) and name != "languages"
    }
    again = filled(page, f"/shelter/units/{unit.pk}/change/")
    assert {name: again[name] for name in said if name not in ("source", "as_of")} == {
        name: value for name, value in said.items() if name not in ("source", "as_of")
    }


def test_nothing_changed_is_said(page: Client, unit: Unit) -> None:
    inventory.change(unit, {"as_of": TODAY}, since=TODAY)
    rows = Capacity.objects.count()
    address = f"/shelter/units/{unit.pk}/change/"
    assert "Nothing was changed." in plain(page.post(address, filled(page, address), follow=True))
    assert Capacity.objects.count() == rows


def test_a_correction_of_the_past_asks_why(page: Client, unit: Unit) -> None:
    answer = change(page, unit, places="4", since="2026-02-01")
    assert answer.status_code == 422 and "This is a correction of the past. Say why." in plain(answer)
    assert change(page, unit, places="4", since="2026-02-01", remark="Verkeerd geteld").status_code == 302
    assert (line(unit, date(2026, 2, 1)).places, line(unit, date(2026, 1, 31)).places) == (4, 3)
    assert line(unit).remark == "Verkeerd geteld"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"since": "2026-04-01", "until": "2026-04-01"}, "The end must lie after the beginning."),
        ({"since": "2026-04-01", "until": "2026-03-01"}, "The end must lie after the beginning."),
        ({"places": "0"}, "A unit in use has at least one."),
        ({"since": ""}, "This field is required."),
    ],
)
def test_days_and_numbers_that_cannot_be(page: Client, unit: Unit, changed: dict[str, str], said: str) -> None:
    answer = change(page, unit, **{"places": "9", **changed, "remark": "Getypt"})
    assert answer.status_code == 422 and said in plain(answer) and 'value="Getypt"' in text(answer)
    assert line(unit).places == 3


def test_none_is_possible_out_of_use(page: Client, unit: Unit) -> None:
    address = f"/shelter/units/{unit.pk}/change/"
    data = filled(page, address) | {"places": "0"}
    del data["active"]
    assert page.post(address, data).status_code == 302
    assert (stands(unit).places, stands(unit).active) == (0, False)


def test_never_fewer_places_than_taken(page: Client, unit: Unit, monday: datetime) -> None:
    refs = [uuid4(), uuid4(), uuid4()]
    for ref in refs:
        door.hold(unit.pk, ref, monday)
    door.release(refs[0], monday)  # place 1 is free again, place 3 is still taken
    answer = change(page, unit, places="2")
    assert answer.status_code == 422
    assert "Place 3 is taken then, so there cannot be fewer than 3." in plain(answer)
    door.release(refs[2], monday + timedelta(days=10))
    assert change(page, unit, places="2").status_code == 422, "it is taken until then"
    assert change(page, unit, places="2", since="2026-03-12").status_code == 302, "the day of leaving is free"


def test_never_fewer_places_than_out_of_service(page: Client, unit: Unit) -> None:
    inventory.take_out(unit, places=1, since=date(2026, 4, 1), until=date(2026, 5, 1), reason="repair")
    inventory.take_out(unit, places=1, since=date(2026, 4, 20), until=date(2026, 5, 1), reason="staff")
    answer = change(page, unit, places="1")
    assert answer.status_code == 422
    assert "On 20 April 2026 2 are out of service, so there cannot be fewer than that." in plain(answer)
    assert change(page, unit, places="1", until="2026-04-20").status_code == 302


def test_two_who_change_at_once_see_each_other(page: Client, unit: Unit) -> None:
    mine = filled(page, f"/shelter/units/{unit.pk}/change/") | {"contra_indications": "Mijn tekst"}
    inventory.change(unit, {"places": 9, "genders": ["woman"]}, since=TODAY)
    answer = page.post(f"/shelter/units/{unit.pk}/change/", mine)
    assert answer.status_code == 409
    assert "Somebody else changed this unit" in plain(answer) and "Places 9" in plain(answer)
    again = sent_by(answer.content.decode())
    assert (again["contra_indications"], again["places"], again["genders"]) == ("Mijn tekst", "9", ["woman"])
    assert page.post(f"/shelter/units/{unit.pk}/change/", again).status_code == 302
    kept = line(unit)
    assert (kept.contra_indications, kept.places, kept.genders) == ("Mijn tekst", 9, ["woman"]), "nothing was undone"


@pytest.mark.parametrize("seen", ["", "x", "[]", '{"mark": "x", "line": {}}'])
def test_a_form_that_says_nothing_of_what_it_saw_is_a_lost_race(page: Client, unit: Unit, seen: str) -> None:
    assert change(page, unit, places="9", seen=seen).status_code == 409
    assert line(unit).places == 3


def test_a_unit_that_ended_is_taken_up_again_with_all_it_offered(page: Client, unit: Unit) -> None:
    inventory.change(unit, {"genders": ["woman"]}, since=TODAY - timedelta(days=9))
    inventory.end(unit, TODAY)
    assert change(page, unit, since="2026-04-01", places="2").status_code == 302
    said = line(unit, date(2026, 4, 1))
    assert (said.places, said.genders) == (2, ["woman"])
    assert not Capacity.objects.filter(unit=unit, holds__contains=TODAY).exists()


# -- Out of service ---------------------------------------------------------------------------------------------------


def out(page: Client, unit: Unit, more: str = "", **said: Any) -> Any:
    """Send the form for places out of service, filled in."""
    address = f"/shelter/units/{unit.pk}/out/{more}"
    data = filled(page, address)
    return page.post(
        address, data | ({} if more else {"places": "1", "until": "2026-03-20", "reason": "repair"}) | said
    )


def test_places_go_out_of_service_with_a_reason_and_an_end(page: Client, unit: Unit, coordinator: Post) -> None:
    assert out(page, unit, remark="Lekkage").status_code == 302
    row = OutOfService.objects.get()
    assert (row.places, row.reason, row.remark, row.period.upper) == (1, "repair", "Lekkage", date(2026, 3, 20))
    assert row.entered_by_id == coordinator.pk and stands(unit).free == 2


@pytest.mark.parametrize(
    ("said", "because"),
    [
        ({"reason": ""}, "This field is required."),
        ({"until": ""}, "This field is required."),
        ({"until": "2026-03-02"}, "The end must lie after the beginning."),
        ({"until": "2031-01-01"}, "So long is no repair."),
        ({"places": "0"}, "At least one."),
        ({"places": "-1"}, "At least one."),
        ({"places": "4"}, "On 2 March 2026 there are 3, of which 0 are out of service already."),
        ({"since": "2019-12-31", "until": "2020-01-03"}, "On 31 December 2019 the unit is not there."),
    ],
)
def test_out_of_service_that_cannot_be(page: Client, unit: Unit, said: dict[str, str], because: str) -> None:
    answer = out(page, unit, remark="Getypt", **said)
    assert answer.status_code == 422 and because in plain(answer) and 'value="Getypt"' in text(answer)
    assert not OutOfService.objects.exists()


def test_more_than_there_are_on_any_day_is_refused(page: Client, unit: Unit) -> None:
    inventory.take_out(unit, places=2, since=date(2026, 3, 10), until=date(2026, 3, 12), reason="staff")
    assert "On 10 March 2026 there are 3, of which 2 are out of service already." in plain(out(page, unit, places="2"))
    inventory.change(unit, {"places": 1}, since=date(2026, 3, 15))
    answer = out(page, unit, places="2", since="2026-03-12")
    assert "On 15 March 2026 there are 1, of which 0 are out of service already." in plain(answer)


def test_who_must_move_is_told(page: Client, unit: Unit, monday: datetime) -> None:
    for _ in range(3):
        door.hold(unit.pk, uuid4(), monday)
    shown = plain(page.post(f"/shelter/units/{unit.pk}/out/", filled(page, f"/shelter/units/{unit.pk}/out/") | {
        "places": "1", "until": "2026-03-20", "reason": "repair"}, follow=True))  # fmt: skip
    assert "There is 1 person more than there are places left: somebody must be moved." in shown


def test_out_of_service_is_revised_ended_and_withdrawn(page: Client, unit: Unit, monday: datetime) -> None:
    row = inventory.take_out(unit, places=1, since=TODAY, until=date(2026, 3, 20), reason="repair")
    assert out(page, unit, f"{row.pk}/", places="2", until="2026-04-01").status_code == 302
    row.refresh_from_db()
    assert (row.places, row.period.upper, row.reason) == (2, date(2026, 4, 1), "repair")
    with clock.at(monday + timedelta(days=3)):
        page.post(f"/shelter/units/{unit.pk}/out/{row.pk}/finish/")
        row.refresh_from_db()
        assert row.period.upper == date(2026, 3, 5) and stands(unit).free == 3
        other = inventory.take_out(unit, places=1, since=TODAY, until=date(2026, 3, 20), reason="repair")
        page.post(f"/shelter/units/{unit.pk}/out/{other.pk}/finish/", {"never": "1"})
        other.refresh_from_db()
        assert other.period.isempty
        assert page.get(f"/shelter/units/{unit.pk}/out/{other.pk}/").status_code == 404


def test_a_revision_of_what_was_revised_meanwhile_shows_it(page: Client, unit: Unit) -> None:
    row = inventory.take_out(unit, places=1, since=TODAY, until=date(2026, 3, 20), reason="repair")
    address = f"/shelter/units/{unit.pk}/out/{row.pk}/"
    mine = filled(page, address) | {"remark": "Mijn tekst"}
    inventory.revise_out(row, places=3)
    answer = page.post(address, mine)
    assert answer.status_code == 409
    assert "Places 3" in plain(answer) and 'value="Mijn tekst"' in text(answer)
    assert page.post(address, sent_by(answer.content.decode())).status_code == 302


# -- Name, kind and end -----------------------------------------------------------------------------------------------


def test_a_name_is_mended_and_a_kind_while_nobody_stayed(page: Client, unit: Unit, monday: datetime) -> None:
    address = f"/shelter/units/{unit.pk}/name/"
    assert page.post(address, filled(page, address) | {"name": "De Arke", "kind": "long_stay"}).status_code == 302
    unit.refresh_from_db()
    assert (unit.name, unit.kind) == ("De Arke", "long_stay")
    mine = filled(page, address) | {"name": "Anders"}
    Unit.objects.filter(pk=unit.pk).update(name="Van een ander")
    answer = page.post(address, mine)
    assert answer.status_code == 409 and "Van een ander" in plain(answer) and 'value="Anders"' in text(answer)
    door.hold(unit.pk, uuid4(), monday)
    assert "kind" not in filled(page, address) and "People stayed here" in plain(page.get(address))


def test_a_unit_ends_on_a_day(page: Client, unit: Unit) -> None:
    address = f"/shelter/units/{unit.pk}/end/"
    assert page.post(address, {"day": "2026-04-01"}).status_code == 302
    assert Capacity.objects.get(unit=unit, holds__isempty=False).holds.upper == date(2026, 4, 1)
    answer = page.post(address, {"day": "2026-04-01"})
    assert answer.status_code == 422 and "On that day the unit is not there any more already." in plain(answer)
    assert "Say why" in plain(page.post(address, {"day": "2026-02-01"}))


def test_a_unit_with_people_in_it_does_not_end_today(page: Client, unit: Unit, monday: datetime) -> None:
    ref = uuid4()
    door.hold(unit.pk, ref, monday)
    door.arrive(ref, monday, None, monday)
    address = f"/shelter/units/{unit.pk}/end/"
    answer = page.post(address, {"day": "2026-03-02"})
    assert answer.status_code == 422 and "A place of it is still taken." in plain(answer)
    said = plain(page.post(address, {"day": "2026-04-01"}, follow=True))
    assert "1 person there has no plan to leave before that day." in said


# -- Who may ----------------------------------------------------------------------------------------------------------


ACTS = ("change/", "out/", "name/", "end/", "word/", "confirm/")


def tried(client: Client, unit: Unit) -> dict[str, int]:
    """The answer to sending nothing at all to each act of a unit."""
    return {act: client.post(f"/shelter/units/{unit.pk}/{act}").status_code for act in ACTS}


def test_a_provider_keeps_its_own_unit_in_any_region(
    browser: Open, unit: Unit, provider: Post, house: Organisation
) -> None:
    client = browser(provider)
    elsewhere = a_unit(organisation=house, region=RegionFactory(), name="Ver weg")
    for own in (unit, elsewhere):
        assert change(client, own, places="2").status_code == 302
        assert out(client, own, places="1").status_code == 302
        assert (line(own).places, line(own).entered_by_id, line(own).source) == (2, provider.pk, "provider")
        assert tried(client, own) == {
            "change/": 409, "out/": 422, "name/": 403, "end/": 403, "word/": 422, "confirm/": 302,
        }  # fmt: skip
    assert client.get("/shelter/units/add/").status_code == 403
    assert AccessRecord.objects.filter(object_kind="unit", post=provider, action="write").count() == 6


def test_nobody_else_keeps_it(browser: Open, unit: Unit, region: Any, house: Organisation) -> None:
    denied = dict.fromkeys(ACTS, 403)
    neighbour = PostFactory(
        role=Role.SHELTER_PROVIDER, organisation=OrganisationFactory(kind="shelter"), regions=[region]
    )
    assert set(tried(browser(neighbour), unit).values()) <= {403, 404}
    assert tried(browser(PostFactory(role=Role.CARE_COORDINATOR, regions=[RegionFactory()])), unit) == denied
    for role in (Role.CASEWORKER, Role.NAVIGATOR, Role.SUPERVISOR, Role.INVESTIGATOR, Role.COMMITTEE_MEMBER):
        post = PostFactory(role=role, **({} if role.national else {"regions": [region]}))
        assert tried(browser(post), unit) == denied, role
    assert line(unit).places == 3 and not AccessRecord.objects.filter(object_kind="unit", action="write").exists()


def test_the_national_desk_keeps_units_where_there_is_no_coordinator(browser: Open, unit: Unit, desk: Post) -> None:
    assert change(browser(desk), unit, places="8").status_code == 302
    assert line(unit).entered_by_id == desk.pk


def test_an_interval_of_another_unit_is_not_found(page: Client, unit: Unit, house: Organisation, region: Any) -> None:
    other = a_unit(organisation=house, region=region, name="Ander")
    row = inventory.take_out(other, places=1, since=TODAY, until=date(2026, 3, 20), reason="repair")
    assert page.get(f"/shelter/units/{unit.pk}/out/{row.pk}/").status_code == 404
    assert page.post(f"/shelter/units/{unit.pk}/out/{row.pk}/finish/").status_code == 404
