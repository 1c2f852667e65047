"""Writing changes to a row that somebody else may have open too, and telling who follows."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cases.models import Case, Person

Follower = Callable[[Case, frozenset[str]], None]

followers: list[Follower] = []
"""Functions of rooms above that keep something of a case beside their own rows (its region, whether it is restricted,
the age group of its person). Each is told, in the same transaction, of a case and of what changed: names of its fields,
``person`` when it became another, ``person.birth_date`` and the like when something about the person changed."""


def save_changes(row: Case | Person, fields: Iterable[str]) -> None:
    """Write the named fields of a row that was locked in this transaction, count its version up, tell followers."""
    changed = frozenset(fields)
    row.version += 1
    row.save(update_fields=[*sorted(changed), "version"])
    if isinstance(row, Case):
        tell([row], changed)
    elif changed and followers:
        cases = list(Case.objects.filter(person=row, closed_at=None))
        for case in cases:
            case.person = row
        tell(cases, {f"person.{name}" for name in changed})


def tell(cases: Iterable[Case], changed: Iterable[str]) -> None:
    """Tell every follower what changed of these cases."""
    names = frozenset(changed)
    for case in cases:
        for follow in followers:
            follow(case, names)
