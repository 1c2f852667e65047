"""How long answers take here, so that a page that takes a moment comes at once and says that it works it out."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from time import perf_counter

from django.http import HttpRequest

LONG = 0.6
"""Seconds; a page should be there within one."""
SHOWN = "shown"
"""In an address: the answer is waited for (`insights/_follows.html` asks so)."""


def without(request: HttpRequest) -> str:
    """What a page is asked in its address, without how: as a file, or once it was waited for."""
    given = request.GET.copy()
    for name in ("as", SHOWN):
        given.pop(name, None)
    return given.urlencode()


class Pace:
    """How long the answers of a page took in this process."""

    def __init__(self) -> None:
        self._took: dict[Hashable, float] = {}

    def follows(self, request: HttpRequest, asked: Hashable) -> bool:
        """Whether the page comes first and the answer after it: it took long the last time, or, where this was not
        asked yet, anything did."""
        return SHOWN not in request.GET and self._took.get(asked, max(self._took.values(), default=0.0)) > LONG

    @contextmanager
    def timed(self, asked: Hashable) -> Iterator[None]:
        """Keep how long it takes to answer."""
        began = perf_counter()
        yield
        self._took[asked] = perf_counter() - began
