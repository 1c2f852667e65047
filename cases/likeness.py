"""How alike two persons' names, dates and telephone numbers are; and the keys by which the database finds them.

Names reach us by ear, through interpreters and out of several alphabets: *Mohamed*, *Muhammad* and *Mohammed* are
heard alike. A word's *skeleton* is its first letter and the consonants after it, with letters that sound alike
taken together; `keys_of()` stores the skeletons, and each with one letter left out when long enough, so that two
words one consonant apart share a key. What the keys bring is compared here letter by letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from itertools import product
from typing import Protocol

from access.text import plain

_ALIKE = str.maketrans({"c": "k", "q": "k", "z": "s", "v": "f", "w": "f", "j": "y", "x": "s"})
_SILENT = set("aeiouyh")
_WORD = re.compile(r"[^\W\d_]+")
_PHONE = re.compile(r"\+?\(?\d(?:[\s().\-/]?\d){7,14}")
_LITTLE = {"van", "de", "den", "der", "het", "el", "al", "bin", "ibn", "von", "da", "dos", "di", "le", "la"}

PHONE_DIGITS = 8
"""The last digits of a telephone number, which are the same with and without prefixes (+31, 0031, 0)."""


YEARS_APART = 2
"""How far two years of birth may be apart when one of them is an estimate."""


class Known(Protocol):
    """What is compared of a person."""

    name: str
    alias: str
    safe_contact: str
    birth_date: date | None
    birth_date_estimated: bool


def words(text: str) -> list[str]:
    """The words of a name that tell people apart, plain; the little ones only when there are no others."""
    return [apart for apart, _ in _spelled(text)]


def _spelled(text: str) -> list[tuple[str, str]]:
    """Each word of a name twice: without the little words before it, and as one with them (El Amrani, Elamrani)."""
    found = _WORD.findall(plain(text))
    pairs, little = [], ""
    for word in found:
        if word in _LITTLE:
            little += word
        else:
            pairs.append((word, little + word))
            little = ""
    return pairs or [(word, word) for word in found]


def spellings(text: str) -> list[list[str]]:
    """The words of a name, with little words left out and with little words written as one with the next."""
    spelled = _spelled(text)
    apart, as_one = [a for a, _ in spelled], [b for _, b in spelled]
    return [apart] if apart == as_one else [apart, as_one]


def keys_of_words(text: str) -> list[set[str]]:
    """For each word of a name its keys, in either spelling."""
    return [keys_of_word(apart) | keys_of_word(as_one) for apart, as_one in _spelled(text)]


def skeleton(word: str) -> str:
    """What is left of a plain word when only its sound counts; the word itself when little would be left."""
    sound = word.replace("ph", "f").replace("ck", "k").translate(_ALIKE)
    kept = sound[:1]
    for letter in sound[1:]:
        if letter not in _SILENT and letter != kept[-1]:
            kept += letter
    return kept if len(kept) > 1 else word


def keys_of_word(word: str) -> set[str]:
    """Keys of one plain word."""
    bones = skeleton(word)[:20]
    keys = {f"n:{bones}"}
    if len(bones) >= 4:
        keys |= {f"n:{bones[:i]}{bones[i + 1 :]}" for i in range(1, len(bones))}
    return keys


def phones(text: str) -> set[str]:
    """The last digits of every telephone number in a text."""
    return {re.sub(r"\D", "", found)[-PHONE_DIGITS:] for found in _PHONE.findall(text)}


def keys_of(person: Known) -> list[str]:
    """Everything by which a person may be found again, for the column ``match_keys``."""
    keys = {f"p:{digits}" for digits in phones(person.safe_contact)}
    return sorted(keys.union(*keys_of_words(person.name), *keys_of_words(person.alias)))


def distance(one: str, other: str, most: int = 3) -> int:
    """Letters to add, drop or change between two words, or to swap beside each other; `most` + 1 when more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and b == one[i - 2]:
                best = min(best, older[j - 2] + 1)
            row.append(best)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def words_alike(one: str, other: str) -> bool:
    """Whether two plain words could be the same name: the same sound, or a letter or two apart in a longer one."""
    if one == other or (min(len(one), len(other)) > 2 and skeleton(one) == skeleton(other)):
        return True
    shortest = min(len(one), len(other))
    return shortest >= 4 and distance(one, other, 2) <= (1 if shortest < 7 else 2)


def shared_words(one: Iterable[str], other: Iterable[str]) -> int:
    """How many words of one name have their like in the other, each used once."""
    left = list(other)
    count = 0
    for word in one:
        match = next((w for w in left if words_alike(word, w)), None)
        if match is not None:
            left.remove(match)
            count += 1
    return count


def names_same(one: str, other: str) -> bool:
    """Whether two names are the same but for case, marks, spaces and the order of their words."""
    return any(a and sorted(a) == sorted(b) for a, b in product(spellings(one), spellings(other)))


def names_alike(one: str, other: str) -> bool:
    """Whether every word of the shorter name has its like in the longer; one word alone must be the whole name."""
    return any(_alike(a, b) for a, b in product(spellings(one), spellings(other)))


def _alike(a: list[str], b: list[str]) -> bool:
    shortest = min(len(a), len(b))
    if not shortest or (shortest == 1 and len(a) != len(b)):
        return False
    return shared_words(a, b) == shortest


def births_alike(one: Known, other: Known) -> bool:
    """Whether two dates of birth could be one: the same day, or a year or two apart when one is estimated."""
    if one.birth_date is None or other.birth_date is None:
        return False
    if one.birth_date == other.birth_date:
        return True
    if one.birth_date_estimated or other.birth_date_estimated:
        return abs(one.birth_date.year - other.birth_date.year) <= YEARS_APART
    return False
