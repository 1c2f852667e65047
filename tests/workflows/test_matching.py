"""The page on which a place is sought for a case, what is kept of a choice, and the proposal for all who wait."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from access import clock
from access.models import Post, Region
from access.roles import Role
from cases.models import Case, Person
from shelters.door import hold
from shelters.matching.find import find
from shelters.matching.rules import WISHES, version
from shelters.matching.wanted import Dates, Wanted
from shelters.models import Capacity, Stay, Unit
from tests.factories.access import OrganisationFactory, PostFactory, RegionFactory
from tests.factories.cases import CaseFactory, PersonFactory
from tests.factories.shelters import a_unit
from tests.workflows.conftest import queries
from workflows.engine import errors
from workflows.engine.models import Process
from workflows.engine.steps import open_process, perform
from workflows.matching import national
from workflows.matching.asking import ages_on, keep, wanted_for
from workflows.matching.models import Choice
from workflows.placement.machine import Placement

Browser = Callable[..., Client]
ASKED = {"since": "2026-03-02", "gender": "woman", "forms": ["labour"], "places": "1"}


@pytest.fixture
def her_case(care: None, region: Any, monday: Any) -> Case:
    """A woman with an addiction."""
    made: Case = CaseFactory(region=region, needs=["addiction"], person=PersonFactory(gender="woman"))
    return made


def test_a_near_miss_is_named_and_once_lifted_is_chosen_and_kept(
    her_case: Case, coordinator: Post, region: Any, browser: Browser
) -> None:
    unit = a_unit(organisation=OrganisationFactory(), region=region, name="De Ark", addiction="consult")
    page, address = browser(coordinator), f"/cases/{her_case.pk}/place/"

    shown = page.get(address).content.decode()
    assert "No place fits" in shown and "in consultation" in shown and "The provider" in shown
    assert "The least that would have to give way" in shown
    assert page.post(address, ASKED | {"needs": ["addiction"], "choose": unit.pk}).status_code == 409

    Capacity.objects.filter(unit=unit).update(addiction="yes")
    answer = page.post(address, ASKED | {"needs": ["addiction"], "choose": unit.pk})
    assert answer.status_code == 302 and answer["Location"] == f"/cases/{her_case.pk}/start/placement/"
    kept = Choice.objects.for_post(coordinator).get()
    assert (kept.unit_id, kept.rules, kept.wanted["needs"]) == (unit.pk, version(), ["addiction"])
    assert set(kept.weights) == {wish.code for wish in WISHES} == set(kept.seen[0]["points"])
    with pytest.raises(DatabaseError), transaction.atomic():
        Choice.objects.update(rules="other")
    assert not Choice.objects.for_post(PostFactory(role=Role.CARE_COORDINATOR)).exists()
    assert len(queries(page, address)) <= 12


def test_what_was_asked_is_kept_without_a_choice_filled_in_again_and_holds_both_ways(
    her_case: Case, coordinator: Post, region: Any, browser: Browser, monday: Any
) -> None:
    near = a_unit(
        organisation=OrganisationFactory(), region=region, name="De Ark", places=2, addiction="yes", treatment="here"
    )
    a_unit(
        organisation=OrganisationFactory(), region=region, name="De Boei", places=2, addiction="yes", school="nearby"
    )
    unsafe: Region = RegionFactory(name="Onveilig")
    other: Case = CaseFactory(region=region, person=PersonFactory(gender="woman"))
    page, address = browser(coordinator), f"/cases/{her_case.pk}/place/"
    says = ASKED | {
        "needs": ["addiction"], "wishes": ["treatment"], "unsafe": [unsafe.pk], "avoid": other.number, "places": "2",
        "residence": "eu", "security": "open",
    }  # fmt: skip
    shown = page.post(address, says | {"security": ""}).content.decode()
    assert shown.index("De Ark") < shown.index("De Boei") and "Treatment in the house or nearby: 30 / 30" in shown
    assert page.post(address, says | {"avoid": her_case.number}).status_code == 422
    assert page.post(address, says | {"keep": "1"}).status_code == 302

    kept = Choice.objects.get()
    assert (kept.unit, kept.wanted["avoid"], kept.wanted["wishes"]) == (None, [str(other.pk)], ["treatment"])
    again = page.get(address).content.decode()
    assert f'value="{other.number}"' in again and re.search(r'name="places" value="2"', again)
    assert re.search(rf'value="{unsafe.pk}"[^>]*(selected|checked)', again)
    # A request that comes later is met as well, and the other person keeps away too, whoever said it.
    later = open_process(Placement, acting=coordinator, case_id=other.pk, region_id=region.pk)
    hers = open_process(Placement, acting=coordinator, case_id=her_case.pk, region_id=region.pk, record={})
    for one, meets in ((hers, later), (later, hers)):
        wanted = wanted_for(one.pk)
        assert wanted is not None and wanted.apart == {meets.pk}
    wanted = wanted_for(hers.pk)
    assert wanted is not None
    assert (wanted.unsafe, wanted.residence, wanted.security, wanted.places) == ({unsafe.pk}, "eu", "open", 2)
    assert wanted.needs == {"addiction"} and wanted.wishes == {"treatment"}
    hold(near.pk, hers.pk, monday)
    theirs = browser(coordinator).post(f"/cases/{other.pk}/place/", ASKED).content.decode()
    assert "must not meet" in theirs and "Others are kept apart as well" in theirs


def test_bad_input_is_answered_plainly(her_case: Case, coordinator: Post, browser: Browser) -> None:
    page, address = browser(coordinator), f"/cases/{her_case.pk}/place/"
    for said, text in (
        ({"until": "2026-03-02"}, "ends before it begins"),
        ({"since": "2026-03-01"}, "This day has passed"),
        ({"gender": "unknown", "needs": ["gender_specific"]}, "gender is not known"),
    ):
        answer = page.post(address, ASKED | said)
        assert answer.status_code == 422 and text in answer.content.decode(), said
    elsewhere = browser(PostFactory(role=Role.CARE_COORDINATOR))
    assert elsewhere.get(address).status_code == 404


def test_an_age_that_nobody_wrote_down_can_be_said_and_who_must_not_meet_keeps_apart(
    her_case: Case, coordinator: Post, region: Any, browser: Browser, monday: Any
) -> None:
    unit = a_unit(organisation=OrganisationFactory(), region=region, name="De Ark", addiction="yes", age_from=18)
    her_case.person.birth_date = None
    her_case.person.save()
    page, address = browser(coordinator), f"/cases/{her_case.pk}/place/"
    says = ASKED | {"needs": ["addiction"]}
    assert "No place fits" in page.post(address, says).content.decode()
    assert "De Ark" in page.post(address, says | {"age": "30"}).content.decode()
    other: Case = CaseFactory(region=region)
    request = open_process(Placement, acting=coordinator, case_id=other.pk, region_id=region.pk)
    hold(unit.pk, request.pk, monday)
    apart = page.post(address, says | {"age": "30", "avoid": other.number}).content.decode()
    assert "No place fits" in apart and "must not meet" in apart
    wrong = page.post(address, says | {"avoid": "L-1999-000001"})
    assert wrong.status_code == 422 and "L-1999-000001" in wrong.content.decode()


def test_what_is_not_certain_of_an_age_stays_open() -> None:
    day = date(2026, 3, 2)
    for facts, ages in (
        ({"birth_date": date(2008, 5, 2)}, (214, 214)),
        ({"birth_date": date(2008, 1, 1), "birth_date_estimated": True}, (206, 218)),
        ({"birth_date": date(2008, 1, 1), "birth_date_estimated": True, "adult_confirmed": True}, (216, 218)),
        ({"adult_confirmed": True}, (216, 1440)),
        ({}, (0, 1440)),
    ):
        assert ages_on(Person(**facts), day) == ages, facts


def test_the_desk_sees_a_proposal_and_nothing_is_assigned_by_it(
    her_case: Case, coordinator: Post, region: Any, browser: Browser
) -> None:
    a_unit(organisation=OrganisationFactory(), region=region, name="De Ark", addiction="yes")
    opened = open_process(
        Placement, acting=coordinator, case_id=her_case.pk, region_id=region.pk, record={"needs": ["addiction"]}
    )
    before = Process.objects.get(pk=opened.pk).state
    desk = browser(PostFactory(role=Role.NATIONAL_DESK))

    shown = desk.get("/places/proposal/").content.decode()

    assert shown.count("De Ark") == 2 and her_case.number in shown and "First come, first served" in shown
    assert Process.objects.get(pk=opened.pk).state == before


def test_no_proposed_pair_breaks_a_rule_by_which_places_are_found(
    care: None, coordinator: Post, region: Any, monday: Any
) -> None:
    dice, desk, house = random.Random(7), PostFactory(role=Role.NATIONAL_DESK), OrganisationFactory()
    regions = [region, RegionFactory(), RegionFactory()]
    for nth in range(12):
        a_unit(
            organisation=house, region=dice.choice(regions), name=f"Huis {nth}", places=2,
            residence=dice.choice([[], ["eu"], ["asylum"]]), security=dice.choice(["", "open", "secured"]),
            addiction=dice.choice(["yes", "no"]), genders=dice.choice([[], ["woman"]]), age_from=18,
        )  # fmt: skip
    units = list(Unit.objects.order_by("pk"))
    cases = [CaseFactory(region=region, person=PersonFactory(gender="woman")) for _ in range(12)]
    requests = []
    for nth, case in enumerate(cases):
        others = dice.sample([one for one in cases if one != case], dice.choice([0, 1, 4]))
        wanted = Wanted(
            unsafe=frozenset({dice.choice(regions).pk}), residence=dice.choice(["eu", "asylum"]),
            security=dice.choice(["", "open"]), needs=frozenset(dice.choice([(), ("addiction",)])),
        )  # fmt: skip
        if nth % 4:
            keep(case.pk, coordinator, wanted, Dates(clock.today()), [], None, [one.pk for one in others])
        record = {"kind": "crisis", "needs": dice.choice([[], ["addiction"]])}
        requests.append(
            open_process(Placement, acting=coordinator, case_id=case.pk, region_id=region.pk, record=record)
        )
    for request in requests[:3]:  # some are in a place already, where others come to be proposed
        perform(request.pk, "offer", coordinator, {"unit": str(dice.choice(units).pk)})

    _rows, found = national.proposal(desk)

    dates = Dates(clock.today(), clock.today() + national.HORIZON)
    for way in (found.proposed.units, found.in_order.units):
        assert len(way) >= 3
        wanted_by = {key: wanted_for(key) for key in way}
        for key, unit in way.items():
            wanted = wanted_by[key]
            assert wanted is not None and unit in {match.unit for match in find(wanted, desk, dates, limit=100)}, key
            assert not any(way[other] == unit for other in wanted.apart & way.keys()), key
    # What changed since it was shown is asked once more when people decide.
    key, unit = next(iter(found.proposed.units.items()))
    Capacity.objects.filter(unit=unit).update(genders=["man"])
    (refused,) = national.decide(desk, [national.Decision(key, 1, unit)]).values()
    assert isinstance(refused, errors.ConditionUnmet) and not Process.objects.filter(pk=key, state="offered").exists()


def test_the_desk_decides_as_proposed_and_what_is_no_longer_so_is_left_and_named(
    her_case: Case, coordinator: Post, region: Any, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_unit(organisation=OrganisationFactory(), region=region, name="De Ark", places=1, addiction="yes")
    other = CaseFactory(region=region, person=PersonFactory(gender="woman"))
    first, second = (
        open_process(Placement, acting=coordinator, case_id=case.pk, region_id=region.pk, record={"kind": "crisis"})
        for case in (her_case, other)
    )
    desk, address = browser(PostFactory(role=Role.NATIONAL_DESK)), "/places/proposal/"
    shown = desk.get(address).content.decode()
    (choice,) = re.findall(r'name="chosen" value="([^"]+)"', shown)
    assert Process.objects.filter(state="offered").count() == 0

    nothing = desk.post(address, {}, follow=True).content.decode()
    assert "Nothing was chosen" in nothing
    as_other = choice.replace(*map(str, (first.pk, second.pk) if str(first.pk) in choice else (second.pk, first.pk)))
    said = desk.post(address, {"chosen": [choice, as_other]}, follow=True).content.decode()

    assert "For 1 request the unit is asked" in said and "was left as it was" in said
    assert Process.objects.filter(state="offered").count() == 1
    assert Stay.objects.count() == 1
    kept = Choice.objects.get()  # the decision, with what it rests on
    assert (kept.unit, kept.rules, set(kept.seen[0]["points"])) == (Unit.objects.get(), version(), set(kept.weights))
    assert "was left as it was" in desk.post(address, {"chosen": [choice]}, follow=True).content.decode()
    assert desk.post(address, {"chosen": ["x"]}).status_code == 400

    monkeypatch.setattr(national, "QUICK", 0)
    follows = desk.get(address).content.decode()
    assert 'hx-get="?shown=1"' in follows and "data-list" not in follows
    assert "data-list" in desk.get(f"{address}?shown=1").content.decode()
