"""Statements that are composed once and used many times.

Composing the list's statement from querysets costs more than running it: it is a merge of several parts, each behind
`for_post()`. What the statement looks like depends on little (the role, how many regions and absent colleagues, the
filters); whose it is, and when, are only its parameters. So it is composed once with stand-ins, values that nobody
has, and kept; later the stand-ins among its parameters are replaced. The rule of who sees what stays where it is.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg import sql

from access import clock
from access.models import Organisation, Post
from workflows.worklist.groups import Moments

_FAR = datetime(9000, 1, 1, tzinfo=UTC)
_BIG = 4_600_000_000_000_000_000
KEPT = 512


@dataclass(frozen=True)
class Statement:
    """The text of a statement around its holes, and the name of what belongs in each hole."""

    parts: tuple[str, ...]
    holes: tuple[Hashable, ...]
    names: frozenset[Hashable]

    def filled(self, values: dict[Hashable, Any]) -> str:
        """The statement as it is sent, without parameters. In: a number, moment or key for each name."""
        literals = {name: _literal(values[name]) for name in self.names}
        text = [self.parts[0]]
        for name, part in zip(self.holes, self.parts[1:], strict=True):
            text += (literals[name], part)
        return "".join(text)


def _literal(value: Any) -> str:
    """A value as the driver writes it into a statement."""
    match value:
        case int() if type(value) is int:
            return str(value)
        case datetime():
            return f"'{value.isoformat()}'::timestamptz"
        case UUID():
            return f"'{value}'::uuid"
    return sql.Literal(value).as_string(connection.connection)


class StandIns:
    """A post, moments and the values of a cursor that nobody has, and what each of them stands for."""

    def __init__(self, post: Post, values: Sequence[Any] | None) -> None:
        self.names: dict[Any, Hashable] = {}
        self.moments = Moments(self._moment("now"), self._moment("tomorrow"), self._moment("next_week"))
        self.since = self._moment("since")
        self.post = Post(pk=self._number("post"), user_id=self._number("user"), role=post.role)
        self.post.organisation = Organisation(pk=self._number("organisation"), side=post.organisation.side)
        self.post.held_regions = [self._number(("region", n)) for n in range(len(post.region_ids))]  # type: ignore[attr-defined]
        self.post.held_absent = [self._number(("absent", n)) for n in range(len(post.acts_for))]  # type: ignore[attr-defined]
        self.values = None if values is None else [self._like(("value", n), v) for n, v in enumerate(values)]

    def _number(self, name: Hashable) -> int:
        number = _BIG + len(self.names)
        self.names[number] = name
        return number

    def _moment(self, name: Hashable) -> datetime:
        moment = _FAR + timedelta(days=len(self.names))
        self.names[moment] = name
        return moment

    def _like(self, name: Hashable, value: Any) -> Any:
        if isinstance(value, datetime):
            return self._moment(name)
        if isinstance(value, UUID):
            key = UUID(int=_BIG + len(self.names))
            self.names[key] = name
            return key
        raise TypeError(f"nothing stands in for {value!r}")


def meant(post: Post, moments: Moments, since: datetime | None, values: Sequence[Any] | None) -> dict[Hashable, Any]:
    """What each stand-in stands for, for one post at one moment."""
    found: dict[Hashable, Any] = {
        "now": moments.now,
        "tomorrow": moments.tomorrow,
        "next_week": moments.next_week,
        "since": since,
        "post": post.pk,
        "user": post.user_id,
        "organisation": post.organisation_id,
    }
    found |= {("region", n): key for n, key in enumerate(sorted(post.region_ids))}
    found |= {("absent", n): key for n, key in enumerate(sorted(post.acts_for))}
    found |= {("value", n): value for n, value in enumerate(values or ())}
    return found


def shape_of(post: Post) -> Hashable:
    """What of a post decides how a statement looks."""
    return post.role, post.organisation.side, len(post.region_ids), len(post.acts_for)


def compose(stand: StandIns, build: Callable[[StandIns], tuple[str, Sequence[Any]]]) -> Statement:
    """The statement that `build` makes with stand-ins."""
    with clock.at(stand.moments.now):
        text, parameters = build(stand)
    between = [part.replace("%%", "%") for part in text.split("%s")]
    if len(between) != len(parameters) + 1:
        raise ValueError("a statement whose values cannot be told from its text")
    parts, holes = [between[0]], []
    for value, part in zip(parameters, between[1:], strict=True):
        if isinstance(value, (int, datetime, UUID)) and value in stand.names:
            holes.append(stand.names[value])
            parts.append(part)
        else:
            parts[-1] += _literal(value) + part
    return Statement(tuple(parts), tuple(holes), frozenset(holes))


def statement(key: Hashable, make: Callable[[], Statement]) -> Statement:
    """The statement kept under a key, made when it is not there yet."""
    try:
        return _kept[key]
    except KeyError:
        if len(_kept) >= KEPT:
            _kept.clear()
        made = _kept[key] = make()
        return made


_kept: dict[Hashable, Statement] = {}
