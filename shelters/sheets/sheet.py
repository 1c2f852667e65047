"""A table whose meaning is somebody else's: a head and rows of text, as they would have been typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from shelters.sheets import files, plaintext
from shelters.sheets.cells import Raw, Spoilt, cut, tidy, typed
from shelters.sheets.grids import (
    HEADER_WITHIN,
    MOST_COLUMNS,
    MOST_ROWS,
    Grid,
    Unreadable,
    cell_name,
    nothing,
    too_many_rows,
)


@dataclass(frozen=True)
class Sheet:
    """The head and the filled rows below it, each with its number in the file.

    A row has a cell for each of the head, and more when more was filled in; an empty cell is "".
    """

    head: list[str]
    rows: list[tuple[int, list[str]]]


IsHead = Callable[[list[str]], bool]
"""Whether a row is the head of the table: a title and a date may stand above it."""


def read(content: bytes, is_head: IsHead | None = None) -> Sheet:
    """The table in a file, XLSX or CSV by what stands in it.

    In: `is_head`, to know the head among the first filled rows; without it, and where none is, it is the first of them.
    Errors: Unreadable, with a sentence, for what is no table or too large, for merged cells, and for formulas that were
    never worked out or give an error.
    """
    return _sheet(files.grid(content, lambda rows: _fits(rows, is_head)), is_head)


def pasted(text: str, is_head: IsHead | None = None) -> Sheet:
    """The table in what was copied from a spreadsheet. Errors: Unreadable."""
    return _sheet(plaintext.clipboard(text), is_head)


def _fits(rows: list[list[str]], is_head: IsHead | None) -> int:
    """How well a separator cuts up the first rows: best where a head comes out, else by the cells of the first."""
    known = is_head is not None and any(map(is_head, rows))
    return MOST_COLUMNS * known + min(len(rows[0]), MOST_COLUMNS)


def _sheet(grid: Grid, is_head: IsHead | None) -> Sheet:
    if not grid.rows:
        raise nothing()
    first = 0
    if is_head is not None:
        tried = (_line(cells, max(cells)) for _number, cells in grid.rows[:HEADER_WITHIN])
        first = next((n for n, line in enumerate(tried) if is_head(line)), 0)
    (top, head), *rows = grid.rows[first:]
    if len(rows) > MOST_ROWS:
        raise too_many_rows()
    merged = grid.merged_between(top, grid.rows[-1][0])
    if merged:
        raise Unreadable(
            _("Cells are merged (%(cells)s). Undo that: every line must have cells of its own.")
            % {"cells": _few(merged)}
        )
    if spoilt := [
        (cell_name(place, number), raw.why)
        for number, cells in grid.rows[first:]
        for place, raw in sorted(cells.items())
        if isinstance(raw, Spoilt)
    ]:
        why = spoilt[0][1]
        names = _few(name for name, other in spoilt if other == why)
        raise Unreadable(_("Cell %(cell)s: %(why)s") % {"cell": names, "why": why})
    width = max(head)
    return Sheet(_line(head, width), [(number, _line(cells, width)) for number, cells in rows])


def _line(cells: dict[int, Raw], width: int) -> list[str]:
    return [typed(tidy(cells.get(place))) for place in range(1, max(width, max(cells)) + 1)]


def _few(names: Iterable[str]) -> str:
    """Some names and a sign that there are more."""
    known = list(names)
    return cut(", ".join(known[:5])) if len(known) <= 5 else f"{', '.join(known[:5])}, …"
