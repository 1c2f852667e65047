"""Work of people who left: it goes back to the queue, and where the queue has nobody left it is routed anew.

Somebody has left when a post has ended, the person is no longer active, or the organisation is not. Nothing is lost
with them: what they had taken returns to the queue of their role and organisation, which is told; what lies in a
queue in which nobody is left goes where routing sends it now, the national desk in the last resort. The term runs on.

What came to the national desk for want of somebody goes where it belongs as soon as somebody is there again, unless
the desk has taken it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from access.roles import Role
from access.wall import Side, taken
from workflows.engine import acts
from workflows.engine.errors import EngineError
from workflows.engine.routing import holder
from workflows.engine.telling import EVERYWHERE, HELD, MAILED, addressed, moment, parameters

BATCH = 1000
"""How many processes are returned, or routed anew, in one go."""

Queue = tuple[str, int | None, int | None]
"""A queue: role, organisation, region."""

_TAKEN_BY_LEAVERS = f"""
WITH held AS ({HELD})
SELECT DISTINCT assignee_id FROM engine_process
WHERE side = %(side)s AND closed_at IS NULL AND assignee_id IS NOT NULL AND assignee_id NOT IN (SELECT id FROM held)
"""  # noqa: S608  pieces of our own


@cache
def _return(side: Side) -> str:
    return f"""
WITH theirs AS (
    SELECT id, assignee_id FROM engine_process
    WHERE side = %(side)s AND closed_at IS NULL AND assignee_id = ANY(%(leavers)s)
    ORDER BY id LIMIT %(batch)s FOR NO KEY UPDATE SKIP LOCKED
), moved AS (
    UPDATE engine_process p SET assignee_id = NULL, assigned_at = NULL, version = p.version + 1
    FROM theirs t WHERE p.id = t.id
    RETURNING p.id, p.side, p.state, p.version, p.episode, p.due_at, p.region_id,
        p.owner_role, p.owner_organisation_id, t.assignee_id AS taken_from
), logged AS (
    INSERT INTO engine_steplog
        (side, process_id, at, action, from_state, to_state, version, reason, facts, route, due_at)
    SELECT side, id, %(now)s, %(act)s, state, state, version, '', jsonb_build_object('taken_from', taken_from), '{{}}',
        due_at
    FROM moved
), told AS (
    INSERT INTO engine_notice
        (side, process_id, episode, rung, key, at, due_at, to_role, to_organisation_id, to_region_id)
    SELECT side, id, episode, 0, %(act)s || ':' || version, %(now)s, due_at,
        owner_role, owner_organisation_id, region_id
    FROM moved
    ON CONFLICT (process_id, episode, rung, key) DO NOTHING
    RETURNING id, process_id, side, to_role, to_organisation_id, to_region_id, to_post_id
), held AS NOT MATERIALIZED ({HELD}), addressed AS ({addressed(side)}), mailed AS ({MAILED})
SELECT count(*) FROM moved
"""  # noqa: S608  pieces of our own


_QUEUES = """
SELECT DISTINCT owner_role, owner_organisation_id, region_id FROM engine_process
WHERE side = %(side)s AND closed_at IS NULL AND assignee_id IS NULL
"""

_STAFFED = f"""
WITH held AS ({HELD})
SELECT DISTINCT h.role, h.organisation_id, g.region_id
FROM held h LEFT JOIN access_post_regions g ON g.post_id = h.id
"""  # noqa: S608  pieces of our own

_IN_QUEUES = """
SELECT p.id FROM engine_process p
JOIN unnest(%(roles)s::text[], %(organisations)s::bigint[], %(regions)s::bigint[]) AS q(role, organisation, region)
    ON p.owner_role = q.role AND p.owner_organisation_id IS NOT DISTINCT FROM q.organisation
    AND p.region_id IS NOT DISTINCT FROM q.region
WHERE p.side = %(side)s AND p.closed_at IS NULL AND p.assignee_id IS NULL AND p.id > %(after)s
ORDER BY p.id LIMIT %(batch)s
"""


_FALLEN = """
SELECT p.id, l.route ->> 'wanted', (l.route ->> 'asked')::bigint, p.region_id FROM engine_process p
CROSS JOIN LATERAL (
    SELECT route FROM engine_steplog WHERE process_id = p.id AND route <> '{}' ORDER BY id DESC LIMIT 1
) l
WHERE p.side = %(side)s AND p.closed_at IS NULL AND p.owner_role = %(desk)s AND p.assignee_id IS NULL
    AND l.route ->> 'by' = %(desk)s AND p.id > %(after)s
ORDER BY p.id LIMIT %(batch)s
"""


@dataclass(frozen=True)
class Returned:
    """How many processes went back to their queue, and how many were routed anew."""

    returned: int = 0
    rerouted: int = 0


def return_work(side: Side, now: datetime | None = None) -> Returned:
    """Put the work of leavers back and send on what lies where nobody is left or fell to the desk, for one side."""
    returned = 0
    while moved := _return_batch(side, now):
        returned += moved
    with taken(side), transaction.atomic():
        queues = unstaffed(side, now)
    rerouted = _reroute_each(side, lambda after: lying_in(side, queues, after)) if queues else 0
    return Returned(returned, rerouted + _reroute_each(side, lambda after: _fallen(side, now, after)))


def _return_batch(side: Side, now: datetime | None) -> int:
    with taken(side), transaction.atomic(), connection.cursor() as cursor:
        given = {**parameters(moment(now)), "side": str(side), "batch": BATCH, "act": acts.RETURN_TO_QUEUE}
        cursor.execute(_TAKEN_BY_LEAVERS, given)
        leavers = [pk for (pk,) in cursor.fetchall()]
        if not leavers:
            return 0
        cursor.execute(_return(side), {**given, "leavers": leavers})
        return int(cursor.fetchone()[0])


def unstaffed(side: Side, now: datetime | None = None) -> list[Queue]:
    """Queues of one side in which work lies that nobody can take. Needs an open transaction of that side."""
    with connection.cursor() as cursor:
        given = {**parameters(moment(now)), "side": str(side)}
        cursor.execute(_STAFFED, given)
        staffed = set(cursor.fetchall())
        anywhere = {(role, organisation) for role, organisation, _region in staffed}
        cursor.execute(_QUEUES, given)
        return [
            (role, organisation, region)
            for role, organisation, region in cursor.fetchall()
            if (role, organisation) not in anywhere
            or not (role in _WHEREVER or region is None or (role, organisation, region) in staffed)
        ]


_WHEREVER = set(EVERYWHERE) - {str(Role.SUPERVISOR)}


def lying_in(side: Side, queues: list[Queue], after: UUID | None = None, batch: int = BATCH) -> list[UUID]:
    """Keys of the processes that lie in some queues, in order, after a key. Needs an open transaction of that side."""
    if not queues:
        return []
    roles, organisations, regions = (list(column) for column in zip(*queues, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            _IN_QUEUES,
            {
                "side": str(side), "roles": roles, "organisations": organisations, "regions": regions,
                "after": after or UUID(int=0), "batch": batch,
            },
        )  # fmt: skip
        return [pk for (pk,) in cursor.fetchall()]


def _fallen(side: Side, now: datetime | None, after: UUID | None) -> list[UUID]:
    """Keys of what came to the national desk because nobody held the role, where somebody does now."""
    given: dict[str, Any] = {
        "side": str(side), "desk": str(Role.NATIONAL_DESK), "after": after or UUID(int=0), "batch": BATCH,
    }  # fmt: skip
    day = parameters(moment(now))["today"]
    found: list[UUID] = []
    with connection.cursor() as cursor:
        while not found:
            cursor.execute(_FALLEN, given)
            rows = cursor.fetchall()
            for pk, wanted, asked, region in rows:
                if holder(wanted, None if asked else region, day, asked) is not None:
                    found.append(pk)
            if len(rows) < BATCH:
                break
            given["after"] = rows[-1][0]
    return found


def _reroute_each(side: Side, batch: Callable[[UUID | None], list[UUID]]) -> int:
    """Route anew what `batch` finds after a key, until it finds nothing more."""
    rerouted, after = 0, None
    while True:
        with taken(side), transaction.atomic():
            found = batch(after)
        for pk in found:
            try:
                with taken(side):
                    rerouted += acts.reroute(pk)
            except EngineError:
                continue  # closed or gone meanwhile
        if not found:
            return rerouted
        after = found[-1]
