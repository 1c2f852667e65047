"""Terms as they run: which row holds now, when it ends, and at which moments the ladder speaks."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

from django.apps import AppConfig
from django.db import connections

from access import configuration
from workflows.engine.calendars import Unit, end_of_term, shift
from workflows.engine.machine import AnyStep, DeclaredTerm, End, declared_terms
from workflows.engine.models import Process, Term

SINCE = datetime(2000, 1, 1, tzinfo=UTC)


def load_declared(sender: AppConfig | None = None, using: str = "owner", **kwargs: Any) -> None:
    """Bring the terms that machines declare and the table does not have yet; what stands there is left alone."""
    if using != "owner" or Term._meta.db_table not in connections[using].introspection.table_names():
        return  # the tables may just have been taken away
    known = set(Term.objects.using(using).values_list("key", flat=True))
    Term.objects.using(using).bulk_create(
        [as_row(declared) for declared in declared_terms() if declared.key not in known]
    )


def as_row(declared: DeclaredTerm) -> Term:
    """The row a declared term begins with."""
    return Term(
        key=declared.key,
        amount=declared.amount,
        unit=declared.unit,
        remind_amount=declared.remind[0],
        remind_unit=declared.remind[1],
        escalate_amount=declared.escalate[0],
        escalate_unit=declared.escalate[1],
        again_amount=declared.again[0],
        again_unit=declared.again[1],
        statutory=declared.statutory,
        starts_with=declared.starts_with,
        source=declared.source,
        valid_from=SINCE,
    )


def _load() -> dict[str, list[Term]]:
    rows: dict[str, list[Term]] = defaultdict(list)
    for term in Term.objects.order_by("key", "-valid_from"):
        rows[term.key].append(term)
    return dict(rows)


def by_id(pk: int) -> Term:
    """A term by its key in the database, from memory."""
    terms = configuration.remembered("terms_by_id", lambda: {t.pk: t for rows in _terms().values() for t in rows})
    return terms[pk]  # type: ignore[no-any-return]


def _terms() -> dict[str, list[Term]]:
    return configuration.remembered("terms", _load)  # type: ignore[no-any-return]


def current(key: str, at: datetime) -> Term:
    """The row of a term that holds at a moment. Errors: KeyError when the term is nowhere declared."""
    for term in _terms()[key]:
        if term.valid_from <= at:
            return term
    raise KeyError(key)


def due(term: Term, started: datetime, paused: timedelta = timedelta(0)) -> datetime:
    """When a term ends that began at a moment and stood still for so long."""
    return end_of_term(started, term.amount, Unit(term.unit), paused=paused, statutory=term.statutory)


def ladder(term: Term, due_at: datetime) -> list[datetime]:
    """The moments of the four rungs around the end of a term, in the order of `Rung`."""
    escalate = shift(due_at, term.escalate_amount, Unit(term.escalate_unit))
    return [
        shift(due_at, -term.remind_amount, Unit(term.remind_unit)),
        due_at,
        escalate,
        shift(escalate, term.again_amount, Unit(term.again_unit)),
    ]


def start(process: Process, step: AnyStep, now: datetime) -> None:
    """Let the term of a state begin: sets term, end, ladder and next notice on the row (not saved)."""
    process.paused_at = process.snoozed_until = None
    process.paused_for = timedelta(0)
    process.rung = 0
    if isinstance(step, End):
        process.term = process.term_started_at = process.due_at = process.next_notice_at = None
        process.plan = []
        return
    process.term = current(step.term_for(process.urgent).key, now)
    process.term_started_at = now
    plan(process)


def plan(process: Process) -> None:
    """Set end, ladder and next notice from term, start and pauses; rungs already told are not told again."""
    term = by_id(process.term_id)  # type: ignore[arg-type]
    assert process.term_started_at is not None
    process.due_at = due(term, process.term_started_at, process.paused_for)
    process.plan = ladder(term, process.due_at)
    # A reminder whose moment lies before the start of the term would remind of nothing: it is left out.
    reminder = process.plan[0]
    if reminder is not None and reminder <= process.term_started_at:
        process.plan[0] = None
    process.next_notice_at = None if process.paused_at else next_notice(process)


def next_notice(process: Process) -> datetime | None:
    """The moment of the next rung that was not told yet, or None when all were."""
    return next((moment for moment in process.plan[process.rung :] if moment is not None), None)
