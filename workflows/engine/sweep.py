"""The minute sweep: tells what is due, each signal and each rung of each ladder once, however many sweepers run or die.

One statement takes a batch of due processes that no other sweeper holds, moves each to its next signal or rung, writes
the notice (its unique key makes a second one impossible) and plans the mails. It commits or it does not; there
is nothing in between. What is due is decided by the database's clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from django.db import connection, transaction

from access import configuration
from access.models import Organisation
from access.roles import Role
from access.wall import Side, taken
from workflows.engine.models import Rung
from workflows.engine.routing import holder
from workflows.engine.telling import HELD, MAILED, addressed, moment, parameters

BATCH = 2000


@cache
def _statement(side: Side) -> str:
    # Only the key of a notice may make a second one impossible: any other clash has to be seen.
    # A signal before the reminder is told as a notice of no rung, whose key says which one it is.
    # What is due is read from the locked rows (`due`): they are the newest, the rest of the statement sees the rows as
    # they were when it began. A post that is no longer held is told nothing; its group is.
    return f"""
WITH due AS (
    SELECT id, rung, plan, signalled, signals FROM engine_process
    WHERE side = %(side)s AND next_notice_at <= %(now)s
    ORDER BY next_notice_at
    LIMIT %(batch)s
    FOR NO KEY UPDATE SKIP LOCKED
), next AS (
    SELECT *, (
        SELECT min(i) FROM generate_subscripts(plan, 1) AS i WHERE i > rung AND plan[i] IS NOT NULL
    ) AS next_rung, (
        SELECT min(i) FROM generate_subscripts(signals, 1) AS i WHERE i > signalled AND signals[i] IS NOT NULL
    ) AS next_signal
    FROM due
), due_rungs AS (
    SELECT *, next_signal IS NOT NULL AND (next_rung IS NULL OR signals[next_signal] <= plan[next_rung]) AS early
    FROM next
), moved AS (
    UPDATE engine_process p
    SET rung = CASE WHEN r.early THEN r.rung ELSE coalesce(r.next_rung, r.rung) END,
        signalled = CASE WHEN r.early THEN r.next_signal ELSE r.signalled END,
        next_notice_at = least((
            SELECT r.plan[i] FROM generate_subscripts(r.plan, 1) AS i
            WHERE i > CASE WHEN r.early THEN r.rung ELSE r.next_rung END AND r.plan[i] IS NOT NULL ORDER BY i LIMIT 1
        ), (
            SELECT r.signals[i] FROM generate_subscripts(r.signals, 1) AS i
            WHERE i > CASE WHEN r.early THEN r.next_signal ELSE r.signalled END AND r.signals[i] IS NOT NULL
            ORDER BY i LIMIT 1
        ))
    FROM due_rungs r
    WHERE p.id = r.id
    RETURNING p.id, p.side, p.episode, CASE WHEN r.early THEN 0 ELSE r.next_rung END AS rung,
        CASE WHEN r.early THEN 'signal:' || r.next_signal ELSE '' END AS key, p.due_at,
        p.owner_role, p.owner_organisation_id, p.region_id, p.assignee_id
), held AS NOT MATERIALIZED ({HELD}), told AS (
    INSERT INTO engine_notice
        (side, process_id, episode, rung, key, at, due_at, to_role, to_organisation_id, to_region_id, to_post_id)
    SELECT m.side, m.id, m.episode, m.rung, m.key, %(now)s, m.due_at,
        CASE WHEN m.rung < 3 THEN m.owner_role ELSE coalesce(u.role, %(desk_role)s) END,
        CASE WHEN m.rung < 3 THEN m.owner_organisation_id ELSE coalesce(u.organisation, %(desk)s) END,
        m.region_id,
        CASE WHEN m.rung < 3 THEN h.id END
    FROM moved m
    LEFT JOIN held h ON h.id = m.assignee_id
    LEFT JOIN unnest(%(of)s::bigint[], %(rungs)s::int[], %(to)s::bigint[], %(roles)s::text[])
        AS u(source, rung, organisation, role) ON u.source = m.owner_organisation_id AND u.rung = m.rung
    WHERE m.rung IS NOT NULL
    ORDER BY m.id
    ON CONFLICT (process_id, episode, rung, key) DO NOTHING
    RETURNING id, process_id, side, to_role, to_organisation_id, to_region_id, to_post_id
), addressed AS ({addressed(side)}), mailed AS ({MAILED})
SELECT (SELECT count(*) FROM moved), (SELECT count(*) FROM told), (SELECT count(*) FROM mailed)
"""  # noqa: S608  pieces of our own


@dataclass(frozen=True)
class Swept:
    """How many processes moved a rung, notices were written and mails planned."""

    moved: int = 0
    told: int = 0
    mailed: int = 0

    def __add__(self, other: Swept) -> Swept:
        return Swept(self.moved + other.moved, self.told + other.told, self.mailed + other.mailed)


def escalation_targets(day: date) -> dict[int, list[tuple[int, str]]]:
    """For every organisation, who is told at the first and the second escalation: (organisation, role) of each.

    The supervisor of the organisation itself, or the nearest level up that has one; then the next level up that
    has one; where there is none, the national desk (left out here). From memory.
    """
    return configuration.remembered(f"escalation {day}", lambda: _escalation_targets(day))  # type: ignore[no-any-return]


def _escalation_targets(day: date) -> dict[int, list[tuple[int, str]]]:
    parents = dict(Organisation.objects.values_list("pk", "parent_id"))
    targets = {}
    for organisation in parents:
        chain: list[tuple[int, str]] = []
        at: int | None = organisation
        seen: set[int] = set()
        while at is not None and at not in seen and len(chain) < 2:
            seen.add(at)
            if holder(Role.SUPERVISOR, None, day, at) is not None:
                chain.append((at, str(Role.SUPERVISOR)))
            at = parents.get(at)
        targets[organisation] = chain
    return targets


def sweep_batch(side: Side, now: datetime | None = None, batch: int = BATCH) -> Swept:
    """One batch for one side, in one transaction. `now`: a moment instead of the database's clock."""
    with taken(side), transaction.atomic(), connection.cursor() as cursor:
        common = parameters(moment(now))
        day = common["today"]
        rows = [
            (source, rung, *target)
            for source, chain in escalation_targets(day).items()
            for rung, target in zip((Rung.ESCALATION, Rung.SECOND_ESCALATION), chain, strict=False)
        ]
        of, rungs, to, roles = (list(column) for column in zip(*rows, strict=True)) if rows else ([], [], [], [])
        given: dict[str, Any] = {
            **common, "side": str(side), "batch": batch, "of": of, "to": to, "roles": roles,
            "rungs": [int(r) for r in rungs], "desk_role": str(Role.NATIONAL_DESK),
            "desk": holder(Role.NATIONAL_DESK, None, day) if side in (Side.CARE, Side.COMMON) else None,
        }  # fmt: skip
        cursor.execute(_statement(side), given)
        return Swept(*cursor.fetchone())


def sweep(side: Side, now: datetime | None = None, batch: int = BATCH) -> Swept:
    """Everything that is due on one side, batch by batch until nothing is left."""
    total = Swept()
    while (done := sweep_batch(side, now, batch)).moved:
        total += done
    return total
