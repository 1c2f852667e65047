"""Many guidances at once, row by row and not through the engine, with what a hand can count of them; all invented."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any

from django.db import transaction

from access.models import Post
from access.roles import Role
from access.wall import Side, taken
from cases.models import Case, Person
from tests.factories.access import PostFactory, RegionFactory
from workflows.engine.models import Process, StepLog
from workflows.guidance.models import Contact, Guidance, Measurement, MeasureTried, NewExploitation, Willingness
from workflows.reflection_period.models import ReflectionPeriod

NUMBER = count(1)


def at(day: date) -> datetime:
    """Noon of a day."""
    return datetime.combine(day, time(11), UTC)


@dataclass
class One:
    """One person: when a navigator was asked for, and what followed; days count from then. None: it did not happen."""

    asked: date
    gender: str = "woman"
    forms: tuple[str, ...] = ("sexual",)
    met: int | None = 2
    lost: int | None = None
    ended: int | None = None
    again: int | None = None
    contacts: tuple[int, ...] = ()
    stands: tuple[tuple[int, str], ...] = ()
    obstacles: tuple[str, ...] = ()
    measures: tuple[tuple[str, int], ...] = ()
    scores: tuple[tuple[int, int], ...] = ()
    complaint: int | None = None
    signs: tuple[tuple[int, str], ...] = ()
    guided: bool = True


@dataclass
class Many:
    """A region with one navigator; `write` writes people at once."""

    region: Any = field(default_factory=RegionFactory)
    navigator: Any = None

    def write(self, people: list[One]) -> None:
        """Write the rows of everybody."""
        self.navigator = self.navigator or PostFactory(role=Role.NAVIGATOR, regions=[self.region])
        rows: dict[type[Any], list[Any]] = {
            kind: []
            for kind in (Person, Case, Process, Guidance, StepLog, Contact, Willingness, MeasureTried, Measurement,
                         NewExploitation, ReflectionPeriod)
        }  # fmt: skip
        for one in people:
            _rows(rows, one, self.region, self.navigator)
        with taken(Side.CARE), transaction.atomic():
            for kind, made in rows.items():
                kind.objects.bulk_create(made)


def _rows(rows: dict[type[Any], list[Any]], one: One, region: Any, by: Post) -> None:
    def day(after: int) -> date:
        return one.asked + timedelta(days=after)

    def case(person: Person, opened: date) -> Case:
        made = Case(person=person, region=region, forms=list(one.forms), number=f"L-2019-{next(NUMBER):06d}",
                    opened_at=at(opened))  # fmt: skip
        rows[Case].append(made)
        return made

    def process(kind: str, about: Case, closed: int | None, state: str) -> Process:
        made = Process(
            side=Side.CARE, kind=kind, state=state, case_id=about.pk, region=region, opened_at=at(one.asked),
            entered_at=at(one.asked), closed_at=None if closed is None else at(day(closed)),
            owner_role="" if closed is not None else "navigator",
            owner_organisation=None if closed is not None else by.organisation,
        )  # fmt: skip
        rows[Process].append(made)
        return made

    person = Person(name="Testpersoon Verzonnen", gender=one.gender)
    rows[Person].append(person)
    about = case(person, one.asked)
    if one.again is not None:
        case(person, day(one.again))
    if one.complaint is not None:
        reflection = process("reflection_period", about, one.complaint, "ended")
        rows[ReflectionPeriod].append(ReflectionPeriod(
            process=reflection, case=about, offered_on=one.asked, offered_by="police", language="nl", rule="general",
            started_on=one.asked, ended_on=day(one.complaint), follows="complaint",
        ))  # fmt: skip
    if not one.guided:
        return
    guidance = process("guidance", about, one.ended, "closed" if one.ended is not None else "in_guidance")
    met = None if one.met is None else at(day(one.met))
    row = Guidance(process=guidance, case=about, requested_at=at(one.asked), first_contact_at=met, navigator=by)
    rows[Guidance].append(row)
    if one.lost is not None:
        rows[StepLog].append(StepLog(
            side=Side.CARE, process=guidance, at=at(day(one.lost)), action="lose_contact", from_state="in_guidance",
            to_state="contact_lost", version=2, post=by, organisation=by.organisation,
        ))  # fmt: skip
    common: dict[str, Any] = {"guidance": row, "by": by}
    rows[Contact] += [Contact(**common, at=at(day(after)), way="phone") for after in one.contacts]
    rows[Willingness] += [
        Willingness(**common, on_day=day(after), stand=stand, obstacles=list(one.obstacles) if not n else [])
        for n, (after, stand) in enumerate(one.stands)
    ]
    rows[MeasureTried] += [
        MeasureTried(**common, measure=measure, offered_on=day(after), tried_on=day(after))
        for measure, after in one.measures
    ]
    rows[NewExploitation] += [
        NewExploitation(**common, known_on=day(after), answer=answer, forms=["labour"] if answer == "yes" else [])
        for after, answer in one.signs
    ]
    rows[Measurement] += [
        Measurement(**common, domain="safety", on_day=day(after), score=score, why="Vroeg er zelf om.")
        for after, score in one.scores
    ]


def by_chance(number: int, since: date, seed: int = 6) -> list[One]:
    """People as chance makes them, asked for in the three hundred days from a day on."""
    chance, asked = random.Random(seed), random.Random(seed + 1)
    made = []
    for _ in range(number):
        met = chance.randrange(1, 15) if chance.random() < 0.9 else None
        stands: list[tuple[int, str]] = []
        obstacles: tuple[str, ...] = ()
        if met is not None and chance.random() < 0.9:
            stands = [(met + 1, chance.choice(("no", "unsure", "conditions")))]
            obstacles = tuple(chance.sample(("retaliation", "distrust", "shame"), chance.randrange(3)))
            if chance.random() < 0.8:
                stands.append((met + chance.randrange(40, 80), chance.choice(("no", "conditions", "yes", "did"))))
        tried = chance.choice(("psychologist", "navigator", "judge"))
        made.append(One(
            asked=since + timedelta(days=chance.randrange(300)),
            gender=chance.choices(("woman", "man", "other"), (60, 37, 3))[0],
            forms=chance.choices((("sexual",), ("criminal",), ("sexual", "criminal"), ("labour",)), (5, 4, 2, 1))[0],
            met=met,
            lost=met + chance.randrange(20, 200) if met is not None and chance.random() < 0.3 else None,
            ended=chance.randrange(250, 400) if chance.random() < 0.3 else None,
            again=chance.randrange(60, 300) if chance.random() < 0.2 else None,
            contacts=tuple(range(20, 20 + 9 * chance.randrange(12), 9)) if met is not None else (),
            stands=tuple(stands),
            obstacles=obstacles,
            measures=((tried, met + 20),) if stands else (),
            scores=((met + 5, chance.randrange(1, 4)), (met + 60, chance.randrange(2, 6))) if stands and met else (),
            complaint=chance.randrange(40, 200) if chance.random() < 0.3 else None,
            signs=tuple((met + after, asked.choices(("no", "yes", "unknown"), (7, 2, 1))[0])
                        for after in (30, 120, 200)[:asked.randrange(4)]) if met is not None else (),
        ))  # fmt: skip
    return made


def genders(people: list[One]) -> Counter[str]:
    """How many there are of each gender."""
    return Counter(one.gender for one in people)
