"""The four questions of a policy, for every model of the room."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction
from django.db.models import Model

from access import clock
from access.models import AccessRecord, Change, Organisation, Post, Region, User
from access.policy import POLICIES, Act, policy_of
from access.roles import Role
from access.wall import Side, taken
from tests.factories.access import OrganisationFactory, PostFactory, RegionFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("model", POLICIES, ids=lambda m: m.__name__)
def test_only_an_administrator_changes_and_nobody_changes_a_log(role: Role, model: type[Model]) -> None:
    post, policy = PostFactory(role=role), policy_of(model)
    log = model in (AccessRecord, Change)
    for act in (Act.ADD, Act.CHANGE):
        assert policy.may(post, act) is (role is Role.ADMINISTRATOR and not log)
    assert policy.may(post, Act.VIEW) is (role is Role.ADMINISTRATOR)
    assert policy.may(None, Act.VIEW) is False


def test_which_rows_and_this_row() -> None:
    near, far = RegionFactory(), RegionFactory()
    coordinator, administrator = PostFactory(regions=[near]), PostFactory(role=Role.ADMINISTRATOR)
    policy = policy_of(Region)
    with taken(Side.CARE), transaction.atomic():
        assert set(policy.rows(coordinator, Act.VIEW)) == {near}
        assert policy.may_with(coordinator, Act.VIEW, near)
        assert not policy.may_with(coordinator, Act.VIEW, far)
        assert not policy.may_with(coordinator, Act.CHANGE, near)
        assert not policy.rows(None, Act.VIEW).exists()
    with taken(Side.COMMON), transaction.atomic():
        assert set(policy.rows(administrator, Act.CHANGE)) == {near, far}
        assert policy.may_with(administrator, Act.CHANGE, far)


def test_a_model_without_rows_of_its_own_shows_others_nothing() -> None:
    coordinator = PostFactory()
    with taken(Side.CARE), transaction.atomic():
        assert User.objects.exists(), "there is somebody, so that the empty answer says something"
        assert not policy_of(User).rows(coordinator, Act.VIEW).exists()
        assert set(policy_of(Organisation).rows(coordinator, Act.VIEW)) == {coordinator.organisation}


def test_organisations_of_another_side_are_not_seen() -> None:
    coordinator, police = PostFactory(), OrganisationFactory(side=Side.JUSTICE)
    with taken(Side.CARE), transaction.atomic():
        assert police not in policy_of(Organisation).rows(coordinator, Act.VIEW)


def test_who_may() -> None:
    administrator = PostFactory(role=Role.ADMINISTRATOR)
    PostFactory(role=Role.ADMINISTRATOR, ends_on=date(2021, 1, 1))
    PostFactory()
    with taken(Side.COMMON), transaction.atomic():
        assert set(policy_of(Post).holders(Act.CHANGE, clock.today())) == {administrator}
        assert not policy_of(Change).holders(Act.CHANGE, clock.today()).exists()
