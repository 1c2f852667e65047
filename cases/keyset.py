"""Pages of a long list by the place where the last one ended: as quick on page 5,000 as on page 1."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass
class Page:
    """Rows of a page, and the marks for the page before and after it (empty where there is none)."""

    rows: list[Any]
    before: str = ""
    after: str = ""


def page_of(rows: QuerySet[Any], moment: str, size: int, query: Mapping[str, str]) -> Page:
    """A page of `rows`, newest `moment` first, beginning where ``after`` or ``before`` in the address says.

    A mark that makes no sense is as good as none: the first page.
    """
    after, before = _read(query.get("after")), _read(query.get("before"))
    if before is not None:
        found = list(rows.filter(_beyond(moment, before, "gt")).order_by(moment, "pk")[: size + 1])
        more = len(found) > size
        shown = found[:size][::-1]
        return Page(shown, _mark(shown[0], moment) if shown and more else "", _mark(shown[-1], moment) if shown else "")
    if after is not None:
        rows = rows.filter(_beyond(moment, after, "lt"))
    found = list(rows.order_by(f"-{moment}", "-pk")[: size + 1])
    shown = found[:size]
    return Page(
        shown,
        _mark(shown[0], moment) if shown and after is not None else "",
        _mark(shown[-1], moment) if len(found) > size else "",
    )


def _beyond(moment: str, mark: tuple[datetime, uuid.UUID], way: str) -> Q:
    """Rows past a mark. The first part is a range that an index knows; the second takes off what shares its moment."""
    at, key = mark
    return Q(**{f"{moment}__{way}e": at}) & (Q(**{f"{moment}__{way}": at}) | Q(**{f"pk__{way}": key}))


def _mark(row: Any, moment: str) -> str:
    return f"{(getattr(row, moment) - EPOCH) // MICROSECOND}-{row.pk.hex}"


def _read(text: str | None) -> tuple[datetime, uuid.UUID] | None:
    try:
        count, key = (text or "").split("-")
        return EPOCH + int(count) * MICROSECOND, uuid.UUID(hex=key)
    except (ValueError, OverflowError):
        return None
