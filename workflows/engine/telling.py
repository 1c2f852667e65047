"""Who is told of a notice, and who gets mail about it: the pieces of SQL that sweep, outbox and leavers share.

They say the same as `NoticeQuerySet.for_post`, set-based: whoever may read a notice gets the mail about it.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection

from access import clock, configuration
from access.roles import Role
from access.wall import Side
from workflows.engine import queries

HELD = """
    SELECT a.id, a.user_id, a.role, a.organisation_id
    FROM access_post a
    JOIN access_user w ON w.id = a.user_id AND w.is_active
    JOIN access_organisation o ON o.id = a.organisation_id AND o.active
    WHERE a.starts_on <= %(today)s AND (a.ends_on IS NULL OR a.ends_on > %(today)s)
"""
"""Posts held today: the same as `PostQuerySet.held_on`."""

_ADDRESSED = """
    SELECT t.id AS notice_id, h.user_id
    FROM {told} t JOIN held h ON h.id = t.to_post_id
    WHERE {seen}
    UNION
    SELECT t.id, h.user_id
    FROM {told} t
    JOIN access_deputy e ON e.absent_id = t.to_post_id AND e.starts_on <= %(today)s AND e.ends_on > %(today)s
    JOIN held h ON h.id = e.deputy_id
    WHERE {seen}
    UNION
    SELECT t.id, h.user_id
    FROM {told} t JOIN held h ON h.role = t.to_role AND h.organisation_id = t.to_organisation_id
    WHERE t.to_post_id IS NULL AND {seen} AND (
        h.role = ANY(%(everywhere)s) OR t.to_region_id IS NULL
        OR EXISTS (SELECT FROM access_post_regions g WHERE g.post_id = h.id AND g.region_id = t.to_region_id))
"""


def addressed(side: Side, told: str = "told") -> str:
    """SQL for the people to whom notices of a side are addressed: the post, whoever acts for it, or its group. Of a
    role that sees only some of the processes nobody is told of another (`queries.narrowed`).

    In: the side whose statement it is part of, and the name of the notices (id, process_id, to_...). Needs `held`.
    """
    rules = [f"WHEN '{role.value}' THEN {rule}" for (of, role), rule in sorted(queries.told.items()) if of is side]
    seen = f"CASE h.role {' '.join(rules)} ELSE true END" if rules else "true"
    return _ADDRESSED.format(told=told, seen=seen)


MAILED = """
    INSERT INTO engine_delivery (side, notice_id, user_id, state, not_before, attempt, message_id, why, changed_at)
    SELECT t.side, t.id, x.user_id, 'planned', %(now)s, 0, '', '', %(now)s
    FROM told t
    JOIN addressed x ON x.notice_id = t.id
    JOIN access_user w ON w.id = x.user_id AND w.digest <> 'none'
    ORDER BY t.id, x.user_id
    ON CONFLICT (notice_id, user_id) DO NOTHING
    RETURNING 1
"""
"""Plans the mails about the notices in `told`. Needs `addressed`, which `addressed` gives."""

EVERYWHERE = sorted({str(role) for role in Role if role.national} | {str(Role.SHELTER_PROVIDER), str(Role.SUPERVISOR)})
"""Roles whose group notices reach every post of the organisation, whatever its regions."""


def parameters(now: datetime) -> dict[str, Any]:
    """The parameters that the pieces above use."""
    return {"now": now, "today": now.astimezone(clock.AMSTERDAM).date(), "everywhere": EVERYWHERE}


def moment(now: datetime | None = None) -> datetime:
    """The moment of the job that runs: `now` if given, a stopped clock, or the database's clock.

    Brings what the program remembers up to date on the way. Needs an open transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT now() + clock_offset, stamp, clock_offset FROM access_configuration")
        ours, stamp, offset = cursor.fetchone()
    configuration.seen(stamp, offset)
    return now or clock.fixed() or ours  # type: ignore[no-any-return]


@cache
def _tell(side: Side) -> str:
    return f"""
WITH told AS (
    INSERT INTO engine_notice
        (side, process_id, episode, rung, key, at, due_at, to_role, to_organisation_id, to_region_id, to_post_id)
    VALUES (%(side)s, %(process)s, %(episode)s, 0, %(key)s, %(now)s, %(due_at)s, %(role)s,
        %(organisation)s::bigint, %(region)s::bigint, %(post)s::bigint)
    ON CONFLICT (process_id, episode, rung, key) DO NOTHING
    RETURNING id, process_id, side, to_role, to_organisation_id, to_region_id, to_post_id
), held AS NOT MATERIALIZED ({HELD}), addressed AS ({addressed(side)}), mailed AS ({MAILED})
SELECT count(*) FROM told
"""  # noqa: S608  pieces of our own


def tell(now: datetime, **notice: Any) -> bool:
    """Write the notice of an act and plan its mails, in the caller's transaction. Out: whether it is new.

    In: side, process, episode, key, due_at, role, organisation, region, post, as the columns of `Notice`.
    """
    with connection.cursor() as cursor:
        cursor.execute(_tell(Side(notice["side"])), {**parameters(now), **notice})
        return bool(cursor.fetchone()[0])
