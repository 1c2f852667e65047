"""What stands in a cell of a file, before anybody asks what it means, and how it is shown as text."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

GUARD = re.compile(r"'*[=+\-@\t\r\n]")
"""Text that a spreadsheet would take for a formula, with the apostrophes that keep it from that."""


_MONTHS = "jan|feb|mrt|mar|apr|mei|may|jun|jul|aug|sep|okt|oct|nov|dec"
_OTHER = re.compile(
    rf"(?:[\s\d.,:/\-]*\d[\s\d.,:/\-]*(?:e[+\-]?\d+)?[\s%€$£]*|[€$£]\s*[\d.,\-]+|waar|onwaar|true|false"
    rf"|\d{{1,2}}[\s\-/.]*(?:{_MONTHS})[a-z]*\.?(?:[\s\-/.]*\d{{2,4}})?"
    rf"|(?:{_MONTHS})[a-z]*\.?[\s\-/.]*\d{{1,4}}(?:,?\s*\d{{4}})?)\s*",
    re.IGNORECASE,
)
"""Text that a spreadsheet, opening a CSV, would take for a number, a day or a time: 007, 1-2, 1E3, 50%, 3 april."""


class Spoilt(NamedTuple):
    """A cell that says nothing, with the reason as the end of a sentence about it."""

    why: str


Raw = str | int | float | bool | datetime | date | time | timedelta | Spoilt | None
"""What a file gives for a cell; CSV and the clipboard give text only."""


def tidy(raw: Raw) -> Raw:
    """The same value without what no eye sees; text in which nothing is left is None."""
    if not isinstance(raw, str):
        return raw
    text = raw.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ")
    text = text.strip().strip("\ufeff\u200b").strip()
    if text.startswith("'") and (GUARD.match(text) or _taken_for_another(text)):
        text = text[1:]
    return text or None


def harmless(value: Any) -> Any:
    """A value that no spreadsheet takes for a formula; only text is touched. Reading takes the apostrophe off again."""
    return f"'{value}" if isinstance(value, str) and GUARD.match(value) else value


def kept(value: Any) -> Any:
    """As `harmless`, and neither does a spreadsheet take the text for a number or a day; reading takes it off again."""
    return f"'{value}" if isinstance(value, str) and _taken_for_another(value) else harmless(value)


def _taken_for_another(text: str) -> bool:
    # Nobody writes a number that long, and the longer a text the more a pattern tries.
    bare = text.lstrip("'")
    return len(bare) <= 40 and _OTHER.fullmatch(bare) is not None


def typed(raw: Raw) -> str:
    """A value as somebody would have typed it: 12,5 and 2026-11-27; nothing is rounded off or left out."""
    if isinstance(raw, datetime) and raw.time() == time():
        return raw.date().isoformat()
    return raw.isoformat(" ", "minutes") if isinstance(raw, datetime) else _text(raw)


def shown(raw: Raw) -> str:
    """A value as it stands in a sentence or in a spreadsheet, with days as 27-11-2026."""
    if isinstance(raw, datetime) and raw.time() != time():
        return f"{raw:%d-%m-%Y %H:%M}"
    return f"{raw:%d-%m-}{raw.year:04}" if isinstance(raw, date) else _text(raw)


def _text(raw: Raw) -> str:
    if isinstance(raw, bool):
        return _("yes") if raw else _("no")
    if isinstance(raw, float):
        if math.isfinite(raw) and raw == int(raw) and abs(raw) < 1e15:
            return str(int(raw))
        # Excel itself keeps 15 digits; more only show how computers count.
        return f"{raw:.15g}".replace(".", ",")
    return "" if raw is None or isinstance(raw, Spoilt) else str(raw)


def cut(text: str) -> str:
    """A text short enough to stand in a sentence."""
    line = " ".join(text.split())
    return line if len(line) <= 40 else f"{line[:39]}…"
