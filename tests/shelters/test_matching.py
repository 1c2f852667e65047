"""Which places fit, which nearly fit, and why none does: the database's answer against a count by hand."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import combinations
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access.models import Post
from access.roles import Role
from access.words import Exploitation, Gender, Need
from shelters import inventory
from shelters.matching.find import explain, facts_of, find
from shelters.matching.rules import RULES, WISHES, Lifter, asked_of, weights_of
from shelters.matching.wanted import Dates, Impossible, Wanted
from shelters.models import SAYS, Capacity, OutOfService, Stay, Unit
from shelters.words import Kind, Reach, Residence, Security, Wish
from tests.factories.access import OrganisationFactory, PostFactory, RegionFactory
from tests.factories.shelters import a_unit

TODAY = date(2026, 3, 2)
WEEKS = Dates(TODAY + timedelta(days=7), TODAY + timedelta(days=49))
ADULT = 30 * 12
WOMAN = Wanted(gender=Gender.WOMAN, lowest_age=ADULT, highest_age=ADULT)
MET = [UUID(int=n) for n in range(1, 5)]


@dataclass
class Country:
    """Units with what was said of them, as written down here, apart from the database."""

    post: Post
    units: dict[int, dict[str, Any]]
    regions: list[int]


def _some(dice: random.Random, codes: Any, most: int = 2) -> list[str]:
    values = [str(code) for code in codes]
    return dice.sample(values, dice.randint(0, min(most, len(values)))) if dice.random() < 0.6 else []


@pytest.fixture
def country(care: None, coordinator: Post, monday: datetime) -> Country:
    """Sixty units of one provider in three regions, made by dice that always fall the same."""
    dice, other = random.Random(5), random.Random(6)
    house, regions = OrganisationFactory(), [RegionFactory() for _ in range(3)]
    units: dict[int, dict[str, Any]] = {}
    for _ in range(60):
        facts: dict[str, Any] = {
            "places": dice.randint(1, 3),
            "active": dice.random() < 0.9,
            "forms": _some(dice, Exploitation),
            "genders": _some(dice, (Gender.WOMAN, Gender.MAN, Gender.OTHER)),
            "age_from": dice.choice([None, 16, 18, 23]),
            "age_to": dice.choice([None, None, 27, 65]),
            "residence": _some(dice, Residence),
            "security": dice.choice(["", *Security.values]),
            "languages": _some(dice, ("ro", "bg", "vi")),
            "maximum_stay_days": dice.choice([None, 30, 90]),
            "treatment": other.choice(["", *Reach.values]),
            "school": other.choice(["", *Reach.values]),
        } | {need.value: dice.choice(["yes", "yes", "consult", "no", ""]) for need in SAYS}
        kind, region = dice.choice(Kind.values[:3]), dice.choice(regions)
        unit = a_unit(organisation=house, region=region, kind=kind, **facts)
        units[unit.pk] = facts | {"kind": kind, "region_id": region.pk} | _fill(dice, unit)
    return Country(coordinator, units, [region.pk for region in regions])


def _fill(dice: random.Random, unit: Unit) -> dict[str, Any]:
    """Stays, reservations and repairs; out: what of them touches the wanted weeks, counted day by day."""
    guests, taken, gone = set(), set(), [0] * 60
    for place in range(1, 4):
        first = dice.randint(0, 45)
        last = dice.choice([None, first + dice.randint(1, 14)])
        if dice.random() < 0.45:
            ref = dice.choice([uuid4(), *MET])
            begin = datetime.fromisoformat(f"{TODAY + timedelta(days=first)}T12:00+01:00")
            end = None if last is None else datetime.fromisoformat(f"{TODAY + timedelta(days=last)}T11:00+01:00")
            Stay.objects.create(unit=unit, place=place, period=DateTimeTZRange(begin, end), ref=ref)
            # Whoever leaves on the first day has left by its end; whoever comes on the last day comes too early.
            if first <= 49 and (last is None or last > 7):
                taken.add(place)
                guests.add(ref)
    for _ in range(dice.choice([0, 0, 0, 1, 2])):
        first = dice.randint(0, 40)
        inventory.take_out(
            unit, places=1, since=TODAY + timedelta(days=first), until=TODAY + timedelta(days=first + 9),
            reason="repair",
        )  # fmt: skip
        for day in range(first, first + 9):
            gone[day] += 1
    return {"taken": len(taken), "out": max(gone[7:49]), "guests": guests, "days": 42}


def _wanted(dice: random.Random, regions: list[int]) -> Wanted:
    age = dice.choice([15, 16 * 12, 17 * 12 + 6, 20 * 12, 27 * 12 + 11, 28 * 12, ADULT, 70 * 12])
    gender = dice.choice(Gender.values)
    needs = {str(need) for need in _some(dice, SAYS, 3)}
    if gender != Gender.UNKNOWN and dice.random() < 0.2:
        needs.add(str(Need.GENDER_SPECIFIC))
    return Wanted(
        kinds=frozenset(_some(dice, Kind.values[:3])),
        forms=frozenset(_some(dice, Exploitation)),
        gender=gender,
        lowest_age=age,
        highest_age=dice.choice([age, age, 120 * 12]),
        needs=frozenset(needs),
        residence=dice.choice(["", *Residence.values]),
        security=dice.choice(["", "", *Security.values]),
        unsafe=frozenset(dice.sample(regions, dice.choice([0, 0, 1]))),
        apart=frozenset(dice.sample(MET, dice.choice([0, 0, 1, 2]))),
        places=dice.choice([1, 1, 1, 2]),
        languages=frozenset(_some(dice, ("ro", "bg", "vi"))),
        far=frozenset(dice.sample(regions, dice.choice([0, 1]))),
        weights=dice.choice([(), (("language", 9), ("spare", 0))]),
        wishes=frozenset(_some(dice, Wish)),
    )


def _failed(wanted: Wanted, unit: dict[str, Any]) -> frozenset[str]:
    seen = unit | {"free": unit["places"] - unit["taken"] - unit["out"]}
    return frozenset(rule.code for rule in asked_of(wanted) if not rule.fits(wanted, seen))


def _by_hand(wanted: Wanted, country: Country) -> list[tuple[int, int]]:
    weights = weights_of(wanted)
    fitting = {key: unit for key, unit in country.units.items() if not _failed(wanted, unit)}
    points = {k: sum(w.score(wanted, u) * weights[w.code] for w in WISHES) for k, u in fitting.items()}
    free = {key: unit["places"] - unit["taken"] - unit["out"] for key, unit in fitting.items()}
    return [(key, points[key]) for key in sorted(fitting, key=lambda k: (-points[k], -free[k], k))]


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(seed=st.integers(0, 2**32))
def test_the_database_finds_the_same_places_in_the_same_order_as_a_count_by_hand(country: Country, seed: int) -> None:
    wanted = _wanted(random.Random(seed), country.regions)
    by_hand = _by_hand(wanted, country)

    assert [(m.unit, m.points) for m in find(wanted, country.post, WEEKS, limit=100)] == by_hand
    assert [(m.unit, m.points) for m in find(wanted, country.post, WEEKS)] == by_hand[:10]

    why = explain(wanted, country.post, WEEKS, near=100)
    failed = {key: _failed(wanted, unit) for key, unit in country.units.items()}
    assert (why.looked, why.fit) == (60, len(by_hand))
    assert {r.code: (r.units, r.alone) for r in why.removed} == {
        rule.code: (
            sum(rule.code in codes for codes in failed.values()),
            sum(codes == {rule.code} for codes in failed.values()),
        )
        for rule in asked_of(wanted)
    }
    assert {(miss.unit, frozenset(one.code for one in miss.obstacles)) for miss in why.near} == {
        (key, codes) for key, codes in failed.items() if codes
    }
    # No set of requirements that is smaller opens anything; those named do, and open so many units.
    codes = sorted({code for some in failed.values() for code in some})
    size = next(n for n in range(1, 12) if any(_opened(failed, s) for s in combinations(codes, n)))
    assert {frozenset(r.codes): r.units for r in why.smallest} == {
        frozenset(s): opened for s in combinations(codes, size) if (opened := _opened(failed, s))
    }


def _opened(failed: dict[int, frozenset[str]], given_up: tuple[str, ...]) -> int:
    return sum(bool(codes) and codes <= set(given_up) for codes in failed.values())


_LIFTED: dict[str, Any] = {"forms": [], "genders": [], "age_from": 0, "age_to": None, "residence": [], "active": True}


def _lift(unit: Unit, code: str, wanted: Wanted) -> Wanted:
    """Take away what a near miss names: in the inventory, or in what was asked. Out: what is asked then."""
    line = Capacity.objects.filter(unit=unit)
    if code in SAYS:
        line.update(**{code: "yes"})
    elif code == "kind":
        Unit.objects.filter(pk=unit.pk).update(kind=min(wanted.kinds))
    elif code == "security":
        line.update(security="secured")
    elif code == "room":
        Stay.objects.filter(unit=unit).update(period=DateTimeTZRange(empty=True))
        OutOfService.objects.filter(unit=unit).update(period=DateRange(empty=True))
        line.update(places=5)
    elif code == "apart":
        Stay.objects.filter(unit=unit, ref__in=wanted.apart).update(period=DateTimeTZRange(empty=True))
    elif code == "unsafe":
        return replace(wanted, unsafe=frozenset())
    elif code == "own_gender":
        return replace(wanted, needs=wanted.needs - {Need.GENDER_SPECIFIC})
    else:
        names = {"open": ["active"], "form": ["forms"], "gender": ["genders"], "age": ["age_from", "age_to"]}
        line.update(**{name: _LIFTED[name] for name in names.get(code, [code])})
    return wanted


@pytest.mark.django_db
def test_a_near_miss_becomes_a_match_when_what_it_names_is_lifted_and_not_before(country: Country) -> None:
    lifted: set[str] = set()
    for seed in range(30):
        wanted = _wanted(random.Random(seed), country.regions)
        for miss in explain(wanted, country.post, WEEKS, near=4).near:
            try:
                with transaction.atomic():
                    unit, asked = Unit.objects.get(pk=miss.unit), wanted
                    for one in miss.obstacles:
                        assert miss.unit not in {m.unit for m in find(asked, country.post, WEEKS, limit=100)}
                        asked = _lift(unit, one.code, asked)
                        lifted.add(one.code)
                    assert miss.unit in {m.unit for m in find(asked, country.post, WEEKS, limit=100)}
                    raise _Back
            except _Back:
                pass
    assert lifted >= {"age", "gender", "form", "room", "security", "residence", "kind", "open"} and lifted & set(SAYS)


class _Back(Exception):
    """Undo what was lifted."""


PEOPLE = {
    "a man": Wanted(gender=Gender.MAN, lowest_age=ADULT, highest_age=ADULT),
    "somebody with an addiction": replace(WOMAN, needs=frozenset({Need.ADDICTION})),
    "a parent with four children": replace(WOMAN, needs=frozenset({Need.CHILDREN}), places=5),
    "somebody of seventeen": Wanted(gender=Gender.WOMAN, lowest_age=209, highest_age=209),
    "somebody in a wheelchair": replace(WOMAN, needs=frozenset({Need.WHEELCHAIR})),
    "a non-binary person": Wanted(gender=Gender.OTHER, lowest_age=ADULT, highest_age=ADULT),
    "somebody of whom nothing is known": Wanted(),
}


@pytest.mark.django_db
def test_everybody_finds_a_place_or_a_gap_that_is_counted_and_reasoned(country: Country) -> None:
    for who, wanted in PEOPLE.items():
        found, why = find(wanted, country.post, WEEKS), explain(wanted, country.post, WEEKS)
        assert why.looked == 60, who
        assert bool(found) == bool(why.fit), who
        if not found:
            assert why.smallest and sum(r.units for r in why.removed) >= 60, who
            assert why.near and all(miss.obstacles for miss in why.near), who
    parent = explain(PEOPLE["a parent with four children"], country.post, WEEKS)
    assert parent.fit == 0 and {r.code for r in parent.removed if r.units == 60} == {"room"}


@pytest.fixture
def house_of(care: None, region: Any, coordinator: Post, monday: datetime) -> Iterator[Any]:
    """Makes units for a woman of thirty."""
    house = OrganisationFactory()
    with translation.override("en"):
        yield lambda **facts: a_unit(organisation=house, region=region, **facts)


def test_a_near_miss_says_exactly_what_stands_in_the_way_and_who_can_lift_it(house_of: Any, coordinator: Post) -> None:
    consult, young, full = house_of(addiction="consult"), house_of(addiction="yes", age_from=18), house_of(
        addiction="yes", places=1, age_from=12
    )  # fmt: skip
    Stay.objects.create(
        unit=full, place=1, ref=uuid4(),
        period=DateTimeTZRange(*(datetime.fromisoformat(f"2026-03-{d}T10:00+01:00") for d in ("01", "03"))),
    )  # fmt: skip
    wanted = replace(WOMAN, needs=frozenset({Need.ADDICTION}), lowest_age=18 * 12 - 2, highest_age=18 * 12 - 2)
    Capacity.objects.filter(unit=consult).update(age_from=12)
    near = {miss.unit: miss.obstacles for miss in explain(wanted, coordinator, Dates(TODAY)).near}

    said = {unit: [(one.code, one.detail, one.lifter, one.on) for one in near[unit]] for unit in near}
    assert said == {
        consult.pk: [("addiction", "in consultation", Lifter.PROVIDER, None)],
        young.pk: [("age", "from 18 years: 2 months too young", Lifter.PROVIDER, None)],
        full.pk: [("room", "a reservation expires on 03-03-2026", Lifter.TIME, date(2026, 3, 3))],
    }
    assert not find(wanted, coordinator, Dates(TODAY))
    assert [m.unit for m in find(wanted, coordinator, Dates(TODAY + timedelta(days=1)))] == [full.pk]


def test_contradictions_are_said_plainly_before_anything_is_searched(care: None, coordinator: Post) -> None:
    for wanted, dates, said in (
        (WOMAN, Dates(TODAY, TODAY), "ends before it begins"),
        (replace(WOMAN, places=0), Dates(TODAY), "at least one place"),
        (Wanted(needs=frozenset({Need.GENDER_SPECIFIC})), Dates(TODAY), "gender is not known"),
        (replace(WOMAN, unsafe=frozenset({1}), near=frozenset({1})), Dates(TODAY), "unsafe"),
    ):
        with translation.override("en"), pytest.raises(Impossible, match=said):
            find(wanted, coordinator, dates)
        with translation.override("en"), pytest.raises(Impossible, match=said):
            explain(wanted, coordinator, dates)


def test_a_post_is_answered_with_units_that_it_may_see_alone(house_of: Any, coordinator: Post, region: Any) -> None:
    ours, others = house_of(), a_unit(organisation=OrganisationFactory(), region=region)
    provider = PostFactory(role=Role.SHELTER_PROVIDER, organisation=ours.organisation, regions=[region])
    prosecutor = PostFactory(role=Role.PROSECUTOR)

    assert {m.unit for m in find(WOMAN, coordinator, Dates(TODAY))} == {ours.pk, others.pk}
    assert [m.unit for m in find(WOMAN, provider, Dates(TODAY))] == [ours.pk]
    assert explain(WOMAN, provider, Dates(TODAY)).looked == 1
    assert list(facts_of([ours.pk, others.pk], WOMAN, provider, Dates(TODAY))) == [ours.pk]
    assert not find(WOMAN, prosecutor, Dates(TODAY))


def test_every_rule_and_wish_has_a_name_of_its_own() -> None:
    codes = [one.code for one in (*RULES, *WISHES)]
    assert len(set(codes)) == len(codes) and all(str(one.text) for one in (*RULES, *WISHES))
