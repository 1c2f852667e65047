"""Courses of referrals: from the report to the decision who takes care of the case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from project.demo.large import times
from project.demo.large.course import Course
from project.demo.large.world import Actor

HOUR, DAY = 3600, times.DAY
GROUNDS = ("no_exploitation",) * 4 + ("smuggling",) * 2 + ("employment_dispute",) * 2 + ("other_offence", "double")
NOT_TRAFFICKING = "Verzonnen: geen aanwijzingen voor uitbuiting."
LIVES_THERE = "Verzonnen: woont in een andere regio."
NO_HELP = "Verzonnen: de betrokkene wil nu geen hulp."
NOT_KNOWN = "Verzonnen: staat daar niet ingeschreven."
NO_ANSWER = "Verzonnen: de melder is niet bereikbaar."


@dataclass(slots=True)
class Reported:
    """The row of a referral's own table."""

    report: str
    onward: int | None = None


class Referrals:
    """Makes courses of referrals."""

    def __init__(self, town: Any) -> None:
        self.town, self.world, self.chance = town, town.world, town.chance

    def course(
        self, case: Any, report: str, at: int, post: Actor, urgent: bool, shelter: str | None
    ) -> tuple[Course, int | None]:
        """A referral from a report. `shelter`: the kind asked for when it is accepted, ``""`` for none; None: any end.

        Out: the course, and the moment it was accepted or None.
        """
        course = Course(self.world, "referral", self.town.key(), case, at, "received", post, urgent)
        course.record = Reported(report)
        accepted = self._run(case, course, at, urgent, shelter)
        course.finish()
        return course, accepted

    def _run(self, case: Any, course: Course, at: int, urgent: bool, shelter: str | None) -> int | None:
        chance, until, random = self.chance, self.world.until, self.chance.random
        if urgent:
            at += int(300 + random() * (2600 if random() < 0.85 else 20_000)) // 60 * 60
        else:
            at = times.at_work(at + int(900 + random() * (5 * HOUR if random() < 0.9 else 4 * DAY)), chance)
        if at >= until or self._stuck(at, 0.012):
            return None
        if shelter == "" and random() < 0.6:  # one more report about somebody we know
            self._accept(course, at, self._by(course), shelter)
            return at
        if random() < 0.1:
            course.take(at, self._by(course, True))
            at += 60 + int(random() * 60) * 60
            if at >= until:
                return None
        course.step("begin_triage", "triage", at, self._by(course))
        if random() < 0.25 and course.assignee is None:
            at += 60
            if at >= until:
                return None
            course.take(at, self._by(course, True))
        if not urgent and random() < 0.04:
            at = times.at_work(at + int(HOUR + random() * DAY), chance)
            on = times.at_work(at + int(DAY + random() * 9 * DAY), chance)
            if at >= until:
                return None
            course.pause(at, self._by(course), NO_ANSWER)
            if on >= until:
                return None
            course.resume(on, self._by(course))
            at = on
        if urgent:
            at += int(1200 + random() * (4 * HOUR if random() < 0.85 else 3 * DAY)) // 60 * 60
        else:
            at = times.at_work(at + int(2 * HOUR + random() * (4 * DAY if random() < 0.88 else 14 * DAY)), chance)
        if at >= until or self._stuck(at, 0.02):
            self._maybe_snooze(course)
            return None
        return self._decide(case, course, at, shelter)

    def _decide(self, case: Any, course: Course, at: int, shelter: str | None) -> int | None:
        luck = self.chance.random()
        by = self.town.coordinator(case) if course.role == "caseworker" else self._by(course)
        if shelter is not None or luck < 0.55:
            self._accept(course, at, by, shelter)
            return at
        if luck < 0.72:
            ground = GROUNDS[int(self.chance.random() * len(GROUNDS))]
            course.step("not_trafficking", "not_trafficking", at, by, NOT_TRAFFICKING, f'{{"ground": "{ground}"}}')
        elif luck < 0.86:
            self._onward(case, course, at, by)
        else:
            course.step("withdraw", "withdrawn", at, by, NO_HELP)
        return None

    @staticmethod
    def _accept(course: Course, at: int, by: Actor, shelter: str | None) -> None:
        facts = f'{{"shelter": {"true" if shelter else "false"}, "shelter_kind": "{shelter or ""}"}}'
        course.step("accept", "accepted", at, by, "", facts)

    def _onward(self, case: Any, course: Course, at: int, by: Actor) -> None:
        chance, until = self.chance, self.world.until
        there = self.town.other_house(course.organisation)
        course.record.onward = there
        course.step("refer_onward", "onward", at, by, LIVES_THERE, f'{{"onward_to": {there}}}')
        if self._stuck(at, 0.15):
            return
        at = times.at_work(at + int(DAY + chance.random() * 7 * DAY), chance)
        if at >= until:
            return
        if chance.random() < 0.7:
            course.step("taken_over", "taken_over", at, self._by(course))
            return
        course.step("refused_onward", "triage", at, self._by(course), NOT_KNOWN)
        at = times.at_work(at + int(HOUR + chance.random() * 3 * DAY), chance)
        if at < until:
            course.step("withdraw", "withdrawn", at, self._by(course), NO_HELP)

    def _maybe_snooze(self, course: Course) -> None:
        until = self.world.until
        later = until + 6 * HOUR
        fresh = course.due is not None and course.due > later and course.assignee is not None
        if fresh and course.entered < until - DAY and self.chance.random() < 0.1:
            course.snooze(until - int(HOUR + self.chance.random() * 8 * HOUR) // 60 * 60, self._by(course), later)

    def _stuck(self, at: int, share: float) -> bool:
        return self.chance.random() < share and self.town.recent(at)

    def _by(self, course: Course, new: bool = False) -> Actor:
        return self.town.actor(course, new)  # type: ignore[no-any-return]
