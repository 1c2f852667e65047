"""Demand: what the cases ask for, counted by the database against a count by hand.

The count here replays what people did, request by request, and knows neither the tables nor the log.
"""

from __future__ import annotations

import importlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from statistics import median
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from dateutil.relativedelta import relativedelta
from django.conf import settings as django_settings
from django.db import connection, connections, transaction
from django.db.utils import ProgrammingError
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from access import clock
from access.clock import AMSTERDAM
from access.models import Organisation, Post
from access.roles import Role
from access.wall import Side, taken
from access.words import PROBLEMS
from cases.merging import merge, unmerge
from cases.models import Case, Person
from tests.conftest import MONDAY, admin_connection
from tests.factories.access import OrganisationFactory, PostFactory, RegionFactory
from tests.factories.cases import CaseFactory, PersonFactory
from tests.factories.shelters import a_unit
from workflows.engine import acts, errors
from workflows.engine.models import Process
from workflows.engine.steps import open_process, perform
from workflows.placement.demand import WITHIN, Demand, Reason, asks_for_post, counts, demand, unmet
from workflows.placement.functions import CUTS
from workflows.placement.machine import Placement
from workflows.placement.models import PlacementRecord, Refusal, Unmet

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)
"""Nine days before the clock goes forward."""
UNITS: tuple[dict[str, Any], ...] = (
    {"kind": "crisis", "maximum_stay_days": 5},
    {"kind": "long_stay", "scheme_id": "cosm", "children": "no", "genders": ["woman"]},
    {"kind": "move_on", "addiction": "no", "psychiatric": "consult", "age_from": 18, "forms": ["sexual", "labour"]},
)
MAXIMUM = (relativedelta(days=5), relativedelta(months=3), None)
PEOPLE: tuple[tuple[str, date | None, list[str], int], ...] = (
    ("woman", date(1990, 5, 17), ["sexual", "labour"], 1),
    ("man", date(2010, 6, 1), ["criminal"], 0),
    ("unknown", None, [], 0),
    ("man", date(1985, 1, 1), ["labour"], 0),
)
NEEDS = ([], ["children"], ["addiction"], ["addiction", "psychiatric"], ["wheelchair", "somatic"])


@dataclass
class Ask:
    """What a request was, and what was done with it, in order."""

    process: UUID
    case: int
    region: int
    kind: str
    forms: list[str]
    gender: str
    needs: list[str]
    children: bool
    minor: bool
    wanted: date | None
    asked_at: datetime
    done: list[tuple[datetime, str, Any]] = field(default_factory=list)

    @property
    def problems(self) -> tuple[str, ...]:
        return tuple(sorted(str(need) for need in PROBLEMS if need in self.needs))

    def stands(self, by: datetime) -> dict[str, Any]:
        """What came of it before a moment; a withdrawal that was taken back later never was."""
        said = {"came_of": "open", "none": None, "gone": None, "place": None, "left": None, "refused": []}
        back = max((n for n, (_at, what, _of) in enumerate(self.done) if what == "reopen"), default=-1)
        for n, (at, what, of) in enumerate(self.done):
            if at >= by:
                break
            if what == "decline":
                said["refused"].append(of)
            if what in ("find_none", "seek_again", "offer", "become_moot", "reopen"):
                said["none"] = of if what == "find_none" else None
            if what == "arrive":
                said |= {"came_of": "met", "gone": at, "place": (of, at)}
            if what == "leave":
                said["left"] = at
            if what in ("withdraw", "become_moot") and n > back:
                said |= {"came_of": "moot" if what == "become_moot" else "withdrawn", "gone": at}
        if said["came_of"] != "met" and said["none"] is not None:
            said["came_of"] = "unmet"
        return said

    def lines(self, cut: list[str], region: int, kind: str) -> list[tuple[Any, ...]]:
        """The lines of a cut on which it stands."""
        values: dict[str, list[Any]] = {
            "region": [region],
            "kind": [kind],
            "forms": [tuple(sorted(self.forms))],
            "form": self.forms or [None],
            "gender": [self.gender],
            "problems": [self.problems],
            "problem": list(self.problems) or [None],
            "multiple": [len(self.problems) > 1],
            "children": [self.children],
            "minor": [self.minor],
            "month": [self.asked_at.astimezone(AMSTERDAM).date().replace(day=1)],
        }
        keys: list[tuple[Any, ...]] = [()]
        for name in CUTS:
            keys = [(*key, value) for key in keys for value in (values[name] if name in cut else [None])]
        return keys

    def lies_within(self, limits: dict[str, list[Any]], region: int, kind: str) -> bool:
        """Whether it is counted at all."""
        own = {
            "region": [region], "kind": [kind], "form": self.forms, "gender": [self.gender], "problem": self.problems,
            "multiple": [len(self.problems) > 1], "children": [self.children], "minor": [self.minor],
        }  # fmt: skip
        return all(set(values) & set(own[name]) for name, values in limits.items())


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), AMSTERDAM).astimezone(UTC)


class World:
    """Two regions, three units, four people with a case each and one with two, and what was done."""

    def __init__(self) -> None:
        self.regions = [RegionFactory(), RegionFactory()]
        house = OrganisationFactory(kind=Organisation.Kind.SHELTER)
        self.desk: Post = PostFactory(role=Role.NATIONAL_DESK, organisation__kind="national_desk")
        self.units = [
            a_unit(organisation=house, region=self.regions[n % 2], places=3, name=f"U{n}", **facts)
            for n, facts in enumerate(UNITS)
        ]
        self.people = [PersonFactory(gender=gender, birth_date=born) for gender, born, _forms, _along in PEOPLE]
        self.cases = [
            CaseFactory(person=person, region=self.regions[n % 2], forms=forms, children_along=along)
            for n, (person, (_g, _b, forms, along)) in enumerate(zip(self.people, PEOPLE, strict=True))
        ]
        self.cases.append(CaseFactory(person=self.people[0], region=self.regions[1], forms=["sexual"]))
        self.person_of = {n: n % 4 for n in range(5)}
        self.asks: list[Ask] = []
        self.merged: Any = None

    def do(self, what: str, which: int, pick: int) -> None:
        """One thing somebody does; what the program refuses is not told to the count."""
        now = clock.now()
        if what == "ask":
            self.ask(which % 5, pick, now)
        elif what == "merge":
            self.merge_or_undo()
        elif self.asks:
            ask = self.asks[which % len(self.asks)]
            facts = self.facts(what, pick)
            try:
                if what == "reopen":
                    acts.reopen(ask.process, self.desk, reason="again")
                else:
                    perform(ask.process, what, self.desk, facts)
            except errors.EngineError:
                return
            of = {"find_none": facts.get("ground"), "decline": facts.get("ground"), "offer": pick % 3}.get(what)
            if what == "arrive":
                of = next(unit for _at, done, unit in reversed(ask.done) if done == "offer")
            ask.done.append((now, what, of))
            if what == "arrive":
                for other in self.asks:
                    if other is not ask and other.case == ask.case and self.is_looking(other):
                        other.done.append((now, "become_moot", None))

    @staticmethod
    def is_looking(ask: Ask) -> bool:
        said = [what for _at, what, _of in ask.done if what in ("arrive", "withdraw", "become_moot", "reopen")]
        return not said or said[-1] == "reopen"

    def facts(self, what: str, pick: int) -> dict[str, Any]:
        return {
            "offer": {"unit": self.units[pick % 3].pk},
            "decline": {"ground": ("addiction", "full", "psychiatric")[pick % 3]},
            "find_none": {"ground": ("no_free", "refused")[pick % 2], "reason": "nothing"},
            "leave": {"left_to": "unknown"},
            "withdraw": {"reason": "no more"},
        }.get(what, {})

    def ask(self, which: int, pick: int, now: datetime) -> None:
        case = self.cases[which]
        gender, born, _forms, along = PEOPLE[self.person_of[which]]
        kind, needs = ("crisis", "long_stay", "move_on")[pick % 3], NEEDS[pick % 5]
        today = now.astimezone(AMSTERDAM).date()
        wanted = today + timedelta(days=3) if pick % 4 == 3 else None
        process = open_process(
            Placement,
            acting=self.desk,
            case_id=case.pk,
            region_id=case.region_id,
            record={"kind": kind, "needs": needs, "wanted_from": wanted},
        )
        self.asks.append(
            Ask(
                process=process.pk,
                case=which,
                region=case.region_id,
                kind=kind,
                forms=list(case.forms),
                gender=gender,
                needs=needs,
                children="children" in needs or (along > 0 and which != 4),
                minor=born is None or today < born + relativedelta(years=18),
                wanted=wanted,
                asked_at=now,
            )
        )

    def merge_or_undo(self) -> None:
        """The last two people turn out to be one; or not, after all."""
        if self.merged is None:
            self.merged = merge(self.people[3].pk, self.people[2].pk, self.desk, "the same")
            self.person_of[2] = 3
        else:
            unmerge(self.merged, self.desk, "not the same")
            self.merged, self.person_of[2] = None, 2

    # -- the count ------------------------------------------------------------------------------------------------

    def count(self, since: date, until: date, cut: list[str], limits: dict[str, list[Any]]) -> dict[Any, Demand]:
        """Everything `demand` gives, one request after the other."""
        start, end = midnight(since), midnight(until)
        lines: dict[Any, Demand] = {}
        persons: dict[tuple[Any, str], set[int]] = defaultdict(set)
        days: dict[tuple[Any, str], list[float]] = defaultdict(list)
        given: dict[Any, list[tuple[UUID, int]]] = defaultdict(list)

        def on(key: Any, number: str, ask: Ask, amount: int = 1) -> Demand:
            line = lines.setdefault(key, Demand(**dict(zip(CUTS, key, strict=True))))
            setattr(line, number, getattr(line, number) + amount)
            persons[key, number].add(self.person_of[ask.case])
            return line

        for ask in self.asks:
            if ask.asked_at >= end:
                continue
            said = ask.stands(end)
            wanted = max(ask.asked_at, midnight(ask.wanted)) if ask.wanted else ask.asked_at
            waited = max(((said["gone"] or end) - wanted) / timedelta(days=1), 0)
            for key in ask.lines(cut, ask.region, ask.kind) if ask.lies_within(limits, ask.region, ask.kind) else ():
                if ask.asked_at >= start:
                    on(key, "asked", ask)
                    on(key, said["came_of"], ask)
                    if said["came_of"] == "met":
                        days[key, "waiting_days"].append(waited)
                    if said["came_of"] == "unmet":
                        given[key, "unmet_reasons", said["none"]].append((ask.process, self.person_of[ask.case]))
                    if said["refused"]:
                        on(key, "refused", ask)
                        on(key, "refusals", ask, len(said["refused"]))
                    for reason in said["refused"]:
                        given[key, "refusal_reasons", reason].append((ask.process, self.person_of[ask.case]))
                if said["gone"] is None:
                    on(key, "waiting", ask)
                    days[key, "waiting_so_far_days"].append(waited)
            if said["place"] is not None and said["left"] is None:
                self.count_stay(ask, said["place"], until, (cut, limits), on, days)
        for (key, number), who in persons.items():
            name = {"asked": "persons"}.get(number, f"{number}_persons")
            if hasattr(lines[key], name):
                setattr(lines[key], name, len(who))
        for (key, number), values in days.items():
            setattr(lines[key], number, median(values))
        for (key, about, reason), rows in given.items():
            requests, people = {process for process, _who in rows}, {who for _process, who in rows}
            getattr(lines[key], about)[reason] = Reason(len(requests), len(rows), len(people))
        return lines

    def count_stay(self, ask: Ask, place: tuple[int, datetime], until: date, asked: Any, on: Any, days: Any) -> None:
        """A person in a place at the end of the period."""
        (cut, limits), (number, arrived) = asked, place
        unit, facts, longest = self.units[number], UNITS[number], MAXIMUM[number]
        ends = arrived.astimezone(AMSTERDAM).date() + longest if longest else None
        today = until - timedelta(days=1)
        if ask.lies_within(limits, unit.region_id, unit.kind):
            others = [
                other for other in self.asks
                if other is not ask and self.person_of[other.case] == self.person_of[ask.case]
                and other.asked_at < midnight(until) and other.stands(midnight(until))["gone"] is None
            ]  # fmt: skip
            for key in ask.lines(cut, unit.region_id, unit.kind):
                on(key, "there", ask)
                if ends is not None and ends <= today:
                    on(key, "overstay", ask)
                    days[key, "over_days"].append((today - ends).days)
                    if others:
                        first = min(others, key=lambda other: (other.asked_at, other.process))
                        line = on(key, "blocked", ask)
                        line.waits_for[first.kind] = line.waits_for.get(first.kind, 0) + 1
        takes_not = {need for need in ask.needs if facts.get(need) == "no"}
        outside = (
            unit.kind != ask.kind
            or takes_not
            or (ask.children and facts.get("children") == "no")
            or (ask.gender != "unknown" and facts.get("genders") and ask.gender not in facts["genders"])
            or (ask.forms and facts.get("forms") and not set(ask.forms) & set(facts["forms"]))
            or (ask.minor and facts.get("age_from", 0) >= 18)
        )
        if outside and ask.lies_within(limits, ask.region, ask.kind):
            for key in ask.lines(cut, ask.region, ask.kind):
                on(key, "outside", ask)


NEXT = {
    None: ("offer", "offer", "offer", "find_none", "find_none", "withdraw", "seek"),
    "seek": ("offer", "find_none"),
    "find_none": ("seek_again", "offer", "withdraw", "withdraw", "wait", "wait"),
    "seek_again": ("offer", "find_none"),
    "offer": ("accept", "accept", "accept", "decline", "take_back", "wait"),
    "decline": ("offer", "find_none"),
    "take_back": ("offer",),
    "accept": ("arrive", "arrive", "arrive", "not_arriving"),
    "not_arriving": ("offer",),
    "arrive": ("leave", *("wait",) * 7),
    "withdraw": ("reopen", "wait", "wait"),
    "reopen": ("offer", "find_none", "withdraw"),
}
"""What people may do after what was done last; more often what leads somewhere."""
JUMPS = (1, 1, 5, 30, 60, 24 * 4, 24 * 30)
LIMITS: dict[str, tuple[list[Any], ...]] = {
    "kind": (["crisis", "move_on"],),
    "form": (["labour"], ["sexual", "criminal"]),
    "gender": (["woman"], ["man", "unknown"]),
    "problem": (["addiction"], ["psychiatric", "somatic"]),
    "multiple": ([True], [False]),
    "children": ([True], [False]),
    "minor": ([True], [False]),
}


def lived(chance: Random) -> tuple[World, datetime]:
    """A world in which people did as chance had it, and the moment it ended."""
    now = START
    with clock.at(now):
        world = World()
    for _step in range(70):
        now += timedelta(hours=chance.choice(JUMPS), minutes=7)
        luck, which, pick = chance.random(), chance.randrange(60), chance.randrange(60)
        with clock.at(now):
            if luck < 0.25 or not world.asks:
                world.do("ask", which, pick)
            elif luck < 0.28:
                world.do("merge", 0, 0)
            else:
                done = world.asks[which % len(world.asks)].done
                world.do(chance.choice(NEXT.get(done[-1][1] if done else None, ("wait",))), which, pick)
    return world, now


def questions(chance: Random, world: World, end: datetime) -> Iterator[tuple[date, date, list[str], dict[str, Any]]]:
    """Periods, cuts and limits to ask about."""
    days = (end - START).days
    for _question in range(6):
        since = START.date() + timedelta(days=chance.randrange(days + 1) - 1)
        until = since + timedelta(days=chance.randrange(1, days + 3))
        cut = chance.sample(sorted(CUTS), chance.choice((0, 1, 1, 2, 3)))
        limits = {name: chance.choice(LIMITS[name]) for name in chance.sample(sorted(LIMITS), chance.choice((0, 0, 1)))}
        if chance.random() < 0.2:
            limits["region"] = [world.regions[0].pk]
        yield since, until, cut, limits


@settings(max_examples=15, deadline=None, phases=[Phase.explicit, Phase.generate])
@example(seed=1)
@given(seed=st.integers(0, 2**32))
def test_demand_is_what_a_count_by_hand_gives_by_any_cut_in_any_period(seed: int) -> None:
    chance = Random(seed)
    with taken(Side.CARE), transaction.atomic():
        world, now = lived(chance)
        for since, until, cut, limits in questions(chance, world, now):
            by_hand = world.count(since, until, cut, limits)
            if not cut and not by_hand:
                by_hand = {(None,) * len(CUTS): Demand()}
            found = {
                tuple(getattr(line, n) for n in CUTS): line for line in demand(since, until, by=cut, within=limits)
            }
            for line in found.values():
                assert line.asked == line.met + line.unmet + line.withdrawn + line.moot + line.open
            assert {key: near(line) for key, line in found.items()} == {k: near(line) for k, line in by_hand.items()}
            at_once, whole = counts(since, until, cut, limits)
            in_all = world.count(since, until, [], limits).get((None,) * len(CUTS), Demand())
            for line in (*by_hand.values(), in_all):
                line.unmet_reasons, line.refusal_reasons = {}, {}
            assert {tuple(getattr(line, n) for n in CUTS): near(line) for line in at_once} == {
                key: near(line) for key, line in by_hand.items() if cut
            }
            assert near(whole) == near(in_all)
            not_met = {tuple(getattr(line, n) for n in CUTS): line.unmet for line in unmet(since, until, cut, limits)}
            assert not_met == {key: line.unmet for key, line in by_hand.items() if line.unmet}
        transaction.set_rollback(True)


def test_the_count_by_hand_meets_everything_that_is_counted() -> None:
    seen: set[str] = set()
    with taken(Side.CARE), transaction.atomic():
        for seed in range(5):
            chance = Random(seed)
            world, now = lived(chance)
            for since, until, cut, limits in questions(chance, world, now):
                for line in world.count(since, until, cut, limits).values():
                    seen |= {name for name in Demand.__slots__ if getattr(line, name)}
        transaction.set_rollback(True)
    assert set(Demand.__slots__) - seen == set()


def near(line: Demand) -> dict[str, Any]:
    """A line as it is compared: moments are exact to the microsecond, medians as far as a float is."""
    values = {name: getattr(line, name) for name in Demand.__slots__}
    return {name: pytest.approx(v, abs=1e-6) if isinstance(v, float) else v for name, v in values.items()}


# -- one thing at a time ----------------------------------------------------------------------------------------------

TODAY, TOMORROW = MONDAY.date(), MONDAY.date() + timedelta(days=1)


def asked_for(case: Case, acting: Post, **record: Any) -> Process:
    """A request for a place on a case."""
    return open_process(Placement, acting=acting, case_id=case.pk, region_id=case.region_id, record=record)


@pytest.fixture
def ground(care: None, monday: datetime, region: Any, desk: Post) -> dict[str, Any]:
    """A crisis unit, somebody with two forms of exploitation and two problems, and their case."""
    house = OrganisationFactory(kind=Organisation.Kind.SHELTER)
    unit = a_unit(organisation=house, region=region, places=2, addiction="no")
    case = CaseFactory(person=PersonFactory(gender="man"), region=region, forms=["sexual", "labour"])
    return {"unit": unit, "case": case, "desk": desk, "region": region}


def test_a_person_counts_once_and_a_request_under_each_form_it_has(ground: dict[str, Any]) -> None:
    again = CaseFactory(person=ground["case"].person, region=ground["region"], forms=["sexual"])
    for case in (ground["case"], again):
        asked_for(case, ground["desk"], needs=["addiction", "psychiatric"])
    (whole,) = demand(TODAY, TOMORROW)
    assert (whole.asked, whole.persons, whole.waiting, whole.waiting_persons) == (2, 1, 2, 1)
    by_form = {line.form: (line.asked, line.persons) for line in demand(TODAY, TOMORROW, by=["form"])}
    assert by_form == {"sexual": (2, 1), "labour": (1, 1)}
    together = {line.forms: line.asked for line in demand(TODAY, TOMORROW, by=["forms"])}
    assert together == {("labour", "sexual"): 1, ("sexual",): 1}
    (some,) = demand(TODAY, TOMORROW, by=["multiple"], within={"problem": ["addiction"], "gender": ["man"]})
    assert (some.multiple, some.asked) == (True, 2)
    assert demand(TODAY, TOMORROW, within={"gender": ["woman"]}) == [Demand()]


def test_two_registrations_that_turn_out_to_be_one_person_count_once(ground: dict[str, Any]) -> None:
    other = CaseFactory(person=PersonFactory(), region=ground["region"])
    for case in (ground["case"], other):
        asked_for(case, ground["desk"])
    assert demand(TODAY, TOMORROW)[0].persons == 2
    done = merge(ground["case"].person_id, other.person_id, ground["desk"], "the same")
    assert demand(TODAY, TOMORROW)[0].persons == 1
    unmerge(done, ground["desk"], "not after all")
    assert demand(TODAY, TOMORROW)[0].persons == 2


def test_what_is_withdrawn_while_there_is_no_place_stays_unmet_and_what_is_sought_again_does_not(
    ground: dict[str, Any],
) -> None:
    left, found = asked_for(ground["case"], ground["desk"]), asked_for(ground["case"], ground["desk"])
    for process in (left, found):
        perform(process.pk, "find_none", ground["desk"], {"ground": "refused", "reason": "everywhere"})
    perform(left.pk, "withdraw", ground["desk"], {"reason": "sleeps at a friend's"})
    perform(found.pk, "seek_again", ground["desk"], {})
    (line,) = demand(TODAY, TOMORROW)
    assert (line.asked, line.unmet, line.withdrawn, line.open, line.waiting) == (2, 1, 0, 1, 1)
    assert line.unmet_reasons == {"refused": Reason(1, 1, 1)}


def test_refusals_are_counted_by_reason_requests_apart_from_times(ground: dict[str, Any]) -> None:
    process = asked_for(ground["case"], ground["desk"])
    for reason in ("addiction", "addiction", "full"):
        perform(process.pk, "offer", ground["desk"], {"unit": ground["unit"].pk})
        perform(process.pk, "decline", ground["desk"], {"ground": reason})
    (line,) = demand(TODAY, TOMORROW)
    assert (line.refused, line.refused_persons, line.refusals) == (1, 1, 3)
    assert line.refusal_reasons == {"addiction": Reason(1, 2, 1), "full": Reason(1, 1, 1)}


def test_somebody_stays_too_long_because_nothing_follows(ground: dict[str, Any]) -> None:
    unit, desk = ground["unit"], ground["desk"]
    stay = asked_for(ground["case"], desk, needs=["addiction"])
    for action, facts in (("offer", {"unit": unit.pk}), ("accept", {}), ("arrive", {})):
        perform(stay.pk, action, desk, facts)
    unit.capacity.update(scheme_id="cosm", known_since=clock.now())
    (line,) = demand(TODAY, TOMORROW, by=["kind"])
    assert (line.there, line.overstay, line.outside) == (1, 0, 1), "a unit that says no to addiction does not fit"
    asked_for(ground["case"], desk, kind="move_on")
    for until, over in ((date(2026, 6, 2), 0), (date(2026, 6, 3), 1)):
        (line,) = [line for line in demand(TODAY, until, by=["kind"]) if line.kind == "crisis"]
        assert (line.overstay, line.blocked, line.waits_for) == (over, over, {"move_on": 1} if over else {})


def test_waiting_begins_on_the_day_from_which_a_place_is_wanted(ground: dict[str, Any]) -> None:
    asked_for(ground["case"], ground["desk"], wanted_from=TODAY + timedelta(days=3))
    assert demand(TODAY, TOMORROW)[0].waiting_so_far_days == 0
    assert demand(TODAY, TODAY + timedelta(days=5))[0].waiting_so_far_days == 2


def test_what_was_asked_stays_what_it_was(ground: dict[str, Any]) -> None:
    process = asked_for(ground["case"], ground["desk"])
    Person.objects.filter(pk=ground["case"].person_id).update(gender="woman")
    acts.move_to_region(process.pk, RegionFactory().pk)
    (line,) = demand(TODAY, TOMORROW, by=["region", "gender"])
    assert (line.region, line.gender) == (ground["region"].pk, "man")
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        PlacementRecord.objects.filter(process=process).update(gender="woman")


def test_a_name_that_is_no_cut_or_an_end_before_the_start_is_refused(ground: dict[str, Any]) -> None:
    for wrong in ({"by": ["person_key"]}, {"within": {"person_key": ["x"]}}):
        with pytest.raises(ValueError, match="person_key"):
            demand(TODAY, TOMORROW, **wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="after"):
        demand(TODAY, TODAY)
    assert set(WITHIN) <= set(CUTS)


# -- the wall ---------------------------------------------------------------------------------------------------------


def test_the_common_side_gets_the_sums_and_no_row(ground: dict[str, Any]) -> None:
    process = asked_for(ground["case"], ground["desk"])
    with taken(Side.COMMON):
        (line,) = demand(TODAY, TOMORROW, by=["region"])
        assert (line.region, line.asked) == (ground["region"].pk, 1)
        with connection.cursor() as cursor:
            for name, given in (
                ("demand", "%s, %s,"), ("reasons", "%s, %s,"), ("unmet_requests", "%s, %s,"), ("stays", "%s - 1,"),
            ):  # fmt: skip
                days = [TODAY, TOMORROW][-given.count("%s") :]
                cursor.execute(f"SELECT * FROM placement_{name}({given} %s)", [*days, sorted(CUTS)])
                told = [str(value) for row in cursor.fetchall() for value in row]
                assert not {str(process.pk), str(ground["case"].pk), str(ground["case"].person_id)} & set(told)
                assert all(column.type_code != 2950 for column in cursor.description), "no key among the columns"
        for model in (PlacementRecord, Refusal, Unmet):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                model.objects.exists()


@pytest.mark.parametrize("side", [Side.JUSTICE, Side.DETERMINATION])
def test_justice_and_determination_may_not_count_demand(ground: dict[str, Any], side: Side) -> None:
    with taken(side), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        demand(TODAY, TOMORROW)


def test_the_requests_behind_a_figure_are_those_a_post_may_see(ground: dict[str, Any], coordinator: Post) -> None:
    mine = asked_for(ground["case"], ground["desk"])
    asked_for(CaseFactory(), ground["desk"])
    hidden = asked_for(CaseFactory(region=ground["region"]), ground["desk"])
    Process.objects.filter(pk=hidden.pk).update(restricted=True)
    assert [ask.pk for ask in asks_for_post(coordinator)] == [mine.pk]
    assert asks_for_post(ground["desk"]).count() == 2
    assert not asks_for_post(PostFactory(role=Role.INVESTIGATOR, organisation__side=Side.JUSTICE)).exists()


# -- the demand of before ---------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_the_demand_of_before_is_found_again_in_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    filling = importlib.import_module("workflows.placement.migrations.0004_demand_of_before")
    kept = "SELECT to_jsonb(r) FROM placement_placementrecord r ORDER BY process_id"
    unmet = "SELECT process_id, since, until, reason FROM placement_unmet ORDER BY 1, 2"
    with taken(Side.CARE), transaction.atomic():
        world, _now = lived(Random(7))
        if world.merged is not None:
            world.merge_or_undo()
    with admin_connection(django_settings.DATABASES["default"]["NAME"]) as admin:
        before = (admin.execute(kept).fetchall(), admin.execute(unmet).fetchall())
        admin.execute("ALTER TABLE placement_placementrecord DISABLE TRIGGER USER")
        try:
            admin.execute("""UPDATE placement_placementrecord SET asked_at = now(), region_id = NULL, forms = '{}',
                gender = 'unknown', problems = '{}', children = false, minor = false, stopped_at = NULL,
                stopped_by = '', person_key = '00000000-0000-4000-8000-000000000000'""")
            admin.execute("DELETE FROM placement_unmet")
            monkeypatch.setattr(filling, "BATCH", 5)
            for _again in range(2):
                filling.fill(None, SimpleNamespace(connection=connections["owner"]))
            after = (admin.execute(kept).fetchall(), admin.execute(unmet).fetchall())
        finally:
            admin.execute("ALTER TABLE placement_placementrecord ENABLE TRIGGER USER")
            connections["owner"].close()
    assert after == before
    assert len(before[0]) > 10 and len(before[1]) > 2
