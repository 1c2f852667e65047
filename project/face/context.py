"""What every page knows besides its own data: `face`, worked out only where a template asks."""

from __future__ import annotations

import tomllib
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from project.face import nav

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "loods_theme"
WARN_SECONDS = 120


@lru_cache(maxsize=1)
def version() -> str:
    """The version of the program, from pyproject.toml."""
    file = Path(settings.BASE_DIR) / "pyproject.toml"
    return str(tomllib.loads(file.read_text(encoding="utf-8"))["project"]["version"]) if file.is_file() else ""


class Face:
    """The frame around a page for one request."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def theme(self) -> str:
        """auto, light or dark, as the person chose."""
        chosen = self.request.COOKIES.get(THEME_COOKIE, "auto")
        return chosen if chosen in THEMES else "auto"

    @property
    def signed_in(self) -> bool:
        user = getattr(self.request, "user", None)
        return bool(user is not None and user.is_authenticated)

    @property
    def post(self) -> Any:
        """The post that acts, or None."""
        return getattr(self.request, "acting", None)

    @cached_property
    def posts(self) -> list[Any]:
        """The posts the person holds; the middleware found them already."""
        return list(getattr(getattr(self.request, "user", None), "held_posts", []))

    @cached_property
    def nav(self) -> list[nav.Item]:
        return nav.items(self.request)

    @property
    def person(self) -> str:
        """A name for the signed-in person that tells nothing: keeps typed text of two people apart. Empty: nobody."""
        if not self.signed_in:
            return ""
        return salted_hmac("project.face.person", str(self.request.user.pk)).hexdigest()[:16]

    @property
    def shortcuts(self) -> bool:
        """Whether single-key shortcuts are on (WCAG 2.1.4: they can be switched off)."""
        return bool(getattr(self.request.user, "shortcuts", True)) if self.signed_in else False

    idle_seconds = property(lambda self: settings.LOODS_IDLE_SECONDS)
    warn_seconds = property(lambda self: min(WARN_SECONDS, settings.LOODS_IDLE_SECONDS // 2))
    exit_url = property(lambda self: settings.LOODS_QUICK_EXIT_URL)
    source_url = property(lambda self: settings.LOODS_SOURCE_URL)
    demo = property(lambda self: bool(getattr(settings, "DEMO", False)))
    styleguide = property(lambda self: bool(settings.DEBUG or getattr(settings, "DEMO", False)))
    version = property(lambda self: version())


def face(request: HttpRequest) -> dict[str, Any]:
    """Context processor."""
    return {"face": Face(request)}
