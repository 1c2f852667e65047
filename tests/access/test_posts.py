"""Posts: who holds which role where, which of them acts, and who acts for whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from access.models import Deputy, Post, Region
from access.posts import acting_post, held_posts
from access.roles import Role
from access.wall import Side, taken
from tests.conftest import MONDAY
from tests.factories.access import DeputyFactory, OrganisationFactory, PostFactory, RegionFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

TODAY = MONDAY.date()  # not the day on which the tests began: they may run past midnight
DAY = timedelta(days=1)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("side", Side)
def test_a_role_exists_only_on_its_sides(role: Role, side: Side) -> None:
    post = Post(role=role, organisation=OrganisationFactory(side=side), user=UserFactory(), starts_on=TODAY)
    if side in role.sides:
        post.clean()
    else:
        with pytest.raises(ValidationError):
            post.clean()


@pytest.mark.parametrize(
    ("starts", "ends", "held"),
    [(TODAY, None, True), (TODAY + DAY, None, False), (TODAY - DAY, TODAY, False), (TODAY - DAY, TODAY + DAY, True)],
)
def test_a_post_is_held_from_a_day_until_another(starts: date, ends: date | None, held: bool) -> None:
    post = PostFactory(starts_on=starts, ends_on=ends)
    with taken(Side.CARE), transaction.atomic():
        assert Post.objects.held_on(TODAY).exists() is held
        assert post.held_on(TODAY) is held


def test_nobody_holds_a_post_without_access_or_at_a_closed_organisation() -> None:
    PostFactory(user__is_active=False)
    PostFactory(organisation__active=False)
    with taken(Side.CARE), transaction.atomic():
        assert not Post.objects.held_on(TODAY).exists()


def test_a_post_does_not_end_before_it_begins() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        PostFactory(starts_on=TODAY, ends_on=TODAY)


def test_the_only_post_acts_by_itself_and_several_are_asked_about() -> None:
    post = PostFactory(regions=[RegionFactory()])
    with taken(Side.COMMON), transaction.atomic():
        assert acting_post(post.user, None) == post
        second = PostFactory(user=post.user, role=Role.NATIONAL_DESK)
        assert acting_post(post.user, None) is None
        assert acting_post(post.user, second.pk) == second
        assert acting_post(post.user, PostFactory().pk) is None, "somebody else's post"
        assert acting_post(UserFactory(), None) is None


def test_a_person_chooses_a_post_and_works_on_its_side(signed_in: Callable[[Post], Client]) -> None:
    post = PostFactory(regions=[RegionFactory()])
    second = PostFactory(user=post.user, role=Role.ADMINISTRATOR)
    client = signed_in(post)
    assert client.post("/access/post/", {"post": second.pk, "next": "https://example.org/"})["Location"] == "/"
    assert client.get("/admin/").status_code == 200
    client.post("/access/post/", {"post": PostFactory(role=Role.NATIONAL_DESK).pk})
    assert client.get("/admin/").status_code == 200, "a post of somebody else is not taken"
    client.post("/access/post/", {"post": post.pk})
    assert client.get("/admin/").status_code == 403


def test_finding_the_post_brings_regions_and_absent_posts_in_one_query(
    django_assert_num_queries: Callable[..., object],
) -> None:
    region = RegionFactory()
    absent, post = PostFactory(regions=[region]), PostFactory(regions=[region])
    DeputyFactory(absent=absent, deputy=post, starts_on=TODAY, ends_on=TODAY + DAY)
    with taken(Side.COMMON), transaction.atomic(), django_assert_num_queries(1):  # type: ignore[attr-defined]
        (found,) = held_posts(post.user)
        assert (found.region_ids, found.acts_for) == ({region.pk}, {absent.pk})


def test_a_deputy_acts_only_on_the_days_of_absence() -> None:
    absent, post = PostFactory(), PostFactory()
    DeputyFactory(absent=absent, deputy=post, starts_on=TODAY - 3 * DAY, ends_on=TODAY)
    with taken(Side.CARE), transaction.atomic():
        assert not Deputy.objects.acting_on(TODAY).exists()
        assert Deputy.objects.acting_on(TODAY - DAY).exists()
        assert Post.objects.get(pk=post.pk).acts_for == frozenset()


def test_a_deputy_has_the_same_role_on_the_same_side() -> None:
    coordinator, provider = PostFactory(), PostFactory(role=Role.SHELTER_PROVIDER)
    with pytest.raises(ValidationError):
        Deputy(absent=coordinator, deputy=provider, starts_on=TODAY, ends_on=TODAY + DAY).clean()
    care, justice = (
        PostFactory(role=Role.SUPERVISOR),
        PostFactory(role=Role.SUPERVISOR, organisation=OrganisationFactory(side=Side.JUSTICE)),
    )
    with pytest.raises(ValidationError):
        Deputy(absent=care, deputy=justice, starts_on=TODAY, ends_on=TODAY + DAY).clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        DeputyFactory(absent=coordinator, deputy=coordinator)


def test_a_regional_post_sees_its_regions_and_a_national_one_all(region: Region) -> None:
    other = RegionFactory()
    coordinator, desk = PostFactory(regions=[region]), PostFactory(role=Role.NATIONAL_DESK)
    with taken(Side.CARE), transaction.atomic():
        assert set(Region.objects.for_post(coordinator)) == {region}
        assert {region, other} <= set(Region.objects.for_post(desk))
        assert coordinator.works_in(region.pk) and not coordinator.works_in(other.pk)
        assert desk.works_in(other.pk)
