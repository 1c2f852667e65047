"""Reading a worklist: one page of rows, how many there are of each group, and what comes next.

The list is put together from parts that each lie in an index in the order of the list (`ProcessQuerySet.legs_of`); the
first rows of each are merged, and only then is anything joined. So a page costs the same whether a queue holds ten
rows or a million.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.base import ModelState
from django.db.models.fields import BooleanField, CharField
from django.db.models.functions import Coalesce
from django.urls import reverse

from access import clock, keyset
from access.models import Post
from access.wall import Side
from cases.models import Case as CaseFile
from cases.models import Person, Search
from workflows.engine.models import Notice, Process
from workflows.worklist.filters import Filters, Who, machines_for, regions_for, states_of
from workflows.worklist.groups import Group, Moments
from workflows.worklist.people import people_at
from workflows.worklist.prepared import StandIns, Statement, compose, meant, shape_of, statement

COUNT_UP_TO = 1000
SCAN_UP_TO = 10_000
LOOK_AHEAD = 100

DUE = keyset.Key("due_at", type=datetime)
ID = keyset.Key("id", type=UUID)
Leg = QuerySet[Process]
UNSHOWN = {
    "facts", "plan", "signals", "signalled", "opened_at", "closed_at", "assigned_at", "episode", "term_id",
    "term_started_at", "paused_for", "next_notice_at", "side", "restricted",
}  # fmt: skip
COLUMNS = [f.attname for f in Process._meta.concrete_fields if f.attname not in UNSHOWN]
"""What a list reads of a process: what it shows and what its acts ask."""


@dataclass
class Page:
    """Rows of a page in the order of the list, and cursors to the pages around it (empty: there is none)."""

    rows: list[Process] = field(default_factory=list)
    after: str = ""
    before: str = ""


@dataclass
class Counts:
    """How many rows each group holds; `capped` groups hold more than the number says."""

    of: dict[str, int] = field(default_factory=dict)
    capped: set[str] = field(default_factory=set)

    @property
    def shown(self) -> int:
        """How many rows the list shows when no group is chosen: all but the snoozed."""
        return sum(number for group, number in self.of.items() if group != Group.SNOOZED)


def legs(post: Post, filters: Filters) -> list[Leg]:
    """The parts of a post's list that answer the filters, the group apart. They do not overlap."""
    every = Process.objects.all()  # each part is behind `for_post()`
    match filters.who:
        case Who.COLLEAGUES:
            parts = [every.queue_of(post).exclude(assignee=None).exclude(assignee__in=[post.pk, *post.acts_for])]
        case Who.QUEUE:
            parts = every.legs_of(post)[:1]
        case Who.MINE:
            parts = every.legs_of(post)[1:]
        case _:
            parts = every.legs_of(post)
    wanted = _wanted(post, filters)
    return [part.filter(wanted) if wanted else part for part in parts]


def _wanted(post: Post, filters: Filters) -> Q:
    wanted = Q()
    if filters.kinds:
        wanted &= Q(kind__in=filters.kinds)
    if filters.states:
        pairs = (state.split(".", 1) for state in filters.states)
        either = Q()
        for kind, state in pairs:
            either |= Q(kind=kind, state=state)
        wanted &= either
    if filters.regions:
        wanted &= Q(region__in=filters.regions)
    if filters.urgent:
        wanted &= Q(urgent=True)
    if filters.number:
        cases = CaseFile.objects.for_post(post).filter(number__startswith=filters.number)
        wanted &= Q(case_id__in=cases.values("pk"))
    if filters.found:
        text = searched(post, filters.found)
        persons = Person.objects.for_post(post).named(text) if text else Person.objects.none()
        cases = CaseFile.objects.for_post(post).filter(person__in=persons)
        wanted &= Q(case_id__in=cases.values("pk"))
    return wanted


def searched(post: Post, key: UUID | None) -> str:
    """What the post's holder searched for under a key; empty when it is not theirs, worn out, or never was."""
    if key is None or post.side is not Side.CARE:
        return ""
    remembered: dict[UUID, str] = post.__dict__.setdefault("_searched", {})
    if key not in remembered:
        found = Search.objects.for_post(post).filter(pk=key).first()
        remembered[key] = found.text if found else ""
    return remembered[key]


# -- Order ------------------------------------------------------------------------------------------------------------


def order_of(post: Post, filters: Filters) -> list[keyset.Key]:
    """The columns a list is sorted by; the last one makes the order total."""
    down = filters.descending
    if filters.column == "due":
        return [keyset.Key("due_at", down, datetime), keyset.Key("id", down, UUID)]
    if filters.column == "waits":
        # Longest waiting first is oldest first.
        return [keyset.Key("entered_at", down, datetime), ID]
    kind = str if filters.column == "number" else int
    return [keyset.Key("sorted_by", down, kind), DUE, ID]


def _with_order(post: Post, filters: Filters, leg: Leg) -> Leg:
    match filters.column:
        case "due" | "waits":
            return leg
        case "urgent":
            by: Any = Case(When(urgent=True, then=0), default=1, output_field=IntegerField())
        case "kind":
            by = _rank("kind", [machine.kind for machine in machines_for(post)])
        case "state":
            pairs = [(m.kind, code, label) for m in machines_for(post) for code, label in states_of(m)]
            pairs.sort(key=lambda pair: (pair[2], pair[0]))
            whens = [When(kind=kind, state=code, then=place) for place, (kind, code, _label) in enumerate(pairs)]
            by = Case(*whens, default=len(pairs), output_field=IntegerField())
        case "region":
            by = _rank("region_id", list(regions_for(post)))
        case "who":
            by = _rank("assignee_id", [person.pk for person in people_at(post)])
        case _:
            number = CaseFile.objects.for_post(post).filter(pk=OuterRef("case_id")).values("number")
            by = Coalesce(Subquery(number), Value(""), output_field=CharField())
    return leg.annotate(sorted_by=by)


def _rank(column: str, values: Sequence[Any]) -> Case:
    whens = [When(**{column: value}, then=place) for place, value in enumerate(values)]
    return Case(*whens, default=len(values), output_field=IntegerField())


# -- A page -----------------------------------------------------------------------------------------------------------


def page(
    post: Post,
    filters: Filters,
    moments: Moments,
    *,
    after: str = "",
    before: str = "",
    since: datetime | None = None,
) -> Page:
    """A page of a post's list, read forward from a cursor, backward to one, or from the beginning.

    Rows carry `told`: handed over to the post since `since` (left out: never). Sorted by due date the rows that wait
    for others come after all that want an act; snoozed rows come only when asked for.
    Errors: ValueError when a cursor is none of this list.
    """
    keys = order_of(post, filters)
    parts = range(2 if filters.column == "due" and not filters.group else 1)
    place = keyset.read(after or before, keys) if after or before else None
    if place is not None and not 0 <= place.part < len(parts):
        raise ValueError("no such part")
    backward = bool(before)
    need = filters.size + 1
    found: list[tuple[int, Process]] = []
    way = parts
    if place is not None:
        way = range(place.part, -1, -1) if backward else range(place.part, len(parts))
    for part in way:
        values = place.values if place is not None and part == place.part else None
        rows = _rows(post, filters, moments, part, values, backward, need - len(found), since)
        found += [(part, row) for row in rows]
        if len(found) >= need:
            break
    more = len(found) >= need
    found = found[: filters.size]
    if backward:
        found.reverse()
    result = Page([row for _part, row in found])
    if found:
        if more if not backward else True:
            part, row = found[-1]
            result.after = keyset.cursor_at(row, keys, part).written()
        if more if backward else place is not None:
            part, row = found[0]
            result.before = keyset.cursor_at(row, keys, part).written()
    return result


def _parts(filters: Filters, moments: Moments) -> list[Q]:
    if filters.group:
        return [moments.rows_of(filters.group)]
    if filters.column == "due":
        return [moments.wanting, moments.awake & moments.resting]
    return [moments.awake]


def _rows(
    post: Post,
    filters: Filters,
    moments: Moments,
    part: int,
    values: Sequence[Any] | None,
    backward: bool,
    limit: int,
    since: datetime | None,
) -> list[Process]:
    """Rows of one part of the list from a place on, in the order they are read."""
    if filters.column not in ("due", "waits") or filters.number or filters.found:
        return list(_merged(post, filters, moments, part, values, backward, limit, since))

    def make() -> Statement:
        stand = StandIns(post, values)
        new = stand.since if since is not None else None

        def build(stand: StandIns) -> tuple[str, Sequence[Any]]:
            rows = _merged(stand.post, filters, stand.moments, part, stand.values, backward, limit, new, COLUMNS)
            return rows.query.sql_with_params()  # type: ignore[no-any-return]

        return compose(stand, build)

    key = ("rows", shape_of(post), filters, part, values is None, backward, limit, since is None)
    composed = statement(key, make)
    with connection.cursor() as cursor:
        cursor.execute(composed.filled(meant(post, moments, since, values)))
        return [_row(values) for values in cursor.fetchall()]


def _row(values: Sequence[Any]) -> Process:
    """A process with the columns of a list; any other would be read when asked for.

    Made without the model's own machinery of signals and defaults, which takes ten times as long as this.
    """
    process = Process.__new__(Process)
    process._state = ModelState()
    process._state.adding, process._state.db = False, DEFAULT_DB_ALIAS
    process.__dict__.update(zip(COLUMNS, values, strict=False))
    process.told = values[-1]  # type: ignore[attr-defined]
    return process


def _merged(
    post: Post,
    filters: Filters,
    moments: Moments,
    part: int,
    values: Sequence[Any] | None,
    backward: bool,
    limit: int,
    since: datetime | None,
    columns: Sequence[str] = (),
) -> Leg:
    keys = order_of(post, filters)
    order = [key.back() for key in keys] if backward else keys
    by = [key.order for key in order]
    within = _parts(filters, moments)[part]
    ready = []
    for leg in legs(post, filters):
        rows = _with_order(post, filters, leg.filter(within))
        if values is not None:
            rows = rows.filter(keyset.beyond(order, values))
        rows = rows.annotate(told=_told(post, since))
        ready.append((rows.values_list(*columns, "told") if columns else rows).order_by(*by)[:limit])
    first, *others = ready
    return first.union(*others, all=True).order_by(*by)[:limit] if others else first  # type: ignore[return-value]


def _told(post: Post, since: datetime | None) -> Any:
    if since is None:
        return Value(False, output_field=BooleanField())
    handed = Notice.objects.for_post(post).filter(
        process=OuterRef("pk"), to_post=post.pk, rung=0, key__startswith="hand_over", at__gt=since
    )
    return Case(
        When(Q(assignee=post.pk, assigned_at__gt=since) & Q(Exists(handed)), then=True),
        default=False,
        output_field=BooleanField(),
    )


# -- How many ---------------------------------------------------------------------------------------------------------


def counts(post: Post, filters: Filters, moments: Moments) -> Counts:
    """How many rows of each group answer the filters, whatever group is chosen; big numbers are capped.

    At most `SCAN_UP_TO` rows of each part are looked at, most urgent first.
    """
    result = Counts(dict.fromkeys(Group.values, 0))
    if filters.number or filters.found:
        try:
            asked: tuple[Any, ...] = _counting(post, filters, moments)
        except EmptyResultSet:  # nobody was found
            return result
    else:

        def make() -> Statement:
            return compose(StandIns(post, None), lambda stand: _counting(stand.post, filters, stand.moments))

        composed = statement(("counts", shape_of(post), replace(filters, sort="due", size=0, group="")), make)
        asked = (composed.filled(meant(post, moments, None, None)),)
    with connection.cursor() as cursor:
        cursor.execute(*asked)
        read = cursor.fetchall()
    total = 0
    for name, number in read:
        total += number
        result.of[name] = min(number, COUNT_UP_TO)
        if number > COUNT_UP_TO:
            result.capped.add(name)
    if total >= SCAN_UP_TO:  # a part may have been cut short: what lies far away is more than was counted
        result.capped |= {Group.LATER, Group.WAITING, Group.SNOOZED}
    return result


def _counting(post: Post, filters: Filters, moments: Moments) -> tuple[str, Sequence[Any]]:
    group = Case(
        *(When(moments.rows_of(name), then=Value(name)) for name in Group.values if name != Group.LATER),
        default=Value(str(Group.LATER)),
        output_field=CharField(),
    )
    statements: list[str] = []
    parameters: list[Any] = []
    for leg in legs(post, filters):
        rows = leg.order_by("due_at", "id").annotate(bucket=group).values("bucket")[:SCAN_UP_TO]
        sql, params = rows.query.sql_with_params()
        statements.append(f"({sql})")
        parameters += params
    merged = " UNION ALL ".join(statements)
    return f"SELECT bucket, count(*) FROM ({merged}) rows GROUP BY bucket", parameters  # noqa: S608  made by the ORM


# -- Names and what comes next ----------------------------------------------------------------------------------------


def cases_of(post: Post, case_ids: Iterable[UUID | None]) -> dict[UUID, CaseFile]:
    """The cases of these keys that the post may see, with their persons, in one query; none without keys."""
    keys = {key for key in case_ids if key is not None}
    visible = CaseFile.objects.for_post(post)
    if not keys or visible.query.is_empty():
        return {}
    rows = (
        visible.filter(pk__in=keys)
        .select_related("person")
        .only("number", "person__name", "person__alias", "person__use_alias")
    )
    return {case.pk: case for case in rows}


def urgent_first(post: Post, filters: Filters, moments: Moments, limit: int) -> list[Process]:
    """The most urgent rows that want an act."""
    return _rows(post, replace(filters, sort="due", group=""), moments, 0, None, False, limit, None)


def next_process(post: Post, after: Process | None = None, due_before: datetime | None = None) -> Process | None:
    """What `post` best does next: the most urgent row it has or that lies in its queue; None: nothing wants an act.

    `after`: the process just worked on, which is passed over; with `due_before`, the end of its term before the step,
    rows further up that were left on purpose come last.
    """
    rows = urgent_first(post, Filters(), Moments.around(clock.now()), LOOK_AHEAD)
    rows = [row for row in rows if after is None or row.pk != after.pk]
    if due_before is not None and after is not None:
        further = [row for row in rows if row.due_at is not None and (row.due_at, row.pk) > (due_before, after.pk)]
        rows = further or rows
    return rows[0] if rows else None


def next_work(post: Post, after: Process | None = None, due_before: datetime | None = None) -> str:
    """The address of what `post` best does next (see `next_process`), or of its list when there is nothing more."""
    process = next_process(post, after, due_before)
    return reverse("workflows:worklist") if process is None else address(process, "worklist")


def address(process: Process, come_from: str = "") -> str:
    """Where a process is worked on. `come_from`: the list to go on with afterwards."""
    page = reverse("case:process", args=[process.pk])
    return f"{page}?next={come_from}" if come_from else page
