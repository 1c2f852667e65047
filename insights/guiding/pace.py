"""How long answers take here, so that a page that takes a moment comes at once and says that it works it out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from insights.guiding.curves import at_hand

LONG = 0.6
"""Seconds; a page should be there within one."""
Asked = tuple[str, str, int]
"""A question, how people are told apart, and over how many years."""
_took: dict[Asked, float] = {}


def takes_long(asked: Asked) -> bool:
    """Whether it took long the last time, or, where this was not asked yet, whether anything did.

    A process that has drawn nothing yet has to load what draws curves, and knows nothing of how many people there are.
    """
    return not at_hand() or _took.get(asked, max(_took.values(), default=0.0)) > LONG


@contextmanager
def timed(asked: Asked) -> Iterator[None]:
    """Keep how long it takes to answer."""
    began = perf_counter()
    yield
    _took[asked] = perf_counter() - began
