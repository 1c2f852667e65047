"""The national picture: supply beside demand on any day, cut and limited, with its gaps, downloads and definitions."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.utils import translation
from openpyxl import load_workbook

from access import clock
from access.models import AccessRecord, Organisation, Post
from access.roles import Role
from access.wall import Side, taken
from insights import gaps, pace, reading
from insights.cells import Supply
from insights.counting import unmet_by_combination
from insights.cuts import BY_KEY, NotAsked, limited
from insights.definitions import DEMAND, FIGURES, SUPPLY
from insights.picture import TOGETHER
from shelters import door, inventory
from shelters.models import Unit
from shelters.queries import standing
from shelters.words import Kind
from tests.factories.access import OrganisationFactory, PostFactory, RegionFactory
from tests.factories.cases import CaseFactory, PersonFactory
from tests.factories.shelters import a_unit
from tests.workflows.conftest import queries
from tests.workflows.test_demand import START, lived
from workflows.engine.steps import open_process, perform
from workflows.placement.demand import unmet
from workflows.placement.machine import Placement

pytestmark = pytest.mark.django_db
SignIn = Callable[[Post], Client]


@pytest.fixture
def house(db: None) -> Organisation:
    """A provider."""
    made: Organisation = OrganisationFactory(kind="shelter", name="Opvang Geheim")
    return made


@pytest.fixture
def province(db: None) -> Any:
    """A province that stands on the map."""
    return RegionFactory(level="province", code="PV27", name="Noord-Holland")


@pytest.fixture
def places(care: None, house: Organisation, province: Any, monday: datetime) -> list[Any]:
    """Two regions: one with eight crisis places for men and women, seven of them taken; one with three for women."""
    one, two = RegionFactory(name="Aalten", parent=province), RegionFactory(name="Borne", parent=province)
    big = a_unit(organisation=house, region=one, name="Groot", places=8, genders=["woman", "man"], addiction="yes")
    a_unit(organisation=house, region=two, name="Klein", places=3, genders=["woman"], children="yes")
    for _ in range(7):
        ref = uuid4()
        door.hold(big.pk, ref, monday)
        door.arrive(ref, monday, None, monday)
    return [one, two]


def page(signed_in: SignIn, role: Role, language: str = "en", **more: Any) -> Client:
    """Somebody's browser."""
    client = signed_in(PostFactory(role=role, **more))
    client.cookies["django_language"] = language
    return client


def text(response: Any) -> str:
    """The words of a page."""
    return " ".join(response.content.decode().split())


def numbers(response: Any, name: str) -> dict[str, Any]:
    """What a line of the table shows, by figure."""
    made = response.context["table"]
    line = next(line for line in made.lines if line.name == name)
    return {key: line.shown(key) for key in made.figures}


# -- What is read -----------------------------------------------------------------------------------------------------


def test_what_the_gate_gives_is_what_the_units_say(places: list[Any]) -> None:
    with taken(Side.COMMON):
        rows = reading.supply(clock.today())
    assert {(row.region, row.places, row.occupied, row.free) for row in rows} == {
        (places[0].pk, 8, 7, 1), (places[1].pk, 3, 0, 3),
    }  # fmt: skip
    units = standing(clock.today())
    assert sum(row.free for row in rows) == sum(unit.free for unit in units.values())


def test_units_are_told_apart_by_what_is_asked_and_by_nothing_that_was_not(places: list[Any]) -> None:
    whole, rows = reading.supply(clock.today()), reading.supply(clock.today(), apart=["region", "multiple"])
    assert {row.problems for row in rows} == {frozenset({"addiction"}), frozenset()}
    for name in ("units", "places", "occupied", "free"):
        assert sum(getattr(row, name) for row in rows) == sum(getattr(row, name) for row in whole)
    assert len(limited(rows, {"multiple": False})) == 2
    for key, value in (("kind", "crisis"), ("gender", "man"), ("form", "sexual"), ("children", False), ("minor", True)):
        with pytest.raises(NotAsked):
            limited(rows, {key: value})


def test_any_day_in_the_past_and_what_was_known_then(places: list[Any], monday: datetime) -> None:
    before = clock.today() - timedelta(days=1)
    assert sum(row.occupied for row in reading.supply(before)) == 0
    unit = Unit.objects.get(name="Klein")
    with clock.at(monday + timedelta(days=2)):
        inventory.change(unit, {"places": 30}, since=before)
    assert sum(row.places for row in reading.supply(before)) == 38
    assert sum(row.places for row in reading.supply(before, known_at=monday)) == 11


def test_ten_years_give_what_each_day_gives(places: list[Any], monday: datetime) -> None:
    unit = Unit.objects.get(name="Klein")
    for days in (400, 200, 100, 40, 31, 30, 3):
        ref = uuid4()
        came = monday - timedelta(days=days)
        try:
            door.hold(unit.pk, ref, came, came + timedelta(days=35))
        except door.NoPlace:
            continue
        with clock.at(came):
            door.arrive(ref, came, None, came)
    inventory.change(unit, {"places": 5}, since=date(2025, 6, 15))
    rows = reading.series(date(2024, 1, 1), date(2026, 3, 2))
    assert len(rows) == 27
    for day, there, occupied in rows:
        counted = standing(day).values()
        assert (there, occupied) == (sum(u.places for u in counted), sum(u.occupied for u in counted)), day
    assert any(occupied for _day, _there, occupied in rows)


# -- The page ---------------------------------------------------------------------------------------------------------


def test_a_region_without_units_is_missing_and_not_zero(signed_in: SignIn, places: list[Any], province: Any) -> None:
    RegionFactory(name="Cuijk", parent=province)
    answer = page(signed_in, Role.NATIONAL_DESK).get("/picture/")
    assert numbers(answer, "Cuijk")["places"] is None
    assert numbers(answer, "Aalten")["places"] == 8


def test_it_is_cut_and_limited(signed_in: SignIn, places: list[Any]) -> None:
    client = page(signed_in, Role.NATIONAL_DESK)
    by_gender = client.get("/picture/?by=gender")
    assert (numbers(by_gender, "Woman")["places"], numbers(by_gender, "Man")["places"]) == (11, 8)
    assert "do not add up" in text(by_gender) and "<tfoot>" not in text(by_gender)
    for_men = client.get("/picture/?gender=man")
    assert (numbers(for_men, "Aalten")["places"], numbers(for_men, "Borne")["places"]) == (8, None)
    assert numbers(client.get("/picture/?by=kind&problem=addiction"), "Crisis shelter")["places"] == 8
    assert numbers(client.get("/picture/?children=on"), "Borne")["places"] == 3
    assert numbers(client.get("/picture/?by=multiple"), "one problem or none")["places"] == 11
    assert client.get("/picture/?day=never&by=nothing&kind=flying&region=x").status_code == 200
    assert "Choose a day from" in text(client.get("/picture/?other=0001-01-01&demand=1"))


def test_two_days_are_compared(signed_in: SignIn, places: list[Any]) -> None:
    client = page(signed_in, Role.NATIONAL_DESK)
    shown = text(client.get("/picture/?other=2026-03-01&kind=crisis"))
    assert "▲ +7" in shown and "▼ −7" in shown
    assert "Kind: Crisis shelter · compared with 1 March 2026" in shown
    table = client.get("/picture/?other=2026-03-01&as=csv").content.decode("utf-8-sig").splitlines()
    assert "Occupied;Occupied, difference" in table[0] and "Aalten;1;0;8;0;7;7" in table[1]


def test_small_numbers_are_left_out_for_who_may_not_see_the_cases(signed_in: SignIn, places: list[Any]) -> None:
    unit = Unit.objects.get(name="Klein")
    ref = uuid4()
    door.hold(unit.pk, ref, clock.now())
    door.arrive(ref, clock.now(), None, clock.now())
    analyst = page(signed_in, Role.ANALYST).get("/picture/")
    assert all(numbers(analyst, "Borne")[key] is None for key in TOGETHER)
    assert numbers(analyst, "Aalten")["occupied"] is None, "the total would give the other away"
    assert numbers(analyst, "Borne")["places"] == 3
    desk = page(signed_in, Role.NATIONAL_DESK, organisation__kind="national_desk").get("/picture/")
    assert numbers(desk, "Borne")["occupied"] == 1
    own = page(signed_in, Role.CARE_COORDINATOR, regions=[places[1]]).get("/picture/")
    assert numbers(own, "Borne")["occupied"] == 1


def test_a_total_does_not_betray_what_is_left_out(signed_in: SignIn, places: list[Any]) -> None:
    ref = uuid4()
    door.hold(Unit.objects.get(name="Klein").pk, ref, clock.now())
    door.arrive(ref, clock.now(), None, clock.now())
    client = page(signed_in, Role.ANALYST)
    alone = client.get(f"/picture/places/?region={places[1].pk}")
    assert alone.context["table"].total.hidden >= {"occupied", "free"} and "2 free" not in text(alone)
    assert client.get("/picture/places/").context["table"].total.hidden == set(), "eight in all say nothing of one"
    own = page(signed_in, Role.CARE_COORDINATOR, regions=[places[1]]).get(f"/picture/?region={places[1].pk}")
    assert own.context["table"].total.shown("occupied") == 1


@pytest.mark.parametrize("role", Role)
def test_everybody_signed_in_sees_places_and_nobody_sees_a_unit(
    signed_in: SignIn, places: list[Any], role: Role
) -> None:
    regions = [] if role.national else [places[0]]
    client = page(signed_in, role, regions=regions)
    shown = client.get("/picture/places/")
    assert shown.status_code == 200 and "Aalten" in text(shown)
    assert not set(shown.context["table"].figures) & {figure.key for figure in DEMAND}
    for address in ("/picture/places/", "/picture/definitions/"):
        assert "Geheim" not in text(client.get(address)) and "Groot" not in text(client.get(address))


def test_demand_stands_beside_supply(
    signed_in: SignIn, places: list[Any], coordinator: Post, desk: Post, region: Any
) -> None:
    case = CaseFactory(person=PersonFactory(), region=region)
    process = open_process(
        Placement, acting=coordinator, case_id=case.pk, region_id=case.region_id, record={"kind": "crisis"}
    )
    perform(process.pk, "find_none", coordinator, {"ground": "no_free", "reason": "Everything is full."})
    answer = page(signed_in, Role.NATIONAL_DESK).get("/picture/?by=kind")
    line = numbers(answer, "Crisis shelter")
    assert (line["asked"], line["persons"], line["unmet"], line["waiting"]) == (1, 1, 1, 1)


def test_why_there_was_no_place_and_why_units_refused(
    signed_in: SignIn, places: list[Any], coordinator: Post, desk: Post, region: Any
) -> None:
    unit = a_unit(organisation=OrganisationFactory(kind="shelter"), region=region, name="Vol", places=9)
    for number in range(6):
        case = CaseFactory(person=PersonFactory(), region=region)
        process = open_process(
            Placement, acting=coordinator, case_id=case.pk, region_id=case.region_id, record={"kind": "crisis"}
        )
        if number:
            perform(process.pk, "offer", coordinator, {"unit": unit.pk})
            perform(process.pk, "decline", coordinator, {"ground": "addiction"})
        perform(process.pk, "find_none", coordinator, {"ground": "no_free", "reason": "Everything is full."})
    client = page(signed_in, Role.ANALYST)
    shown = text(client.get("/picture/why-not/?kind=crisis"))
    assert "Kind: Crisis shelter" in shown and "the place is there, but not for this person" in shown
    table = client.get("/picture/why-not/?as=csv").content.decode("utf-8-sig")
    assert "Why there was no place;No free place of this kind;6;6;" in table
    assert "Why units refused;Contra-indication: addiction;5;5;5" in table
    assert "None in this period" in text(client.get(f"/picture/why-not/?region={places[0].pk}"))
    with clock.at(clock.now() + timedelta(days=1)):
        case = CaseFactory(person=PersonFactory(), region=region)
        process = open_process(
            Placement, acting=coordinator, case_id=case.pk, region_id=case.region_id, record={"kind": "crisis"}
        )
        perform(process.pk, "find_none", coordinator, {"ground": "no_such_place", "reason": "Nowhere."})
        table = client.get("/picture/why-not/?as=csv").content.decode("utf-8-sig")
        assert "No place that fits what is needed;<5;<5;" in table and "No free place of this kind;<5;<5;" in table
        assert len(queries(client, "/picture/why-not/")) <= 10
        seen = page(signed_in, Role.NATIONAL_DESK, organisation__kind="national_desk").get("/picture/why-not/?as=csv")
        assert "No place that fits what is needed;1;1;" in seen.content.decode("utf-8-sig")


def test_ten_years_offer_what_has_an_effect_there_and_say_what_was_chosen(signed_in: SignIn, places: list[Any]) -> None:
    client = page(signed_in, Role.NATIONAL_DESK)
    shown = client.get(f"/picture/years/?region={places[1].pk}&kind=crisis&scheme=cosm&now=1")
    assert list(shown.context["asked"].form.fields) == ["day", "region", "kind"]
    assert "Region: Borne · Kind: Crisis shelter" in text(shown)
    table = client.get(f"/picture/years/?region={places[1].pk}&as=csv").content.decode("utf-8-sig").splitlines()
    assert table[0] == "End of the month;Places;Occupied" and table[-1] == "2026-03-31;3;0" and len(table) == 122


def test_the_first_view_does_not_wait_for_demand(signed_in: SignIn, places: list[Any]) -> None:
    client, of_demand = page(signed_in, Role.ANALYST), {figure.key for figure in DEMAND}
    first, whole = client.get("/picture/"), client.get("/picture/?demand=1")
    assert not set(first.context["table"].figures) & of_demand and 'hx-get="?demand=1"' in first.content.decode()
    assert set(whole.context["table"].figures) >= of_demand and "hx-get" not in whole.content.decode()
    assert numbers(first, "Aalten")["places"] == numbers(whole, "Aalten")["places"] == 8


def test_a_picture_of_many_regions_costs_few_queries(signed_in: SignIn, places: list[Any], house: Any) -> None:
    for number in range(20):
        region = RegionFactory(name=f"Regio {number}")
        a_unit(organisation=house, region=region, name=f"Unit {number}", places=2)
    client = page(signed_in, Role.ANALYST)
    client.get("/picture/")
    for address in ("/picture/places/", "/picture/definitions/", "/picture/years/"):
        assert len(queries(client, address)) <= 10, address
    for address in ("/picture/", "/picture/?demand=1"):
        assert len(queries(client, address)) <= 10, address
    assert AccessRecord.objects.filter(object_kind="picture").exists()


# -- Gaps -------------------------------------------------------------------------------------------------------------


def a_row(**values: Any) -> Supply:
    """A group of units."""
    kept: dict[str, Any] = {
        "region": 1, "kind": "crisis", "scheme": "other", "forms": frozenset(), "genders": frozenset(),
        "problems": frozenset(), "consult": frozenset(), "children": False, "minors": False, "measure": "places",
        "units": 1, "places": 2, "occupied": 0, "reserved": 0, "out_of_service": 0, "free": 2, "placeable": None,
        "stated_on": None,
    }  # fmt: skip
    return Supply(**kept | values)


def the_gap(rows: list[Supply], unmet: int = 0, threshold: int | None = None, **limits: Any) -> gaps.Gap | None:
    """The gap of one combination over three regions."""
    wanted = gaps.Wanted("crisis", tuple(limits.items()))
    found = gaps.find(rows, {1, 2, 3}, lambda one: unmet if one == wanted else 0, threshold)
    return next((gap for gap in found if gap.wanted == wanted), None)


def test_a_gap_is_told_as_a_sentence_to_quote() -> None:
    rows = [a_row(region=1, genders=frozenset({"man"}), problems=frozenset({"addiction"})), a_row(region=2)]
    gap = the_gap(rows, 14, gender="man", problem="addiction")
    assert gap is not None and (set(gap.without), set(gap.full)) == ({2, 3}, set())
    with translation.override("en"):
        assert gap.sentence == (
            "In 2 of 3 regions there is no crisis place for men with an addiction; "
            "14 requests in the last 12 months were not met."
        )
    with translation.override("nl"):
        assert gap.sentence == (
            "In 2 van de 3 regio's is er geen crisisplek voor mannen met een verslaving; "
            "aan 14 aanvragen in de laatste 12 maanden is niet voldaan."
        )


def test_unmet_requests_of_every_combination_are_those_that_are_counted_for_it(db: None) -> None:
    with taken(Side.CARE), transaction.atomic():
        _world, now = lived(Random(3))
        days = [START.date() + timedelta(days=n) for n in range(30, (now - START).days, 30)]
        day = max(days, key=lambda day: unmet_by_combination(day).total())
        counted, until = unmet_by_combination(day), day + timedelta(days=1)
        for one in gaps.wanted():
            limits = {name: [value] for name, value in one.cut.items()}
            by_limit = sum(line.unmet for line in unmet(until - reading.SPAN, until, [], limits))
            assert counted[one] == by_limit, one
        assert len(counted) > 5
        transaction.set_rollback(True)


def test_a_full_region_is_a_gap_of_another_kind() -> None:
    gap = the_gap([a_row(region=n, free=0 if n == 1 else 1) for n in (1, 2, 3)], gender="woman")
    assert gap is not None and (set(gap.without), set(gap.full)) == (set(), {1})
    with translation.override("en"):
        assert gap.sentence.startswith("In 1 of 3 regions no crisis place for women is free")


def test_where_everybody_is_welcome_there_is_no_gap() -> None:
    assert the_gap([a_row(region=n) for n in (1, 2, 3)], gender="woman") is None


def test_the_worst_gap_comes_first_and_a_small_number_does_not_show_by_its_rank() -> None:
    def unmet(one: gaps.Wanted) -> int:
        return {("gender", "man"): 9, ("gender", "woman"): 3}.get(one.limits[0], 0) if len(one.limits) == 1 else 0

    found = gaps.find([], {1, 2}, unmet, 5)
    assert found[0].wanted.limits == (("gender", "man"),)
    small = next(gap for gap in found if gap.wanted.limits == (("gender", "woman"),) and gap.wanted.kind == "crisis")
    assert small.hidden
    with translation.override("en"):
        assert "3" not in small.sentence and "a few requests" in small.sentence
    assert found.index(small) > 3, "it stands among those of which nothing is known"


@pytest.mark.parametrize("one", gaps.wanted()[:24], ids=str)
def test_the_rows_behind_a_gap_are_those_it_was_made_of(one: gaps.Wanted) -> None:
    rows = [
        a_row(region=1, genders=frozenset({"man"}), children=True, problems=frozenset({"addiction"})),
        a_row(region=2, minors=True, kind="emergency", forms=frozenset({"labour"})),
    ]
    behind = limited(rows, one.cut)
    gap = next((g for g in gaps.find(rows, {1, 2}, lambda _w: 0, None) if g.wanted == one), None)
    there = {row.region for row in behind}
    assert (gap.without if gap else frozenset()) == frozenset({1, 2}) - there


def test_every_combination_has_words_in_both_languages() -> None:
    for language in ("nl", "en"):
        with translation.override(language):
            told = {gaps.Gap(one, frozenset({1}), frozenset(), 3, 2).sentence for one in gaps.wanted()}
            assert len(told) == len(gaps.wanted())


def test_the_page_of_gaps(signed_in: SignIn, places: list[Any]) -> None:
    shown = text(page(signed_in, Role.ANALYST).get("/picture/gaps/"))
    assert "In 2 of 2 regions there is no" in shown and "/picture/?kind=" in shown


def test_gaps_that_take_a_moment_follow(signed_in: SignIn, places: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    client = page(signed_in, Role.ANALYST)
    client.get("/picture/gaps/")
    monkeypatch.setattr(pace, "LONG", 0)
    shell = client.get("/picture/gaps/").content.decode()
    assert 'hx-get="?shown=1"' in shell and "<blockquote>" not in shell
    assert "<blockquote>" in client.get("/picture/gaps/?shown=1").content.decode()


# -- Downloads and definitions ----------------------------------------------------------------------------------------


def test_downloads_say_what_the_page_says(signed_in: SignIn, places: list[Any]) -> None:
    client = page(signed_in, Role.NATIONAL_DESK)
    table = client.get("/picture/?as=csv").content.decode("utf-8-sig").splitlines()
    assert table[0].startswith("Region;Units;Places;Occupied")
    assert any(line.startswith("Aalten;1;8;7;0;0;1") for line in table) and table[-1].startswith("Total;2;11;7")
    book = load_workbook(io.BytesIO(client.get("/picture/?as=xlsx").content))
    first, notes = book.worksheets
    assert ("Aalten", 1, 8, 7) in [tuple(cell.value for cell in row[:4]) for row in first.iter_rows()]
    assert any("twelve months" in str(row[1].value) for row in notes.iter_rows())
    assert client.get("/picture/?as=pdf").content[:5] == b"%PDF-"
    assert AccessRecord.objects.filter(object_kind="picture", action="export").count() == 3


def test_what_is_left_out_on_the_page_is_left_out_of_the_download(signed_in: SignIn, places: list[Any]) -> None:
    ref = uuid4()
    door.hold(Unit.objects.get(name="Klein").pk, ref, clock.now())
    client = page(signed_in, Role.ANALYST)
    for kind in ("csv", "xlsx"):
        content = client.get(f"/picture/?as={kind}").content
        rows = (
            [line.split(";") for line in content.decode("utf-8-sig").splitlines()]
            if kind == "csv"
            else [[str(cell.value) for cell in row] for row in load_workbook(io.BytesIO(content)).worksheets[0]]
        )
        line = next(row for row in rows if row[0] == "Borne")
        assert line[3:5] == ["<5", "<5"], "one reserved place"


def test_every_figure_is_defined_once_in_both_languages(signed_in: SignIn) -> None:
    assert len(FIGURES) == len(SUPPLY) + len(DEMAND)
    dutch = text(page(signed_in, Role.CASEWORKER, "nl").get("/picture/definitions/"))
    english = text(page(signed_in, Role.CASEWORKER, "en").get("/picture/definitions/"))
    for key in FIGURES:
        assert f'id="{key}"' in dutch and f'id="{key}"' in english
    assert "Wie op een dag vertrekt, telt die dag niet mee" in dutch


def test_each_cut_names_what_it_counts() -> None:
    row = a_row(genders=frozenset(), forms=frozenset({"labour"}))
    assert set(BY_KEY["gender"].of(row)) == {"woman", "man", "other"}, "no distinction made: for everybody"
    assert list(BY_KEY["form"].of(row)) == ["labour"]
    assert set(BY_KEY["kind"].names()) == set(Kind.values)
