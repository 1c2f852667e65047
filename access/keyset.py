"""Pages that follow on each other by what the last row said, not by a number: stable while rows come and go.

A cursor names the last row of a page by the values it was sorted by. It travels in the address, so it holds keys and
moments only, and what comes back is checked like anything else that somebody can type.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime

Row = TypeVar("Row")


@dataclass(frozen=True)
class Key:
    """One column a list is sorted by: its name, whether the greatest comes first, and the type of its values."""

    name: str
    descending: bool = False
    type: type[Any] = str

    @property
    def order(self) -> str:
        """As `order_by` wants it."""
        return f"-{self.name}" if self.descending else self.name

    def back(self) -> Key:
        """The same column, the other way round."""
        return Key(self.name, not self.descending, self.type)


@dataclass(frozen=True)
class Cursor:
    """A place between two rows: in which part of the list, and the values of the row it lies behind or before."""

    part: int
    values: tuple[Any, ...]

    def written(self) -> str:
        """As text for an address."""
        plain = [
            self.part,
            *(v.isoformat() if isinstance(v, datetime) else str(v) if isinstance(v, UUID) else v for v in self.values),
        ]
        return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def read(text: str, keys: Sequence[Key]) -> Cursor:
    """The cursor that a text from an address names. Errors: ValueError when it is none for these keys."""
    if len(text) > 500:
        raise ValueError("too long")
    try:
        plain = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, UnicodeDecodeError, RecursionError) as error:
        raise ValueError("not a cursor") from error
    if not isinstance(plain, list) or len(plain) != len(keys) + 1 or type(plain[0]) is not int:
        raise ValueError("not a cursor")
    return Cursor(plain[0], tuple(_value(key, raw) for key, raw in zip(keys, plain[1:], strict=True)))


def _value(key: Key, raw: Any) -> Any:
    if key.type is int:
        if type(raw) is not int or abs(raw) >= 2**63:
            raise ValueError("not a number")
        return raw
    if type(raw) is not str or "\0" in raw:
        raise ValueError("not a text")
    if key.type is datetime:
        moment = parse_datetime(raw)
        if moment is None or moment.tzinfo is None:
            raise ValueError("not a moment")
        return moment
    return UUID(raw) if key.type is UUID else raw


def cursor_at(row: Any, keys: Sequence[Key], part: int = 0) -> Cursor:
    """The cursor that lies at a row."""
    return Cursor(part, tuple(getattr(row, key.name) for key in keys))


def beyond(keys: Sequence[Key], values: Sequence[Any]) -> Q:
    """Rows that come after `values` in the order of `keys`, written so that an index on the keys starts there."""
    condition: Q | None = None
    for key, value in reversed(list(zip(keys, values, strict=True))):
        after = Q(**{f"{key.name}__{'lt' if key.descending else 'gt'}": value})
        condition = after if condition is None else after | (Q(**{key.name: value}) & condition)
    assert condition is not None
    first = keys[0]
    return Q(**{f"{first.name}__{'lte' if first.descending else 'gte'}": values[0]}) & condition


@dataclass
class Page(Generic[Row]):
    """Rows of a page, and cursors to the pages around it (empty: there is none)."""

    rows: list[Row]
    after: str = ""
    before: str = ""


def page_of(rows: QuerySet[Any], keys: Sequence[Key], size: int, *, after: str = "", before: str = "") -> Page[Any]:
    """A page of `rows` in the order of `keys`: forward from a cursor, backward to one, or from the beginning.

    Errors: ValueError when a cursor is none of this list.
    """
    place = read(before or after, keys) if before or after else None
    order = [key.back() for key in keys] if before else keys
    rows = rows.order_by(*(key.order for key in order))
    if place is not None:
        rows = rows.filter(beyond(order, place.values))
    found = list(rows[: size + 1])
    more, found = len(found) > size, found[:size]
    if before:
        found.reverse()
    page = Page(found)
    if found and (more or before):
        page.after = cursor_at(found[-1], keys).written()
    if found and (more if before else after):
        page.before = cursor_at(found[0], keys).written()
    return page
