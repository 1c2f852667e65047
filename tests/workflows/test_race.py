"""Several people at the same moment, on connections of their own: one wins, the others are told, nobody waits long."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction

from access.models import Post
from access.roles import Role
from access.wall import Side, taken
from shelters.models import Stay
from tests.factories.access import OrganisationFactory, PostFactory
from tests.factories.shelters import a_unit
from workflows.engine import acts, errors
from workflows.engine.models import Process, StepLog
from workflows.engine.steps import open_process, perform
from workflows.placement.machine import Placement

pytestmark = pytest.mark.django_db(transaction=True)
CROWD = 8


def together(act: Callable[[int], Any]) -> list[Any]:
    """What came of `act(0)` … `act(7)`, all begun at the same moment, each in a transaction of its own."""
    start = Barrier(CROWD)

    def one(number: int) -> Any:
        try:
            with taken(Side.CARE), transaction.atomic():
                start.wait()
                return act(number)
        except errors.EngineError as refused:
            return type(refused)
        finally:
            connection.close()

    with ThreadPoolExecutor(CROWD) as pool:
        return list(pool.map(one, range(CROWD)))


@pytest.fixture
def care_posts(region: Any) -> list[Post]:
    """A team as large as the crowd."""
    first = PostFactory(role=Role.CARE_COORDINATOR, regions=[region])
    team = [first] + [
        PostFactory(role=Role.CARE_COORDINATOR, organisation=first.organisation, regions=[region])
        for _ in range(CROWD - 1)
    ]
    with taken(Side.CARE), transaction.atomic():
        posts = list(Post.objects.select_related("organisation", "user").filter(pk__in=[p.pk for p in team]))
        for post in posts:
            assert post.region_ids is not None and post.acts_for is not None
    return posts


@pytest.fixture
def process(care_posts: list[Post], region: Any) -> Process:
    """A placement in the queue of the team."""
    with taken(Side.CARE), transaction.atomic():
        return open_process(Placement, acting=care_posts[0], region_id=region.pk)


def test_of_eight_who_make_the_same_step_one_makes_it(process: Process, care_posts: list[Post]) -> None:
    came_of = together(lambda n: perform(process.pk, "seek", care_posts[n], {}, version=1))
    assert came_of.count(errors.LostRace) == CROWD - 1
    with taken(Side.CARE), transaction.atomic():
        assert StepLog.objects.filter(process=process, action="seek").count() == 1


def test_who_lost_the_race_is_shown_where_it_stands_now(process: Process, care_posts: list[Post]) -> None:
    with taken(Side.CARE), transaction.atomic():
        perform(process.pk, "seek", care_posts[0], {}, version=1)
        with pytest.raises(errors.LostRace) as lost:
            perform(process.pk, "seek", care_posts[1], {}, version=1)
    assert (lost.value.process.state, lost.value.process.version) == ("seeking", 2)


def test_of_eight_who_take_the_same_work_one_has_it(process: Process, care_posts: list[Post]) -> None:
    came_of = together(lambda n: acts.take(process.pk, care_posts[n], version=1))
    assert sum(isinstance(result, Process) for result in came_of) == 1
    assert came_of.count(errors.LostRace) == CROWD - 1


def test_of_eight_who_want_the_last_place_one_gets_it(care_posts: list[Post], region: Any) -> None:
    provider = PostFactory(role=Role.SHELTER_PROVIDER, regions=[region], organisation__kind="shelter")
    with taken(Side.CARE), transaction.atomic():
        unit = a_unit(organisation=provider.organisation, region=region, name="Proef", kind="crisis", places=1)
        requests = [open_process(Placement, acting=care_posts[0], region_id=region.pk) for _ in range(CROWD)]
    came_of = together(lambda n: perform(requests[n].pk, "offer", care_posts[n], {"unit": unit.pk}))
    assert sum(not isinstance(result, type) for result in came_of) == 1
    assert {r for r in came_of if isinstance(r, type)} <= {errors.ConditionUnmet, errors.BadFacts}
    with taken(Side.CARE), transaction.atomic():
        assert Stay.objects.filter(unit=unit).count() == 1
        assert Process.objects.filter(state="offered").count() == 1
        assert Process.objects.filter(state="requested", version=1).count() == CROWD - 1


def test_of_two_acceptances_in_the_same_second_one_wins_and_the_other_sees_where_it_stands(
    care_posts: list[Post], region: Any
) -> None:
    house = OrganisationFactory(kind="shelter")
    with taken(Side.CARE), transaction.atomic():
        posts = [PostFactory(role=Role.SHELTER_PROVIDER, organisation=house, regions=[region]) for _ in range(2)]
        unit = a_unit(organisation=house, region=region, name="Proef", kind="crisis", places=1)
        request = open_process(Placement, acting=care_posts[0], region_id=region.pk)
        version = perform(request.pk, "offer", care_posts[0], {"unit": unit.pk}).process.version
        for post in posts:
            assert post.region_ids is not None and post.acts_for is not None
    start, lost = Barrier(2), []

    def accept(post: Post) -> str:
        try:
            with taken(Side.CARE), transaction.atomic():
                start.wait()
                return perform(request.pk, "accept", post, {}, version=version).process.state
        except errors.LostRace as race:
            lost.append(race)
            return "told"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(accept, posts)) == ["accepted", "told"]
    (race,) = lost
    assert race.process is not None and (race.process.state, race.process.version) == ("accepted", version + 1)
    with taken(Side.CARE), transaction.atomic():
        assert StepLog.objects.filter(process=request, action="accept").count() == 1
        assert Stay.objects.get().period.upper is None
        with connection.cursor() as cursor:  # nobody waits, and no lock of the two is left
            cursor.execute("SELECT id FROM engine_process WHERE id = %s FOR UPDATE NOWAIT", [str(request.pk)])
            cursor.execute("SELECT id FROM shelters_stay FOR UPDATE NOWAIT")
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            assert cursor.fetchone() == (0,)


def test_the_database_itself_refuses_a_place_given_twice(region: Any) -> None:
    """Even if the lock on the unit were forgotten."""
    from uuid import uuid4

    from django.db import IntegrityError
    from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

    from access import clock

    provider = PostFactory(role=Role.SHELTER_PROVIDER, regions=[region], organisation__kind="shelter")
    period = DateTimeTZRange(clock.now(), None)
    with taken(Side.CARE), transaction.atomic():
        unit = a_unit(organisation=provider.organisation, region=region, name="Proef", kind="crisis", places=2)
        Stay.objects.create(unit=unit, place=1, period=period, ref=uuid4())
        Stay.objects.create(unit=unit, place=2, period=period, ref=uuid4())
        with pytest.raises(IntegrityError, match="shelters_stay_place_once"), transaction.atomic():
            Stay.objects.create(unit=unit, place=1, period=period, ref=uuid4())
