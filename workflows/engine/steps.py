"""Making a step: the one place where a process changes.

`perform()` makes a transition of the machine, `workflows.engine.acts` holds what every machine shares (taking,
pausing, handing over and so on); both go through `locked()` and `write()`. One step is one transaction: lock the
row, check version, permission and conditions, run the transition, then one statement that writes row and log.
Nothing is written before everything was checked, so a refused step leaves nothing behind. Mail goes out later,
from the outbox.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from psycopg.types.json import Jsonb
from viewflow.fsm import TransitionConditionsUnmet

from access import clock, configuration, wall
from access.models import Post
from access.roles import Role
from workflows.engine import errors, terms
from workflows.engine.machine import Machine, Opening, form_of, is_system, machine_of, registry, stays
from workflows.engine.models import Process, StepLog
from workflows.engine.queries import narrowed
from workflows.engine.routing import route

FIELDS = [f.attname for f in Process._meta.concrete_fields]
_COLUMNS = ", ".join(f'p."{f.column}"' for f in Process._meta.concrete_fields)
_LOCK = (
    f"SELECT {_COLUMNS}, now() + c.clock_offset, c.stamp, c.clock_offset "  # noqa: S608  names of our own columns
    "FROM engine_process p, access_configuration c WHERE p.id = %s FOR NO KEY UPDATE OF p"
)
_WRITTEN = [
    "state", "entered_at", "episode", "closed_at", "owner_role", "owner_organisation_id", "assignee_id", "assigned_at",
    "waiting_on", "term_id", "term_started_at", "due_at", "paused_at", "paused_for", "snoozed_until", "plan", "rung",
    "signals", "signalled", "next_notice_at", "version", "urgent", "region_id",
]  # fmt: skip
_LOGGED = [
    "side", "process_id", "at", "action", "from_state", "to_state", "version", "post_id", "on_behalf_of_id",
    "organisation_id", "reason", "facts", "route", "due_at",
]  # fmt: skip
_SET = ", ".join(f'"{name}" = %s' + ("::timestamptz[]" if name in ("plan", "signals") else "") for name in _WRITTEN)
_WRITE = (
    f"WITH moved AS (UPDATE engine_process SET {_SET} WHERE id = %s RETURNING 1) "  # noqa: S608
    f"INSERT INTO engine_steplog ({', '.join(_LOGGED)}) "
    f"SELECT {', '.join(['%s'] * len(_LOGGED))} FROM moved RETURNING id"
)
_dumps = lambda value: json.dumps(value, cls=DjangoJSONEncoder)  # noqa: E731


@dataclass
class Outcome:
    """What a step did: the process as it stands now, the key of the log line, and what it opened."""

    process: Process
    log_id: int
    opened: list[Process]


@contextmanager
def _in_transaction() -> Iterator[None]:
    """Within the transaction that runs, or in one of its own; without a savepoint, since a refusal wrote nothing."""
    if connection.in_atomic_block:
        yield
    else:
        with transaction.atomic():
            yield


def visible(process: Process, post: Post) -> bool:
    """Whether a post may see a process: the same rule as `ProcessQuerySet.for_post`, on a row already read."""
    if process.side not in post.side.sees:
        return False
    if process.assignee_id is not None and process.assignee_id in post.acts_for:
        pass
    elif post.role == Role.SHELTER_PROVIDER:
        if process.owner_organisation_id != post.organisation_id or process.owner_role != post.role:
            return False
    elif not post.works_in(process.region_id) and process.owner_organisation_id != post.organisation_id:
        return False
    asked = process.restricted or post.role in narrowed
    return not asked or Process.objects.for_post(post).filter(pk=process.pk).exists()


def locked(process_id: UUID | str, acting: Post | None, version: int | None = None) -> tuple[Process, datetime]:
    """Lock a process and read it with the moment of the step (the database's clock unless the clock was stopped).

    Errors: NotFound when it is absent or hidden, LostRace when `version` is given and is not the present one.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [str(process_id)])
        row = cursor.fetchone()
    if row is None:
        raise errors.NotFound
    *values, now, stamp, offset = row
    configuration.seen(stamp, offset)
    process = Process.from_db("default", FIELDS, values)
    process.facts = json.loads(process.facts)  # Django leaves jsonb as text for its own fields to read
    if acting is not None and not visible(process, acting):
        raise errors.NotFound
    if version is not None and version != process.version:
        raise errors.LostRace(process=process)
    return process, clock.fixed() or now


def perform(
    process_id: UUID | str,
    action: str,
    acting: Post | None,
    data: Mapping[str, Any] | None = None,
    *,
    version: int | None = None,
    files: Mapping[str, Any] | None = None,
) -> Outcome:
    """Make the transition `action` of a process.

    In: the post that acts (None: the program itself), the data for the transition's form as it was typed, and the
    version of the row the page showed (None: whatever it is now). Runs in the caller's transaction if there is
    one, under the side the caller took.
    Errors: NotFound, LostRace, WrongState, NotAllowed, ConditionUnmet, BadFacts; after any of them nothing was
    changed and the caller's transaction is whole.
    """
    with _in_transaction():
        process, now = locked(process_id, acting, version)
        machine = machine_of(process)(process, acting, now)
        if action not in machine.actions():
            raise errors.NotFound(process=process)
        transition = machine.transition_of(action, process.state)
        if transition is None:
            raise errors.WrongState(process=process)
        if not transition.has_perm(machine, acting) or (acting is None and not is_system(transition)):
            raise errors.NotAllowed(process=process)
        if process.paused_at is not None and acting is not None:
            raise errors.ConditionUnmet(errors.PAUSED, process=process)
        form = form_of(transition)(data or {}, files, machine=machine)
        if not form.is_valid():
            raise errors.BadFacts(form, process)
        before, absent = process.state, on_behalf_of(process, acting)
        try:
            with transaction.atomic() if transition.custom.get("may_clash") else _in_transaction():
                getattr(machine, action)(**form.cleaned_data)
        except TransitionConditionsUnmet as refusal:
            raise errors.ConditionUnmet(refusal.unmet_message, process) from refusal
        machine.explain(machine.reason or form.cleaned_data.get("reason", ""))
        if stays(transition) and process.state == before:
            process.version += 1
            log_id = write(machine, action, before, absent=absent)
        else:
            log_id = enter(machine, action, before, absent)
        opened = [open_process(**_opening(machine, o)) for o in machine.opened]
        close_moot(machine)
        return Outcome(process, log_id, opened)


def on_behalf_of(process: Process, acting: Post | None) -> int | None:
    """Key of the absent post for which `acting` acts as deputy on this process, or None."""
    return process.assignee_id if acting is not None and process.assignee_id in acting.acts_for else None


def enter(machine: Machine, action: str, before: str, absent: int | None = None) -> int:
    """Write a step after which the process is in `process.state`: owner, term, ladder, row and log. Out: log key."""
    process, now = machine.process, machine.now
    assert now is not None
    step = machine.step_of(process.state)
    process.entered_at = now
    process.episode += 1
    process.closed_at = now if step.final else None
    process.waiting_on = step.waits_for or ""
    why = assign(machine)
    terms.start(machine, step)
    process.version += 1
    machine.entered(action, before)
    return write(machine, action, before, why=why, absent=absent)


def assign(machine: Machine) -> dict[str, Any]:
    """Set who must act from the route; whoever took the process keeps it while it stays with their own queue.

    Out: why, for the log.
    """
    process = machine.process
    decided = route(machine)
    role, organisation_id = (decided.role, decided.organisation_id) if decided else ("", None)
    if (role, organisation_id) != (process.owner_role, process.owner_organisation_id):
        process.assignee_id = process.assigned_at = None
    process.owner_role, process.owner_organisation_id = str(role), organisation_id
    return decided.why if decided else {}


def write(
    machine: Machine,
    action: str,
    before: str,
    *,
    why: dict[str, Any] | None = None,
    absent: int | None = None,
) -> int:
    """Write row and log line in one statement. `absent`: the post acted for. Out: the key of the log line."""
    process, acting = machine.process, machine.acting
    row = [getattr(process, name) for name in _WRITTEN]
    line = [
        process.side, str(process.pk), machine.now, action, before, process.state, process.version,
        acting.pk if acting else None, absent, acting.organisation_id if acting else None,
        machine.reason, Jsonb(machine.facts_seen, _dumps), Jsonb(why or {}, _dumps), process.due_at,
    ]  # fmt: skip
    with wall.connection().bound_cursor() as cursor:
        cursor.execute(_WRITE, [*row, str(process.pk), *line])
        written = cursor.fetchone()
    if written is None:
        raise errors.NotFound
    return int(written[0])


def open_process(
    machine: type[Machine],
    *,
    acting: Post | None,
    case_id: UUID | None = None,
    region_id: int | None = None,
    restricted: bool = False,
    urgent: bool = False,
    facts: dict[str, Any] | None = None,
    record: dict[str, Any] | None = None,
    now: datetime | None = None,
) -> Process:
    """Open a process in the machine's first state, with the row of its own table (`record`) and a line in the log.

    `facts` are the circumstances routing looks at: forms, age_group, scheme. Permission to open is the caller's
    business. Runs in the caller's transaction if there is one.
    Errors: ConditionUnmet when a case has one already and the machine allows no second (`Machine.once`).
    """
    with _in_transaction():
        if machine.once and case_id is not None and has_one(machine, case_id):
            raise errors.ConditionUnmet(machine.once)
        moment = clock.fixed() or now or clock.now()
        process = Process(
            side=machine.side,
            kind=machine.kind,
            state=machine.initial,
            case_id=case_id,
            region_id=region_id,
            restricted=restricted,
            urgent=urgent,
            facts=facts or {},
            opened_at=moment,
            entered_at=moment,
        )
        opened = machine(process, acting, moment)
        if machine.record_model is not None:
            opened.record = machine.record_model(process=process, **(record or {}))
        process.state = opened.first()
        why = assign(opened)
        step = machine.step_of(process.state)
        process.waiting_on = step.waits_for or ""
        terms.start(opened, step)
        opened.opening()
        process.save(force_insert=True)
        if machine.record_model is not None:
            opened.record.save(force_insert=True)
        StepLog.objects.create(
            side=process.side,
            process=process,
            at=moment,
            action="open",
            to_state=process.state,
            version=process.version,
            post=acting,
            organisation_id=acting.organisation_id if acting else None,
            facts=process.facts,
            route=why,
            due_at=process.due_at,
        )
        return process


def has_one(machine: type[Machine], case_id: UUID | str) -> bool:
    """Whether a case has a process of a machine that allows no second one."""
    there = Process.objects.filter(case_id=case_id, kind=machine.kind)
    return there.exclude(state__in=machine.once_but).exists()


def _opening(machine: Machine, opening: Opening) -> dict[str, Any]:
    process = machine.process
    return {
        "machine": opening.machine,
        "acting": machine.acting,
        "case_id": process.case_id,
        "region_id": process.region_id,
        "restricted": process.restricted,
        "urgent": opening.urgent,
        "facts": opening.facts,
        "record": opening.record,
        "now": machine.now,
    }


def close_moot(machine: Machine) -> list[Process]:
    """Close open processes on the same case whose reason has gone with the state just entered.

    A machine that can become moot has a transition ``become_moot`` made by the program. Out: what was closed.
    """
    process = machine.process
    kinds = [kind for moot in machine.moots if moot.state == process.state for kind in moot.kinds]
    if not kinds or process.case_id is None:
        return []
    others = Process.objects.filter(case_id=process.case_id, kind__in=kinds, closed_at=None).exclude(pk=process.pk)
    closed = []
    for other in others.order_by("pk"):
        if registry[other.kind].transition_of("become_moot", other.state):
            data = {"reason": f"{process.kind}:{process.state}"}
            closed.append(perform(other.pk, "become_moot", None, data).process)
    return closed
