"""People who were guided in the years before, and some whom nobody guided, in the small set: enough for figures and
curves. All invented.

Written row by row and not through the engine: what is over has nothing running, and a hundred times a year of check-ins
would make the set slow. Each course is one that the engine would have made: asked for, matched, met, perhaps lost and
found, ended; and a reflection period that was offered, begun and ended.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import models

from access.clock import AMSTERDAM
from access.models import Post
from access.wall import Side, taken
from cases import likeness, numbers
from cases.models import Case, Person
from cases.models import Referral as Report
from insights.guiding.models import Act, Lesson, LessonStep, State
from project.demo import people
from project.demo.ground import Ground
from workflows.engine.models import Process, StepLog
from workflows.guidance.models import (
    Contact,
    Guidance,
    Measurement,
    MeasureTried,
    NewExploitation,
    Willingness,
)
from workflows.reflection_period.models import ReflectionPeriod

GUIDED, UNGUIDED, EVERY = 112, 72, 6
"""So many with and without a navigator; one in so many is reported again later."""
HOW_MANY = GUIDED + UNGUIDED + GUIDED // EVERY + UNGUIDED // EVERY
"""Cases."""
REGION = "Alkmaar"
STEPS = {
    "open": ("", "requested"),
    "match": ("requested", "matched"),
    "first_contact": ("matched", "in_guidance"),
    "lose_contact": ("in_guidance", "contact_lost"),
    "find_again": ("contact_lost", "in_guidance"),
    "close": ("in_guidance", "closed"),
}
PERIOD = {
    "open": ("", "offered"),
    "accept": ("offered", "accepted"),
    "begin": ("accepted", "running"),
    "end": ("running", "ended"),
}
"""The steps of a reflection period."""
LESSONS = (
    ("navigator", "navigator", State.SHARED, "Een navigator bij het verhoor geeft rust",
     "Verzonnen: de navigator zat bij het verhoor en sprak vooraf af wanneer er pauze was.",
     "Verzonnen: mensen vertelden hun verhaal minder vaak, en kwamen de tweede keer ook.",
     "Verzonnen: weer doen, en de tolk vooraf laten kennismaken."),
    ("psychologist", "analyst", State.SHARED, "De recherchepsycholoog helpt vooral vooraf",
     "Verzonnen: de recherchepsycholoog bereidde het verhoor met de rechercheurs voor.",
     "Verzonnen: er was minder nodig tijdens het verhoor zelf.", "Verzonnen: eerder erbij vragen."),
    ("lead_time", "navigator", State.ASKED, "Een streefdatum werkt als die wordt nagekomen",
     "Verzonnen: er was een dag afgesproken waarop het verhoor zou zijn.",
     "Verzonnen: bij uitstel zakte het vertrouwen.", "Verzonnen: alleen een dag noemen die vaststaat."),
    ("housing", "navigator", State.DRAFT, "Eerst een veilige plek",
     "Verzonnen: er werd pas over aangifte gesproken na de verhuizing.", "Verzonnen: er was ruimte om na te denken.",
     "Verzonnen: zo houden."),
)  # fmt: skip


def write(ground: Ground, as_of: date) -> None:
    """Write the courses and the lessons. Asked by who makes the set, on the care side, after everything else."""
    chance = random.Random(f"learned {as_of}")  # noqa: S311  of its own: the stories stay as they are
    rows: dict[type[models.Model], list[Any]] = {}
    for n in range(GUIDED + UNGUIDED):
        asked = as_of - timedelta(days=chance.randrange(430, 1000))
        Course(rows, chance, ground, asked).write(guided=n < GUIDED, again=n % EVERY == 0)
    for kind in (Person, Case, Report, Process, StepLog, Guidance, Contact, Willingness, MeasureTried, Measurement,
                 NewExploitation, ReflectionPeriod):  # fmt: skip
        kind.objects.bulk_create(rows.get(kind, []))  # type: ignore[attr-defined]
    _lessons(ground, as_of)


def _at(day: date, hour: int = 10) -> datetime:
    return datetime.combine(day, time(hour), AMSTERDAM)


@dataclass
class Course:
    """What happened to one person from the day on which they were reported. `rows` collects what is to be written."""

    rows: dict[type[models.Model], list[Any]]
    chance: random.Random
    ground: Ground
    asked: date

    def add(self, row: Any) -> Any:
        """A row to be written."""
        self.rows.setdefault(type(row), []).append(row)
        return row

    def day(self, after: int) -> date:
        """So many days later."""
        return self.asked + timedelta(days=after)

    def write(self, *, guided: bool, again: bool) -> None:
        """Somebody with a case, a reflection period perhaps, and a navigator or none."""
        chance = self.chance
        person = Person(
            **people.person(
                chance, self.asked, years=chance.randrange(19, 52), gender=chance.choice(("woman", "woman", "man"))
            ),
            created_at=_at(self.asked),
        )
        person.match_keys = likeness.keys_of(person)
        self.add(person)
        met = min(14, 1 + int(chance.expovariate(0.4)))
        lost = met + chance.randrange(20, 90) if chance.random() < 0.3 else None
        ended = max(met + chance.randrange(120, 330), (lost or 0) + 60)
        gone = chance.random() < (0.1 if guided else 0.35)
        case = self._case(person, 0, ended, "out_of_contact" if gone else "guidance_complete")
        if again:
            self._case(person, ended + chance.randrange(10, 60), ended + 80, "guidance_complete")
        if chance.random() < 0.7:
            self._reflection(case, "complaint" if chance.random() < (0.6 if guided else 0.35) else "none")
        if guided:
            self._guidance(case, met, lost, ended, again=again)

    def _case(self, person: Person, opened: int, closed: int, why: str) -> Case:
        coordinator, day = self.ground.posts["coordinator"], self.day(opened)
        forms = list(self.chance.choice((("sexual",), ("sexual",), ("criminal",), ("labour",))))
        case: Case = self.add(Case(
            **people.case(self.chance, forms=forms), person=person, region=self.ground.regions[REGION],
            number=numbers.take(day.year), opened_at=_at(day, 9), closed_at=_at(self.day(closed), 17),
            closing_reason=why,
        ))  # fmt: skip
        self.add(Report(
            **people.report(self.chance, "police"), case=case, received_at=_at(day, 9), registered_by=coordinator,
            registered_at=_at(day, 9),
        ))  # fmt: skip
        return case

    def _process(
        self, kind: str, case: Case, steps: list[tuple[str, int, Post]], of: dict[str, tuple[str, str]]
    ) -> Process:
        """A process that is over, with its log. In: each step, on which day, by whom."""
        last, ended = steps[-1][0], _at(self.day(steps[-1][1]))
        process: Process = self.add(Process(
            side=Side.CARE, kind=kind, state=of[last][1], case_id=case.pk, region=case.region,
            opened_at=_at(self.day(steps[0][1])), entered_at=ended, closed_at=ended, episode=len(steps),
            version=len(steps),
        ))  # fmt: skip
        for version, (action, after, by) in enumerate(steps, 1):
            before, to = of[action]
            self.add(StepLog(
                side=Side.CARE, process=process, at=_at(self.day(after)), action=action, from_state=before, to_state=to,
                version=version, post=by, organisation_id=by.organisation_id,
            ))  # fmt: skip
        return process

    def _reflection(self, case: Case, follows: str) -> None:
        by, ended = self.ground.posts["coordinator"], self.chance.randrange(35, 89)
        process = self._process(
            "reflection_period",
            case,
            [("open", 1, by), ("accept", 2, by), ("begin", 2, by), ("end", ended, by)],
            PERIOD,
        )
        self.add(ReflectionPeriod(
            process=process, case=case, offered_on=self.day(1), offered_by="police", language="en",
            answered_on=self.day(2), rule="general", started_on=self.day(2), ended_on=self.day(ended), follows=follows,
        ))  # fmt: skip

    def _guidance(self, case: Case, met: int, lost: int | None, ended: int, *, again: bool) -> None:
        chance, coordinator, navigator = self.chance, self.ground.posts["coordinator"], self.ground.posts["navigator"]
        steps = [("open", 0, coordinator), ("match", 0, coordinator), ("first_contact", met, navigator)]
        if lost is not None:
            steps += [("lose_contact", lost, navigator), ("find_again", lost + 20, navigator)]
        process = self._process("guidance", case, [*steps, ("close", ended, navigator)], STEPS)
        contacts = [
            n for n in range(met, ended, chance.choice((12, 14, 17, 21))) if lost is None or not lost < n < lost + 20
        ]
        guidance = self.add(Guidance(
            process=process, case=case, requested_at=_at(self.asked), requested_by="care", navigator=navigator,
            phases=["safety"], first_contact_at=_at(self.day(met)), last_contact_at=_at(self.day(contacts[-1])),
            closed_because="goals",
        ))  # fmt: skip
        common: dict[str, Any] = {"guidance": guidance, "by": navigator}
        for after in contacts:
            at = _at(self.day(after))
            self.add(Contact(**common, at=at, way=chance.choice(("phone", "meeting")), written_at=at))
        _willingness(self.add, chance, common, met, self.day, criminal="criminal" in case.forms)
        score = chance.randrange(1, 4)
        for after in (5, 60, 150):
            if met + after < ended:
                self.add(Measurement(
                    **common, domain="safety", on_day=self.day(met + after), score=score, why="Verzonnen: vroeg erom.",
                ))  # fmt: skip
                score = min(5, score + chance.randrange(2))
        for after in (met + 40, met + 110, ended):
            answer = chance.choices(("no", "yes", "unknown"), (70, 30 if again else 8, 10))[0]
            self.add(NewExploitation(
                **common, known_on=self.day(after), answer=answer, forms=case.forms if answer == "yes" else [],
                written_at=_at(self.day(after)),
            ))  # fmt: skip


def _willingness(
    add: Any, chance: random.Random, common: dict[str, Any], met: int, day: Any, *, criminal: bool
) -> None:
    """Where the person stood at first, a measure, and where they stood after it."""
    first = chance.choice(("no", "no", "unsure", "conditions"))
    tried = chance.choice(("navigator", "navigator", "psychologist", "lead_time"))
    moved = chance.random() < 0.55
    stands = [
        (met + 2, first, chance.sample(("retaliation", "distrust", "shame", "residence"), chance.randrange(1, 3)))
    ]
    at = met + chance.randrange(15, 45)
    add(MeasureTried(
        **common, measure=tried, offered_on=day(at - 3), tried_on=day(at), criminal=criminal,
    ))  # fmt: skip
    stands.append((at + chance.randrange(5, 60), chance.choice(("yes", "did", "conditions")) if moved else first, []))
    for after, stand, obstacles in stands:
        add(Willingness(**common, on_day=day(after), stand=stand, obstacles=obstacles, written_at=_at(day(after))))


def _lessons(ground: Ground, as_of: date) -> None:
    for n, (measure, key, state, title, tried, seen, advice) in enumerate(LESSONS):
        post, other = ground.posts[key], ground.posts["desk"]
        since = as_of - timedelta(days=60 - 7 * n)
        shared = state is State.SHARED
        side = Side.COMMON if shared else post.side
        with taken(Side.COMMON if post.side is Side.COMMON else Side.CARE):
            row = Lesson.objects.create(
                side=side, measure=measure, title=title, tried=tried, seen=seen, advice=advice, state=state,
                writer_id=post.user_id, approver_id=other.user_id if shared else None,
                shared_at=_at(since + timedelta(days=3)) if shared else None,
                changed_at=_at(since + timedelta(days=3)),
                version=1 + (state is not State.DRAFT) + shared,
            )  # fmt: skip
            acts = [(Act.WRITE, post, 0)]
            acts += [(Act.ASK, post, 1)] if state is not State.DRAFT else []
            acts += [(Act.APPROVE, other, 3)] if shared else []
            for act, by, after in acts:
                LessonStep.objects.create(
                    side=side, lesson=row, act=act, user_id=by.user_id, at=_at(since + timedelta(days=after))
                )
