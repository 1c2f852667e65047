"""Adding what is newly known about a person or a case to what the file already says, without losing either.

Used when a referral is about somebody we know, and when two registrations turn out to be one person. What was
known stays; what was empty is filled; what concerns safety is added up: the more careful of two answers wins.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cases.models import Case, Person
from cases.words import Gender, SafetyLevel

Join = Callable[[Any, Any], Any]
_CAREFUL = list(SafetyLevel.values)


def _filled(ours: Any, theirs: Any) -> Any:
    return ours or theirs


def _both(ours: str, theirs: str) -> str:
    ours, theirs = ours.strip(), theirs.strip()
    if not theirs or theirs in ours:
        return ours
    return f"{ours}\n\n{theirs}" if ours else theirs


def _united(ours: list[str], theirs: list[str]) -> list[str]:
    return [*ours, *(code for code in theirs if code not in ours)]


def _either(ours: bool, theirs: bool) -> bool:
    return ours or theirs


def _known_gender(ours: str, theirs: str) -> str:
    return theirs if ours == Gender.UNKNOWN else ours


def _higher(ours: str, theirs: str) -> str:
    return max(ours, theirs, key=_CAREFUL.index)


OF_PERSON: dict[str, Join] = {
    "name": _filled,
    "alias": _filled,
    "use_alias": _either,
    "adult_confirmed": _either,
    "gender": _known_gender,
    "nationality": _filled,
    "languages": _united,
    "interpreter_needed": _either,
    "safe_contact": _both,
}
OF_CASE: dict[str, Join] = {
    "forms": _united,
    "needs": _united,
    "safety_level": _higher,
    "safety_notes": _both,
    "children_along": max,
}


def complete(row: Person | Case, news: Mapping[str, Any]) -> list[str]:
    """Add `news` (values by field name; fields left out are not news) to `row`, unsaved; the fields that changed."""
    changed = []
    joins = OF_PERSON if isinstance(row, Person) else OF_CASE
    for name, join in joins.items():
        if name not in news:
            continue
        before = getattr(row, name)
        after = join(before, news[name])
        if after != before:
            setattr(row, name, after)
            changed.append(name)
    if isinstance(row, Person) and _more_certain(row, news):
        # A date and how certain it is belong together.
        row.birth_date, row.birth_date_estimated = news["birth_date"], news.get("birth_date_estimated", False)
        changed += ["birth_date", "birth_date_estimated"]
    return changed


def _more_certain(person: Person, news: Mapping[str, Any]) -> bool:
    if news.get("birth_date") is None:
        return False
    certain = not news.get("birth_date_estimated", False)
    return person.birth_date is None or (person.birth_date_estimated and certain)
