"""What the pages take from the npm packages, declared once, and the finder that serves it.

Nothing of a package is committed and nothing is built: the files come straight out of node_modules. The small style
sheets of the components in use are joined into one, `vendor/components.css`, so that a page asks for one file.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.files.storage import FileSystemStorage

from access.packages import node_modules

COMPONENTS = (
    "alert",
    "breadcrumb-nav",
    "button",
    "button-group",
    "checkbox",
    "form-field",
    "form-field-description",
    "form-field-error-message",
    "form-fieldset",
    "form-label",
    "link",
    "radio-button",
    "select",
    "skip-link",
    "table",
    "textarea",
    "textbox",
)
"""NL Design System components (@utrecht, EUPL-1.2) whose style sheet is part of the page."""

FONT = "@fontsource-variable/source-sans-3"
"""The typeface (OFL-1.1). Its style sheet names its own files, of which a browser fetches only what a text needs."""

ARABIC = Path("@fontsource") / "noto-sans-arabic" / "files"
ARABIC_LETTERS = ("noto-sans-arabic-arabic-400-normal.woff2", "noto-sans-arabic-arabic-700-normal.woff2")
"""Noto Sans Arabic (OFL-1.1), in the weights of pages from right to left, whose own style sheet names it."""

CHARTS = Path("echarts") / "dist" / "echarts.min.js"
"""The library that draws charts (Apache-2.0): the whole of it, since only that draws SVG and patterns."""

BUNDLE = "vendor/components.css"


def sources() -> list[Path]:
    """The style sheets that make the bundle, in order."""
    root = node_modules()
    sheets = [root / "@utrecht" / f"{name}-css" / "dist" / "index.min.css" for name in COMPONENTS]
    return [root / FONT / "wght.css", root / FONT / "wght-italic.css", *sheets]


def missing() -> list[Path]:
    """Style sheets that are not there: the packages were not installed."""
    return [path for path in sources() if not path.is_file()]


class PackageFinder(BaseFinder):
    """Static files finder for `vendor/`: the joined style sheet and the letters it names."""

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        made = Path(settings.VAR_DIR) / "face"
        self.made = FileSystemStorage(location=made)
        self.made.prefix = ""  # type: ignore[attr-defined]
        self.letters = FileSystemStorage(location=node_modules() / FONT / "files")
        self.letters.prefix = "vendor/files"  # type: ignore[attr-defined]
        self.arabic = FileSystemStorage(location=node_modules() / ARABIC)
        self.arabic.prefix = "vendor/files"  # type: ignore[attr-defined]
        self.charts = FileSystemStorage(location=node_modules() / CHARTS.parent)
        self.charts.prefix = "vendor"  # type: ignore[attr-defined]

    def check(self, **kwargs: Any) -> list[Any]:
        return []  # project.face.checks says when packages are missing

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """Absolute path of a static file of ours, or an empty list."""
        found: str | None = None
        if path == BUNDLE:
            found = self._bundle()
        elif path.startswith("vendor/files/"):
            name = path.removeprefix("vendor/files/")
            candidate = Path((self.arabic if name in ARABIC_LETTERS else self.letters).path(name))
            found = str(candidate) if candidate.is_file() else None
        elif path == f"vendor/{CHARTS.name}":
            candidate = node_modules() / CHARTS
            found = str(candidate) if candidate.is_file() else None
        if found is None:
            return []
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        """Every file there is, with the storage that reads it (for collectstatic)."""
        if self._bundle():
            yield BUNDLE, self.made
        if (node_modules() / CHARTS).is_file():
            yield CHARTS.name, self.charts
        yield from ((name, self.arabic) for name in ARABIC_LETTERS if self.arabic.exists(name))
        location = Path(self.letters.location)
        for letter in sorted(location.glob("*.woff2")) if location.is_dir() else []:
            if not matches_patterns(letter.name, tuple(ignore_patterns or ())):
                yield letter.name, self.letters

    def _bundle(self) -> str | None:
        """Join the style sheets when a source is newer than what was made; answer the path, None without packages."""
        if missing():
            return None
        target = Path(self.made.path(BUNDLE))
        newest = max(path.stat().st_mtime for path in [*sources(), Path(__file__)])
        if not target.is_file() or target.stat().st_mtime < newest:
            target.parent.mkdir(parents=True, exist_ok=True)
            # A name of this process alone, then one rename: workers that start together never read half a file.
            half = target.with_suffix(f".{os.getpid()}")
            half.write_text("\n".join(path.read_text(encoding="utf-8") for path in sources()), encoding="utf-8")
            half.replace(target)
        return str(target)
