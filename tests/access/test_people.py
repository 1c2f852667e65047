"""People come and go; nobody is deleted."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client

from access import clock, people
from access.models import Change, Organisation, Post, Region, User
from access.roles import Role
from access.wall import Side, taken
from tests.conftest import https_client
from tests.factories.access import PostFactory, UserFactory
from workflows.engine.models import Process
from workflows.engine.steps import open_process
from workflows.placement.machine import Placement

pytestmark = pytest.mark.django_db

Asks = Callable[[Post], Client]
PASSWORD = "vier-sloepen-langs-de-kade"


@pytest.fixture
def administrator() -> Post:
    return PostFactory(role=Role.ADMINISTRATOR)


def deactivate(post: Post, by: Post) -> None:
    with taken(Side.COMMON), transaction.atomic():
        people.deactivate(post.user, by=by, reason="Weg.")


def again(row: Any) -> Any:
    with taken(Side.COMMON), transaction.atomic():
        return type(row).objects.get(pk=row.pk)


# -- Leaving ---------------------------------------------------------------------------------------------------------


def test_whoever_leaves_is_signed_out_at_once_and_cannot_come_back(
    signed_in: Asks, administrator: Post, coordinator: Post
) -> None:
    client = signed_in(coordinator)
    assert client.get("/about/").context["face"].signed_in
    assert client.get("/access/post/").status_code == 200
    deactivate(coordinator, administrator)
    answer = client.get("/access/post/")
    assert answer.status_code == 302 and answer["Location"].startswith("/account/login/")
    user = again(coordinator.user)
    assert not user.is_active and not user.has_usable_password()


def test_leaving_ends_the_posts_and_is_logged_with_its_reason(administrator: Post, coordinator: Post) -> None:
    past = PostFactory(user=coordinator.user, starts_on=date(2019, 1, 1), ends_on=date(2020, 1, 1))
    soon = PostFactory(user=coordinator.user, starts_on=clock.today() + timedelta(days=30))
    deactivate(coordinator, administrator)
    assert again(coordinator).ends_on == clock.today()
    assert again(past).ends_on == date(2020, 1, 1)
    assert again(soon).ends_on == soon.starts_on + timedelta(days=1)
    with taken(Side.COMMON), transaction.atomic():
        lines = list(Change.objects.order_by("pk"))
    assert [line.object_kind for line in lines] == ["access.post", "access.post", "access.user"]
    assert {(line.reason, line.user_id, line.post_id) for line in lines} == {
        ("Weg.", administrator.user_id, administrator.pk)
    }
    assert (lines[-1].before, lines[-1].after) == ({"is_active": True}, {"is_active": False})


def test_the_last_administrator_stays(administrator: Post) -> None:
    second = PostFactory(role=Role.ADMINISTRATOR)
    deactivate(second, administrator)
    third = PostFactory(role=Role.ADMINISTRATOR, ends_on=clock.today())
    with pytest.raises(ValidationError, match="geen beheerder meer"):
        deactivate(administrator, third)
    assert again(administrator.user).is_active
    with pytest.raises(ValidationError, match="eigen toegang"):
        deactivate(administrator, administrator)


def test_an_administrator_whose_post_ends_is_no_successor(administrator: Post) -> None:
    for_now = PostFactory(role=Role.ADMINISTRATOR, ends_on=clock.today() + timedelta(days=1))
    with pytest.raises(ValidationError, match="geen beheerder meer"):
        deactivate(administrator, for_now)
    deactivate(for_now, administrator)
    assert again(administrator.user).is_active


def test_only_an_administrator_takes_access_away(administrator: Post, coordinator: Post) -> None:
    supervisor = PostFactory(role=Role.SUPERVISOR, organisation=coordinator.organisation)
    with pytest.raises(PermissionError):
        deactivate(coordinator, supervisor)
    with taken(Side.COMMON), transaction.atomic(), pytest.raises(PermissionError):
        people.reactivate(coordinator.user, by=supervisor, reason="Terug.")
    assert again(coordinator.user).is_active


def test_what_goes_back_to_the_queue_is_known_before(coordinator: Post, region: Region) -> None:
    with taken(Side.CARE), transaction.atomic():
        for _n in range(3):
            process = open_process(Placement, acting=coordinator, region_id=region.pk)
            Process.objects.filter(pk=process.pk).update(assignee=coordinator)
        Process.objects.filter(pk=process.pk).update(assignee=None)
    with taken(Side.COMMON), transaction.atomic():
        assert people.work_left([coordinator.pk]) == [people.Left(Side.CARE, 2)]
        assert people.work_left([]) == []


def test_whoever_comes_back_needs_new_posts_and_a_new_password(administrator: Post, coordinator: Post) -> None:
    deactivate(coordinator, administrator)
    with taken(Side.COMMON), transaction.atomic():
        people.reactivate(again(coordinator.user), by=administrator, reason="Terug.")
        user = again(coordinator.user)
        assert user.is_active and not user.has_usable_password()
        assert not Post.objects.held_on(clock.today()).filter(user=user).exists()
        assert Change.objects.first().after == {"is_active": True}


def test_the_database_itself_refuses_to_delete_people_organisations_and_regions(
    coordinator: Post, region: Region
) -> None:
    for row in (coordinator.user, coordinator.organisation, region):
        with taken(Side.COMMON), pytest.raises(ProgrammingError), transaction.atomic():
            type(row)._base_manager.filter(pk=row.pk)._raw_delete("default")
        assert again(row)


def test_a_post_that_the_record_speaks_of_cannot_be_deleted(coordinator: Post, region: Region) -> None:
    with taken(Side.CARE), transaction.atomic():
        process = open_process(Placement, acting=coordinator, region_id=region.pk)
        assert process.log.get().post_id == coordinator.pk
    with taken(Side.COMMON), pytest.raises(IntegrityError), transaction.atomic():
        Post.regions.through.objects.filter(post=coordinator)._raw_delete("default")
        Post.objects.filter(pk=coordinator.pk)._raw_delete("default")
        connection.check_constraints()
    with taken(Side.COMMON), transaction.atomic():
        assert Post.objects.get(pk=coordinator.pk).region_ids == {region.pk}


# -- Coming ----------------------------------------------------------------------------------------------------------


def test_a_person_sets_a_password_by_a_link_in_a_mail_that_names_nobody(mailoutbox: list[Any]) -> None:
    user = UserFactory(name="Noor Voorbeeld")
    with taken(Side.COMMON), transaction.atomic():
        user.set_unusable_password()
        user.save()
        assert people.invite(user)
    (mail,) = mailoutbox
    assert mail.to == [user.email]
    assert not re.search("Noor|Voorbeeld|zaak|L-20", mail.subject + mail.body)
    path = re.search(r"https?://[^/]+(/\S+)", mail.body)
    assert path
    client = https_client()
    form = client.get(path[1], follow=True)
    answer = client.post(form.redirect_chain[-1][0], {"password1": PASSWORD, "password2": PASSWORD})
    assert answer.status_code == 302
    assert again(user).check_password(PASSWORD)
    assert client.get(path[1], follow=True).status_code == 200
    used = https_client().get(path[1])
    assert used.status_code in (200, 302)
    assert "password1" not in used.content.decode(), "the link works once"


def test_a_mail_server_that_does_not_answer_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Any, messages: Any) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    with taken(Side.COMMON), transaction.atomic():
        assert people.invite(UserFactory()) is False


def test_whoever_forgot_a_password_gets_a_mail_that_names_nobody(mailoutbox: list[Any]) -> None:
    user = UserFactory(name="Noor Voorbeeld")
    https_client().post("/account/password/reset/", {"email": user.email})
    https_client().post("/account/password/reset/", {"email": "niemand@example.invalid"})
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == ([user.email], "Een nieuw wachtwoord voor Loods")
    assert "/account/password/reset/key/" in mail.body and "Noor" not in mail.body


def test_somebody_without_access_gets_no_link_that_works(mailoutbox: list[Any]) -> None:
    user = UserFactory(is_active=False)
    answer = https_client().post("/account/password/reset/", {"email": user.email})
    assert answer.status_code == 302
    assert not any("/password/reset/key/" in mail.body for mail in mailoutbox)


def test_names_of_models_are_users_of_the_common_ground() -> None:
    with taken(Side.CARE), pytest.raises(ProgrammingError), transaction.atomic():
        User.objects.create(email="x@example.invalid", name="X")
    with taken(Side.JUSTICE), pytest.raises(ProgrammingError), transaction.atomic():
        Organisation.objects.create(name="X", kind="police", side="justice")
