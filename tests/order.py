"""In which order the tests run, and which stay in one process when they run side by side."""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler.loadscope import LoadScopeScheduling

FIRST = ("services", "slow", "browser")
"""Marks of what takes long, the longest first: what is left for the end is short, and no process waits for another."""


class ByFile(LoadScopeScheduling):
    """A file goes to one process: what it makes for all its tests (a browser, services, a data set) is made once.

    xdist's own groups do not hold under the pytest of today: they mark a test by changing its name behind its back.
    """

    def __init__(self, config: pytest.Config, log: Any) -> None:
        config.option.loadscopereorder = False  # the order is that of `longest_first`
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0]


def longest_first(items: list[pytest.Item]) -> None:
    """Order tests by file, files with a mark of `FIRST` before the others; within a file nothing moves."""
    ranks: dict[str, int] = {}
    for item in items:
        mine = min((FIRST.index(mark.name) for mark in item.iter_markers() if mark.name in FIRST), default=len(FIRST))
        file = item.nodeid.partition("::")[0]
        ranks[file] = min(mine, ranks.get(file, mine))
    places = {file: (rank, n) for n, (file, rank) in enumerate(ranks.items())}
    items.sort(key=lambda item: places[item.nodeid.partition("::")[0]])
