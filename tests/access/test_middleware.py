"""A request: one transaction, the post that acts, its language, and what happens when the database is away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from access.doors import door
from access.models import Organisation, Post
from access.roles import Role
from access.wall import Side, taken
from tests.conftest import https_client
from tests.factories.access import PostFactory

SignIn = Callable[[Post], Client]


@door(person=True)
def fails(request: HttpRequest) -> HttpResponse:
    """Writes, and then fails."""
    with taken(Side.COMMON):
        Organisation.objects.create(name="Half gedaan", kind="other", side="care")
    raise ZeroDivisionError


@door(person=True)
def away(request: HttpRequest) -> HttpResponse:
    """The database goes away in the middle."""
    raise OperationalError("the connection is lost")


@door(person=True)
def side(request: HttpRequest) -> HttpResponse:
    """Says as which role the database sees this request."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return HttpResponse(cursor.fetchone()[0])


def doorless(request: HttpRequest) -> HttpResponse:
    """A view somebody forgot to give a door."""
    return HttpResponse("open")


def _urls() -> list[Any]:
    from project.urls import urlpatterns as ours

    return [path("t/fails/", fails), path("t/away/", away), path("t/side/", side), path("t/doorless/", doorless), *ours]


class _Urls:
    @property
    def urlpatterns(self) -> list[Any]:
        return _urls()


@pytest.fixture
def strange_addresses() -> Any:
    """The program's addresses and those above."""
    with override_settings(ROOT_URLCONF=_Urls()):
        yield


@pytest.mark.django_db(transaction=True)
def test_a_view_that_fails_leaves_nothing_behind(strange_addresses: None, signed_in: SignIn, coordinator: Post) -> None:
    client = signed_in(coordinator)
    client.raise_request_exception = False
    assert client.get("/t/fails/").status_code == 500
    with taken(Side.COMMON), transaction.atomic():
        assert not Organisation.objects.filter(name="Half gedaan").exists()


@pytest.mark.django_db
def test_a_database_that_goes_away_gets_a_page_that_says_so(
    strange_addresses: None, signed_in: SignIn, coordinator: Post
) -> None:
    response = signed_in(coordinator).get("/t/away/")
    assert response.status_code == 503
    assert response["Retry-After"]


def test_a_database_that_is_away_from_the_start_gets_the_same_page(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("nobody answers")

    monkeypatch.setattr(transaction, "atomic", refuse)
    assert https_client().get("/").status_code == 503


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_not_there_is_absent_also_for_somebody_who_is_signed_in(
    signed_in: SignIn, coordinator: Post
) -> None:
    """Files are answered without a transaction, in which nobody may read who is signed in."""
    assert signed_in(coordinator).get("/static/css/no-such-file.css").status_code == 404


@pytest.mark.django_db
def test_a_request_works_for_the_side_of_the_post_that_acts(
    strange_addresses: None, signed_in: SignIn, coordinator: Post
) -> None:
    prosecutor = PostFactory(role="prosecutor")
    assert signed_in(coordinator).get("/t/side/").content.decode() == Side.CARE.role
    assert signed_in(prosecutor).get("/t/side/").content.decode() == Side.JUSTICE.role


@pytest.mark.django_db
def test_a_view_without_a_door_is_closed_to_everybody(
    strange_addresses: None, signed_in: SignIn, coordinator: Post
) -> None:
    assert signed_in(coordinator).get("/t/doorless/").status_code == 403
    assert https_client().get("/t/doorless/").status_code == 403


@pytest.mark.django_db
def test_a_person_is_spoken_to_in_their_own_language_unless_this_device_was_told_otherwise(
    signed_in: SignIn, coordinator: Post
) -> None:
    with taken(Side.COMMON):
        coordinator.user.language = "en"
        coordinator.user.save()
    client = signed_in(coordinator)
    assert 'lang="en"' in client.get("/").content.decode()
    client.cookies["django_language"] = "nl"
    assert 'lang="nl"' in client.get("/").content.decode()


@pytest.mark.django_db
def test_somebody_with_two_posts_chooses_which_one_acts(coordinator: Post, region: Any) -> None:
    other = PostFactory(user=coordinator.user, role="caseworker", regions=[region])
    client = https_client()
    with taken(Side.COMMON):
        client.force_login(coordinator.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/").headers["Location"] == "/access/post/"
    assert client.post("/access/post/", {"post": other.pk}).status_code == 302
    assert client.get("/").status_code == 200
    foreign = PostFactory(role="caseworker", regions=[region])
    client.post("/access/post/", {"post": foreign.pk})
    with taken(Side.COMMON):
        assert client.session["post"] == other.pk


@pytest.mark.django_db
def test_a_deactivated_person_is_out_at_once(signed_in: SignIn, coordinator: Post) -> None:
    client = signed_in(coordinator)
    assert client.get("/").status_code == 200
    with taken(Side.COMMON):
        coordinator.user.is_active = False
        coordinator.user.save()
    assert client.get("/").status_code == 302


def test_what_lies_on_the_care_side_is_no_page_for_the_supervisor_of_another(signed_in: SignIn) -> None:
    elsewhere = signed_in(PostFactory(role=Role.SUPERVISOR, organisation__side=Side.JUSTICE))
    for address in ("/shelter/", "/shelter/changes/", "/statements/"):
        assert elsewhere.get(address).status_code == 403


def test_the_pages_of_ones_own_account_work_whichever_post_acts(signed_in: SignIn, coordinator: Post) -> None:
    assert signed_in(coordinator).get("/account/email/").status_code == 200
