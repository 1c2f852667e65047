"""A provider with a unit, and the browsers of who keeps it; all invented."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from access.models import Organisation, Post
from access.roles import Role
from shelters.models import Unit
from tests.factories.access import OrganisationFactory, PostFactory
from tests.factories.shelters import a_unit


@pytest.fixture
def house(db: None) -> Organisation:
    """A provider."""
    made: Organisation = OrganisationFactory(kind=Organisation.Kind.SHELTER, name="Opvang Voorbeeld")
    return made


@pytest.fixture
def unit(care: None, house: Organisation, region: Any, monday: datetime) -> Unit:
    """A crisis unit of three places in the coordinator's region."""
    return a_unit(organisation=house, region=region, name="De Ark", kind="crisis", places=3)


@pytest.fixture
def browser(signed_in: Callable[[Post], Client]) -> Callable[[Post], Client]:
    """Gives a browser in which the holder of a post is signed in and reads English."""

    def open_as(post: Post) -> Client:
        client = signed_in(post)
        client.cookies["django_language"] = "en"
        return client

    return open_as


@pytest.fixture
def page(browser: Callable[[Post], Client], coordinator: Post) -> Client:
    """The coordinator's browser."""
    return browser(coordinator)


@pytest.fixture
def provider(house: Organisation, region: Any) -> Post:
    """Somebody at the provider."""
    made: Post = PostFactory(role=Role.SHELTER_PROVIDER, organisation=house, regions=[region])
    return made
