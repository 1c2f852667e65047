"""System checks of the face."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.urls import NoReverseMatch, reverse

from project.face import icons, packages

ICON_USE = re.compile(r"""\{%\s*icon\s+["']([a-z-]+)["']""")
UNSAFE = re.compile(r"""\sstyle=["']|\son[a-z]+=["']|<script(?![^>]*\bsrc=)|<style\b|javascript:""", re.IGNORECASE)


@register(Tags.staticfiles)
def packages_are_there(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """face.W001: without the npm packages the pages have no components and no letters."""
    lost = packages.missing()
    if not lost:
        return []
    return [Warning(f"{len(lost)} front-end packages are missing.", hint="Run `make env`.", id="face.W001")]


@register(Tags.urls)
def navigation_leads_somewhere(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """face.W002: an entry of LOODS_NAV names a view that does not exist. face.E003: an icon that does not exist."""
    found: list[CheckMessage] = []
    for entry in getattr(settings, "LOODS_NAV", []):
        try:
            reverse(entry["url"])
        except NoReverseMatch:
            found.append(Warning(f"LOODS_NAV names the view {entry['url']!r}, which does not exist.", id="face.W002"))
        if entry.get("icon", "dot") not in icons.names():
            found.append(Error(f"LOODS_NAV names the icon {entry['icon']!r}, which does not exist.", id="face.E003"))
    return found


@register(Tags.templates)
def templates_are_clean(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """face.E001: a template uses an icon we do not have. face.E002: a template writes style or script inline."""
    found: list[CheckMessage] = []
    for folder in _folders():
        for path in sorted(folder.rglob("*.html")):
            text = path.read_text(encoding="utf-8")
            for name in sorted(set(ICON_USE.findall(text)) - icons.names()):
                found.append(Error(f"There is no icon {name!r}.", obj=path.name, id="face.E001"))
            if match := UNSAFE.search(text):
                hint = "The content security policy forbids it: use a class, a data attribute and a file in static/."
                found.append(
                    Error(f"Inline code or style: {match[0].strip()!r}", hint=hint, obj=path.name, id="face.E002")
                )
    return found


def _folders() -> list[Path]:
    """Our own template folders."""
    base = Path(settings.BASE_DIR)
    return [base / "templates", *(p for room in base.iterdir() if (p := room / "templates").is_dir())]
