"""Small numbers are left out where the reader is not entitled to the cases, and so is what would betray them.

A number of persons from 1 up to the threshold is left out. Whoever knows the total of a column could work out a single
number that is missing; so at least two are left out together, and what is left out together is never less than the
threshold in all.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence


def left_out(values: Sequence[float | None], threshold: int, *, open_to: Collection[int] = ()) -> set[int]:
    """Which numbers of a column with a known total are left out, by position.

    In: the numbers (None: there is none), from which number on they may be shown, and the positions the reader is
    entitled to, which are always shown. Zero says nothing of anybody and is shown, unless it must cover for another.
    Out: positions. If nothing else can cover for a small number, everything the reader is not entitled to is left out.
    """
    shown = set(open_to)
    small = {n for n, value in enumerate(values) if n not in shown and value is not None and 0 < value < threshold}
    if not small:
        return set()
    rest = sorted(
        (n for n, value in enumerate(values) if n not in shown and n not in small and value is not None),
        key=lambda n: (values[n] == 0, values[n] or 0, n),
    )
    hidden = set(small)
    while rest and (len(hidden) < 2 or sum(values[n] or 0 for n in hidden) < threshold):
        hidden.add(rest.pop(0))
    return hidden


def betrayed(values: Sequence[float | None], hidden: set[int], threshold: int) -> bool:
    """Whether what is left out could be worked out from the total: one number alone, or too few persons in all."""
    if not hidden:
        return False
    return len(hidden) < 2 or sum(values[n] or 0 for n in hidden) < threshold
