"""Tables from files of every sort, and to files: what comes out as text, and what is refused with a sentence."""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pytest
from django.utils import translation
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from shelters.sheets import CSV, XLSX, Unreadable, download, harmless, pasted, read, write_csv, write_xlsx
from shelters.sheets.cells import tidy
from shelters.sheets.grids import MOST_SCANNED
from shelters.sheets.workbook import MOST_TAGS, MOST_UNPACKED
from tests.shelters.excel import from_excel

HEAD = ["Nummer", "Voorziening", "Plekken"]


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def workbook(rows: list[list[Any]], change: Callable[[Any], None] | None = None) -> bytes:
    """A workbook as a spreadsheet program makes it."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    if change:
        change(book.active)
    return saved(book)


def saved(book: Workbook) -> bytes:
    """The bytes of a workbook."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_part(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The same workbook with one of its parts changed, as no spreadsheet program of ours would write it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, change(old.read(part)) if part == name else old.read(part))
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def with_cell(content: bytes, cell: str, inside: bytes) -> bytes:
    """The same workbook with another inside of one cell."""
    old = re.compile(rb'<c r="%s".*?</c>' % cell.encode())
    return with_part(content, SHEET, lambda part: old.sub(b'<c r="%s"%s</c>' % (cell.encode(), inside), part, count=1))


# -- Round trip -------------------------------------------------------------------------------------------------------

words = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Co", "Cn"]), max_size=12)
texts = st.one_of(words, st.builds("{}{}".format, st.sampled_from("=+-@'"), words)).filter(lambda t: as_kept(t) == t)


def as_kept(text: str) -> str:
    """The text without the spaces at its ends, which no file is trusted to keep."""
    return text.replace("\u00a0", " ").strip().strip("\ufeff\u200b").strip()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9999), texts, st.none() | st.integers(-9, 9)), min_size=1, max_size=6))
@example([(1, "'=x", None), (2, "'t Huis", 0), (3, "''-", 1), (4, "-", 2), (5, 'a";b,c\td\ne', -3), (6, "_x000A_", 1)])
@example([(1, "'007", None), (2, "007", 0), (3, "''1-2", 1), (4, "9" * 40, 2), (5, "'" + "9" * 40, 3), (6, "50%", 4)])
def test_what_was_written_is_read_back(rows: list[tuple[int, str, int | None]]) -> None:
    wanted = [[str(a), b, "" if c is None else str(c)] for a, b, c in rows]
    for content in (
        write_csv(HEAD, rows), write_csv(HEAD, rows, comes_back=True),
        write_xlsx(HEAD, rows, "Proef", [("Bron", "eigen")]),
    ):  # fmt: skip
        sheet = read(content)
        assert sheet.head == HEAD
        assert [row for _number, row in sheet.rows] == wanted


def test_text_of_a_csv_that_comes_back_is_no_number_or_day_for_a_spreadsheet() -> None:
    texts = ["007", "1-2", "1E3", "12,5", "50%", "€ 12,50", "3 april", "12-nov-26", "mei 2026", "10:30", "WAAR"]
    lines = write_csv(["a"], [[text] for text in texts], comes_back=True).decode("utf-8-sig").splitlines()[1:]
    assert lines == [f"'{text}" for text in texts]
    plain = ["2e verdieping", "De Ark", "Mei Li Huis", "decaan"]
    assert write_csv(["a"], [[text] for text in plain], comes_back=True).decode("utf-8-sig").splitlines()[1:] == plain
    assert write_csv(["a"], [[7, 1.5]], comes_back=True).decode("utf-8-sig").splitlines()[1] == "7;1,5"


@pytest.mark.parametrize("value", ["=1+1", "+31 6", "-x", "@cmd", "\tx", "'=1+1"])
def test_a_text_is_never_run_as_a_formula(value: str) -> None:
    assert b";'" in write_csv(["a", "b"], [["x", value]]).replace(b'"', b"")
    cell = load_workbook(io.BytesIO(write_xlsx(["a"], [[value]], "Proef"))).worksheets[0]["A2"]
    assert cell.data_type == "s" and cell.quotePrefix, "text, and text it stays when somebody edits the cell"
    assert tidy(harmless("'t Huis")) == "'t Huis"


def test_a_workbook_prints_well_and_says_where_it_is_from() -> None:
    book = load_workbook(
        io.BytesIO(write_xlsx(HEAD, [[1, "A", date(2026, 11, 27)]], "Stand: A&B/2026", [("Bron", "x")]))
    )
    first, second = book.worksheets
    assert first.title == "Stand  A&B 2026" and [cell.value for cell in second[1]] == ["Bron", "x"]
    assert (first.freeze_panes, first.print_title_rows, first.page_setup.orientation) == ("B2", "$1:$1", "landscape")
    assert first["C2"].is_date and first["C2"].number_format == "dd-mm-yyyy"


def test_a_download_is_saved_and_kept_nowhere_on_the_way() -> None:
    answer = download(b"x", "Stand West 2026-11-27", XLSX)
    assert answer["Content-Disposition"] == 'attachment; filename="loods-stand-west-2026-11-27.xlsx"'
    assert answer["Cache-Control"] == "no-store" and answer["X-Content-Type-Options"] == "nosniff"
    assert download(b"x", "stand", CSV)["Content-Disposition"].endswith('stand.csv"')


# -- CSV and the clipboard --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_csv_of_every_sort_is_read(encoding: str, separator: str) -> None:
    text = f"Nummer{separator}Voorziening\r\n1{separator}Café ‘Zuid’\r\n\r\n3{separator}Één"
    sheet = read(text.encode(encoding))
    assert sheet.head == ["Nummer", "Voorziening"]
    assert sheet.rows == [(2, ["1", "Café ‘Zuid’"]), (4, ["3", "Één"])]


def test_a_decimal_comma_does_not_divide_a_cell() -> None:
    assert read(b"a;b\n1,5;2,5\n").rows == [(2, ["1,5", "2,5"])]


def test_the_line_with_which_excel_names_the_separator_is_no_row() -> None:
    assert read(b"sep=,\r\na;x,b\r\n1,2\r\n").rows == [(2, ["1", "2"])]


def test_a_row_of_the_clipboard_may_hold_lines_and_a_loose_quotation_mark() -> None:
    assert pasted('Voorziening\tBezet\r\n"De\nArk"\t3\r\n').rows == [(2, ["De\nArk", "3"])]
    assert pasted('Voorziening\tBezet\n"Ark\t3\nZuid\t4\n').rows == [(2, ['"Ark', "3"]), (3, ["Zuid", "4"])]
    assert pasted("a\n" + "x" * 200_000).rows == [(2, ["x" * 200_000])]


def test_a_quotation_mark_that_is_not_closed_is_named_by_its_row() -> None:
    with pytest.raises(Unreadable, match="Row 3 cannot be read"):
        read(b'a;b\n1;2\n"3;4\n5;6\n')


# -- Workbooks --------------------------------------------------------------------------------------------------------


def test_cells_come_out_as_they_would_have_been_typed() -> None:
    day, moment = date(2026, 11, 27), datetime(2026, 11, 27, 14, 30)  # noqa: DTZ001  # a cell has no zone
    rows = [[0, None, 12.0], [1.5, True, "x"], [1234567.5, day, moment], [0.1 + 0.2, " ", "\u00a0"]]
    sheet = read(workbook([["a", "b", "c"], *rows]))
    assert [row for _number, row in sheet.rows] == [
        ["0", "", "12"],
        ["1,5", "yes", "x"],
        ["1234567,5", "2026-11-27", "2026-11-27 14:30"],
        ["0,3", "", ""],
    ]


def test_a_file_of_excel_itself_is_read_as_it_stands_there() -> None:
    sheet = read(from_excel())
    assert sheet.head == ["Unit", "Plaatsen", "Stand op", "Vrij", "Gezien\nom"]
    assert sheet.rows == [
        (2, ["Huis Noord", "8", "2026-11-27", "1,5", "2026-11-27 14:30"]),
        (3, ["東", "0,3", "2026-11-28", "onbekend", "yes"]),
    ], "runs of one text, no reading of it, what formulas gave, and no row or column of styles alone"


def test_rows_below_an_empty_one_are_read_and_keep_their_number() -> None:
    assert read(workbook([["a"], [1], [], [None], [2]])).rows == [(2, ["1"]), (5, ["2"])]


def test_the_first_sheet_that_is_not_hidden_is_read() -> None:
    book = Workbook()
    book.active.append(["verborgen"])
    book.active.sheet_state = "hidden"
    book.create_sheet("Stand").append(["a", "b"])
    book.active = 1
    assert read(saved(book)).head == ["a", "b"]


def test_a_formula_counts_for_what_it_gave_and_is_named_when_it_gave_nothing() -> None:
    content = workbook([["a", "b"], [1, "=A2*2"], [1, "=A3"]])
    with pytest.raises(Unreadable, match="Cell B2, B3: a formula without a value"):
        read(content)
    worked_out = with_cell(with_cell(content, "B2", b"><f>A2*2</f><v>2</v>"), "B3", b' t="str"><f>A3</f><v></v>')
    assert read(worked_out).rows == [(2, ["1", "2"]), (3, ["1", ""])], "empty text is what the formula gave"
    wrong = with_cell(worked_out, "B2", b' t="e"><f>A2*2</f><v>#REF!</v>')
    with pytest.raises(Unreadable, match="Cell B2: a formula that gives an error"):
        read(wrong)


def test_a_title_above_the_head_does_no_harm_where_the_head_is_known() -> None:
    def is_head(cells: list[str]) -> bool:
        return "Nummer" in cells

    rows = [["Opgave week 48, regio West"], ["27-11-2026"], [], ["Nummer", "Plekken"], [7, 3]]
    content = workbook(rows, lambda sheet: sheet.merge_cells("A1:D1"))
    for sheet in (
        read(content, is_head),
        read(b"Opgave; week 48; West; x\n\nNummer,Plekken\n7,3\n", is_head),
        pasted("Opgave week 48\t\nNummer\tPlekken\n7\t3", is_head),
    ):
        assert sheet.head[:2] == ["Nummer", "Plekken"] and [row[:2] for _n, row in sheet.rows] == [["7", "3"]]
    with pytest.raises(Unreadable, match="A1:D1"):
        read(content)


def test_merged_cells_in_the_table_are_named_and_those_elsewhere_do_no_harm() -> None:
    with pytest.raises(Unreadable, match="A2:B2"):
        read(workbook([["a", "b"], [1, 2]], lambda sheet: sheet.merge_cells("A2:B2")))
    assert read(workbook([["a", "b"], [1, 2]], lambda sheet: sheet.merge_cells("A9:B9"))).rows == [(2, ["1", "2"])]


# -- What is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\r\n \r\n", "is empty"),
        (b";;;\n;;", "nothing in the table"),
        (b"%PDF-1.4 no table", "no spreadsheet"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "no spreadsheet"),
        (b"<html><table><tr><td>1", "no spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "old or a protected workbook"),
        (b"PK\x03\x04 broken", "damaged"),
        (b"a;b\n" * 1_400_000, "larger than 5 MB"),
        (b"a" + b";" * 300 + b"b\n", "more than 250 columns"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_table_is_refused_with_a_sentence(content: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        read(content)


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("word/document.xml", "Word"),
        ("content.xml", "OpenDocument"),
        ("xl/workbook.bin", "XLSB"),
        ("x.txt", "no spread"),
    ],
)
def test_another_program_is_named(part: str, said: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr(part, b"<x/>")
    with pytest.raises(Unreadable, match=said):
        read(out.getvalue())


def many_rows(kind: str) -> bytes:
    """A table of 100,000 rows."""
    if kind == "csv":
        return b"a;b\n" + b"1;2\n" * 100_000
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for number in range(100_000):
        sheet.append([number])
    return saved(book)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_hundred_thousand_rows_are_refused_at_once(kind: str) -> None:
    content = many_rows(kind)
    begun = time.perf_counter()
    with pytest.raises(Unreadable, match="more than 2000 rows"):
        read(content)
    assert time.perf_counter() - begun < 1


def test_two_thousand_rows_are_read_and_one_more_is_not() -> None:
    assert len(read(b"a;b\n" + b"1;2\n" * 2_000).rows) == 2_000
    with pytest.raises(Unreadable, match="more than 2000 rows"):
        read(b"a;b\n" + b"1;2\n" * 2_001)


def test_rows_that_only_have_a_format_do_not_count() -> None:
    rows = b"".join(b'<row r="%d"><c r="A%d" s="0"/></row>' % (n, n) for n in range(3, MOST_SCANNED - 50))
    content = with_part(
        workbook([["a"], [1]]), SHEET, lambda part: part.replace(b"</sheetData>", rows + b"</sheetData>")
    )
    begun = time.perf_counter()
    assert read(content).rows == [(2, ["1"])]
    assert time.perf_counter() - begun < 2


@pytest.mark.parametrize("part", [SHEET, "xl/styles.xml"])
def test_a_file_that_would_unpack_to_far_more_is_not_opened(part: str) -> None:
    bomb = with_part(workbook([["a"], [1]]), part, lambda content: content + b" " * MOST_UNPACKED)
    assert len(bomb) < 100_000
    with pytest.raises(Unreadable, match="unpack"):
        read(bomb)


@pytest.mark.parametrize(
    "row", [b"<c/>" * MOST_TAGS, b"<c>" * (MOST_TAGS // 2) + b"</c>" * (MOST_TAGS // 2)], ids=["wide", "deep"]
)
def test_a_small_file_that_would_cost_much_to_read_is_not_opened(row: bytes) -> None:
    end = b"</sheetData>"
    dear = with_part(workbook([["a"], [1]]), SHEET, lambda part: part.replace(end, b"<row>" + row + b"</row>" + end))
    begun = time.perf_counter()
    with pytest.raises(Unreadable, match="unpack"):
        read(dear)
    assert len(dear) < 20_000 and time.perf_counter() - begun < 1


def test_xml_that_defines_its_own_words_is_not_opened() -> None:
    defined = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><worksheet'
    with pytest.raises(Unreadable, match="damaged"):
        read(with_part(workbook([["a"], [1]]), SHEET, lambda part: part.replace(b"<worksheet", defined)))


def test_a_workbook_with_a_password_per_part_is_refused() -> None:
    content = bytearray(workbook([["a"], [1]]))
    at = content.rindex(b"PK\x01\x02")
    content[at + 8] |= 1
    with pytest.raises(Unreadable, match="damaged"):
        read(bytes(content))


def answered(content: bytes) -> None:
    """Either a table comes out or a sentence, nothing else."""
    try:
        sheet = read(content)
    except Unreadable as told:
        assert str(told)
    else:
        assert sheet.head


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"\xff\xfe", b"a;b\n", b'"']))
def test_whatever_the_bytes_are_the_answer_is_a_table_or_a_sentence(content: bytes, start: bytes) -> None:
    answered(start + content)


ORDINARY = workbook([["a", "b"], [1, "x"], [date(2026, 11, 27), 2.5]], lambda sheet: sheet.merge_cells("A9:B9"))
PARTS = zipfile.ZipFile(io.BytesIO(ORDINARY)).namelist()


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PARTS), st.integers(0, 4000), st.binary(max_size=6), st.integers(0, 40))
def test_a_workbook_broken_anywhere_gives_a_table_or_a_sentence(part: str, at: int, put: bytes, out: int) -> None:
    answered(with_part(ORDINARY, part, lambda content: content[:at] + put + content[at + out :]))
    answered(ORDINARY[:at] + put + ORDINARY[at + out :])


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60), st.sampled_from(["", "\t", '"', "a\tb\n"]))
def test_whatever_is_pasted_gives_a_table_or_a_sentence(text: str, start: str) -> None:
    try:
        assert pasted(start + text).head
    except Unreadable as told:
        assert str(told)
