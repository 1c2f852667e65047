"""The picture as a file: CSV, a workbook, or a report to print. What is left out on the page is left out here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from access import clock
from insights import maps
from insights.definitions import FIGURES, PLAN
from insights.picture import Line, Table
from shelters import sheets

if TYPE_CHECKING:
    from insights.views import Asked

KINDS = {"csv": "CSV", "xlsx": "XLSX", "pdf": "PDF"}
TYPES = {"csv": sheets.CSV, "xlsx": sheets.XLSX, "pdf": "application/pdf"}


def answer(kind: str, made: Table, asked: Asked) -> HttpResponse:
    """The table of a picture as a download. In: csv, xlsx or pdf."""
    head = [str(made.cut.label), *(str(FIGURES[key].label) for key in made.figures)]
    rows = [_row(line, made) for line in made.lines]
    if made.cut.adds_up:
        rows.append(_row(made.total, made, _("Total")))
    title = _("National picture, %(day)s") % {"day": date_format(made.day, "j F Y")}
    match kind:
        case "csv":
            content = sheets.write_csv(head, rows)
        case "xlsx":
            content = sheets.write_xlsx(head, rows, title, notes(made, asked))
        case _:
            content = report(title, head, rows, notes(made, asked))
    return sheets.download(content, f"picture-{made.day.isoformat()}", TYPES[kind])


def _row(line: Line, made: Table, name: str = "") -> list[Any]:
    values = [f"<{_threshold()}" if key in line.hidden else _cell(line.numbers.get(key)) for key in made.figures]
    return [name or line.name, *values]


def _threshold() -> int:
    return int(settings.LOODS_SMALL_NUMBER)


def _cell(value: float | None) -> float | int | None:
    return int(value) if value is not None and float(value).is_integer() else value


def notes(made: Table, asked: Asked) -> list[tuple[str, str]]:
    """What a reader of the file must know: day, limits, when it was made, definitions and sources."""
    limits = ", ".join(f"{name}: {value}" for name, value in asked.limits.items()) or _("none")
    told = [
        (_("As it stood on"), date_format(made.day, "j F Y")),
        (_("Limited to"), limits),
        (_("Made on"), date_format(clock.today(), "j F Y")),
        (_("Asked by"), str(PLAN)),
        (
            _("Left out"),
            _("Numbers of persons under %(n)s are left out where the reader may not see the cases, and others with "
              "them so that they cannot be worked out.") % {"n": _threshold()},
        ),
    ]  # fmt: skip
    told += [(str(FIGURES[key].label), f"{FIGURES[key].means} ({FIGURES[key].source})") for key in made.figures]
    return [*told, (_("Map"), maps.CREDIT)]


def report(title: str, head: list[str], rows: list[list[Any]], told: list[tuple[str, str]]) -> bytes:
    """A report to print: the table, and below it what a reader must know."""
    from fpdf import FPDF, FontFace  # only here: it is large, and every process would load it

    pdf = FPDF(orientation="landscape", format="A4")
    pdf.set_title(_latin(title))
    pdf.set_lang("nl")
    pdf.set_creator("Loods")
    pdf.set_auto_page_break(True, margin=14)
    pdf.alias_nb_pages()
    pdf.add_page()
    pdf.set_font("Helvetica", "B", 16)
    pdf.cell(0, 10, _latin(title), new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("Helvetica", "", 8)
    first = 52
    rest = (pdf.epw - first) / max(1, len(head) - 1)
    with pdf.table(
        col_widths=(first, *[rest] * (len(head) - 1)), text_align=("LEFT", *["RIGHT"] * (len(head) - 1)),
        headings_style=FontFace(emphasis="BOLD", fill_color=(226, 239, 240)), line_height=5,
    ) as table:  # fmt: skip
        for line in [head, *rows]:
            row = table.row()
            for value in line:
                row.cell(_latin("" if value is None else str(value)))
    pdf.ln(4)
    for name, text in told:
        pdf.set_font("Helvetica", "B", 8)
        pdf.write(4, _latin(f"{name}: "))
        pdf.set_font("Helvetica", "", 8)
        pdf.write(4, _latin(text))
        pdf.ln(5)
    return bytes(pdf.output())


def _latin(text: str) -> str:
    """The letters that the fonts of every reader have."""
    plain = text.replace("–", "-").replace("“", '"').replace("”", '"').replace("’", "'").replace("‘", "'")
    return plain.encode("latin-1", errors="replace").decode("latin-1")
