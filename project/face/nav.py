"""The main navigation: rooms are listed in the setting `LOODS_NAV`, so that no room has to know the face.

Each entry: `url` (name of a view), `label` (lazy text), `icon`, and if wanted `roles` (values of access.roles.Role;
left out: whoever the door of the view lets in), `count` (dotted path of a callable that takes the request and gives a
number), `key` (the letter after `g`), `section` (start of paths that belong to it, when it is not the address of `url`
itself).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.module_loading import import_string

from access.doors import Door, door_of

if TYPE_CHECKING:
    from access.models import Post


@dataclass(frozen=True)
class Item:
    """One line of the navigation as the page shows it."""

    label: Any
    url: str
    icon: str
    key: str
    section: str
    current: bool = False
    counts: bool = False
    count: int = 0


def items(request: HttpRequest) -> list[Item]:
    """What whoever asks may go to; without a post nothing. Entries whose view does not exist are left out."""
    post = getattr(request, "acting", None)
    if post is None:
        return []
    shown = []
    for entry in getattr(settings, "LOODS_NAV", []):
        if "roles" in entry and post.role not in entry["roles"]:
            continue
        try:
            url = reverse(entry["url"])
        except NoReverseMatch:
            continue
        if not _lets_in(url, post):
            continue
        counter = import_string(entry["count"]) if entry.get("count") else None
        shown.append((entry, url, counter))
    here = _current([entry.get("section", url) for entry, url, counter in shown], request.path)
    return [
        Item(
            label=entry["label"],
            url=url,
            icon=entry.get("icon", "dot"),
            key=entry.get("key", ""),
            section=entry.get("section", url),
            counts=counter is not None,
            current=index == here,
            count=counter(request) if counter else 0,
        )
        for index, (entry, url, counter) in enumerate(shown)
    ]


def _lets_in(url: str, post: Post) -> bool:
    """Whether the door of the view behind an address is open to a post."""
    door = _door(url)
    return door is None or door.public or door.person or door.admits(post.role, post.side)


@lru_cache(maxsize=64)
def _door(url: str) -> Door | None:
    return door_of(resolve(url).func)


def _current(sections: list[str], path: str) -> int | None:
    """Index of the section a path lies in: the longest that it begins with; the front page only by itself."""
    fitting = [(len(s), i) for i, s in enumerate(sections) if path == s or (s != "/" and path.startswith(s))]
    return max(fitting)[1] if fitting else None
