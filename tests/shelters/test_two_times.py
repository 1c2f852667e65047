"""What is free when, as it was known when: the queries against a count by hand.

The count here knows no interval: it replays what people said, day by day, and looks at the days one by one.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.utils import ProgrammingError
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from access import clock
from access.clock import AMSTERDAM
from access.wall import Side, taken
from shelters import door, inventory
from shelters.models import Capacity, CapacityPast, OutOfService, Stay, StayPast, Unit
from shelters.queries import free_on, last_moment, occupancy_between, standing
from tests.factories.access import OrganisationFactory, RegionFactory
from tests.factories.shelters import a_unit

pytestmark = pytest.mark.django_db
FIRST = date(2026, 3, 20)
"""Nine days before the clock goes forward, so that days of 23 hours are among them."""
DAYS = [FIRST + timedelta(days=n) for n in range(24)]
START = datetime(2026, 3, 22, 9, 0, tzinfo=UTC)


@dataclass
class ByHand:
    """What people said about one unit, in order, with the moment they said it."""

    said: list[tuple[datetime, str, Any]] = field(default_factory=list)

    def as_known(self, known: datetime | None) -> list[tuple[str, Any]]:
        """What had been said by a moment."""
        return [(what, facts) for at, what, facts in self.said if known is None or at <= known]

    def lines(self, known: datetime | None) -> dict[date, tuple[int, bool]]:
        """Places and whether it is open, for each day."""
        days: dict[date, tuple[int, bool]] = {}
        for what, facts in self.as_known(known):
            if what == "capacity":
                since, until, said = facts
                for day in DAYS:
                    if since <= day and (until is None or day < until):
                        before = days.get(day, (0, True))
                        days[day] = (said.get("places", before[0]), said.get("active", before[1]))
        return days

    def stays(self, known: datetime | None) -> dict[UUID, dict[str, Any]]:
        """Every stay as it stood."""
        rows: dict[UUID, dict[str, Any]] = {}
        for what, facts in self.as_known(known):
            if what == "stay":
                rows.setdefault(facts["ref"], {}).update(facts)
        return rows

    def count(self, day: date, known: datetime | None) -> tuple[int, int, int, int, int] | None:
        """(places, occupied, reserved, out, free) at the end of a day; None when nothing is said of the unit."""
        line = self.lines(known).get(day)
        if line is None:
            return None
        end = last_moment(day)
        here = [s for s in self.stays(known).values() if s["lower"] <= end and (s["upper"] is None or end < s["upper"])]
        occupied = sum(s["arrived"] is not None and s["arrived"] <= end for s in here)
        gone: dict[int, tuple[int, date, date]] = {}
        for what, facts in self.as_known(known):
            if what == "out":
                gone[facts[0]] = facts[1:]
        out = sum(places for places, since, until in gone.values() if since <= day < until)
        places, active = line
        reserved = len(here) - occupied
        return places, occupied, reserved, out, max(places - occupied - reserved - out, 0) if active else 0


class World:
    """Two units, and the same told to the program and to the count by hand."""

    def __init__(self) -> None:
        house, region = OrganisationFactory(kind="shelter"), RegionFactory()
        self.units = [a_unit(organisation=house, region=region, name=n, places=3, since=FIRST) for n in ("A", "B")]
        self.hand: dict[int, ByHand] = defaultdict(ByHand)
        self.refs: list[tuple[int, UUID]] = []
        self.outs: list[tuple[int, OutOfService]] = []
        for unit in self.units:
            self.hand[unit.pk].said.append((clock.now(), "capacity", (FIRST, None, {"places": 3, "active": True})))

    def tell(self, unit: Unit, what: str, facts: Any) -> None:
        """Tell the count by hand."""
        self.hand[unit.pk].said.append((clock.now(), what, facts))

    def do(self, what: str, unit: Unit, one: int, two: int) -> None:
        """One thing somebody says; what the program refuses is not told to the count."""
        since = DAYS[one % 20]
        if what in ("change", "close", "correct"):
            said: dict[str, Any] = {"places": two % 5} if what != "close" else {"active": two % 2 == 0}
            until = since + timedelta(days=1 + two % 6) if what == "correct" else None
            ahead = sorted(line.holds.lower for line in Capacity.objects.filter(unit=unit, holds__startswith__gt=since))
            try:
                inventory.change(unit, said, since=since, until=until)
            except inventory.Gap:
                return
            self.tell(unit, "capacity", (since, until or (ahead[0] if ahead else None), said))
        elif what == "out":
            places, until = 1 + two % 2, since + timedelta(days=1 + two % 5)
            row = inventory.take_out(unit, places=places, since=since, until=until, reason="repair")
            self.outs.append((unit.pk, row))
            self.tell(unit, "out", (row.pk, places, since, until))
        elif what == "revise" and self.outs:
            key, row = self.outs[two % len(self.outs)]
            until = row.period.lower + timedelta(days=1 + one % 7) if row.period.lower else since
            period = DateRange(row.period.lower, until) if row.period.lower and one % 3 else inventory.EMPTY
            inventory.revise_out(row, period=period, places=1 + one % 3)
            said_now = (row.pk, row.places, period.lower or since, period.upper or since)
            self.hand[key].said.append((clock.now(), "out", said_now))
        elif what == "hold":
            at = clock.now() + timedelta(hours=(one - 20) * 7)
            until = at + timedelta(hours=1 + two * 5) if two % 3 == 0 else None
            ref = uuid4()
            try:
                door.hold(unit.pk, ref, at, until)
            except door.NoPlace:
                return
            self.refs.append((unit.pk, ref))
            self.tell(unit, "stay", {"ref": ref, "lower": at, "upper": until, "arrived": None})
        elif what in ("arrive", "release", "confirm") and self.refs:
            key, ref = self.refs[two % len(self.refs)]
            told = self.hand[key].stays(None)[ref]
            now = clock.now()
            gone = told["upper"] is not None and (told["upper"] <= now or told["upper"] == told["lower"])
            if what == "arrive" and not gone:
                at = now - timedelta(hours=one)
                door.arrive(ref, at, None, now)
                self.hand[key].said.append((now, "stay", {"ref": ref, "arrived": max(at, told["lower"])}))
            elif what == "release" and not gone:
                door.release(ref, now)
                self.hand[key].said.append((now, "stay", {"ref": ref, "upper": max(now, told["lower"])}))
            elif what == "confirm" and not gone and told["upper"] is not None:
                place = Stay.objects.get(ref=ref).place
                door_open = not (
                    Stay.objects.filter(unit=key, place=place, period__overlap=(told["upper"], None)).exists()
                )
                if door_open:
                    door.confirm(ref, now)
                    self.hand[key].said.append((now, "stay", {"ref": ref, "upper": None}))


things = st.tuples(
    st.sampled_from(
        [
            "change",
            "close",
            "correct",
            "out",
            "revise",
            "hold",
            "hold",
            "hold",
            "arrive",
            "arrive",
            "release",
            "confirm",
        ]
    ),
    st.integers(0, 1),
    st.integers(0, 40),
    st.integers(0, 40),
    st.sampled_from([0, 1, 5, 15, 24, 49]),
)


@settings(
    max_examples=60,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(course=st.lists(things, min_size=5, max_size=16))
def test_what_is_free_on_any_day_as_known_at_any_moment_is_what_a_count_by_hand_gives(
    course: list[tuple[str, int, int, int, int]],
) -> None:
    with taken(Side.CARE), transaction.atomic():
        now = START
        with clock.at(now):
            world = World()
        for what, which, one, two, hours in course:
            now += timedelta(hours=hours, minutes=1)
            with clock.at(now):
                world.do(what, world.units[which], one, two)
        moments = [at for hand in world.hand.values() for at, _what, _facts in hand.said]
        keys = [unit.pk for unit in world.units]
        for known in (None, *sorted(set(moments))[:: max(1, len(moments) // 5)], START - timedelta(days=1)):
            for day in DAYS[::2]:
                found = standing(day, known_at=known, units=keys)
                for key in keys:
                    row = found.get(key)
                    counted = (row.places, row.occupied, row.reserved, row.out, row.free) if row else None
                    assert counted == world.hand[key].count(day, known), (day, known)
            since, until = DAYS[2], DAYS[20]
            between = occupancy_between(since, until, known_at=known, units=keys)
            for key in keys:
                by_day = [world.hand[key].count(day, known) for day in DAYS[2:20]]
                there = [row for row in by_day if row is not None]
                wanted = (sum(row[1] for row in there), sum(row[0] for row in there)) if there else None
                assert between.get(key) == wanted, known
        transaction.set_rollback(True)


@pytest.fixture
def unit(care: None, monday: datetime) -> Unit:
    """A unit of two places."""
    return a_unit(organisation=OrganisationFactory(kind="shelter"), region=RegionFactory(), places=2)


def test_the_day_of_leaving_is_free(unit: Unit, monday: datetime) -> None:
    ref, today = uuid4(), clock.today()
    door.hold(unit.pk, ref, monday)
    with clock.at(monday + timedelta(days=3)) as later:
        door.release(ref, later)
        leaving = clock.today()
    free = [free_on(day)[unit.pk] for day in (today, leaving - timedelta(days=1), leaving)]
    assert free == [1, 1, 2]


def test_whoever_came_and_left_on_one_day_took_no_night(unit: Unit, monday: datetime) -> None:
    ref = uuid4()
    door.hold(unit.pk, ref, monday)
    door.arrive(ref, monday, None, monday)
    with clock.at(monday + timedelta(hours=4)) as later:
        door.release(ref, later)
    assert standing(clock.today())[unit.pk].occupied == 0
    assert occupancy_between(clock.today(), clock.today() + timedelta(days=1)) == {unit.pk: (0, 2)}


def test_a_reservation_ends_by_itself(unit: Unit, monday: datetime) -> None:
    first, second = uuid4(), uuid4()
    door.hold(unit.pk, first, monday, monday + timedelta(hours=6))
    door.hold(unit.pk, second, monday)
    with pytest.raises(door.NoPlace):
        door.hold(unit.pk, uuid4(), monday + timedelta(hours=5))
    assert door.hold(unit.pk, uuid4(), monday + timedelta(hours=6)).place == 1


def test_a_reservation_that_expired_is_confirmed_if_there_is_room_still(unit: Unit, monday: datetime) -> None:
    ref = uuid4()
    door.hold(unit.pk, ref, monday, monday + timedelta(hours=1))
    with clock.at(monday + timedelta(hours=2)) as late:
        door.hold(unit.pk, uuid4(), late)
        door.confirm(ref, late)
        assert free_on(clock.today())[unit.pk] == 0
        with pytest.raises(door.NoPlace):
            door.hold(unit.pk, uuid4(), late)


def test_a_reservation_that_expired_and_was_taken_is_not_confirmed(unit: Unit, monday: datetime) -> None:
    ref = uuid4()
    door.hold(unit.pk, ref, monday, monday + timedelta(hours=1))
    with clock.at(monday + timedelta(hours=2)) as late:
        door.hold(unit.pk, uuid4(), late)
        door.hold(unit.pk, uuid4(), late)
        with pytest.raises(door.NoPlace):
            door.confirm(ref, late)


def test_places_out_of_service_are_not_given(unit: Unit, monday: datetime) -> None:
    today = clock.today()
    inventory.take_out(unit, places=1, since=today, until=today + timedelta(days=2), reason="repair")
    door.hold(unit.pk, uuid4(), monday)
    with pytest.raises(door.NoPlace):
        door.hold(unit.pk, uuid4(), monday)
    door.hold(unit.pk, uuid4(), monday + timedelta(days=2))


def test_a_unit_closed_to_new_people_has_none_free_and_keeps_who_is_there(unit: Unit, monday: datetime) -> None:
    door.hold(unit.pk, uuid4(), monday)
    inventory.change(unit, {"active": False}, since=clock.today())
    row = standing(clock.today())[unit.pk]
    assert (row.places, row.reserved, row.free) == (2, 1, 0)
    with pytest.raises(door.NoPlace):
        door.hold(unit.pk, uuid4(), monday)


def test_free_is_not_placeable(unit: Unit, monday: datetime) -> None:
    assert standing(clock.today())[unit.pk].placeable is None, "nobody said anything: that is not zero"
    inventory.say_placeable(unit, 0, None)
    with clock.at(monday + timedelta(hours=1)):
        inventory.say_placeable(unit, 1, None)
    row = standing(clock.today())[unit.pk]
    assert (row.free, row.placeable) == (2, 1)
    assert standing(clock.today(), known_at=monday)[unit.pk].placeable == 0
    assert standing(clock.today() + timedelta(days=9))[unit.pk].placeable is None, "a word of nine days ago is none"


def test_what_was_planned_does_not_hold_before_its_day(unit: Unit) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    inventory.change(unit, {"places": 5}, since=tomorrow)
    assert (free_on(clock.today())[unit.pk], free_on(tomorrow)[unit.pk]) == (2, 5)
    inventory.change(unit, {"scheme_id": "omm"}, since=clock.today())
    lines = list(Capacity.objects.filter(unit=unit).order_by("holds").values_list("holds", "places", "scheme_id"))
    assert [(line[0].lower, *line[1:]) for line in lines][-2:] == [(clock.today(), 2, "omm"), (tomorrow, 5, "other")], (
        "what was planned stays planned"
    )


def test_a_correction_leaves_what_was_known_before(unit: Unit, monday: datetime) -> None:
    day = date(2026, 2, 1)
    with clock.at(monday + timedelta(days=1)):
        inventory.change(unit, {"places": 7}, since=day, until=day + timedelta(days=10))
    assert standing(day)[unit.pk].places == 7
    assert standing(day, known_at=monday)[unit.pk].places == 2
    assert CapacityPast.objects.count() == 1


def test_the_end_of_a_unit(unit: Unit) -> None:
    day = clock.today() + timedelta(days=2)
    inventory.change(unit, {"places": 5}, since=day + timedelta(days=5))
    inventory.end(unit, day)
    assert unit.pk in standing(day - timedelta(days=1))
    assert not standing(day) and not standing(day + timedelta(days=6))


def test_an_end_that_is_no_end_is_refused(unit: Unit) -> None:
    with pytest.raises(ValueError):
        inventory.change(unit, {"places": 1}, since=clock.today(), until=clock.today())
    with pytest.raises(ValueError):
        occupancy_between(clock.today(), clock.today())
    inventory.end(unit, clock.today())
    with pytest.raises(inventory.Gap):
        inventory.change(unit, {"active": True}, since=clock.today())


def test_the_database_refuses_two_lines_on_one_day(unit: Unit) -> None:
    with pytest.raises(IntegrityError, match="shelters_capacity_once"), transaction.atomic():
        Capacity.objects.create(unit=unit, holds=DateRange(clock.today(), None), places=1)


def test_nothing_is_deleted_and_the_past_is_not_changed(unit: Unit, monday: datetime) -> None:
    ref = uuid4()
    stay = door.hold(unit.pk, ref, monday)
    with clock.at(monday + timedelta(hours=1)) as later:
        door.arrive(ref, later, None, later)
    past = StayPast.objects.get(of=stay.pk)
    assert (past.arrived_at, past.known_since, past.known_until) == (None, monday, later)
    for spoil in (stay.delete, past.delete, past.save):
        with pytest.raises(Exception, match=r"append_only|Cannot|permission denied"), transaction.atomic():
            spoil()


def test_the_live_list_and_the_count_on_a_day_say_the_same(unit: Unit, monday: datetime) -> None:
    inventory.take_out(unit, places=1, since=clock.today(), until=clock.today() + timedelta(days=1), reason="repair")
    door.hold(unit.pk, uuid4(), monday)
    end = last_moment(clock.today())
    live = {u.pk: (u.places, u.taken, u.out, u.free) for u in Unit.objects.with_free(end)}
    counted = {key: (r.places, r.occupied + r.reserved, r.out, r.free) for key, r in standing(clock.today()).items()}
    assert live == counted


# -- the gate in the wall ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", [Side.COMMON, Side.DETERMINATION, Side.JUSTICE])
def test_other_sides_get_sums_per_region_and_no_unit(unit: Unit, monday: datetime, side: Side) -> None:
    door.hold(unit.pk, uuid4(), monday)
    with taken(side), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM shelters_supply(%s)", [clock.today()])
        names = [column.name for column in cursor.description or ()]
        (row,) = cursor.fetchall()
    found = dict(zip(names, row, strict=True))
    assert (found["region"], found["units"], found["places"], found["reserved"], found["free"]) == (
        unit.region_id, 1, 2, 1, 1,
    )  # fmt: skip
    assert not {"unit", "name", "organisation", "ref"} & set(names)


@pytest.mark.parametrize("side", [Side.COMMON, Side.DETERMINATION, Side.JUSTICE])
@pytest.mark.parametrize("question", ["shelters_on(current_date)", "shelters_between(current_date, current_date + 1)"])
def test_units_are_asked_for_on_the_care_side_alone(unit: Unit, side: Side, question: str) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        taken(side),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"SELECT * FROM {question}")


def test_a_day_ends_at_midnight_in_the_netherlands() -> None:
    day = date(2026, 3, 29)  # the clock goes forward: a day of 23 hours
    assert last_moment(day) - last_moment(day - timedelta(days=1)) == timedelta(hours=23)
    assert last_moment(day).astimezone(AMSTERDAM).date() == day
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ((%s::date + 1)::timestamp AT TIME ZONE 'Europe/Amsterdam') - interval '1 microsecond'", [day]
        )
        assert cursor.fetchone() == (datetime.combine(day, time.max, AMSTERDAM),)
