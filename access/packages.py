"""Where the npm packages lie; nothing of a package is committed, and every room reads its files from there."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings


def node_modules() -> Path:
    """Folder with the installed npm packages."""
    return Path(getattr(settings, "LOODS_NODE_MODULES", Path(settings.BASE_DIR) / "node_modules"))
