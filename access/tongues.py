"""Languages and countries by their codes (ISO 639, ISO 3166-1), with names in the reader's language (CLDR)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from functools import cache

from babel import Locale
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from access.text import plain

STATELESS = "XX"  # of the range that ISO 3166 leaves to users; travel documents write it so too

# Languages that interpreters' desks know and CLDR does not name.
_MORE = {"ber": _("Berber"), "prs": _("Dari"), "mnk": _("Mandinka"), "sgn": _("Sign language")}

# In CLDR beside countries: the ends of the alphabet left to users, unions, and bits of countries that have a code.
_NO_COUNTRY = set(re.findall("..", "ACAQBVCPCQDGEAEUEZHMICQOTAUMUNXAXBZZ"))

# Heard most in shelters; the others can be typed as well.
COMMON = re.findall(
    r"\w+",
    "nl en fr de es pt it pl ro bg hu sq uk ru tr ar fa prs ps ku ti am so sw yo ig ha bin pcm ff ln kri zh vi th tl "
    "id hi ur bn pa ta ne pap srn sgn",
)


class UnknownLanguage(ValueError):
    """A language that nobody here knows; `word` is what was typed, `near` names it looks like."""

    def __init__(self, word: str, near: list[str]) -> None:
        super().__init__(word)
        self.word, self.near = word, near


def country_choices() -> list[tuple[str, str]]:
    """Countries by name in the reader's language."""
    return _countries(get_language() or "en")


def country_name(code: str) -> str:
    """Name of a country; the code itself when it is not in the list."""
    return dict(country_choices()).get(code, code)


def language_name(code: str) -> str:
    """Name of a language; the code itself when it is not in the list."""
    return _languages(get_language() or "en").get(code, code)


def language_names(codes: list[str]) -> str:
    """Languages as one types them: names with commas between."""
    return ", ".join(language_name(code) for code in codes)


def languages_in(text: str) -> list[str]:
    """Codes of the languages named in a text, by name in Dutch or English or by code, once each, in that order.

    Errors: `UnknownLanguage` for a word that is neither.
    """
    found: list[str] = []
    for word in filter(None, (w.strip() for w in re.split(r"[,;/\n]+", text))):
        code = _language_of(word)
        if code not in found:
            found.append(code)
    return found


def _language_of(word: str) -> str:
    key = plain(word)
    here, english = get_language() or "en", "en"
    for language in (here, english, "nl"):
        if code := _codes(language).get(key):
            return code
    if key in _languages(english):
        return key
    near = [
        name
        for language in (here, english)
        for name in difflib.get_close_matches(key, _codes(language), n=3, cutoff=0.7)
    ]
    codes = [_codes(here).get(name) or _codes(english)[name] for name in near]
    raise UnknownLanguage(word, list(dict.fromkeys(language_name(code) for code in codes))[:3])


@cache
def _countries(language: str) -> list[tuple[str, str]]:
    named = {c: n for c, n in Locale(language).territories.items() if len(c) == 2 and c.isalpha()}
    with override(language):
        stateless = str(_("Stateless"))
    pairs = [(code, name) for code, name in named.items() if code not in _NO_COUNTRY]
    return [("", ""), *sorted([*pairs, (STATELESS, stateless)], key=lambda pair: plain(pair[1]))]


@cache
def _languages(language: str) -> Mapping[str, str]:
    named = {code: name for code, name in Locale(language).languages.items() if re.fullmatch("[a-z]{2,3}", code)}
    with override(language):
        return {**named, **{code: str(name) for code, name in _MORE.items()}}


@cache
def _codes(language: str) -> Mapping[str, str]:
    return {plain(name): code for code, name in _languages(language).items()}
