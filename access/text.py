"""Letters as people mean them."""

from __future__ import annotations

import unicodedata

_STROKES = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d"})


def plain(text: str) -> str:
    """Small letters without marks: ``Zoë  Çelik`` and ``zoe celik`` become the same."""
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_STROKES))
    return " ".join("".join(c for c in folded if not unicodedata.combining(c)).split())
