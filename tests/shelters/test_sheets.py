"""Tables as files: written for a spreadsheet program, and read from whatever such a program makes."""

from __future__ import annotations

import io
import time
import zipfile
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from shelters import sheets
from shelters.sheets import Unreadable, pasted, read, write_csv, write_xlsx

HEAD = ["Nummer", "Voorziening", "Plekken"]
words = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Co", "Cn"]), max_size=12).map(str.strip)
tables = st.lists(st.tuples(st.integers(0, 999), words.filter(bool), st.integers(0, 999)), min_size=1, max_size=8)


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


def workbook(rows: list[list[Any]], change: Any = None) -> bytes:
    """A workbook as a spreadsheet program makes it."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    if change:
        change(book.active)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@settings(max_examples=40, deadline=None)
@given(tables)
def test_what_was_written_is_read_back(rows: list[tuple[int, str, int]]) -> None:
    wanted = [[str(a), b, str(c)] for a, b, c in rows]
    for content in (write_csv(HEAD, rows), write_xlsx(HEAD, rows, "Proef")):
        sheet = read(content)
        assert sheet.head == HEAD
        assert [
            [cell.removeprefix("'") if cell[1:2] in "=+-@" else cell for cell in row] for _n, row in sheet.rows
        ] == wanted


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"\xff\xfe", b"a;b\n"]))
def test_whatever_the_bytes_are_the_answer_is_a_table_or_a_sentence(content: bytes, start: bytes) -> None:
    try:
        sheet = read(start + content)
    except Unreadable as told:
        assert str(told)
    else:
        assert sheet.head


@pytest.mark.parametrize("value", ["=1+1", "+31 6", "-x", "@cmd", "\tx"])
def test_a_text_is_never_run_as_a_formula(value: str) -> None:
    assert b";'" in write_csv(["a", "b"], [["x", value]])
    sheet = load_workbook(io.BytesIO(write_xlsx(["a"], [[value]], "Proef"))).worksheets[0]
    assert sheet["A2"].data_type == "s" and str(sheet["A2"].value).startswith("'")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_csv_of_every_sort_is_read(encoding: str, delimiter: str) -> None:
    text = f"Nummer{delimiter}Voorziening\r\n1{delimiter}Café Zuid\r\n\r\n3{delimiter}Één"
    sheet = read(text.encode(encoding))
    assert sheet.rows == [(2, ["1", "Café Zuid"]), (4, ["3", "Één"])]


def test_an_empty_cell_is_missing_and_a_zero_is_zero() -> None:
    sheet = read(workbook([["a", "b", "c"], [0, None, 12.0], [1.5, True, "x"]]))
    assert [row for _n, row in sheet.rows] == [["0", "", "12"], ["1,5", "yes", "x"]]


def merge(sheet: Any) -> None:
    """Merge two cells."""
    sheet.merge_cells("A2:B2")


def test_merged_cells_and_formulas_without_a_value_are_named() -> None:
    with pytest.raises(Unreadable, match="A2:B2"):
        read(workbook([["a", "b"], [1, 2]], merge))
    with pytest.raises(Unreadable, match="Cell B2 holds a formula"):
        read(workbook([["a", "b"], [1, "=A2*2"]]))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\r\n \r\n", "is empty"),
        (b"%PDF-1.4 no table", "no spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "old or a protected workbook"),
        (b"PK\x03\x04 broken", "damaged"),
        (b"x" * (sheets.MOST_BYTES + 1), "larger than 5 MB"),
        (b";;;\n;;", "nothing in the table"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(content: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        read(content)


def test_a_hundred_thousand_rows_are_refused_at_once() -> None:
    rows = "\n".join("1;2" for _ in range(100_000))
    begun = time.perf_counter()
    with pytest.raises(Unreadable, match="more than 2000 rows"):
        read(f"a;b\n{rows}".encode())
    assert time.perf_counter() - begun < 2


def test_a_file_that_would_unpack_to_far_more_is_not_opened() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"<x/>")
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (sheets.MOST_UNPACKED + 1))
    with pytest.raises(Unreadable, match="unpack"):
        read(out.getvalue())


def test_what_was_copied_from_a_spreadsheet_is_read() -> None:
    assert pasted("Voorziening\tBezet\nDe Ark\t3\n").rows == [(2, ["De Ark", "3"])]
