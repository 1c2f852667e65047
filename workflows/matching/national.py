"""All who wait for a place, and all places: the facts for a proposal, through the post's own doors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from access import clock
from access.models import Post
from cases.models import Case
from shelters.matching.assignment import Comparison, Waiting, compare
from shelters.matching.find import facts_of
from shelters.matching.wanted import Dates, Wanted
from shelters.models import Unit
from workflows.engine import errors
from workflows.engine.models import Process
from workflows.engine.steps import perform
from workflows.matching.asking import (
    ages_without_file,
    asked_by,
    failed,
    keep,
    known_of,
    met_by,
    of_request,
    seen_of,
    with_said,
)
from workflows.placement.models import PlacementRecord
from workflows.placement.queries import AskQuerySet

MOST, HORIZON = 300, timedelta(days=42)
"""So many requests, the oldest, are looked at together; a place counts when it is free for so long."""
QUICK = 40
"""Up to so many requests are looked at within the second in which a page should be there."""


@dataclass(frozen=True, slots=True)
class Row:
    """One request: what each way would give it."""

    process: UUID
    version: int
    unit: int | None  # which the proposal gives it
    number: str
    kind: str
    waited: int
    urgent: bool
    proposed: str
    in_order: str

    @property
    def choice(self) -> str:
        """What a form sends back when people decide as proposed; empty when no unit is."""
        return "" if self.unit is None else f"{self.process}:{self.version}:{self.unit}"


@dataclass(frozen=True, slots=True)
class Decision:
    """A request for which people decided to ask a unit, and the version of it that they saw."""

    process: UUID
    version: int
    unit: int

    @classmethod
    def read(cls, text: str) -> Decision:
        """From `Row.choice`. Errors: ValueError."""
        process, version, unit = text.split(":")
        return cls(UUID(process), int(version), int(unit))


def decide(post: Post, decisions: Iterable[Decision]) -> dict[UUID, errors.EngineError | None]:
    """Ask the unit of each decision; one that cannot any more is left as it was.

    Out: by request, why it could not; None where the unit is asked. In the order of the units, so that two people who
    decide at once wait for each other.
    """
    came: dict[UUID, errors.EngineError | None] = {}
    for one in sorted(set(decisions), key=lambda one: (one.unit, one.process)):
        try:
            _ask(post, one)
        except errors.EngineError as error:
            came[one.process] = error
        else:
            came[one.process] = None
    return came


def _ask(post: Post, one: Decision) -> None:
    """Ask the unit of a decision, and keep on what it rests.

    Errors: those of `perform`; ConditionUnmet, too, when the unit breaks a hard rule now: since the proposal was shown
    somebody came whom this person must not meet, or the unit or what is asked changed.
    """
    dates, asked = _dates(), None
    if Process.objects.filter(pk=one.process, version=one.version).exists():  # otherwise the step itself refuses
        asked = asked_by(one.process)
    facts = facts_of([one.unit], asked.wanted, post, dates).get(one.unit) if asked is not None else None
    if asked is not None and facts is not None and (broken := failed(asked.wanted, facts)):
        why = ", ".join(str(rule.text) for rule in broken)
        raise errors.ConditionUnmet(_("The unit no longer fits: %(why)s.") % {"why": why})
    perform(one.process, "offer", post, {"unit": str(one.unit)}, version=one.version)
    if asked is not None and asked.case is not None and facts is not None:
        seen = [seen_of(asked.wanted, one.unit, facts)]
        keep(asked.case, post, asked.wanted, dates, seen, one.unit, asked.avoid)


def takes_long(post: Post) -> bool:
    """Whether so many wait that looking at all of them takes more than a moment."""
    return _asked(post)[: QUICK + 1].count() > QUICK


def _asked(post: Post) -> AskQuerySet:
    return PlacementRecord.objects.for_post(post).waiting(clock.now()).filter(unit=None)


def proposal(post: Post) -> tuple[list[Row], Comparison]:
    """The requests that a post may see, longest waiting first, with a proposal. Nothing is written."""
    now, dates = clock.now(), _dates()
    records = list(_asked(post).select_related("process").order_by("asked_at", "pk")[:MOST])
    cases = {
        case.pk: case
        for case in with_said(
            Case.objects.for_post(post).filter(pk__in={r.process.case_id for r in records if r.process.case_id})
        )
    }

    def known_by(record: PlacementRecord) -> dict[str, Any] | None:
        return known.get(record.process.case_id) if record.process.case_id is not None else None

    known = met_by({key: known_of(case, dates.since) for key, case in cases.items()})
    waiting = [
        Waiting(
            r.pk, of_request(r, {r.kind}, **(known_by(r) or ages_without_file(r))), r.process.urgent,
            (now - r.asked_at).days,
        )
        for r in records
    ]  # fmt: skip
    keys = Unit.objects.for_post(post).with_room(now).order_by().values_list("pk", flat=True)
    units = facts_of(keys, Wanted(), post, dates)
    found = compare(waiting, {key: unit for key, unit in units.items() if unit["free"] > 0})

    def name(unit: int | None) -> str:
        return f"{units[unit]['name']} ({units[unit]['region']})" if unit in units else ""

    rows = [
        Row(
            r.pk, r.process.version, found.proposed.units.get(r.pk),
            cases[r.process.case_id].number if r.process.case_id in cases else "", r.get_kind_display(),
            one.waited, one.urgent, name(found.proposed.units.get(r.pk)), name(found.in_order.units.get(r.pk)),
        )
        for r, one in zip(records, waiting, strict=True)
    ]  # fmt: skip
    return rows, found


def numbers_of(post: Post, requests: Iterable[UUID]) -> dict[UUID, str]:
    """The case numbers of requests that the post may see."""
    cases = dict(Process.objects.for_post(post).filter(pk__in=list(requests)).values_list("pk", "case_id"))
    seen = Case.objects.for_post(post).filter(pk__in=[case for case in cases.values() if case])
    numbers: dict[UUID | None, str] = dict(seen.values_list("pk", "number"))
    return {key: numbers[case] for key, case in cases.items() if case in numbers}


def _dates() -> Dates:
    today = clock.today()
    return Dates(today, today + HORIZON)
