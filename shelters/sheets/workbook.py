"""A workbook (XLSX) as a grid.

The file comes from outside, so it is weighed before it is opened: how large it would become, how many rows there are,
and whether its XML defines entities. Then openpyxl reads the workbook and the cells of its first visible sheet, and
nothing else: not the charts, formats and links that break other readers.
"""

from __future__ import annotations

import logging
import re
import zipfile
from collections.abc import Generator
from datetime import date
from io import BytesIO
from typing import Any, NoReturn

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries
from openpyxl.worksheet._reader import FORMULA_TAG, MERGE_TAG, ROW_TAG, WorkSheetParser
from openpyxl.xml.functions import iterparse

from shelters.sheets.cells import Raw, Spoilt, tidy
from shelters.sheets.grids import MOST_ROWS, MOST_SCANNED, Area, Grid, Unreadable, no_spreadsheet, too_many_rows

logger = logging.getLogger("loods.sheets")

MOST_UNPACKED = 25 * 1024 * 1024
"""Bytes that a workbook may take when it is unpacked."""

BOMB = 200 * 1024 * 1024
"""Bytes from which nothing is unpacked at all, not even to count rows."""

MOST_PARTS = 1_000
MOST_TAGS = 500_000
"""Tags in a workbook: each costs far more to read than the bytes it takes."""

_SHEETS = "xl/worksheets/"
_CHUNK = 256 * 1024
_ROW = re.compile(rb"<row[ >/]")
_OTHERS = (
    ("xl/workbook.bin", "XLSB"),
    ("word/document.xml", "Word"),
    ("ppt/presentation.xml", "PowerPoint"),
    ("Index/Document.iwa", "Numbers"),
    ("content.xml", "OpenDocument"),
)


def grid(content: bytes) -> Grid:
    """The cells of the first visible sheet. Errors: Unreadable."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            _weigh(archive)
        return _cells(content)
    except Unreadable:
        raise
    except Exception as error:
        # openpyxl and zipfile answer broken files with errors of any kind: KeyError, TypeError, zlib.error and more.
        logger.info("a workbook could not be read: %s", type(error).__name__)
        _broken()


def _broken() -> NoReturn:
    raise Unreadable(_("The workbook is damaged and cannot be read."))


# -- Weighing ---------------------------------------------------------------------------------------------------------


def _weigh(archive: zipfile.ZipFile) -> None:
    """Refuse what is no workbook, or one that would cost too much to open."""
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names:
        for name, program in _OTHERS:
            if name in names:
                raise Unreadable(
                    _("This is a file of %(program)s, which cannot be read here. Save it as .xlsx.")
                    % {"program": program}
                )
        raise no_spreadsheet()
    if any(part.flag_bits & 1 for part in parts):
        _broken()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > BOMB or _odd(parts):
        raise Unreadable(_("The file would unpack to far more than a statement can be."))
    size = tags = 0
    # All of them: a workbook may call its parts what it likes. Sheets first: "too many rows" is what helps people most.
    for part in sorted(parts, key=lambda part: not part.filename.startswith(_SHEETS)):
        more, rows = _weigh_part(archive, part, MOST_TAGS - tags)
        size, tags = size + part.file_size, tags + more
        if rows > MOST_SCANNED or (tags > MOST_TAGS and rows > MOST_ROWS):
            raise too_many_rows()
        if size > MOST_UNPACKED or tags > MOST_TAGS:
            raise Unreadable(_("The file would unpack to far more than a statement can be."))


def _odd(parts: list[zipfile.ZipInfo]) -> bool:
    # What is packed in another way than Excel's is unpacked without a limit by Python.
    return any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts)


def _weigh_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, most: int) -> tuple[int, int]:
    """Tags and rows in a part, counted until there are too many; never more of it in memory than a piece."""
    tags, rows, tail = 0, 0, b""
    with archive.open(part) as source:
        while (piece := source.read(_CHUNK)) and tags <= most and rows <= MOST_SCANNED:
            # With the end of the piece before it, for what was cut in two. A row counted twice there does not matter.
            seen = tail + piece
            tail = piece[-40:]
            if b"<!DOCTYPE" in seen.replace(b"\0", b""):
                _broken()
            if part.filename == "xl/workbook.xml" and b"//purl.oclc.org/ooxml/" in seen:
                raise Unreadable(_("This workbook was saved as “Strict Open XML”. Save it as an ordinary .xlsx."))
            tags += piece.count(b"<")
            rows += len(_ROW.findall(seen)) if part.filename.startswith(_SHEETS) else 0
    return tags, rows


# -- Reading ----------------------------------------------------------------------------------------------------------


class _Sheet(WorkSheetParser):
    """Rows and merged cells of a sheet, and whether a formula was ever worked out."""

    merged: list[str]

    def parse(self) -> Generator[Any, None, None]:
        self.merged = []
        for _event, element in iterparse(self.source):
            if element.tag == ROW_TAG:
                yield self.parse_row(element)
                element.clear()
            elif element.tag == MERGE_TAG:
                self.merged = [str(one.get("ref")) for one in element]

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        # A formula that gives text has the type "str", also when the text is empty.
        if cell["value"] is None and element.get("t") != "str" and element.find(FORMULA_TAG) is not None:
            cell["data_type"] = "f"
        return cell


def _cells(content: bytes) -> Grid:
    # What openpyxl read of texts and formats it keeps under names that are not public; its version is held for that.
    book: Any = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
    sheet: Any = next((one for one in book.worksheets if one.sheet_state == "visible"), None)
    if sheet is None:
        raise Unreadable(_("There is no sheet in this workbook."))
    found = Grid(sheet=sheet.title, epoch=date(book.epoch.year, book.epoch.month, book.epoch.day))
    with sheet._get_source() as source:
        parser = _Sheet(
            source,
            sheet._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        for number, cells in parser.parse():
            filled = {cell["column"]: _raw(cell) for cell in cells}
            found.add(number, {column: raw for column, raw in filled.items() if tidy(raw) is not None})
    found.merged = [_area(reference) for reference in parser.merged]
    book.close()
    return found


def _area(reference: str) -> Area:
    left, top, right, bottom = range_boundaries(reference)
    if left is None or top is None or right is None or bottom is None:
        raise ValueError(reference)
    return Area(left, top, right, bottom)


def _raw(cell: dict[str, Any]) -> Raw:
    if cell["data_type"] == "f":
        return Spoilt(_("a formula without a value stands here. Open the file, save it, and try again."))
    if cell["data_type"] == "e":
        return Spoilt(_("a formula that gives an error stands here (%(value)s).") % {"value": cell["value"]})
    raw: Raw = cell["value"]
    return raw
