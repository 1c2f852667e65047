"""Courses of placements: from the request into the place and out of it, with what goes wrong on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from access.roles import Role
from project.demo.large import times
from project.demo.large.course import Course
from project.demo.large.shelter import FOR_EVER, Room
from project.demo.large.world import Actor
from workflows.engine.models import Rung

HOUR, DAY = 3600, times.DAY
KINDS = (
    ("crisis",) * 46
    + ("long_stay",) * 18
    + ("move_on",) * 14
    + ("supervised",) * 10
    + ("ambulatory",) * 8
    + ("emergency",) * 4
)
STAYS = {"crisis": 190, "long_stay": 450, "move_on": 500, "supervised": 800, "ambulatory": 650, "emergency": 9}
"""Mean stay in days by kind of place."""
REFUSALS = ("full",) * 40 + ("addiction",) * 17 + ("psychiatric",) * 16 + ("behaviour",) * 9 + ("children",) * 5 + (
    "gender", "gender", "gender", "age", "age", "safety", "safety", "safety", "safety", "accessibility",
    "accessibility", "full", "full",
)  # fmt: skip
UNMET = ("no_free",) * 5 + ("refused",) * 2 + ("no_such_place",) * 2 + ("outside_region",)
DESTINATIONS = ("own_home",) * 5 + ("move_on",) * 5 + ("long_stay",) * 3 + ("family",) * 2 + ("return",) * 2 + (
    "care", "unknown", "unknown",
)  # fmt: skip
WITHDRAWN = "Verzonnen: er is geen opvang meer nodig."
UNSEEN = "Verzonnen: niet verschenen."
ELSEWHERE = "Verzonnen: te dicht bij de dader."
LONGER = "Verzonnen: verlenging afgesproken met de financier."


@dataclass(slots=True)
class Asked:
    """The row of a placement's own table, and what it left in others: `without` is when there was no place, and why."""

    kind: str
    needs: str
    room: int | None = None
    held_until: int | None = None
    arrived: int | None = None
    left_to: str = ""
    unmet: str = ""
    moot: bool = False
    refusals: list[tuple[int, int, str]] = field(default_factory=list)
    without: list[tuple[int, int | None, str]] = field(default_factory=list)


@dataclass(slots=True)
class Round:
    """A request and what became of it: `until` is when it stopped looking (arrived, ended, or has not yet)."""

    course: Course
    until: int
    arrived: int | None
    ended: int | None


class Placements:
    """Makes courses of placements for one case after the other."""

    def __init__(self, town: Any) -> None:
        self.town, self.world, self.shelters = town, town.world, town.shelters
        self.chance = town.chance

    def main(self, case: Any, at: int, post: Actor, urgent: bool) -> Round:
        """A request that is worked on until there is a place, or no need for one."""
        kind = KINDS[int(self.chance.random() * 100)]
        course = self._opened(case, at, post, urgent, kind)
        arrived = _Seeker(self, case, course).seek()
        course.finish()
        looked = arrived or course.closed or self.world.until
        return Round(course, looked, arrived, course.closed)

    def beside(self, case: Any, other: Round, post: Actor) -> Course:
        """A request beside another: for a better place while there is one, or for any while there is none.

        It is withdrawn, or closes by itself when the other one leads to a place first.
        """
        chance, until = self.chance, self.world.until
        during = other.arrived is not None and chance.random() < 0.4
        start = (other.arrived if during else None) or other.course.opened
        stop = min(other.ended or until, until) if during or other.arrived is None else min(other.arrived, until)
        at = start + int(chance.random() * (stop - start) * 0.7) // 60 * 60
        course = self._opened(case, at, post, other.course.urgent, KINDS[int(chance.random() * 100)])
        seeking = at + int(600 + chance.random() * 10_000) // 60 * 60
        if seeking < stop and chance.random() < 0.8:
            course.step("seek", "seeking", seeking, self.town.actor(course))
        gone = seeking + int(1800 + chance.random() * 30 * HOUR) // 60 * 60
        closes_itself = not during and other.arrived is not None
        if gone < stop and (chance.random() < 0.4 or not closes_itself):
            course.step("withdraw", "withdrawn", gone, self.town.actor(course), WITHDRAWN)
        elif stop < until and closes_itself:
            course.step("become_moot", "withdrawn", stop, None, "placement:in_place")
            course.record.moot = True
        elif stop < until:
            course.step("withdraw", "withdrawn", stop, self.town.actor(course), WITHDRAWN)
        course.finish()
        return course

    def _opened(self, case: Any, at: int, post: Actor, urgent: bool, kind: str) -> Course:
        course = Course(self.world, "placement", self.town.key(), case, at, "requested", post, urgent)
        course.record = Asked(kind, case.needs)
        return course


class _Seeker:
    """One request on its way; each method makes the next steps and says whether there is more to come."""

    def __init__(self, placements: Placements, case: Any, course: Course) -> None:
        self.town, self.case, self.course = placements.town, case, course
        self.world, self.shelters = placements.world, placements.shelters
        self.chance, self.random = placements.chance, placements.chance.random
        self.at = course.opened
        self.room: Room | None = None
        self.held = self.reserved_until = 0

    def seek(self) -> int | None:
        """From the request on. Out: when the person arrived, or None."""
        course = self.course
        if not self._wait(900, 9000, late=0.05, up_to=10 * HOUR):
            return None
        course.step("seek", "seeking", self.at, self._actor())
        for _attempt in range(4):
            if self.random() < 0.3 and course.assignee is None and not self._take():
                return None
            if not self._wait(1800, 16 * HOUR, late=0.06, up_to=60 * HOUR, stuck=0.03):
                return None
            luck = self.random()
            if luck < 0.06:
                if not self._find_none():
                    return None
            elif luck < 0.12:
                self._withdraw()
                return None
            else:
                self._offer()
            if course.closed is not None:
                return None
            if course.state == "seeking":
                continue
            if course.state != "offered":
                return None
            outcome = self._answered()
            if outcome != "again":
                return self._lived() if outcome == "arrived" else None
        if self._wait(HOUR, 20 * HOUR):
            self._withdraw()
        return None

    def _find_none(self) -> bool:
        course, reason, since = self.course, UNMET[int(self.random() * 10)], self.at
        course.record.unmet = reason
        course.record.without.append((since, None, reason))
        course.step(
            "find_none", "no_place", self.at, self._actor(), "Verzonnen: nergens plek.", f'{{"ground": "{reason}"}}'
        )
        if not self._wait(1200, 10_000, late=0.2, up_to=3 * DAY, stuck=0.06):
            return False
        luck = self.random()
        if luck < 0.85:
            course.record.without[-1] = (since, self.at, reason)
        if luck < 0.5:
            course.step("seek_again", "seeking", self.at, self._actor())
        elif luck < 0.85:
            self._offer()
        else:
            self._withdraw()
        return True

    def _offer(self) -> None:
        region = self.case.region if self.random() < 0.85 else self.town.any_region()
        course, record = self.course, self.course.record
        room = self.shelters.ask(region, record.kind, self.at)
        if room.exclusive and course.role != Role.NATIONAL_DESK:
            course.step("ask_comensha", "at_desk", self.at, self._actor())
            if not self._wait(900, 12 * HOUR, late=0.05, up_to=40 * HOUR) or room.closes <= self.at:
                return
        record.room, record.unmet = room.key, ""
        course.step(
            "offer", "offered", self.at, self._actor(), "", f'{{"unit": {room.key}}}', provider=room.organisation
        )
        self.room, self.held, self.reserved_until = room, self.at, course.plan[Rung.ESCALATION - 1] or self.at
        record.held_until = self.reserved_until

    def _answered(self) -> str:
        """What the provider says, and whether the person comes: ``arrived``, ``again`` or ``over``."""
        course = self.course
        fast = course.urgent
        if not self._wait(600, 3000 if fast else 17 * HOUR, late=0.08, up_to=50 * HOUR, stuck=0.015):
            return self._held_on()
        luck, room = self.random(), self.room
        assert room is not None
        if luck < 0.20:
            why = REFUSALS[int(self.random() * len(REFUSALS))]
            course.record.refusals.append((room.key, self.at, why))
            course.step("decline", "seeking", self.at, self._actor(), "", f'{{"ground": "{why}", "unit": {room.key}}}')
            return self._freed()
        if luck < 0.24:
            course.step("take_back", "seeking", self.at, self.town.coordinator(self.case), ELSEWHERE)
            return self._freed()
        if luck < 0.27:
            self._withdraw()
            return "over"
        course.step("accept", "accepted", self.at, self._actor(), provider=room.organisation)
        self._confirmed()
        if not self._wait(2 * HOUR, 34 * HOUR, late=0.05, up_to=4 * DAY):
            return self._held_on()
        luck = self.random()
        if luck < 0.93:
            course.record.arrived = self.at
            course.step("arrive", "in_place", self.at, self._actor())
            return "arrived"
        if luck < 0.98:
            course.step("not_arriving", "seeking", self.at, self._actor(), UNSEEN)
            return self._freed()
        self._withdraw()
        return "over"

    def _lived(self) -> int:
        """The stay: long ones are prolonged by a pause, and most end. Out: when it began."""
        course, arrived, until = self.course, self.at, self.world.until
        days = self.chance.expovariate(1 / STAYS[course.record.kind])
        leaves = times.at_work(arrived + int((2 + days) * DAY), self.chance)
        if self.random() < 0.3:
            taken = times.at_work(arrived + int(self.random() * 3 * DAY) + 60, self.chance)
            if taken < min(until, leaves):
                course.take(taken, self._actor(new=True))
        if leaves - arrived > 88 * DAY and self.random() < 0.85:
            at = times.at_work(arrived + int(64 + self.random() * 20) * DAY, self.chance)
            on = times.at_work(max(at + 7 * DAY, leaves - int(5 + self.random() * 60) * DAY), self.chance)
            leaves = max(leaves, times.at_work(on + DAY, self.chance))
            if at < until:
                course.pause(at, self._actor(), LONGER)
            if on < until:
                course.resume(on, self._actor())
        if leaves >= until:
            self._held_on()
            return arrived
        self.at = leaves
        course.record.left_to = DESTINATIONS[int(self.random() * len(DESTINATIONS))]
        course.step("leave", "ended", leaves, self._actor(), "", f'{{"left_to": "{course.record.left_to}"}}')
        self._stay_until(leaves)
        return arrived

    # -- small things -------------------------------------------------------------------------------------------

    def _wait(self, least: int, most: int, late: float = 0.0, up_to: int = 0, stuck: float = 0.0) -> bool:
        """Let time pass, sometimes longer than it should. Out: whether it is still before the end of the set."""
        if stuck and self.random() < stuck and self.town.recent(self.at):
            return False
        span = up_to if late and self.random() < late else most
        self.at += int(least + self.random() * (span - least)) // 60 * 60 + 60
        return self.at < self.world.until

    def _take(self) -> bool:
        if not self._wait(60, 3600):
            return False
        self.course.take(self.at, self._actor(new=True))
        return True

    def _actor(self, new: bool = False) -> Actor:
        return self.town.actor(self.course, new)  # type: ignore[no-any-return]

    def _withdraw(self) -> None:
        course = self.course
        by = self.town.coordinator(self.case) if course.role == Role.SHELTER_PROVIDER else self._actor()
        course.step("withdraw", "withdrawn", self.at, by, WITHDRAWN)
        self._freed()

    def _freed(self) -> str:
        if self.room is not None:
            self._stay_until(self.at)
        self.course.record.room = self.course.record.held_until = None
        return "again"

    def _confirmed(self) -> None:
        """The place is held without an end from now on, another time where the reservation had expired."""
        assert self.room is not None
        if self.reserved_until <= self.at:
            self.room.stays.append((self.held, self.reserved_until, self.course.key, None))
            self.held = self.at
        self.reserved_until, self.course.record.held_until = FOR_EVER, None

    def _stay_until(self, end: int) -> None:
        """The place is free again from a moment on, or from that on which the reservation expired."""
        assert self.room is not None
        until = min(end, self.reserved_until)
        self.room.stays.append((self.held, until, self.course.key, self.course.record.arrived))
        self.room = None

    def _held_on(self) -> str:
        """The place stays taken beyond the end of the set, or as long as it was reserved for."""
        self._stay_until(FOR_EVER)
        return "over"
