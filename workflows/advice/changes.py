"""What changed between a text that was ticked and the text as it stands: point by point, word by word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

ADDED, CHANGED, REMOVED = "added", "changed", "removed"
SAME, GONE, NEW = "same", "gone", "new"

Words = list[tuple[str, str]]
"""Pieces of a text in order, each `SAME`, `GONE` or `NEW`."""


@dataclass(frozen=True)
class Change:
    """What happened to one point: its text and its why, in pieces."""

    kind: str
    id: str
    text: Words
    why: Words

    @property
    def why_differs(self) -> bool:
        """Whether the reason reads differently too."""
        return any(kind != SAME for kind, _text in self.why)


def between(before: Sequence[dict[str, Any]], after: Sequence[dict[str, Any]], language: str) -> list[Change]:
    """Changes between the points of two editions: those of the later one in its order, then what is gone.

    A point counts as changed when any language of it changed; shown is the given one.
    """
    old, new = ({point["id"]: point for point in points} for points in (before, after))
    made = []
    for key, point in new.items():
        if key not in old:
            made.append(_change(ADDED, key, None, point, language))
        elif point != old[key]:
            made.append(_change(CHANGED, key, old[key], point, language))
    return made + [_change(REMOVED, key, point, None, language) for key, point in old.items() if key not in new]


def words(before: str, after: str) -> Words:
    """A text with what went out of it and what came into it."""
    old, new = (re.findall(r"\S+|\s+", text) for text in (before, after))
    made: Words = []
    for what, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            made.append((SAME, "".join(new[k:m])))
            continue
        if i < j:
            made.append((GONE, "".join(old[i:j])))
        if k < m:
            made.append((NEW, "".join(new[k:m])))
    return made


def said(point: dict[str, Any] | None, language: str) -> tuple[str, str]:
    """Text and why of a kept point, in the language or another that was kept."""
    if point is None:
        return "", ""
    found = point.get(language) or next((point[code] for code in point if code != "id"), ["", ""])
    return found[0], found[1]


def _change(kind: str, key: str, old: Any, new: Any, language: str) -> Change:
    (text, why), (text_now, why_now) = said(old, language), said(new, language)
    return Change(kind, key, words(text, text_now), words(why, why_now))
