"""Opening the statements of a period, locking those that nobody made, and opening a correction.

The database makes a statement exist once for each region, rhythm, period and version, so the job may run as often and
beside as many others as it likes.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from access import clock
from access.clock import AMSTERDAM
from access.models import Post
from shelters.models import Capacity
from workflows.capacity_statement import filling, periods
from workflows.capacity_statement.models import FIGURES, Line, LongStay, Statement
from workflows.engine.errors import EngineError
from workflows.engine.models import Process
from workflows.engine.steps import open_process, perform


def open_due(now: datetime | None = None) -> int:
    """Open the statement of the period that runs for each region that has units of its rhythm. Out: how many.

    For the care side; each in a transaction of its own.
    """
    moment = now or clock.now()
    day = moment.astimezone(AMSTERDAM).date()
    opened = 0
    for rhythm in periods.Rhythm.values:
        period = periods.period_of(rhythm, day)
        with transaction.atomic():
            there = Capacity.objects.filter(holds__overlap=period, active=True, scheme__stated_every=rhythm)
            done = Statement.objects.filter(rhythm=rhythm, period=period, version=1).values("region")
            regions = sorted(set(there.exclude(unit__region__in=done).values_list("unit__region", flat=True)))
        for region in regions:
            opened += open_one(region, rhythm, period, moment) is not None
    return opened


def open_one(region_id: int, rhythm: str, period: DateRange, now: datetime) -> Process | None:
    """Open one statement with its lines; None when somebody was first."""
    record = {"region_id": region_id, "rhythm": rhythm, "period": period, "expires_on": periods.expiry(rhythm, period)}
    try:
        with transaction.atomic():
            process = _open(region_id, record, None, now)
            statement = Statement.objects.get(pk=process.pk)
            Line.objects.bulk_create(filling.lines(statement, now))
            LongStay.objects.bulk_create(filling.long_stays(statement, now))
            return process
    except IntegrityError as error:
        if "capacity_statement_once" not in str(error):
            raise
        return None


def _open(region_id: int, record: dict[str, Any], acting: Post | None, now: datetime) -> Process:
    from workflows.capacity_statement.machine import CapacityStatement

    return open_process(CapacityStatement, acting=acting, region_id=region_id, record=record, now=now)


def correct(statement: Statement, acting: Post, reason: str) -> Process:
    """Open a correction of a published statement: a new version with the same lines, to be changed and submitted.

    Errors: ValueError when it is not published, or is being corrected already.
    """
    if statement.published_at is None or Statement.objects.filter(corrects=statement).exists():
        raise ValueError("only the published statement in force is corrected")
    now = clock.now()
    record = {
        "region_id": statement.region_id,
        "rhythm": statement.rhythm,
        "period": statement.period,
        "version": statement.version + 1,
        "corrects": statement,
        "why": reason,
        "expires_on": max(statement.expires_on, periods.expiry(statement.rhythm, periods.period_of(
            statement.rhythm, now.astimezone(AMSTERDAM).date()
        ))),
    }  # fmt: skip
    process = _open(statement.region_id, record, acting, now)
    Line.objects.bulk_create(_copied(Line.objects.filter(statement=statement), process))
    LongStay.objects.bulk_create(_copied(LongStay.objects.filter(statement=statement), process))
    return process


_LIVE = ("live_places", "live_occupied", "live_reserved", "live_out_of_service")
_FILLED = (*FIGURES, "out_reason", "out_until", *_LIVE)


def refresh(now: datetime | None = None) -> int:
    """Bring statements in preparation up to date with the inventory. Out: how many lines changed or came.

    What somebody stated or confirmed stays; of such a line only what the inventory says beside it is renewed. A unit
    that came into use is added. For the care side.
    """
    moment = now or clock.now()
    changed = 0
    open_ones = Statement.objects.filter(process__closed_at=None, process__state="preparing", version=1)
    for key in open_ones.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            statement = Statement.objects.select_for_update(of=("self",)).get(pk=key)
            kept = {line.unit_id: line for line in Line.objects.filter(statement=statement)}
            fresh = {line.unit_id: line for line in filling.lines(statement, moment)}
            moved = [line for unit, line in kept.items() if unit in fresh and _renew(line, fresh[unit])]
            added = [line for unit, line in fresh.items() if unit not in kept]
            Line.objects.bulk_update(moved, _FILLED)
            Line.objects.bulk_create(added)
            stays = LongStay.objects.filter(statement=statement).values_list("stay", flat=True)
            LongStay.objects.bulk_create(
                row for row in filling.long_stays(statement, moment) if row.stay not in set(stays)
            )
            changed += len(moved) + len(added)
    return changed


def _renew(line: Line, fresh: Line) -> bool:
    before = [getattr(line, name) for name in _FILLED]
    for name in _FILLED if line.carried else _LIVE:
        setattr(line, name, getattr(fresh, name))
    return [getattr(line, name) for name in _FILLED] != before


def _copied(rows: Iterable[Any], process: Process) -> list[Any]:
    made = list(rows)
    for row in made:
        row.pk, row.statement_id, row._state.adding = None, process.pk, True
    return made


def lock_expired(now: datetime | None = None) -> int:
    """Lock the periods that are over and that nobody stated. Out: how many. For the care side."""
    moment = now or clock.now()
    day = moment.astimezone(AMSTERDAM).date()
    locked = 0
    with transaction.atomic():
        over = Statement.objects.filter(
            expires_on__lte=day, process__closed_at=None, process__state__in=["preparing", "returned"], version=1
        )
        keys = list(over.values_list("pk", flat=True))
    for key in keys:
        try:
            perform(key, "expire", None, {"reason": "expired"})
            locked += 1
        except EngineError:
            continue  # somebody submitted it just now
    return locked
