"""People, organisations and regions, all invented."""

from __future__ import annotations

from datetime import date
from typing import Any

import factory
from django.db import transaction

from access.models import Deputy, Organisation, Post, Region, User
from access.roles import Role
from access.wall import Side, taken
from tests.factories import WalledFactory


class RegionFactory(WalledFactory):
    """A care region."""

    class Meta:
        model = Region

    code = factory.Sequence(lambda n: f"T{n:03}")
    name = factory.Sequence(lambda n: f"Regio {n}")
    source = "made up for a test"
    as_of = date(2026, 1, 1)


class OrganisationFactory(WalledFactory):
    """An organisation on the care side, unless said otherwise."""

    class Meta:
        model = Organisation

    name = factory.Sequence(lambda n: f"Organisatie {n}")
    kind = Organisation.Kind.CARE_COORDINATION
    side = Side.CARE


class UserFactory(WalledFactory):
    """A person with an account."""

    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"persoon{n}@example.invalid")
    name = factory.Sequence(lambda n: f"Persoon Test {n}")
    password = ""


class PostFactory(WalledFactory):
    """A post held since 2020; its organisation is on a side that knows the role. `regions=[...]` gives it regions."""

    class Meta:
        model = Post
        skip_postgeneration_save = True

    user = factory.SubFactory(UserFactory)
    role = Role.CARE_COORDINATOR
    organisation = factory.SubFactory(
        OrganisationFactory, side=factory.LazyAttribute(lambda o: sorted(Role(o.factory_parent.role).sides)[0])
    )
    starts_on = date(2020, 1, 1)

    @factory.post_generation
    def regions(self: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        if extracted:
            with taken(Side.COMMON), transaction.atomic():
                self.regions.set(extracted)


class DeputyFactory(WalledFactory):
    """One post acts for another."""

    class Meta:
        model = Deputy

    starts_on = date(2026, 1, 1)
    ends_on = date(2027, 1, 1)
