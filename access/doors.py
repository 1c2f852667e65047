"""Which roles may enter which view. A view without a door is closed: the middleware asks here for every request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from django.http import HttpRequest

from access.roles import Role
from access.wall import Side

if TYPE_CHECKING:
    from access.models import Post

V = TypeVar("V", bound=Callable[..., Any])


@dataclass(frozen=True)
class Door:
    """Who may enter: nobody signed in needed (`public`), anybody signed in (`person`), or posts in `roles`.

    `side`: posts on that side only. Some roles are found on several; what lies on one side is no page for the others.
    """

    roles: frozenset[Role] = frozenset()
    public: bool = False
    person: bool = False
    side: Side | None = None

    def admits(self, role: str, side: Side) -> bool:
        """Whether a post in a role on a side may enter."""
        return role in self.roles and self.side in (None, side)


PUBLIC = Door(public=True)
PERSON = Door(person=True)
CASE_WORKERS = frozenset({Role.CARE_COORDINATOR, Role.CASEWORKER, Role.NAVIGATOR, Role.NATIONAL_DESK, Role.SUPERVISOR})
EVERY_ROLE = frozenset(Role)

# Views of other packages, by the module they come from: each guards itself, or may be entered by anybody.
FOREIGN: dict[str, Door] = {
    "allauth.": PUBLIC,
    "django.views.i18n": PUBLIC,
    "django.contrib.admin": PERSON,  # the site asks for a post as administrator itself
    "project.administration": PERSON,
    "django.contrib.staticfiles": PUBLIC,
}


def door(*roles: Role, public: bool = False, person: bool = False, side: Side | None = None) -> Callable[[V], V]:
    """Decorate a view (function or class) with the door it stands behind."""

    def hang(view: V) -> V:
        view.door = Door(frozenset(roles), public, person, side)  # type: ignore[attr-defined]
        return view

    return hang


def door_of(view: Callable[..., Any]) -> Door | None:
    """The door of a view as the resolver knows it, or None when it has none."""
    for candidate in (view, getattr(view, "view_class", None), getattr(view, "__wrapped__", None)):
        if found := getattr(candidate, "door", None):
            return found
    module = getattr(getattr(view, "view_class", view), "__module__", "") or ""
    return next((d for prefix, d in FOREIGN.items() if module.startswith(prefix)), None)


def acting(request: HttpRequest) -> Post:
    """The post that acts, in a view whose door names roles: it let nobody in without one."""
    return request.acting  # type: ignore[attr-defined,no-any-return]
