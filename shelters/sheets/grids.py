"""What was in a file, cell by cell, before anybody asks what it means."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from shelters.sheets.cells import Raw

MOST_BYTES = 5 * 1024 * 1024
"""Bytes of a file."""

MOST_ROWS = 2_000
"""Rows of a table, below its header."""

MOST_SCANNED = 20_000
"""Rows of a file, those included in which nothing stands."""

HEADER_WITHIN = 10
"""Filled rows among which the header is looked for: a title and a date may stand above it."""


EPOCH = date(1899, 12, 30)
"""Day 0 of Excel's calendar, but for the workbooks that count from 1904."""


def cell_name(column: int, row: int) -> str:
    """A cell as a spreadsheet names it: C7 is column 3, row 7."""
    from openpyxl.utils import get_column_letter  # only here: see `shelters.sheets.books`

    return f"{get_column_letter(column)}{row}"


class Area(NamedTuple):
    """Cells that lie together, columns and rows by number."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def name(self) -> str:
        """C7:C9"""
        return f"{cell_name(self.left, self.top)}:{cell_name(self.right, self.bottom)}"


class Unreadable(Exception):
    """No table comes out of this at all; the message is the sentence for who gave it."""


MOST_COLUMNS = 250
"""Columns of a table; what stands further to the right got lost there."""


@dataclass
class Grid:
    """The filled rows with their numbers, and in each the filled cells by the number of their column, from 1.

    `merged`: areas as (left, top, right, bottom). `sheet`: the name of the sheet in a workbook. `epoch`: day 0 of its
    calendar. `lettered`: whether who gave it knows its cells by names like C7.
    """

    rows: list[tuple[int, dict[int, Raw]]] = field(default_factory=list)
    merged: list[Area] = field(default_factory=list)
    sheet: str = ""
    epoch: date = EPOCH
    lettered: bool = True

    def add(self, number: int, cells: dict[int, Raw]) -> None:
        """Keep a row if there is anything in it. Errors: Unreadable, when it is more than anybody fills in."""
        if not cells:
            return
        if len(self.rows) >= MOST_ROWS + HEADER_WITHIN:
            raise too_many_rows()
        if max(cells) > MOST_COLUMNS:
            raise Unreadable(_("Row %(row)d runs on for more than %(most)d columns. Remove what stands there.")
                             % {"row": number, "most": MOST_COLUMNS})  # fmt: skip
        self.rows.append((number, cells))

    def merged_between(self, top: int, bottom: int) -> list[str]:
        """The merged cells that touch these rows, by name."""
        return [area.name for area in self.merged if area.bottom >= top and area.top <= bottom]


def too_many_rows() -> Unreadable:
    """The answer to a table that is longer than any that is filled in by people."""
    return Unreadable(_("The table has more than %(most)s rows. Choose the file of one region.") % {"most": MOST_ROWS})


def nothing() -> Unreadable:
    """The answer to a file in which no cell is filled."""
    return Unreadable(_("There is nothing in the table."))


def no_spreadsheet() -> Unreadable:
    """The answer to a file of another kind."""
    return Unreadable(_("This is no spreadsheet. Choose a file that ends in .xlsx or .csv."))
