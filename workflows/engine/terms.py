"""Terms as they run: which row holds now, when it ends, and at which moments the ladder speaks."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.apps import AppConfig
from django.db import connections

from access import configuration
from access.clock import AMSTERDAM
from workflows.engine.calendars import Unit, end_of_term, shift
from workflows.engine.machine import AnyStep, DeclaredTerm, End, Machine, Step, Waiting, declared_terms
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
        before_amounts=list(declared.before),
        before_unit=declared.before_unit,
        statutory=declared.statutory,
        starts_with=declared.starts_with,
        source=declared.source,
        valid_from=since(declared),
    )


def since(declared: DeclaredTerm) -> datetime:
    """From when a declared term holds: the beginning of its day in the Netherlands, or since ever."""
    day = declared.valid_from
    return datetime.combine(day, time(0), AMSTERDAM).astimezone(UTC) if day else SINCE


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


def signals(term: Term, due_at: datetime) -> list[datetime]:
    """The moments of the signals that come before the reminder, the earliest first."""
    unit = Unit(term.before_unit)
    return sorted(shift(due_at, -amount, unit) for amount in term.before_amounts)


def start(machine: Machine, step: AnyStep) -> None:
    """Let the term of a state begin: sets term, end, ladder and next notice on the row (not saved)."""
    process = machine.process
    process.paused_at = process.snoozed_until = None
    process.paused_for = timedelta(0)
    process.rung = process.signalled = 0
    if isinstance(step, End):
        process.term = process.term_started_at = process.due_at = process.next_notice_at = None
        process.plan, process.signals = [], []
        return
    began = machine.began()
    process.term = current(machine.term(step).key, began)
    process.term_started_at = began
    plan(process)


def recount(machine: Machine, step: Step | Waiting, began: datetime) -> None:
    """Let a term of the present state count from a moment, where another one runs or its beginning moved (not saved).

    What was told was of another end; where the end is the same, it is not told again.
    """
    process, before = machine.process, machine.process.due_at
    assert machine.now is not None
    process.term, process.term_started_at = current(machine.term(step).key, machine.now), began
    plan(process)
    if process.due_at != before:
        process.rung, process.signalled, process.episode = 0, 0, process.episode + 1
        plan(process)


def plan(process: Process) -> None:
    """Set end, ladder and next notice from term, start and pauses; rungs already told are not told again."""
    term = by_id(process.term_id)  # type: ignore[arg-type]
    assert process.term_started_at is not None
    process.due_at = due(term, process.term_started_at, process.paused_for)
    process.plan = ladder(term, process.due_at)
    # A reminder whose moment lies before the state was entered would remind of nothing: it is left out.
    since = max(process.term_started_at, process.entered_at)
    process.plan[0] = _after(since, process.plan[0])
    process.signals = [_after(since, signal) for signal in signals(term, process.due_at)]
    process.next_notice_at = None if process.paused_at else next_notice(process)


def next_notice(process: Process) -> datetime | None:
    """The moment of the next signal or rung that was not told yet, or None when all were."""
    to_come = (*process.signals[process.signalled :], *process.plan[process.rung :])
    return min((moment for moment in to_come if moment is not None), default=None)


def _after(since: datetime, moment: datetime | None) -> datetime | None:
    return moment if moment is not None and moment > since else None
