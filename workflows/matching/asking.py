"""From a case to what is wanted, and from an answer to what is kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta

from access.models import Post
from access.words import Gender, Need
from cases.models import Case, Person
from shelters.matching.find import Match, NearMiss
from shelters.matching.rules import Lifter, version, weights_of
from shelters.matching.wanted import MONTHS_OF_ADULTHOOD, OLDEST, Dates, Wanted
from workflows.engine.models import Process
from workflows.engine.steps import perform
from workflows.matching.models import Choice
from workflows.placement.machine import LOOKING, Placement
from workflows.placement.models import PlacementRecord


def ages_on(person: Person, day: date) -> tuple[int, int]:
    """Lowest and highest age in months that somebody can have on a day: what is not certain stays open."""
    floor = MONTHS_OF_ADULTHOOD if person.adult_confirmed else 0
    if person.birth_date is None:
        return floor, OLDEST
    if not person.birth_date_estimated:
        months = _months(person.birth_date, day)
        return months, months
    year = person.birth_date.year
    lowest, highest = _months(date(year, 12, 31), day), _months(date(year, 1, 1), day)
    return max(lowest, floor), max(highest, floor)


def _months(born: date, day: date) -> int:
    age = relativedelta(day, born)
    return max(age.years * 12 + age.months, 0)


def needs_of(case: Case) -> list[str]:
    """The needs of the file; children along ask for a place for them, whether somebody ticked it or not."""
    return sorted({*case.needs, *([str(Need.CHILDREN)] if case.children_along else [])})


def of_request(record: PlacementRecord, kinds: Iterable[str], **more: Any) -> Wanted:
    """What the place must be as the request was frozen; `more` is what else is known of the person."""
    needs = {*record.needs, *([str(Need.CHILDREN)] if record.children else [])}
    return Wanted(
        kinds=frozenset(kinds), forms=frozenset(record.forms), gender=record.gender or Gender.UNKNOWN,
        needs=frozenset(needs), **more,
    )  # fmt: skip


def keep(case: Case, post: Post, wanted: Wanted, dates: Dates, found: list[Match], unit: int) -> Choice:
    """Write down that a unit was chosen, with the rules' version, the weights and the places that were seen."""
    made: Choice = Choice.objects.create(
        case=case,
        unit_id=unit,
        post=post,
        rules=version(),
        wanted=wanted.as_facts() | {"since": str(dates.since), "until": str(dates.until or "")},
        weights=weights_of(wanted),
        seen=[
            {"unit": one.unit, "free": one.free, "points": {reason.code: reason.points for reason in one.reasons}}
            for one in found
        ],
    )
    return made


def request_of(case: Case, post: Post) -> Process | None:
    """The request on a case for which a unit can be asked now by this post; of several the one asked first."""
    open_ones = Process.objects.for_post(post).filter(case_id=case.pk, kind=Placement.kind, state__in=LOOKING)
    process = open_ones.filter(paused_at=None).order_by("opened_at", "pk").first()
    if process is None:
        return None
    transition = Placement.transition_of("offer", process.state)
    return process if transition is not None and transition.has_perm(Placement(process, post), post) else None


def in_consultation(miss: NearMiss) -> bool:
    """Whether a provider could lift all that stands in the way by saying yes to this person."""
    return all(one.soft and one.lifter == Lifter.PROVIDER for one in miss.obstacles)


def ask(process: Process, post: Post, units: list[str], said: str = "") -> None:
    """Ask units for a place, the first now and the others in their order.

    Errors: those of `workflows.engine.steps.perform`.
    """
    perform(process.pk, "offer", post, dict(zip(("unit", "second", "third"), units, strict=False)) | {"reason": said})
