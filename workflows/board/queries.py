"""Counting and listing the work of teams: a supervisor's organisation and those that answer to it, all for the desk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet

from access import clock, configuration, keyset
from access.models import Deputy, Organisation, Post
from workflows.engine.models import Process, Rung
from workflows.worklist.groups import Moments
from workflows.worklist.people import Colleague, people_at
from workflows.worklist.queries import COLUMNS

LEAVES_WITHIN = timedelta(days=30)
KEYS = [keyset.Key("due_at", False, datetime), keyset.Key("id", False, UUID)]
QUEUE = "queue"


@dataclass(frozen=True)
class Asked:
    """Which rows of the board: a team, a process, a person (or the queue), and how urgent."""

    team: int | None = None
    kind: str = ""
    person: int | None = None
    queue: bool = False
    what: str = "overdue"


@dataclass
class Sum:
    """How much work: open, overdue, escalated, due this week, and the oldest end of a term among the overdue."""

    open: int = 0
    overdue: int = 0
    escalated: int = 0
    week: int = 0
    oldest: datetime | None = None

    def add(self, row: Mapping[str, Any]) -> None:
        """Count a row of the aggregate in."""
        self.open += row["running"]
        self.overdue += row["overdue"]
        self.escalated += row["escalated"]
        self.week += row["week"]
        if row["oldest"] is not None and (self.oldest is None or row["oldest"] < self.oldest):
            self.oldest = row["oldest"]


@dataclass
class Board:
    """Sums over all, by team and process, by person, and of what lies in each team's queue."""

    total: Sum = field(default_factory=Sum)
    cells: dict[tuple[int, str], Sum] = field(default_factory=dict)
    teams: dict[int, Sum] = field(default_factory=dict)
    people: dict[int, Sum] = field(default_factory=dict)
    queues: dict[int, Sum] = field(default_factory=dict)


@dataclass(frozen=True)
class Away:
    """Somebody who is away, until when, and who acts; `covered` says whether that holds."""

    absent: int
    until: Any
    deputy: int
    covered: bool


def teams_of(post: Post) -> dict[int, str]:
    """Names of the organisations whose work the post supervises, by key, in alphabetical order; from memory."""
    rows: list[tuple[int, str, int | None, str]] = configuration.remembered(
        "organisations",
        lambda: list(Organisation.objects.order_by("name", "pk").values_list("pk", "name", "parent_id", "side")),
    )
    own = post.organisation_id
    return {
        pk: name
        for pk, name, parent, side in rows
        if (side in post.side.sees if post.national else own in (pk, parent))
    }


def _late(moments: Moments) -> Q:
    return Q(paused_at=None, due_at__lt=moments.now)


def _urgency(what: str, moments: Moments) -> Q:
    match what:
        case "escalated":
            return _late(moments) & Q(rung__gte=Rung.ESCALATION)
        case "week":
            return Q(paused_at=None, due_at__gte=moments.now, due_at__lt=moments.next_week)
        case "open":
            return Q()
    return _late(moments)


def visible(post: Post) -> QuerySet[Process]:
    """Open processes of the teams, as far as the post may see them."""
    rows = Process.objects.for_post(post).open()
    return rows if post.national else rows.filter(owner_organisation__in=list(teams_of(post)))


def board(post: Post, moments: Moments) -> Board:
    """The sums, counted by the database in one query."""
    rows = (
        visible(post)
        .order_by()
        .values("owner_organisation_id", "kind", "assignee_id")
        .annotate(
            running=Count("pk"),
            overdue=Count("pk", filter=_late(moments)),
            escalated=Count("pk", filter=_urgency("escalated", moments)),
            week=Count("pk", filter=_urgency("week", moments)),
            oldest=Min("due_at", filter=_late(moments)),
        )
    )
    result = Board()
    for row in rows:
        team, person = row["owner_organisation_id"], row["assignee_id"]
        result.total.add(row)
        result.cells.setdefault((team, row["kind"]), Sum()).add(row)
        result.teams.setdefault(team, Sum()).add(row)
        if person is None:
            result.queues.setdefault(team, Sum()).add(row)
        else:
            result.people.setdefault(person, Sum()).add(row)
    return result


def rows_of(post: Post, asked: Asked, moments: Moments) -> QuerySet[Process]:
    """The rows asked for, oldest term first."""
    rows = visible(post).filter(_urgency(asked.what, moments))
    if asked.team is not None:
        rows = rows.filter(owner_organisation=asked.team)
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.person is not None:
        rows = rows.filter(assignee=asked.person)
    elif asked.queue:
        rows = rows.filter(assignee=None)
    return rows.only(*COLUMNS).order_by("due_at", "id")


def page(
    post: Post, asked: Asked, moments: Moments, size: int, *, after: str = "", before: str = ""
) -> keyset.Page[Process]:
    """A page of the rows. Errors: ValueError when a cursor is none of this list."""
    return keyset.page_of(rows_of(post, asked, moments), KEYS, size, after=after, before=before)


def leaving(people: Iterable[Colleague]) -> list[Colleague]:
    """Who leaves within `LEAVES_WITHIN`, first to leave first."""
    today = clock.today()
    soon = [p for p in people if p.held_on(today) and p.ends_on is not None and p.ends_on <= today + LEAVES_WITHIN]
    return sorted(soon, key=lambda person: (person.ends_on, person.name))


def away(post: Post) -> list[Away]:
    """Who is away today. Nobody acts when the deputy is away as well or does not hold the post any more."""
    today = clock.today()
    rows = list(Deputy.objects.for_post(post).acting_on(today).order_by("ends_on", "pk"))
    absent = {row.absent_id for row in rows}
    held = {person.pk for person in people_at(post) if person.held_on(today)}
    return [
        Away(row.absent_id, row.ends_on, row.deputy_id, row.deputy_id in held and row.deputy_id not in absent)
        for row in rows
    ]
