"""CSV and clipboard text as a grid."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from itertools import islice

from django.utils.translation import gettext as _

from shelters.sheets.cells import tidy
from shelters.sheets.grids import HEADER_WITHIN, MOST_SCANNED, Grid, Unreadable, no_spreadsheet, too_many_rows

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
_MARKUP = ("<!doctype", "<html", "<?xml", "<table", "<meta", "{\\rtf")


def decoded(content: bytes) -> str:
    """The text of a file: UTF-8 or UTF-16 where its first bytes or its zeros say so, else Windows-1252, as Excel writes
    it in the Netherlands. Errors: Unreadable when it is no text."""
    encodings = ["utf-8", "cp1252"]
    if content.startswith(b"\xef\xbb\xbf"):
        encodings = ["utf-8-sig"]
    elif content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif content[1:400:2].count(0) > len(content[1:400:2]) // 2:
        encodings = ["utf-16-le"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _CONTROLS.search(text) or text.lstrip()[:20].lower().startswith(_MARKUP):
            break
        return text
    raise no_spreadsheet()


Fits = Callable[[list[list[str]]], int]
"""How well the first filled rows make a table, cut up at one of the separators: the higher the better."""


def grid(text: str, fits: Fits) -> Grid:
    """The cells of a CSV, cut up at the separator that fits best. Rows are numbered as a spreadsheet shows them.

    Errors: Unreadable.
    """
    # Excel obeys a first line that names the separator, and does not show it.
    named = re.match(r"sep=([;,\t])\r?\n", text)
    if named:
        return _grid(text[named.end() :], named[1])
    return _grid(text, max(";\t,", key=lambda separator: _best(text, separator, fits)))


def _best(text: str, separator: str, fits: Fits) -> int:
    try:
        rows = [row for row in islice(_reader(text, separator, strict=False), 100) if any(row)]
    except csv.Error:
        return 0
    return fits(rows[:HEADER_WITHIN]) if rows else 0


def _grid(text: str, separator: str) -> Grid:
    found = Grid()
    rows = _reader(text, separator, strict=True)
    number = 0
    try:
        for number, row in enumerate(rows, start=1):
            _add(found, number, row)
    except csv.Error as error:
        raise Unreadable(
            _("Row %(row)d cannot be read: a quotation mark is opened and not closed there, or closed too early.")
            % {"row": number + 1}
        ) from error
    return found


def clipboard(text: str) -> Grid:
    """The cells of what was copied from a spreadsheet. Errors: Unreadable when it is too long."""
    text = text.replace("\x00", "\ufffd").removesuffix("\n").removesuffix("\r")
    try:
        rows = list(islice(_reader(text, "\t", strict=True), MOST_SCANNED + 1))
    except csv.Error:
        # A quotation mark that is part of a name: not every spreadsheet doubles it.
        rows = [line.split("\t") for line in re.split(r"\r\n|\r|\n", text)]
    found = Grid(lettered=False)
    for number, row in enumerate(rows, start=1):
        _add(found, number, row)
    return found


def _reader(text: str, separator: str, *, strict: bool) -> csv._reader:  # type: ignore[name-defined]
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=strict)


def _add(found: Grid, number: int, row: list[str]) -> None:
    if number > MOST_SCANNED:
        raise too_many_rows()
    found.add(number, {column: cell for column, cell in enumerate(row, start=1) if tidy(cell) is not None})
