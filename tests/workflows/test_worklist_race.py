"""Two people and one queue: nobody gets what somebody else took."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connections, transaction

from access import clock
from access.models import Post
from access.wall import Side, taken
from tests.factories.access import PostFactory, RegionFactory
from tests.factories.workflows import a_process
from workflows.engine.models import Process, StepLog
from workflows.worklist.doing import Act, Chosen, do, take_one
from workflows.worklist.filters import Filters
from workflows.worklist.groups import Moments

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE, ROWS = 6, 18


@pytest.fixture
def people(transactional_db: None) -> list[Post]:
    region = RegionFactory()
    first = PostFactory(regions=[region])
    return [first, *(PostFactory(organisation=first.organisation, regions=[region]) for _ in range(PEOPLE - 1))]


@pytest.fixture
def rows(people: list[Post]) -> list[UUID]:
    with taken(Side.CARE), transaction.atomic():
        return [p.pk for p in Process.objects.bulk_create([a_process(people[0]) for _ in range(ROWS)])]


def test_who_takes_the_most_urgent_at_once_gets_different_rows(people: list[Post], rows: list[UUID]) -> None:
    together = Barrier(PEOPLE)

    def morning(post: Post) -> list[UUID]:
        got = []
        try:
            for _ in range(ROWS // PEOPLE):
                together.wait(timeout=30)
                with taken(Side.CARE), transaction.atomic():
                    process = take_one(post, Filters(), Moments.around(clock.now()))
                if process is not None:
                    got.append(process.pk)
        finally:
            connections.close_all()
        return got

    with ThreadPoolExecutor(PEOPLE) as pool:
        got = list(pool.map(morning, people))
    assert sorted(key for keys in got for key in keys) == sorted(rows), "each row once, and none left"


def test_who_chooses_the_same_rows_at_once_shares_them_without_a_deadlock(people: list[Post], rows: list[UUID]) -> None:
    together = Barrier(PEOPLE)

    def grab(number: int) -> int:
        order = rows if number % 2 else list(reversed(rows))
        try:
            together.wait(timeout=30)
            with taken(Side.CARE), transaction.atomic():
                return sum(result.done for result in do(Act.TAKE, [Chosen(key) for key in order], people[number]))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(PEOPLE) as pool:
        done = list(pool.map(grab, range(PEOPLE)))
    assert sum(done) == ROWS
    with taken(Side.CARE), transaction.atomic():
        holders = Counter(Process.objects.values_list("assignee", flat=True))
        assert sum(holders.values()) == ROWS and None not in holders
        assert StepLog.objects.filter(action="take").count() == ROWS
