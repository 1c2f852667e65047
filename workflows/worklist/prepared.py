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

from access import clock
from access.models import Organisation, Post
from workflows.worklist.groups import Moments

_FAR = datetime(9000, 1, 1, tzinfo=UTC)
_BIG = 4_600_000_000_000_000_000
KEPT = 512


@dataclass(frozen=True)
class Statement:
    """SQL with its parameters, of which some stand for something: their place and the name of what belongs there."""

    sql: str
    parameters: tuple[Any, ...]
    holes: tuple[tuple[int, Hashable], ...]

    def filled(self, values: dict[Hashable, Any]) -> list[Any]:
        """The parameters with the stand-ins replaced."""
        filled = list(self.parameters)
        for place, name in self.holes:
            kind = type(filled[place])  # the database backend wraps numbers in types of its own
            filled[place] = values[name] if kind in (datetime, UUID) else kind(values[name])
        return filled


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
        sql, parameters = build(stand)
    holes = tuple(
        (place, stand.names[value])
        for place, value in enumerate(parameters)
        if isinstance(value, (int, datetime, UUID)) and value in stand.names
    )
    return Statement(sql, tuple(parameters), holes)


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
