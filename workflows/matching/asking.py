"""From a case to what is wanted, and from an answer to what is kept. Whoever searches, proposes or moves asks here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from dateutil.relativedelta import relativedelta
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, Func, JSONField, OuterRef, Subquery, TextField
from django.db.models.functions import Cast

from access import clock
from access.models import Post
from access.words import Gender, Need
from cases.models import Case, Person
from shelters.matching.find import Match, NearMiss, facts_of
from shelters.matching.rules import WISHES, Lifter, Rule, asked_of, version, weights_of
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


def with_said(cases: Any) -> Any:
    """Cases with their persons, each with what was said of its place before.

    `said`: what was kept last of the matching (`Choice.wanted`); `avoided_by`: the cases in which this one was named as
    one whose people must not be met; `wished`: what was wished for in the request that runs.
    """
    last = Choice.objects.filter(case=OuterRef("pk")).order_by("-at").values("wanted")[:1]
    key = Func(Cast(OuterRef("pk"), TextField()), function="to_jsonb", output_field=JSONField())
    later = Choice.objects.filter(case=OuterRef("case"), at__gt=OuterRef("at"))
    naming = Choice.objects.filter(~Exists(later), wanted__avoid__contains=key).order_by("case").values("case")
    running = PlacementRecord.objects.filter(process__case_id=OuterRef("pk"), process__closed_at=None, arrived_at=None)
    wished = running.order_by("asked_at", "pk").values("wishes")[:1]
    return cases.select_related("person").annotate(
        said=Subquery(last), avoided_by=ArraySubquery(naming), wished=Subquery(wished)
    )


_KEYS, _LISTS = ("unsafe", "near", "far"), ("needs", "wishes")


def known_of(case: Any, day: date) -> dict[str, Any]:
    """What a place must be for the person of a case (read by `with_said`) besides what a request says.

    From the file: age and languages. From what was last kept of the matching: residence status, security, unsafe
    regions, needs, wishes, how many places, and the cases whose people must not be met (`avoid`). That two must not
    meet holds both ways: `avoided_by` are the cases in which it was said of this one.
    """
    return _as_said(case.said or {}, case.person, day) | {
        "languages": frozenset(case.person.languages), "avoided_by": frozenset(case.avoided_by),
    }  # fmt: skip


def requests_of(cases: Iterable[UUID]) -> frozenset[UUID]:
    """The requests for a place on these cases, whatever became of them."""
    return frozenset(request for requests in _requests(cases).values() for request in requests)


def _requests(cases: Iterable[UUID]) -> dict[UUID, set[UUID]]:
    keys, found = list(cases), dict[UUID, set[UUID]]()
    if keys:
        rows = Process.objects.filter(case_id__in=keys, kind=Placement.kind).values_list("case_id", "pk")
        for case, request in rows:
            found.setdefault(case, set()).add(request)  # type: ignore[arg-type]
    return found


def met_by(known: dict[UUID, dict[str, Any]]) -> dict[UUID, dict[str, Any]]:
    """The same as `known_of` gave, as parts of `Wanted`: the cases to keep away from as requests. One query."""
    cases = {key: one["avoid"] | one["avoided_by"] for key, one in known.items()}
    requests = _requests({case for some in cases.values() for case in some})
    return {
        key: {name: value for name, value in one.items() if name not in ("avoid", "avoided_by")}
        | {"apart": one["apart"].union(*(requests.get(case, ()) for case in cases[key]))}
        for key, one in known.items()
    }


def _as_said(said: dict[str, Any], person: Person, day: date) -> dict[str, Any]:
    lowest, highest = ages_on(person, day)
    if lowest < highest:  # the file does not know it; what somebody could tell of it narrows it down
        low, high = max(lowest, said.get("lowest_age", 0)), min(highest, said.get("highest_age", OLDEST))
        lowest, highest = (low, high) if low <= high else (lowest, highest)
    return {
        "lowest_age": lowest, "highest_age": highest, "residence": said.get("residence") or "",
        "security": said.get("security") or "", "places": said.get("places") or 1,
        "avoid": frozenset(map(UUID, said.get("avoid", ()))),
        "apart": frozenset(map(UUID, () if "avoid" in said else said.get("apart", ()))),  # before cases were kept
        **{name: frozenset(map(int, said.get(name, ()))) for name in _KEYS},
        **{name: frozenset(map(str, said.get(name, ()))) for name in _LISTS},
    }  # fmt: skip


def of_request(record: PlacementRecord, kinds: Iterable[str], **known: Any) -> Wanted:
    """What the place must be as the request was frozen, and as `known` (see `met_by`) adds: nothing gives way."""
    needs = {*record.needs, *known.pop("needs", ()), *([str(Need.CHILDREN)] if record.children else [])}
    wishes = {*record.wishes, *known.pop("wishes", ())}
    return Wanted(
        kinds=frozenset(kinds), forms=frozenset(record.forms), gender=record.gender or Gender.UNKNOWN,
        needs=frozenset(needs), wishes=frozenset(wishes), **known,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What the place of one request must be; of which case, and which cases must not be met, as was said of it."""

    wanted: Wanted
    case: UUID | None = None
    avoid: frozenset[UUID] = frozenset()


def asked_by(request: UUID, kinds: Iterable[str] = ()) -> Asked | None:
    """What the place of one request must be. In: kinds of shelter that will do; none: the kind that was asked.

    None: there is no such request.
    """
    record = PlacementRecord.objects.select_related("process").filter(pk=request).first()
    if record is None:
        return None
    kinds = set(kinds) or {record.kind}
    case = with_said(Case.objects.filter(pk=record.process.case_id)).first()
    if case is None:
        return Asked(of_request(record, kinds, **ages_without_file(record)))
    known = known_of(case, clock.today())
    return Asked(of_request(record, kinds, **met_by({case.pk: known})[case.pk]), case.pk, known["avoid"])


def wanted_for(request: UUID, kinds: Iterable[str] = ()) -> Wanted | None:
    """As `asked_by`, without what is kept beside it."""
    asked = asked_by(request, kinds)
    return asked.wanted if asked is not None else None


def ages_without_file(record: PlacementRecord) -> dict[str, Any]:
    """What is known of the age of somebody of whom there is no file: whether a minor was asked for."""
    return {"lowest_age": 0 if record.minor else MONTHS_OF_ADULTHOOD, "highest_age": OLDEST}


def obstacles(wanted: Wanted, units: Iterable[int], post: Post, dates: Dates) -> dict[int, list[Rule]]:
    """Which hard rules each unit fails for somebody, by unit; a unit that fails none has an empty list."""
    return {key: failed(wanted, facts) for key, facts in facts_of(units, wanted, post, dates).items()}


def failed(wanted: Wanted, facts: dict[str, Any]) -> list[Rule]:
    """Which hard rules a unit fails, of which the facts are known."""
    return [rule for rule in asked_of(wanted) if not rule.fits(wanted, facts)]


def seen_in(found: Iterable[Match]) -> list[dict[str, Any]]:
    """The places of an answer, as they are kept."""
    return [
        {"unit": one.unit, "free": one.free, "points": {reason.code: reason.points for reason in one.reasons}}
        for one in found
    ]


def seen_of(wanted: Wanted, unit: int, facts: dict[str, Any]) -> dict[str, Any]:
    """One place whose facts were looked at, as it is kept."""
    weights = weights_of(wanted)
    points = {wish.code: wish.score(wanted, facts) * weights[wish.code] for wish in WISHES}
    return {"unit": unit, "free": facts["free"], "points": points}


def keep(
    case: UUID, post: Post, wanted: Wanted, dates: Dates, seen: list[dict[str, Any]], unit: int | None = None,
    avoid: Iterable[UUID] = (),
) -> Choice:  # fmt: skip
    """Write down what was asked, with the rules' version, the weights and the places that were seen.

    In: the unit that was chosen, None for none; `avoid`: the cases whose people must not be met.
    """
    made: Choice = Choice.objects.create(
        case_id=case,
        unit_id=unit,
        post=post,
        rules=version(),
        wanted=wanted.as_facts()
        | {
            "since": str(dates.since),
            "until": str(dates.until or ""),
            "avoid": sorted(map(str, avoid)),
        },
        weights=weights_of(wanted),
        seen=seen,
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
