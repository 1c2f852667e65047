"""The names of our own icons: what the sprite holds, read once."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

SPRITE = "img/icons.svg"
_FILE = Path(__file__).resolve().parents[2] / "static" / SPRITE


@lru_cache(maxsize=1)
def names() -> frozenset[str]:
    """Every icon there is."""
    return frozenset(re.findall(r'<symbol id="([a-z-]+)"', _FILE.read_text(encoding="utf-8")))
