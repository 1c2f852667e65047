"""What other pages show of the lists: how much presses, beside their names in the menu."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest

from access import clock
from access.models import Post
from access.roles import Role
from access.wall import taken
from workflows.engine.models import Delivery
from workflows.notices import queries
from workflows.worklist.groups import Moments
from workflows.worklist.prepared import StandIns, compose, meant, shape_of, statement

COUNT_UP_TO = 100
WATCHERS = frozenset({Role.SUPERVISOR, Role.NATIONAL_DESK, Role.ADMINISTRATOR})
"""Roles that see the alarms of their side, and in their menu the mails that wait for a decision."""


class Pressing(NamedTuple):
    """How many notices press and how many mails wait for a decision, each at most `COUNT_UP_TO`."""

    notices: int = 0
    mails: int = 0


def count(post: Post) -> Pressing:
    """What presses for a post; mails are counted for watchers alone. One query."""

    def make(stand: StandIns) -> tuple[str, Sequence[Any]]:
        mails = Delivery.objects.for_post(stand.post).undecided() if post.role in WATCHERS else Delivery.objects.none()
        asked = [_number_of(queries.pressing(stand.post, stand.since)), _number_of([mails])]
        return f"SELECT {', '.join(sql for sql, _ in asked)}", [value for _, values in asked for value in values]

    composed = statement(("menu", shape_of(post)), lambda: compose(StandIns(post, None), make))
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(composed.filled(meant(post, Moments.around(now), queries.fresh_from(now), None)))
        return Pressing(*(min(number, COUNT_UP_TO) for number in cursor.fetchone()))


def _number_of(parts: Sequence[QuerySet[Any]]) -> tuple[str, list[Any]]:
    """How many rows parts have together, as an expression with its parameters."""
    statements: list[str] = []
    parameters: list[Any] = []
    for part in parts:
        if part.query.is_empty():
            continue
        sql, params = part.order_by().values("pk")[:COUNT_UP_TO].query.sql_with_params()
        statements.append(f"({sql})")
        parameters += params
    if not statements:
        return "0", []
    return f"(SELECT count(*) FROM ({' UNION ALL '.join(statements)}) counted)", parameters  # noqa: S608  from the ORM


def unseen_notices(request: HttpRequest) -> int:
    """How many notices press for the post that acts; 0 without one. With `waiting_mails` one query a request."""
    return _pressing(request).notices


def waiting_mails(request: HttpRequest) -> int:
    """How many mails wait for a decision by the post that acts; 0 without one."""
    return _pressing(request).mails


def _pressing(request: HttpRequest) -> Pressing:
    post = getattr(request, "acting", None)
    if post is None:
        return Pressing()
    found = getattr(request, "_pressing", None)
    if found is None:
        with taken(post.side):  # the pages of one's own account work for the common ground
            found = request._pressing = count(post)  # type: ignore[attr-defined]
    return found
