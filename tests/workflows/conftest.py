"""A case with its referral process, a shelter, and browsers of who works with them; all invented."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from access.models import Organisation, Post
from access.roles import Role
from cases.models import Case
from cases.models import Referral as Report
from shelters.models import Unit
from tests.factories.access import OrganisationFactory, PostFactory
from tests.factories.cases import CaseFactory, PersonFactory, ReferralFactory
from tests.factories.shelters import a_unit
from workflows.casepage.circumstances import circumstances
from workflows.engine.models import Process
from workflows.engine.steps import open_process, perform
from workflows.placement.machine import Placement
from workflows.referral.machine import Referral

Browser = Callable[..., Client]


def queries(client: Client, address: str) -> list[str]:
    """What the database is asked for a page; the savepoint that stands for a request's own transaction is none."""
    with CaptureQueriesContext(connection) as made:
        assert client.get(address).status_code == 200
    return [q["sql"] for q in made.captured_queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]


@pytest.fixture
def browser(signed_in: Callable[[Post], Client]) -> Browser:
    """Gives a browser in which the holder of a post is signed in and reads English, or another language."""

    def open_as(post: Post, language: str = "en") -> Client:
        client = signed_in(post)
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
        client.cookies["django_language"] = language
        return client

    return open_as


@pytest.fixture
def page(browser: Browser, coordinator: Post) -> Client:
    """The coordinator's browser."""
    return browser(coordinator)


@pytest.fixture
def case(care: None, coordinator: Post, region: Any, monday: datetime) -> Case:
    """A case of an invented woman with children along, with a report and its referral process."""
    person = PersonFactory(name="Zilvermeeuw Test", gender="woman")
    made = CaseFactory(person=person, region=region, forms=["labour"], needs=["children"])
    report: Report = ReferralFactory(case=made, registered_by=coordinator)
    open_process(
        Referral,
        acting=coordinator,
        case_id=made.pk,
        region_id=region.pk,
        facts=circumstances(made),
        record={"report": report},
    )
    return made


@pytest.fixture
def referral(case: Case) -> Process:
    """The referral process of the case."""
    return Process.objects.get(case_id=case.pk, kind="referral")


@pytest.fixture
def provider(care: None, region: Any) -> Post:
    """Somebody at a shelter with one crisis unit of two places."""
    house = OrganisationFactory(kind=Organisation.Kind.SHELTER, name="Opvang Voorbeeld")
    post: Post = PostFactory(role=Role.SHELTER_PROVIDER, organisation=house, regions=[region])
    a_unit(organisation=house, region=region, name="De Ark", kind="crisis", places=2)
    return post


@pytest.fixture
def offered(case: Case, coordinator: Post, provider: Post) -> Process:
    """A placement on the case that was asked of the provider's unit."""
    process = open_process(
        Placement,
        acting=coordinator,
        case_id=case.pk,
        region_id=case.region_id,
        facts=circumstances(case),
        record={"needs": case.needs},
    )
    perform(process.pk, "offer", coordinator, {"unit": str(Unit.objects.get().pk)})
    process.refresh_from_db()
    return process
