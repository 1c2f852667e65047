"""The large set."""

from __future__ import annotations

CASES = 200_000


def make(chance, as_of, progress, cases):
    raise NotImplementedError
