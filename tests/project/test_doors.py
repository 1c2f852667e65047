"""Every address against every role: who may enter, and that nobody else does."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter, UUIDConverter

from access.doors import FOREIGN, Door, door_of
from access.models import Post
from access.roles import Role
from access.wall import Side
from tests.conftest import https_client
from tests.factories.access import PostFactory, RegionFactory

pytestmark = pytest.mark.django_db


MADE_UP = {UUIDConverter: str(uuid.UUID(int=7)), IntConverter: "1"}


@dataclass(frozen=True)
class Address:
    """One address of the program, with made-up values for its parts, and its door."""

    path: str
    name: str
    view: Callable[..., Any]
    door: Door | None
    foreign: bool


def addresses(resolver: URLResolver | None = None, prefix: str = "/", space: str = "") -> Iterator[Address]:
    """Every address the program answers."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = _filled(pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from addresses(pattern, prefix + route, inner)
        elif isinstance(pattern, URLPattern):
            view = pattern.callback
            module = getattr(getattr(view, "view_class", view), "__module__", "")
            foreign = any(module.startswith(known) for known in FOREIGN) and not hasattr(view, "door")
            yield Address(prefix + route, space + (pattern.name or ""), view, door_of(view), foreign)


def _filled(pattern: URLPattern | URLResolver) -> str:
    if not hasattr(pattern.pattern, "_route"):
        return ""  # patterns written as regular expressions: of other packages only
    route = str(pattern.pattern._route)
    for name, converter in pattern.pattern.converters.items():
        route = re.sub(rf"<(\w+:)?{name}>", MADE_UP.get(type(converter), "x"), route)
    return route


# Views of Django's own that the administration hangs up and that have no door here stay closed: answered 403 to all.
ANSWERS = {200, 302, 400, 403, 404, 405, 409, 422}
OURS = [a for a in addresses() if not a.foreign and not (a.path.startswith("/admin/") and a.door is None)]


@pytest.fixture
def posts() -> dict[Role, Post]:
    """Somebody in every role, all in the same region."""
    region = RegionFactory()
    return {role: PostFactory(role=role, regions=[region]) for role in Role}


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused and absent without the page around it: that is tried in `test_face`, and most of what thousands cost."""

    def answering(status: int) -> Callable[..., HttpResponse]:
        return lambda _request, exception: HttpResponse(str(exception), status=status)

    for status in (403, 404):
        monkeypatch.setattr(f"project.urls.handler{status}", answering(status), raising=False)


def test_every_view_has_a_door() -> None:
    assert len(OURS) > 20
    assert [a.name or a.path for a in OURS if a.door is None] == []


def test_no_view_is_open_to_the_world_but_those_that_must_be() -> None:
    public = {a.name for a in OURS if a.door and a.door.public}
    assert public <= {
        "healthz", "face:exit", "face:here", "face:draft_key", "face:preferences", "face:accessibility", "face:about",
        "face:styleguide", "guidance:ics",
    }, public  # fmt: skip


def test_nobody_enters_without_signing_in() -> None:
    client, wrong = https_client(), []
    for address in OURS:
        if address.door and address.door.public:
            continue  # on purpose: see the test above
        for method in ("get", "post"):
            response = getattr(client, method)(address.path)
            if response.status_code != 302 or not response["Location"].startswith("/account/login/"):
                wrong.append(f"{method} {address.path}: {response.status_code}")
    assert wrong == []


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("role", Role)
def test_every_role_finds_each_door_open_or_closed_as_it_is_declared(
    role: Role, posts: dict[Role, Post], signed_in: Callable[[Post], Client]
) -> None:
    client, wrong, opened, closed = signed_in(posts[role]), [], 0, 0
    for address in OURS:
        assert address.door is not None
        if address.door.public or address.door.person:
            continue
        for method in ("get", "post"):
            status = getattr(client, method)(address.path).status_code
            if role in address.door.roles:
                opened += 1
                if status not in ANSWERS or (status == 403 and method == "get"):
                    wrong.append(f"{role} is kept out of {address.name} ({method}): {status}")
            else:
                closed += 1
                if status != 403:
                    wrong.append(f"{role} enters {address.name} ({method}): {status}")
    assert wrong == []
    assert closed, "a role for whom every door is open has not been tested"
    assert opened or role in {Role.ANALYST, Role.ACTION_OWNER}, f"{role} can enter nothing"


def test_everybody_can_change_their_password(posts: dict[Role, Post], signed_in: Callable[[Post], Client]) -> None:
    """The pages of one's own account work for the common ground; what stands around them is of one's own side."""
    answers = {role: signed_in(post).get("/account/password/change/").status_code for role, post in posts.items()}
    assert answers == dict.fromkeys(posts, 200)


TEXTS_ABOUT_NOBODY = {"advice:list", "advice:read", "advice:person", "advice:person_pdf"}


@pytest.mark.usefixtures("bare")
def test_guidance_is_closed_to_the_same_roles_on_other_sides(signed_in: Callable[[Post], Client]) -> None:
    """Each of its pages lies on the care side and says so, but for texts about nobody and the secret calendar."""
    guidance = [a for a in OURS if a.name.startswith(("guidance:", "advice:")) and a.door and not a.door.public]
    assert {a.name for a in guidance if a.door and a.door.side is not Side.CARE} == TEXTS_ABOUT_NOBODY
    for side in (Side.JUSTICE, Side.DETERMINATION):
        client = signed_in(PostFactory(role=Role.SUPERVISOR, organisation__side=side))
        answers = {a.name: client.get(a.path).status_code for a in guidance}
        assert {name for name, status in answers.items() if status != 403} == TEXTS_ABOUT_NOBODY
        menu = client.get("/advice/").content.decode()
        assert "/advice/" in menu and "/guidance/navigators/" not in menu, "nor does the menu lead there"


@pytest.mark.usefixtures("bare")
def test_nobody_but_an_administrator_enters_the_administration(
    posts: dict[Role, Post], signed_in: Callable[[Post], Client]
) -> None:
    tried = 0
    clients = {role: signed_in(post) for role, post in posts.items()}
    for address in addresses():
        if not address.path.startswith("/admin/") or "(" in address.path:
            continue
        for role in posts:
            status = clients[role].get(address.path).status_code
            if role is not Role.ADMINISTRATOR and not address.path.startswith("/admin/login/"):
                assert status in (302, 403, 404), f"{role} enters {address.path}: {status}"
                tried += 1
    assert tried > 20
