"""Workbooks: what is in their cells, and how they print.

Apart from the rest of writing, because openpyxl (and what it loads in turn) is a sixth of loading the whole program:
`shelters.sheets.writing` loads it when somebody wants a workbook.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import Cell as BookCell
from openpyxl.cell import MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from shelters.sheets.cells import GUARD, kept

_DAY = "dd-mm-yyyy"
_LONG = 40
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def made(head: Sequence[str], rows: Iterable[Sequence[Any]], title: str, notes: Iterable[tuple[str, str]]) -> Workbook:
    """The workbook of `writing.write_xlsx`, to add to; the table is its first sheet."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = _sheet_name(title)
    for place, name in enumerate(head, start=1):
        cell = sheet.cell(1, place)
        put(cell, str(name))
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="FFE8EEF4")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[get_column_letter(place)].width = 30 if place == 1 else min(30, max(11, len(name) + 2))
    for number, row in enumerate(rows, start=2):
        for place, value in enumerate(row, start=1):
            put(sheet.cell(number, place), value)
    sheet.freeze_panes = "B2"
    sheet.print_title_rows = "1:1"
    _print_well(sheet, title)
    if told := list(notes):
        _tell(book.create_sheet(name_beside(sheet, _("Notes"))), told, title)
    return book


def packed(book: Workbook) -> bytes:
    """A workbook as the bytes of a file."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def put(cell: BookCell | MergedCell, value: Any) -> None:
    """Write a value into a cell. Text stays text, whatever it begins with: the cell itself says so."""
    if value is None or isinstance(cell, MergedCell):
        return
    if isinstance(value, int | float) and not isinstance(value, bool):
        cell.value = value
        return
    if isinstance(value, date):
        cell.value = value.replace(tzinfo=None) if isinstance(value, datetime) else value
        cell.number_format = _DAY
        return
    # Reading takes an apostrophe off; one that is meant gets another.
    text = kept(str(value)) if str(value).startswith("'") else str(value)
    cell.value = _NOT_IN_XML.sub("\ufffd", text)
    cell.data_type = "s"
    if GUARD.match(text):
        cell.quotePrefix = True  # type: ignore[assignment]  # openpyxl makes a style of it
    if len(text) > _LONG or "\n" in text:
        cell.alignment = Alignment(wrap_text=True, vertical="top")


def _print_well(sheet: Worksheet, title: str) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    head, foot = HeaderFooterItem(), HeaderFooterItem()
    head.center.text, foot.center.text = title.replace("&", "&&")[:200], "&P / &N"
    sheet.oddHeader, sheet.oddFooter = head, foot


def _tell(sheet: Worksheet, notes: list[tuple[str, str]], title: str) -> None:
    for number, line in enumerate(notes, start=1):
        for place, text in enumerate(line, start=1):
            cell = sheet.cell(number, place)
            put(cell, text or None)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(bold=place == 1)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 28, 100
    _print_well(sheet, title)


def _sheet_name(title: str) -> str:
    return re.sub(r"[\[\]:*?/\\]", " ", title).strip(" '")[:31].strip(" '") or "1"


def name_beside(sheet: Worksheet, name: str) -> str:
    """A name for another sheet, which may not be that of the first."""
    return name if name.casefold() != sheet.title.casefold() else f"{name} 2"
