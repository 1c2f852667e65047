"""Who sees which file: every model, every kind of post, with rows outside its scope that do exist."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.db.models import Model

from access import clock
from access.doors import CASE_WORKERS
from access.models import Post
from access.roles import Role
from access.wall import Side, taken
from cases.models import Case, CaseAccess, Consent, Document, Merge, Person, Referral, TimelineEntry
from tests.factories.access import DeputyFactory, PostFactory, RegionFactory
from tests.factories.cases import (
    CaseAccessFactory,
    CaseFactory,
    ConsentFactory,
    DocumentFactory,
    EntryFactory,
    ReferralFactory,
)

OF_CASE: dict[type[Model], Callable[..., Any]] = {
    Referral: ReferralFactory,
    Consent: ConsentFactory,
    Document: DocumentFactory,
    TimelineEntry: EntryFactory,
    CaseAccess: CaseAccessFactory,
}


class World:
    """Cases here and elsewhere, open to all and restricted, each with everything that can lie in a file."""

    def __init__(self) -> None:
        self.here, self.there = RegionFactory(), RegionFactory()
        self.cases = {
            (place, restricted): CaseFactory(region=region, restricted=restricted)
            for place, region in (("here", self.here), ("there", self.there))
            for restricted in (False, True)
        }
        for case in self.cases.values():
            for factory in OF_CASE.values():
                factory(case=case)

    def name(self, place: str, post: Post, **more: Any) -> CaseAccess:
        return CaseAccessFactory(case=self.cases[place, True], user=post.user, **more)  # type: ignore[no-any-return]


@pytest.fixture
def world(db: None) -> World:
    return World()


def seen(post: Post, model: type[Model]) -> set[UUID]:
    with taken(post.side), transaction.atomic():
        rows = model._default_manager.for_post(post)  # type: ignore[attr-defined]
        if model is Case:
            return set(rows.values_list("pk", flat=True))
        if model is Person:
            return set(rows.values_list("cases", flat=True))
        return set(rows.values_list("case", flat=True))


def everything(model: type[Model]) -> set[UUID]:
    with taken(Side.CARE), transaction.atomic():
        return set(model._default_manager.values_list("pk" if model is Case else "case", flat=True))


MODELS = [Case, *OF_CASE]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("role", sorted(CASE_WORKERS - {Role.NATIONAL_DESK}))
def test_a_worker_of_a_region_sees_its_open_files_and_no_other(world: World, model: type[Model], role: Role) -> None:
    post = PostFactory(role=role, organisation__side=Side.CARE, regions=[world.here])
    assert seen(post, model) == {world.cases["here", False].pk}
    assert everything(model) >= {case.pk for case in world.cases.values()}, "rows outside the scope must exist"


@pytest.mark.parametrize("model", MODELS)
def test_the_national_desk_sees_every_region_but_not_what_is_restricted(
    world: World, model: type[Model], desk: Post
) -> None:
    assert seen(desk, model) == {world.cases["here", False].pk, world.cases["there", False].pk}


@pytest.mark.parametrize("model", MODELS)
def test_who_is_named_sees_the_restricted_file_too(world: World, model: type[Model]) -> None:
    post = PostFactory(regions=[world.here])
    world.name("here", post)
    assert seen(post, model) == {world.cases["here", False].pk, world.cases["here", True].pk}


def test_being_named_does_not_lead_out_of_the_region(world: World) -> None:
    post = PostFactory(regions=[world.here])
    world.name("there", post)
    assert seen(post, Case) == {world.cases["here", False].pk}


def test_a_naming_that_has_ended_opens_nothing(world: World) -> None:
    post = PostFactory(regions=[world.here])
    world.name("here", post, until=clock.now() - timedelta(seconds=1))
    assert seen(post, Case) == {world.cases["here", False].pk}


def test_a_deputy_sees_what_the_absent_colleague_is_named_for(world: World, monday: Any) -> None:
    absent, deputy = PostFactory(regions=[world.here]), PostFactory(regions=[world.here])
    world.name("here", absent)
    assert world.cases["here", True].pk not in seen(deputy, Case)
    DeputyFactory(absent=absent, deputy=deputy)
    assert world.cases["here", True].pk in seen(_again(deputy), Case)


def _again(post: Post) -> Post:
    with taken(Side.CARE), transaction.atomic():
        return Post.objects.select_related("user", "organisation").get(pk=post.pk)


@pytest.mark.parametrize("model", [*MODELS, Person, Merge])
@pytest.mark.parametrize("role", sorted(set(Role) - CASE_WORKERS))
def test_a_role_that_does_not_work_with_cases_sees_none(world: World, model: type[Model], role: Role) -> None:
    post = PostFactory(role=role, regions=[world.here])
    with taken(post.side), transaction.atomic():
        assert not model._default_manager.for_post(post).exists()  # type: ignore[attr-defined]


@pytest.mark.parametrize("model", MODELS)
def test_a_supervisor_on_another_side_sees_none(world: World, model: type[Model]) -> None:
    post = PostFactory(role=Role.SUPERVISOR, organisation__side=Side.JUSTICE, regions=[world.here])
    with taken(Side.JUSTICE), transaction.atomic():
        assert not model._default_manager.for_post(post).exists()  # type: ignore[attr-defined]


def test_a_post_without_regions_sees_nothing(world: World) -> None:
    post = PostFactory()
    assert seen(post, Case) == set()


def test_a_person_is_seen_through_a_case_that_is_seen(world: World) -> None:
    post = PostFactory(regions=[world.here])
    with taken(Side.CARE), transaction.atomic():
        found = set(Person.objects.for_post(post).values_list("pk", flat=True))
        assert found == {world.cases["here", False].person_id}
        assert Person.objects.count() >= 4


def test_a_list_costs_one_query_whoever_asks(world: World, django_assert_num_queries: Any) -> None:
    post = _again(PostFactory(regions=[world.here, world.there]))
    with taken(Side.CARE), transaction.atomic():
        assert len(post.region_ids) == 2 and not post.acts_for  # read with the request
        with django_assert_num_queries(1):
            list(Case.objects.for_post(post).open().newest_first().select_related("person", "region")[:25])
