"""Opening the statements of a period, locking those that nobody made, and opening a correction.

The database makes a statement exist once for each region, rhythm, period and version, so the job may run as often and
beside as many others as it likes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q

from access import clock
from access.clock import AMSTERDAM
from access.models import Post
from shelters.models import Capacity
from workflows.capacity_statement import filling, periods
from workflows.capacity_statement.models import FIGURES, Line, LongStay, Statement
from workflows.engine.errors import EngineError
from workflows.engine.models import Process
from workflows.engine.steps import open_process, perform


def open_due(now: datetime | None = None, rhythms: Sequence[str] = periods.Rhythm.values) -> int:
    """Open the statement of the period that runs for each region that has units of its rhythm. Out: how many.

    For the care side; each in a transaction of its own.
    """
    moment = now or clock.now()
    day = moment.astimezone(AMSTERDAM).date()
    opened = 0
    for rhythm in rhythms:
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
        "late": statement.late,
        "first_submitted_at": statement.first_submitted_at,  # it came when the first version came
        "expires_on": max(statement.expires_on, periods.expiry(statement.rhythm, periods.period_of(
            statement.rhythm, now.astimezone(AMSTERDAM).date()
        ))),
    }  # fmt: skip
    process = _open(statement.region_id, record, acting, now)
    Line.objects.bulk_create(_copied(Line.objects.filter(statement=statement), process, question=""))
    LongStay.objects.bulk_create(_copied(LongStay.objects.filter(statement=statement), process))
    return process


_LIVE = ("live_places", "live_occupied", "live_reserved", "live_out_of_service")
_FILLED = (*FIGURES, "out_reason", "out_until", "as_of", *_LIVE)


def refresh(now: datetime | None = None) -> int:
    """Bring statements in preparation up to date with the inventory. Out: how many lines changed, came or went.

    What somebody stated or confirmed stays; of such a line only what the inventory says beside it is renewed. A unit
    that came into use is added; one that turned out not to be in use goes, unless somebody stated it. For the care
    side.
    """
    moment = now or clock.now()
    with transaction.atomic():
        open_ones = list(Statement.objects.filter(_PREPARED, version=1).order_by("pk").values_list("pk", flat=True))
    return sum(_refresh_one(key, moment) for key in open_ones)


_PREPARED = Q(process__closed_at=None, process__state="preparing")


def _refresh_one(key: Any, moment: datetime) -> int:
    with transaction.atomic():
        statement = Statement.objects.select_for_update(of=("self",)).get(pk=key)
        if not Process.objects.filter(pk=key, state="preparing").exists():
            return 0  # somebody submitted it just now
        kept = {line.unit_id: line for line in Line.objects.filter(statement=statement)}
        fresh = {line.unit_id: line for line in filling.lines(statement, moment)}
        moved = [line for unit, line in kept.items() if unit in fresh and _renew(line, fresh[unit])]
        added = [line for unit, line in fresh.items() if unit not in kept]
        gone = [line.pk for unit, line in kept.items() if unit not in fresh and line.carried and not line.remark]
        Line.objects.bulk_update(moved, _FILLED)
        Line.objects.bulk_create(added)
        Line.objects.filter(pk__in=gone).delete()
        stays = {row.stay: row for row in filling.long_stays(statement, moment)}
        known = set(LongStay.objects.filter(statement=statement).values_list("stay", flat=True))
        LongStay.objects.bulk_create(row for stay, row in stays.items() if stay not in known)
        LongStay.objects.filter(statement=statement, stay__in=known - stays.keys()).delete()
        return len(moved) + len(added) + len(gone)


def _renew(line: Line, fresh: Line) -> bool:
    before = [getattr(line, name) for name in _FILLED]
    for name in _FILLED if line.carried else _LIVE:
        setattr(line, name, getattr(fresh, name))
    return [getattr(line, name) for name in _FILLED] != before


def _copied(rows: Iterable[Any], process: Process, **values: Any) -> list[Any]:
    made = list(rows)
    for row in made:
        row.pk, row.statement_id, row._state.adding = None, process.pk, True
        for name, value in values.items():
            setattr(row, name, value)
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
