"""Tables to files."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.text import slugify

from shelters.sheets.cells import harmless, kept, typed

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
TYPES = {"csv": CSV, "xlsx": XLSX}
"""What a table can be downloaded as, by the ending of the file."""

Cell = str | int | float | date | None
"""What can be written into a cell."""


def write_csv(head: Sequence[str], rows: Iterable[Sequence[Any]], *, comes_back: bool = False) -> bytes:
    """A table as CSV as Dutch spreadsheets open it: semicolons, decimal commas, UTF-8 with its mark.

    In: `comes_back`, for a file that is read again: text like 007 or 1-2 is kept from becoming a number or a day.
    """
    out = io.StringIO(newline="")
    guard = kept if comes_back else harmless
    csv.writer(out, delimiter=";").writerows([_plain(value, guard) for value in row] for row in [head, *rows])
    return out.getvalue().encode("utf-8-sig", "replace")


def _plain(value: Any, guard: Callable[[Any], Any]) -> Any:
    if isinstance(value, float | date):
        return typed(value)
    if value is None or isinstance(value, int):
        return value
    text = str(value)
    return kept(text) if text.startswith("'") else guard(text)  # an apostrophe of its own is not to be taken off


def write_xlsx(
    head: Sequence[str], rows: Iterable[Sequence[Any]], title: str, notes: Iterable[tuple[str, str]] = ()
) -> bytes:
    """A table as a workbook that prints well. Its head stays in sight; `notes` (name, text) are on a second sheet."""
    from shelters.sheets import books  # only here: see there

    return books.packed(books.made(head, rows, title, notes))


def download(content: bytes, name: str, content_type: str) -> HttpResponse:
    """A file as an answer that is saved and not shown, nor kept on the way. `name` is without its ending."""
    ending = {XLSX: "xlsx", CSV: "csv"}.get(content_type) or content_type.rsplit("/", 1)[-1]
    return HttpResponse(
        content,
        content_type=content_type,
        headers={
            "Content-Disposition": f'attachment; filename="loods-{slugify(name)}.{ending}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )
