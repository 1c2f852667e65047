"""Making the large set, stage by stage."""

from __future__ import annotations

import random
from datetime import date, datetime, time

from django.db import transaction

from access import clock, configuration
from access.clock import AMSTERDAM
from access.wall import Side, taken
from cases import numbers
from cases.models import Case, CaseAccess, CaseNumber, Consent, Person, TimelineEntry
from cases.models import Referral as Report
from project.demo import figures
from project.demo.chance import seeded_keys
from project.demo.ground import lay
from project.demo.large import times, town
from project.demo.large.course import Course
from project.demo.large.loading import Loader, Target
from project.demo.large.shelter import Shelters
from project.demo.large.town import Town
from project.demo.progress import Progress
from shelters.models import Capacity, Stay, Unit
from workflows.engine.models import Delivery, Notice, NoticeSeen, Process, StepLog
from workflows.placement.models import PlacementRecord, Refusal, Unmet
from workflows.referral.models import ReferralRecord

CASES = 200_000
PROCESSES = 5
"""Processes for each case, on average: exactly so over the whole set."""
DUE = 0.001
"""Share of the processes that are due at the end of the set: their last rung is left to the next sweep."""
STAFF, SHELTERS = 4, 70

TARGETS = {
    "person": Target(Person, town.PERSON),
    "case": Target(Case, town.CASE),
    "report": Target(Report, town.REPORT),
    "consent": Target(Consent, town.CONSENT),
    "entry": Target(TimelineEntry, town.ENTRY),
    "named": Target(CaseAccess, town.NAMED),
    "number": Target(CaseNumber, ("year", "last")),
    "unit": Target(Unit, Shelters.UNIT_COLUMNS),
    "line": Target(Capacity, Shelters.LINE_COLUMNS),
    "stay": Target(Stay, Shelters.STAY_COLUMNS),
    "process": Target(Process, Course.COLUMNS),
    "log": Target(StepLog, Course.LOG_COLUMNS),
    "notice": Target(Notice, town.NOTICE),
    "seen": Target(NoticeSeen, town.SEEN),
    "delivery": Target(Delivery, town.DELIVERY),
    "referral": Target(ReferralRecord, town.REFERRAL),
    "placement": Target(PlacementRecord, town.PLACEMENT),
    "refusal": Target(Refusal, town.REFUSAL),
    "unmet": Target(Unmet, town.UNMET),
}
REFERRALS = (1,) * 30 + (2,) * 32 + (3,) * 22 + (4,) * 11 + (5,) * 5
PLACEMENTS = (0,) * 15 + (1,) * 17 + (2,) * 18 + (3,) * 18 + (4,) * 12 + (5,) * 9 + (6,) * 6 + (7,) * 3 + (8,) * 2


def make(chance: random.Random, as_of: date, progress: Progress, cases: int = CASES) -> dict[str, int]:
    """Make the set. Out: how many cases and processes there are, how many of these open and due."""
    first = figures.ten_years_before(as_of)
    until = times.of(datetime.combine(as_of, time(0), AMSTERDAM))
    loader = Loader(TARGETS)
    try:
        with clock.at(times.as_datetime(until)), taken(Side.COMMON), transaction.atomic():
            with seeded_keys(chance):
                ground = lay(chance, as_of, first, STAFF, SHELTERS)
            configuration.refresh()
            since = times.midnight((first - times.EPOCH).days)
            made = Town(chance, ground, since, until, cases / CASES, loader.emit)
            made.world.remember()  # from here on nothing is asked of the database, which is locked while it fills
        return _load(loader, made, as_of, first, progress, cases)
    finally:
        loader.close()


def _load(loader: Loader, made: Town, as_of: date, first: date, progress: Progress, cases: int) -> dict[str, int]:
    loader.begin()
    with progress.stage("Cases and processes", cases * PROCESSES) as stage:
        sizes = iter(_sizes(made.chance, cases))
        processes = 0
        for start, end, count in figures.spread(cases, first, as_of):
            loader.emit("number", f"{start.year}\t{count}\n")
            for running, moment in enumerate(_moments(made.chance, start, end, count), 1):
                added = made.case(numbers.written(start.year, running), moment, *next(sizes))
                processes += added
                stage.add(added)
        due = made.leave_due(round(processes * DUE))
        made.finish()
        loader.done()
    with progress.stage("Indexes", loader.index_count) as stage:
        loader.index(stage)
    with progress.stage("Foreign keys", loader.foreign_count) as stage:
        loader.connect(stage)
    loader.number_on(Unit, len(made.shelters.rooms))
    loader.number_on(Notice, made.notices)
    loader.commit()
    with progress.stage("Statistics", len(TARGETS)) as stage:
        loader.analyse(stage)
    return {"cases": cases, "processes": processes, "open": len(made.open), "due": due}


def _sizes(chance: random.Random, cases: int) -> list[tuple[int, int]]:
    """Referrals and placements of each case; together exactly `PROCESSES` for each."""
    referrals = [REFERRALS[int(chance.random() * 100)] for _ in range(cases)]
    placements = [PLACEMENTS[int(chance.random() * 100)] for _ in range(cases)]
    missing = cases * PROCESSES - sum(referrals) - sum(placements)
    while missing:
        n = int(chance.random() * cases)
        if missing > 0 or referrals[n] > 1:
            step = 1 if missing > 0 else -1
            referrals[n] += step
            missing -= step
    return list(zip(referrals, placements, strict=True))


def _moments(chance: random.Random, start: date, end: date, count: int) -> list[int]:
    """When the cases of a year came in: mostly in office hours, in order."""
    first, last = times.midnight((start - times.EPOCH).days), times.midnight((end - times.EPOCH).days)
    moments = []
    for _ in range(count):
        moment = first + int(chance.random() * (last - first))
        moment = times.at_work(moment, chance) if chance.random() < 0.85 else moment - moment % 60
        moments.append(min(moment, last - 60))
    return sorted(moments)
