"""The clock of a demonstration: forward, for everybody, and nowhere else."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone

from access import clock, configuration, demo_clock
from access.models import AccessRecord, Configuration, Post
from access.roles import Role
from access.wall import Side, taken
from tests.factories.access import PostFactory

pytestmark = pytest.mark.django_db

Asks = Callable[[Post], Client]


@pytest.fixture
def demonstration(settings: Any) -> None:
    settings.DEMO = True


def offset() -> timedelta:
    with taken(Side.COMMON), transaction.atomic():
        return Configuration.objects.get().clock_offset


@pytest.mark.usefixtures("demonstration")
def test_the_clock_goes_forward_for_the_program_and_the_database() -> None:
    demo_clock.forward(timedelta(days=1))
    assert demo_clock.forward(timedelta(hours=4)) == timedelta(days=1, hours=4) == demo_clock.ahead()
    assert clock.now() - timezone.now() > timedelta(days=1, hours=3, minutes=59)
    configuration.forget()
    with taken(Side.CARE), transaction.atomic():
        configuration.refresh()
    assert demo_clock.ahead() == timedelta(days=1, hours=4)


@pytest.mark.usefixtures("demonstration")
@pytest.mark.parametrize("by", [timedelta(0), timedelta(hours=-1), demo_clock.MOST + timedelta(seconds=1)])
def test_the_clock_goes_neither_back_nor_endlessly_on(by: timedelta) -> None:
    with pytest.raises(demo_clock.NotNow):
        demo_clock.forward(by)
    assert offset() == timedelta(0)


def test_outside_a_demonstration_nothing_moves(settings: Any, signed_in: Asks, coordinator: Post) -> None:
    settings.DEMO = False
    with pytest.raises(demo_clock.NotNow):
        demo_clock.forward(timedelta(hours=1))
    client = signed_in(coordinator)
    assert client.get("/access/clock/").status_code == 404
    assert client.post("/access/clock/", {"by": "day"}).status_code == 404
    with pytest.raises(CommandError):
        call_command("demo_clock", "+5d", stdout=io.StringIO())
    assert offset() == timedelta(0)


@pytest.mark.usefixtures("demonstration")
@pytest.mark.parametrize("role", Role)
def test_who_shows_the_program_moves_the_clock(role: Role, signed_in: Asks) -> None:
    client = signed_in(PostFactory(role=role))
    answer = client.post("/access/clock/", {"by": "week"})
    assert answer.status_code == (302 if role in demo_clock.ROLES else 403)
    assert offset() == timedelta(weeks=1 if role in demo_clock.ROLES else 0)


@pytest.mark.usefixtures("demonstration")
def test_every_page_says_that_the_clock_runs_ahead_and_the_move_is_logged(signed_in: Asks, coordinator: Post) -> None:
    client = signed_in(coordinator)
    assert "De klok loopt vooruit" not in client.get("/access/clock/").content.decode()
    client.post("/access/clock/", {"by": "day"})
    page = client.get("/access/clock/").content.decode()
    assert "De klok loopt vooruit" in page and "1 dag verder" in page
    client.post("/access/clock/", {"by": "eeuw"})
    assert offset() == timedelta(days=1)
    with taken(Side.CARE), transaction.atomic():
        assert AccessRecord.objects.filter(object_kind="access.configuration", action="write").count() == 1


@pytest.mark.usefixtures("demonstration")
def test_the_command_moves_it_too() -> None:
    out = io.StringIO()
    call_command("demo_clock", "+5d", stdout=out)
    call_command("demo_clock", "+4h", stdout=out)
    assert offset() == timedelta(days=5, hours=4)
    assert "5 days, 4:00:00 ahead" in out.getvalue()
    with pytest.raises(CommandError):
        call_command("demo_clock", "gisteren", stdout=out)
