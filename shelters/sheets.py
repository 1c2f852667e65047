"""Tables as files: written for a spreadsheet program, and read back from what such a program makes.

Reading guesses nothing in silence: what cannot be read is named by row and column, an empty cell is missing and a zero
is zero. A file is looked at only as far as it may be long; a workbook that would unpack to far more than it weighs
is not opened at all.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

MOST_BYTES = 5_000_000
MOST_UNPACKED = 60_000_000
MOST_ROWS = 2_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"

Cell = str | int | float | date | None


class Unreadable(Exception):
    """A file is no table we can read; the text says why, for the person who chose it."""


@dataclass(frozen=True)
class Sheet:
    """A table as it was read: the head and the rows as text, each with its number in the file."""

    head: list[str]
    rows: list[tuple[int, list[str]]]


def _plain(value: Cell) -> Cell:
    """A text that a spreadsheet program would run as a formula stays a text."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value


def write_csv(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A table as CSV as Dutch spreadsheet programs open it: semicolons, decimal commas, UTF-8 with its mark."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([_plain(str(name)) for name in head])
    for row in rows:
        writer.writerow([_text(_plain(value)) for value in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def _text(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:g}".replace(".", ",")
    return value.isoformat() if isinstance(value, date) else str(value)


def write_xlsx(
    head: Sequence[str], rows: Iterable[Sequence[Cell]], title: str, notes: Iterable[tuple[str, str]] = ()
) -> bytes:
    """A table as a workbook: its head stays in sight, `notes` (name and text) stand on a second sheet."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_name(title))
    sheet.freeze_panes = "B2"
    for number, name in enumerate(head, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = 30 if number == 1 else max(11, len(str(name)) + 2)
    bold = []
    for name in head:
        cell = WriteOnlyCell(sheet, value=str(_plain(str(name))))
        cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
        bold.append(cell)
    sheet.append(bold)
    for row in rows:
        sheet.append([_plain(value) for value in row])
    told = list(notes)
    if told:
        second = book.create_sheet(_sheet_name(_("Notes")))
        second.column_dimensions["A"].width, second.column_dimensions["B"].width = 28, 100
        for name, text in told:
            second.append([_plain(name), _plain(text)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet_name(text: str) -> str:
    return "".join(" " if character in "[]:*?/\\" else character for character in text)[:31] or "1"


def read(content: bytes) -> Sheet:
    """The table in a file. In: its bytes.

    Errors: Unreadable, with a sentence, for what is no table, is too large, or holds merged cells or formulas without
    a value.
    """
    if len(content) > MOST_BYTES:
        raise Unreadable(_("The file is larger than 5 MB. A statement is never that large: choose another file."))
    if not content.strip(b"\x00 \r\n\t"):
        raise Unreadable(_("The file is empty."))
    if content[:4] == b"PK\x03\x04":
        rows = _from_workbook(content)
    elif content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise Unreadable(
            _("This is an old or a protected workbook. Save it as .xlsx without a password and try again.")
        )
    elif content[:5] == b"%PDF-" or (b"\x00" in content[:2000] and content[:2] not in (b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable(_("This is no spreadsheet. Choose a file that ends in .xlsx or .csv."))
    else:
        rows = _from_text(_decoded(content))
    return _table(rows)


def pasted(text: str) -> Sheet:
    """The table in what was copied from a spreadsheet program: cells apart by tabs."""
    return _table(list(enumerate(csv.reader(io.StringIO(text), delimiter="\t"), start=1)))


def _table(rows: list[tuple[int, list[str]]]) -> Sheet:
    filled = [(number, [cell.strip() for cell in row]) for number, row in rows if any(cell.strip() for cell in row)]
    if not filled:
        raise Unreadable(_("There is nothing in the table."))
    if len(filled) > MOST_ROWS + 1:
        raise Unreadable(
            _("The table has more than %(most)s rows. Choose the file of one region.") % {"most": MOST_ROWS}
        )
    (_number, head), *rest = filled
    return Sheet(head, rest)


def _decoded(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")  # what older spreadsheet programs write


def _from_text(text: str) -> list[tuple[int, list[str]]]:
    first = text.split("\n", 1)[0]
    delimiter = max(";\t,", key=first.count)
    rows = []
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter), start=1):
            rows.append((number, row))
            if len(rows) > 2 * MOST_ROWS:
                break
    except csv.Error as wrong:
        raise Unreadable(_("The file cannot be read as a table.")) from wrong
    return rows


def _from_workbook(content: bytes) -> list[tuple[int, list[str]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MOST_UNPACKED:
                raise Unreadable(_("The file would unpack to far more than a statement can be."))
            if "xl/workbook.xml" not in packed.namelist():
                raise Unreadable(_("This is no workbook. Choose a file that ends in .xlsx or .csv."))
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        formulas = load_workbook(io.BytesIO(content), read_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError, EOFError, SyntaxError) as wrong:
        raise Unreadable(_("The workbook is damaged and cannot be read.")) from wrong
    try:
        return _cells(book, formulas, content)
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, IndexError, SyntaxError) as wrong:
        raise Unreadable(_("The workbook is damaged and cannot be read.")) from wrong


def _cells(book: Any, formulas: Any, content: bytes) -> list[tuple[int, list[str]]]:
    sheet = book.worksheets[0]
    if sheet.max_row is not None and sheet.max_row > 100 * MOST_ROWS:
        sheet.reset_dimensions()
    rows: list[tuple[int, list[str]]] = []
    pairs = zip(sheet.iter_rows(max_row=2 * MOST_ROWS), formulas.worksheets[0].iter_rows(), strict=False)
    for number, (values, written) in enumerate(pairs, start=1):
        row = []
        for column, (cell, source) in enumerate(zip(values, written, strict=False), start=1):
            value, where = cell.value, f"{get_column_letter(column)}{number}"
            if value is None and isinstance(source.value, str) and source.value.startswith("="):
                told = _("Cell %(cell)s holds a formula without a value. Open the file, save it, and try again.")
                raise Unreadable(told % {"cell": where})
            row.append(_written(value))
        rows.append((number, row))
    if merged := _merged(content):
        told = _("Cells are merged (%(cells)s). Undo that: every line must have cells of its own.")
        raise Unreadable(told % {"cells": merged})
    return rows


def _merged(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        sheets = sorted(name for name in packed.namelist() if name.startswith("xl/worksheets/sheet"))
        text = packed.read(sheets[0]) if sheets else b""
    start = text.find(b"<mergeCell ref=")
    return text[start + 16 : text.find(b'"', start + 16)].decode("ascii", "replace")[:20] if start >= 0 else ""


def _written(value: Any) -> str:
    """A cell as somebody would have typed it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, float):
        return f"{value:g}".replace(".", ",")
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)
