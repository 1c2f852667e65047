"""Writing changes to a row that somebody else may have open too, and telling who follows."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cases.models import Case, Person

Follower = Callable[[Case, frozenset[str]], None]

followers: list[Follower] = []
"""Functions of rooms above that keep something of a case beside their own rows (its region, whether it is restricted):
each is told of a changed case and the names of its fields that changed, in the same transaction."""


def save_changes(row: Case | Person, fields: Iterable[str]) -> None:
    """Write the named fields of a row that was locked in this transaction, count its version up, tell followers."""
    changed = frozenset(fields)
    row.version += 1
    row.save(update_fields=[*sorted(changed), "version"])
    if isinstance(row, Case):
        for follow in followers:
            follow(row, changed)
