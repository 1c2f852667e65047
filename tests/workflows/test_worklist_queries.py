"""What a worklist shows, held against the same question asked of every row in Python."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access import clock, keyset
from access.clock import AMSTERDAM
from access.models import Post
from access.roles import Role
from tests.factories.access import DeputyFactory, OrganisationFactory, PostFactory, RegionFactory
from tests.factories.cases import CaseFactory
from tests.factories.workflows import a_process, many_processes
from workflows.engine.machine import registry
from workflows.engine.models import Process
from workflows.worklist import queries
from workflows.worklist.filters import SORTS, Filters
from workflows.worklist.groups import Group, Moments
from workflows.worklist.people import people_at
from workflows.worklist.queries import page

pytestmark = pytest.mark.django_db

RELAXED = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@dataclass
class World:
    """Two organisations in three regions, with work of every sort, and the posts that look at it."""

    me: Post
    desk: Post
    provider: Post
    regions: list[Any]
    rows: list[Process]
    numbers: dict[Any, str]


@pytest.fixture
def world(care: None, monday: Any) -> World:
    random = Random(20260302)
    regions = [RegionFactory() for _ in range(3)]
    here, there = OrganisationFactory(), OrganisationFactory()
    me = PostFactory(organisation=here, regions=regions[:2])
    absent = PostFactory(organisation=here, regions=regions[:2])
    colleague = PostFactory(organisation=here, regions=regions[:1])
    elsewhere = PostFactory(organisation=there, regions=regions)
    desk = PostFactory(role=Role.NATIONAL_DESK, organisation__kind="national_desk")
    provider = PostFactory(role=Role.SHELTER_PROVIDER, organisation__kind="shelter", regions=regions[:1])
    DeputyFactory(absent=absent, deputy=me)
    cases = [CaseFactory(region=region) for region in [*regions[:2], *regions[:2]]]
    rows = many_processes(
        random, [me, absent, colleague, colleague, elsewhere, desk, provider], 360, [case.pk for case in cases]
    )
    closed = many_processes(random, [me], 20, [])
    Process.objects.filter(pk__in=[p.pk for p in closed]).update(
        closed_at=clock.now(), assignee=None, owner_role="", owner_organisation=None
    )
    fresh = Post.objects.select_related("organisation", "user")
    return World(
        me=fresh.get(pk=me.pk),
        desk=fresh.get(pk=desk.pk),
        provider=fresh.get(pk=provider.pk),
        regions=regions,
        rows=rows,
        numbers={case.pk: case.number for case in cases},
    )


def answers(post: Post, world: World, filters: Filters, process: Process) -> bool:
    """The question of the list, asked of one row in plain words."""
    mine = {post.pk, *post.acts_for}
    queue = (
        process.owner_role == post.role
        and process.owner_organisation_id == post.organisation_id
        and (
            post.national
            or post.role == Role.SHELTER_PROVIDER
            or process.region_id is None
            or process.region_id in post.region_ids
        )
    )
    whose = {
        "": process.assignee_id in mine or (queue and process.assignee_id is None),
        "mine": process.assignee_id in mine,
        "queue": queue and process.assignee_id is None,
        "colleagues": queue and process.assignee_id is not None and process.assignee_id not in mine,
    }[filters.who]
    number = world.numbers.get(process.case_id, "")
    return (
        whose
        and (not filters.kinds or process.kind in filters.kinds)
        and (not filters.states or f"{process.kind}.{process.state}" in filters.states)
        and (not filters.regions or process.region_id in filters.regions)
        and (not filters.urgent or process.urgent)
        and (not filters.number or (bool(number) and number.startswith(filters.number)))
        and (group_of(process) == filters.group if filters.group else group_of(process) != "snoozed")
    )


def group_of(process: Process) -> str:
    """The group of a row, in plain words."""
    now = clock.now()
    assert process.due_at is not None
    if process.snoozed_until and process.snoozed_until > now and process.due_at >= now:
        return "snoozed"
    if process.paused_at or (process.waiting_on and process.due_at >= now):
        return "waiting"
    if process.due_at < now:
        return "overdue"
    days = (process.due_at.astimezone(AMSTERDAM).date() - now.astimezone(AMSTERDAM).date()).days
    if days == 0:
        return "today"
    return "week" if days + now.astimezone(AMSTERDAM).weekday() < 7 else "later"


def in_order(post: Post, world: World, filters: Filters, rows: list[Process]) -> list[Process]:
    """The rows in the order of the list, sorted in Python."""
    people = [person.pk for person in people_at(post)]
    regions = [r.pk for r in sorted(world.regions, key=lambda r: r.name) if post.national or r.pk in post.region_ids]
    kinds = sorted(registry, key=lambda kind: str(registry[kind].label))

    def place(order: list[Any], value: Any) -> int:
        return order.index(value) if value in order else len(order)

    by: dict[str, Any] = {
        "kind": lambda p: place(kinds, p.kind),
        "state": lambda p: str(registry[p.kind].states(p.state).label),
        "number": lambda p: world.numbers.get(p.case_id, ""),
        "region": lambda p: place(regions, p.region_id),
        "who": lambda p: place(people, p.assignee_id),
        "urgent": lambda p: not p.urgent,
    }
    down = filters.descending
    if filters.column == "due":
        moving = [p for p in rows if group_of(p) != "waiting" or filters.group]
        waiting = [p for p in rows if group_of(p) == "waiting" and not filters.group]
        key = lambda p: (p.due_at, p.pk)  # noqa: E731
        return [*sorted(moving, key=key, reverse=down), *sorted(waiting, key=key, reverse=down)]
    if filters.column == "waits":
        return sorted(sorted(rows, key=lambda p: p.pk), key=lambda p: p.entered_at, reverse=down)
    return sorted(sorted(rows, key=lambda p: (p.due_at, p.pk)), key=by[filters.column], reverse=down)


def whole(post: Post, filters: Filters, size: int = 1000) -> list[Process]:
    """Every row of a list, page after page."""
    moments, found, after = Moments.around(clock.now()), [], ""
    while True:
        page = queries.page(post, replace(filters, size=size), moments, after=after)
        found += page.rows
        if not page.after:
            return found
        after = page.after


questions = st.builds(
    Filters,
    kinds=st.sampled_from([(), (), ("referral",), ("placement",), ("referral", "placement")]),
    states=st.sampled_from([(), (), ("referral.triage",), ("placement.seeking", "referral.onward")]),
    urgent=st.booleans(),
    who=st.sampled_from(["", "", "mine", "queue", "colleagues"]),
    group=st.sampled_from(["", "", *Group.values]),
    number=st.sampled_from(["", "", "", "L-2026-"]),
    sort=st.sampled_from([*SORTS, *(f"-{name}" for name in SORTS)]),
)


@RELAXED
@given(
    filters=questions, region=st.sampled_from([(), (), (0,), (0, 1)]), who=st.sampled_from(["me", "desk", "provider"])
)
def test_every_filter_and_order_shows_exactly_the_rows_it_says(
    world: World, filters: Filters, region: tuple[int, ...], who: str
) -> None:
    post: Post = getattr(world, who)
    filters = replace(filters, regions=tuple(world.regions[n].pk for n in region))
    if who == "provider":  # sees no files, so it has no case numbers to ask for or to sort by
        filters = replace(filters, number="", sort="due" if filters.column == "number" else filters.sort)
    expected = in_order(post, world, filters, [row for row in world.rows if answers(post, world, filters, row)])
    if filters.column == "number":  # the database may compare letters otherwise than Python does, figures it does not
        expected = in_order(post, world, filters, expected)
    assert [row.pk for row in whole(post, filters)] == [row.pk for row in expected]


def test_the_data_of_these_tests_has_something_of_everything(world: World) -> None:
    for who in ("", "mine", "queue", "colleagues"):
        for group in Group.values:
            wanted = Filters(who=who, group=group)
            assert any(answers(world.me, world, wanted, row) for row in world.rows), (who, group)
    assert any(not answers(world.me, world, Filters(), row) for row in world.rows)


@RELAXED
@given(filters=questions)
def test_the_counts_are_those_of_the_rows_in_each_group(world: World, filters: Filters) -> None:
    counted = queries.counts(world.me, filters, Moments.around(clock.now()))
    for group in Group.values:
        wanted = replace(filters, group=group)
        assert counted.of[group] == sum(answers(world.me, world, wanted, row) for row in world.rows), group


@pytest.mark.parametrize(("sort", "size"), [("due", 1), *((sign + name, 17) for name in SORTS for sign in ("", "-"))])
def test_pages_follow_on_each_other_forward_and_back_without_gap_or_repetition(
    world: World, sort: str, size: int
) -> None:
    filters, moments = Filters(sort=sort, size=size), Moments.around(clock.now())
    every = [row.pk for row in whole(world.me, filters)]
    assert len(every) > 40
    forward, page = [], queries.page(world.me, filters, moments)
    assert page.before == ""
    while True:
        forward += [row.pk for row in page.rows]
        if not page.after:
            break
        page = queries.page(world.me, filters, moments, after=page.after)
    assert forward == every
    back = [row.pk for row in page.rows]
    while page.before:
        page = queries.page(world.me, filters, moments, before=page.before)
        back = [row.pk for row in page.rows] + back
    assert back == every


def test_a_row_that_goes_and_one_that_comes_disturb_no_other_page(world: World) -> None:
    filters, moments = Filters(size=10), Moments.around(clock.now())
    every = [row.pk for row in whole(world.me, filters)]
    first = queries.page(world.me, filters, moments)
    Process.objects.filter(pk=first.rows[3].pk).update(due_at=clock.now() + timedelta(days=900))
    a_process(world.me, due_at=clock.now() - timedelta(days=900)).save(force_insert=True)
    second = queries.page(world.me, filters, moments, after=first.after)
    assert [row.pk for row in second.rows] == every[10:20]


def test_two_posts_of_the_same_sort_share_a_statement_and_no_rows(care: None, monday: Any) -> None:
    one, other = PostFactory(regions=[RegionFactory()]), PostFactory(regions=[RegionFactory()])
    mine, theirs = (a_process(post) for post in (one, other))
    Process.objects.bulk_create([mine, theirs])
    moments = Moments.around(clock.now())
    assert queries.page(one, Filters(), moments).rows == [mine]
    assert queries.page(other, Filters(), moments).rows == [theirs]
    assert queries.counts(one, Filters(), moments).of["week"] == 1


def test_a_shared_statement_asks_for_the_moment_it_is_used_at(care: None, coordinator: Post, monday: Any) -> None:
    process = a_process(coordinator, due_at=monday + timedelta(hours=2))
    process.save(force_insert=True)
    overdue = Filters(group="overdue")
    assert queries.page(coordinator, overdue, Moments.around(clock.now())).rows == []
    with clock.at(monday + timedelta(hours=3)):
        assert queries.page(coordinator, overdue, Moments.around(clock.now())).rows == [process]


def test_a_restricted_row_is_shown_to_who_is_named_and_counted_for_nobody_else(
    care: None, coordinator: Post, monday: Any
) -> None:
    from tests.factories.cases import CaseAccessFactory

    case = CaseFactory(restricted=True, region_id=min(coordinator.region_ids))
    process = a_process(coordinator, case_id=case.pk, restricted=True)
    process.save(force_insert=True)
    moments = Moments.around(clock.now())
    assert queries.page(coordinator, Filters(), moments).rows == []
    assert queries.counts(coordinator, Filters(), moments).shown == 0
    CaseAccessFactory(case=case, user=coordinator.user)
    assert queries.page(coordinator, Filters(), moments).rows == [process]
    assert queries.counts(coordinator, Filters(), moments).shown == 1


@pytest.mark.parametrize(
    ("now", "due", "group"),
    [
        ("2026-03-06T12:00:00+01:00", "2026-03-08T23:59:59+01:00", "week"),
        ("2026-03-06T12:00:00+01:00", "2026-03-09T23:59:59+01:00", "week"),  # Friday noon: Monday is not later
        ("2026-03-06T12:00:00+01:00", "2026-03-10T00:00:00+01:00", "later"),
        ("2026-04-02T12:00:00+02:00", "2026-04-07T23:59:59+02:00", "week"),  # before Easter: the Tuesday after
        ("2026-03-28T12:00:00+01:00", "2026-03-28T23:59:59+01:00", "today"),  # the night the clock goes forward
        ("2026-03-28T12:00:00+01:00", "2026-03-29T00:00:00+01:00", "week"),
    ],
)
def test_this_week_lasts_at_least_to_the_next_working_day(
    care: None, coordinator: Post, now: str, due: str, group: str
) -> None:
    with clock.at(datetime.fromisoformat(now)):
        process = a_process(coordinator, due_at=datetime.fromisoformat(due))
        process.save(force_insert=True)
        moments = Moments.around(clock.now())
        assert moments.group_of(process) == group
        assert queries.page(coordinator, Filters(group=group), moments).rows == [process]


def test_big_counts_are_capped(care: None, coordinator: Post, monday: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    Process.objects.bulk_create([a_process(coordinator) for _ in range(12)])
    monkeypatch.setattr(queries, "COUNT_UP_TO", 10)
    counted = queries.counts(coordinator, Filters(), Moments.around(clock.now()))
    assert counted.of["week"] == 10
    assert "week" in counted.capped


@given(text=st.text(max_size=60))
def test_whatever_stands_for_a_cursor_is_read_or_refused(text: str) -> None:
    keys = queries.order_of(Post(role=Role.CARE_COORDINATOR), Filters(sort="waits"))
    with contextlib.suppress(ValueError):
        keyset.read(text, keys)


@RELAXED
@given(part=st.integers(0, 3), moment=st.datetimes(timezones=st.just(UTC)), key=st.uuids())
def test_a_cursor_reads_as_it_was_written(part: int, moment: Any, key: Any) -> None:
    keys = [queries.DUE, queries.ID]
    cursor = keyset.Cursor(part, (moment, key))
    assert keyset.read(cursor.written(), keys) == cursor


def test_who_is_named_is_not_asked_where_no_row_is_restricted(coordinator: Post, care: None) -> None:
    page(coordinator, Filters(), Moments.around(clock.now()))  # composes the statement
    with CaptureQueriesContext(connection) as made:
        page(coordinator, Filters(), Moments.around(clock.now()))
    sent = [q["sql"] for q in made.captured_queries if "cases_named" in q["sql"]]
    plans = []
    with connection.cursor() as cursor:
        for statement in sent:
            cursor.execute(f"EXPLAIN (ANALYZE, VERBOSE) {statement}")
            plans.append([row for (row,) in cursor.fetchall()])
    asked = [plan[at - 1] for plan in plans for at, line in enumerate(plan) if "Output: cases_named(" in line]
    assert asked and all("never executed" in line for line in asked)
