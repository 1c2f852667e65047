"""The watch over notices and mails: what is late, stuck or lost raises an alarm and is mended where it can be.

An alarm is a row (`Alarm`) that the page `mail/` shows, and a line ``ERROR`` in the log when it opens or grows.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from access.wall import Side, taken
from workflows.engine.leavers import lying_in, unstaffed
from workflows.engine.models import Alarm
from workflows.engine.sweep import sweep
from workflows.engine.telling import moment

logger = logging.getLogger("loods.watch")

LATE = timedelta(minutes=5)
"""How late something may be before it is an alarm."""
TRIES = 3
"""Attempts after which a mail that does not leave is an alarm."""
Kind = Alarm.Kind

_COUNTS = """
SELECT
    (SELECT count(*) FROM engine_process WHERE side = %(side)s AND next_notice_at < %(late)s),
    (SELECT count(*) FROM engine_delivery WHERE side = %(side)s AND (
        state = 'planned' AND (not_before < %(late)s OR attempt >= %(tries)s)
        OR state IN ('claimed', 'sending') AND lease_until < %(late)s)),
    (SELECT count(*) FROM engine_delivery WHERE side = %(side)s AND state IN ('uncertain', 'failed')),
    (SELECT count(DISTINCT n.process_id) FROM engine_notice n JOIN engine_process p ON p.id = n.process_id
        WHERE n.side = %(side)s AND n.to_organisation_id IS NULL AND n.to_post_id IS NULL
            AND p.closed_at IS NULL AND p.episode = n.episode),
    (SELECT count(*) FROM engine_process p WHERE p.side = %(side)s AND p.closed_at IS NULL
        AND p.owner_role = 'national_desk' AND 'national_desk' = (
            SELECT l.route ->> 'by' FROM engine_steplog l WHERE l.process_id = p.id AND l.route <> '{}'
            ORDER BY l.id DESC LIMIT 1))
"""

_RAISE = """
INSERT INTO engine_alarm (side, kind, count, opened_at, seen_at)
VALUES (%(side)s, %(kind)s, %(count)s, %(now)s, %(now)s)
ON CONFLICT (side, kind) WHERE closed_at IS NULL DO UPDATE SET count = excluded.count, seen_at = excluded.seen_at
"""


def watch(side: Side, now: datetime | None = None) -> dict[str, int]:
    """Look at one side; raise alarms about what is wrong, close those about what is well again. Out: the counts."""
    with taken(side), transaction.atomic():
        at = moment(now)
        with connection.cursor() as cursor:
            cursor.execute(_COUNTS, {"side": str(side), "late": at - LATE, "tries": TRIES})
            late, hanging, undecided, told_nobody, desk = cursor.fetchone()
        nobody = len(lying_in(side, unstaffed(side, at), batch=10_000)) + told_nobody
        counts: dict[str, int] = {
            Kind.LATE: late,
            Kind.HANGING: hanging,
            Kind.UNDECIDED: undecided,
            Kind.NOBODY: nobody,
            Kind.DESK: desk,
        }
        for kind, count in counts.items():
            _alarm(side, Kind(kind), count, at)
        return counts


def _alarm(side: Side, kind: Alarm.Kind, count: int, at: datetime) -> None:
    """Open, update or close the alarm of one kind."""
    known = Alarm.objects.filter(side=side, kind=kind, closed_at=None).first()
    if count:
        with connection.cursor() as cursor:
            cursor.execute(_RAISE, {"side": str(side), "kind": str(kind), "count": count, "now": at})
        if known is None or count > known.count:
            level = logging.WARNING if kind is Kind.DESK else logging.ERROR
            logger.log(level, "alarm side=%s kind=%s count=%d", side, kind, count)
    elif known is not None:
        Alarm.objects.filter(pk=known.pk).update(closed_at=at)
        logger.info("alarm over side=%s kind=%s", side, kind)


_MISSING = """
WITH running AS MATERIALIZED (
    SELECT id, episode, rung, plan, signalled, signals FROM engine_process
    WHERE side = %(side)s AND closed_at IS NULL AND paused_at IS NULL
), missing AS (
    SELECT p.id, p.episode, p.rung, p.signalled, min(u.at) AS at, count(*) AS notices,
        min(u.number) FILTER (WHERE u.key = '') AS first, min(u.number) FILTER (WHERE u.key <> '') AS first_signal
    FROM running p CROSS JOIN LATERAL (
        SELECT at, number, number AS rung, '' AS key FROM unnest(p.plan) WITH ORDINALITY AS r(at, number)
        UNION ALL
        SELECT at, number, 0, 'signal:' || number FROM unnest(p.signals) WITH ORDINALITY AS s(at, number)
    ) u
    WHERE u.at < %(late)s
        AND NOT EXISTS (
            SELECT FROM engine_notice n
            WHERE n.process_id = p.id AND n.episode = p.episode AND n.rung = u.rung AND n.key = u.key)
    GROUP BY p.id, p.episode, p.rung, p.signalled
), back AS (
    UPDATE engine_process p SET rung = least(p.rung, m.first - 1), signalled = least(p.signalled, m.first_signal - 1),
        next_notice_at = m.at
    FROM missing m
    WHERE p.id = m.id AND p.episode = m.episode AND p.rung = m.rung AND p.signalled = m.signalled
        AND p.closed_at IS NULL AND p.paused_at IS NULL
    RETURNING m.notices
)
SELECT coalesce(sum(notices), 0) FROM back
"""

_ASLEEP = """
WITH running AS MATERIALIZED (
    SELECT id, version, rung, signalled, next_notice_at, least((
        SELECT u.at FROM unnest(plan) WITH ORDINALITY AS u(at, i)
        WHERE u.i > rung AND u.at IS NOT NULL ORDER BY u.i LIMIT 1
    ), (
        SELECT u.at FROM unnest(signals) WITH ORDINALITY AS u(at, i)
        WHERE u.i > signalled AND u.at IS NOT NULL ORDER BY u.i LIMIT 1
    )) AS expected
    FROM engine_process
    WHERE side = %(side)s AND closed_at IS NULL AND paused_at IS NULL
)
UPDATE engine_process p SET next_notice_at = r.expected
FROM running r
WHERE p.id = r.id AND r.next_notice_at IS DISTINCT FROM r.expected
    AND p.version = r.version AND p.rung = r.rung AND p.signalled = r.signalled
    AND p.closed_at IS NULL AND p.paused_at IS NULL
"""


def reconcile(side: Side, now: datetime | None = None) -> int:
    """Recompute, for every open process of one side, which notices should exist; write those that do not.

    Every moment of its plan that has passed must have its notice, and the moment it waits for must be the first of
    its plan that was not told. What is found wrong is set back to the rung that is missing and told by the sweep,
    whose unique key keeps a notice that does exist from being doubled. Out: how much was missing; an alarm is raised.
    """
    with taken(side), transaction.atomic(), connection.cursor() as cursor:
        at = moment(now)
        given: dict[str, Any] = {"side": str(side), "late": at - LATE}
        cursor.execute(_MISSING, given)
        missing = int(cursor.fetchone()[0])
        cursor.execute(_ASLEEP, given)
        missing += cursor.rowcount
        _alarm(side, Kind.MISSING, missing, at)
    if missing:
        sweep(side, now)
    return missing
