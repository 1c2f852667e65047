"""What in a text points to a person, as far as its shape tells. It finds the obvious; reading stays work."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Found:
    """A piece of a text, and what it looks like."""

    what: Promise
    piece: str


_MONTHS = (
    "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december|"
    "january|february|march|may|june|july|august|october"
)
SHAPES: tuple[tuple[Promise, re.Pattern[str]], ...] = (
    (_("a case number"), re.compile(r"\bL[\s-]?\d{4}[\s-]\d{3,6}\b", re.IGNORECASE)),
    (_("a number of the police or the court"), re.compile(
        r"\bPL\d{4}[\s-]?\d{4,}(?:-\d+)?\b|\b\d{2}/\d{6}-\d{2}\b", re.IGNORECASE)),
    (_("an e-mail address"), re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")),
    (_("a bank account"), re.compile(r"\b[A-Z]{2}\d{2}\s?[A-Z]{4}(?:\s?\d){10}\b")),
    (_("a telephone number"), re.compile(r"(?<!\w)(?:\+31|0031|0)[\s-]?[1-9](?:[\s-]?\d){8}\b")),
    (_("a citizen or alien number"), re.compile(r"\b\d{9,10}\b")),
    (_("a full date, as a date of birth"), re.compile(
        rf"\b\d{{1,2}}[-/.]\d{{1,2}}[-/.](?:19|20)\d{{2}}\b|\b(?:19|20)\d{{2}}-\d{{2}}-\d{{2}}\b|"
        rf"\b\d{{1,2}}\s(?:{_MONTHS})\s(?:19|20)\d{{2}}\b", re.IGNORECASE)),
    (_("a postcode"), re.compile(r"\b[1-9]\d{3}\s?[A-Z]{2}\b")),
)  # fmt: skip
_CALLED = re.compile(
    r"\b(?:mevrouw|meneer|de heer|dhr|mevr|mw|mr|mrs|ms|heet|genaamd|noemt "
    r"zich|named|called|genoemd)\.?\s+([A-Z][\w'’-]+)",
)
NAME = _("a name of a person")

_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_STARTS = re.compile(r"(?:^|[.!?:;…\n“”\"(•*–-])\s*$")
KNOWN = frozenset(
    [
        "nederland",
        "nederlands",
        "nederlandse",
        "nederlander",
        "nederlanders",
        "dutch",
        "netherlands",
        "engels",
        "engelse",
        "english",
        "europees",
        "europese",
        "european",
        "europa",
        "europe",
        "openbaar",
        "ministerie",
        "politie",
        "police",
        "koninklijke",
        "marechaussee",
        "royal",
        "dutch",
        "slachtofferhulp",
        "comensha",
        "loods",
        "fier",
        "schadefonds",
        "i",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "turks",
        "turkse",
        "arabisch",
        "arabische",
        "pools",
        "poolse",
        "roemeens",
        "roemeense",
        "bulgaars",
        "bulgaarse",
        "spaans",
        "spaanse",
        "tigrinya",
        "polish",
        "romanian",
        "bulgarian",
        "spanish",
        "turkish",
        "arabic",
        "victim",
        "navigator",
        "navigators",
        "justice",
        "care",
    ]
)
"""Words with a capital that are no names of people, in small letters."""


def certain(text: str) -> list[Found]:
    """What is refused whatever anybody says: numbers, addresses, dates, and what is called a name."""
    found = [Found(what, match.group().strip()) for what, shape in SHAPES for match in shape.finditer(text)]
    return found + [Found(NAME, match.group(1)) for match in _CALLED.finditer(text)]


def perhaps(text: str, known: Collection[str] = ()) -> list[str]:
    """Words with a capital within a sentence, which may be names. In: more words that are none, in small letters.

    Words in capitals alone are abbreviations. In Dutch little else than names has a capital there; in English a few
    words more, so that somebody is asked rather than refused.
    """
    found: list[str] = []
    for match in _WORD.finditer(text):
        word = match.group()
        plain = word.lower().removesuffix("'s").removesuffix("’s")
        if not word[0].isupper() or word.isupper() or plain in KNOWN or plain in known or word in found:
            continue
        if not _STARTS.search(text[: match.start()]):
            found.append(word)
    return found
