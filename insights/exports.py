"""The picture as a file: CSV, a workbook, or a report to print. What is left out on the page is left out here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpResponse
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from access import clock
from insights import maps, why
from insights.definitions import FIGURES, PLAN
from insights.picture import Line, Table
from shelters import sheets

if TYPE_CHECKING:
    from insights.views import Asked

KINDS = {"csv": "CSV", "xlsx": "XLSX", "pdf": "PDF"}
TYPES = {**sheets.TYPES, "pdf": "application/pdf"}


def answer(kind: str, made: Table, asked: Asked) -> HttpResponse:
    """The table of a picture as a download. In: csv, xlsx or pdf."""
    beside = asked.other is not None and kind != "pdf"  # on paper the difference stands in the cell itself
    head = [str(made.cut.label)]
    for key in made.figures:
        head.append(str(FIGURES[key].label))
        if beside:
            head.append(_("%(figure)s, difference") % {"figure": FIGURES[key].label})
    lines = [(line.name, line) for line in made.lines]
    if made.cut.adds_up:
        lines.append((_("Total"), made.total))
    rows = [[name, *_values(line, made.figures, beside, kind == "pdf" and asked.other is not None)]
            for name, line in lines]  # fmt: skip
    day = date_format(made.day, "j F Y")
    title = _("National picture, %(day)s") % {"day": day}
    if asked.other is not None:
        title = _("National picture, %(day)s beside %(other)s") % {
            "day": day, "other": date_format(asked.other, "j F Y"),
        }  # fmt: skip
    return file(kind, head, rows, title, notes(made, asked), f"picture-{made.day.isoformat()}")


def _values(line: Line, figures: Iterable[str], beside: bool, inside: bool) -> list[Any]:
    found: list[Any] = []
    for key in figures:
        value, by = f"<{threshold()}" if key in line.hidden else _cell(line.numbers.get(key)), _cell(line.change(key))
        if inside and by is not None:
            value = f"{_told(value)} ({'+' if by > 0 else ''}{_told(by)})"
        found += [value, by] if beside else [value]
    return found


def series(kind: str, rows: Iterable[tuple[date, int, int | None]], asked: Asked) -> HttpResponse:
    """The ten years as a download: places and occupied places at the end of each month."""
    head = [_("End of the month"), str(FIGURES["places"].label), str(FIGURES["occupied"].label)]
    lines = [[day, places, f"<{threshold()}" if occupied is None else occupied] for day, places, occupied in rows]
    told = [*about(asked), *meanings(("places", "occupied"))]
    title = _("Places and occupied places, ten years up to %(day)s") % {"day": date_format(asked.day, "F Y")}
    return file(kind, head, lines, title, told, f"picture-years-{asked.day.isoformat()}")


def reasons(kind: str, parts: Iterable[why.Part], asked: Asked) -> HttpResponse:
    """What came of the requests, and why not, as a download."""
    made = list(parts)
    head, rows = why.table(made, f"<{threshold()}")
    told = [(_("As it stood on"), date_format(asked.day, "j F Y")), *about(asked)]
    told += [(part.title, part.means) for part in made]
    title = _("What came of the requests, %(day)s") % {"day": date_format(asked.day, "j F Y")}
    return file(kind, head, rows, title, told, f"picture-why-not-{asked.day.isoformat()}")


def file(
    kind: str, head: list[str], rows: list[list[Any]], title: str, told: list[tuple[str, str]], name: str
) -> HttpResponse:
    """A table as a download: csv, xlsx with what a reader must know on a second sheet, or else a report to print."""
    match kind:
        case "csv":
            content = sheets.write_csv(head, rows)
        case "xlsx":
            content = sheets.write_xlsx(head, rows, title, told)
        case _:
            content = report(title, head, rows, told)
    return sheets.download(content, name, TYPES[kind])


def threshold() -> int:
    """From which number of persons on numbers are shown."""
    return int(settings.LOODS_SMALL_NUMBER)


def _cell(value: float | None) -> float | int | None:
    return int(value) if value is not None and float(value).is_integer() else value


def about(asked: Asked) -> list[tuple[str, str]]:
    """What a reader of any file must know: its limits, when it was made, who asks for it, and what is left out."""
    limits = "; ".join(f"{name}: {value}" for name, value in asked.limited_to) or _("none")
    return [
        (_("Limited to"), limits),
        (_("Made on"), date_format(clock.today(), "j F Y")),
        (_("Asked by"), str(PLAN)),
        (
            _("Left out"),
            _("Numbers of persons under %(n)s are left out where the reader may not see the cases, and others with "
              "them so that they cannot be worked out.") % {"n": threshold()},
        ),
    ]  # fmt: skip


def meanings(keys: Iterable[str]) -> list[tuple[str, str]]:
    """What figures mean, each with its source."""
    return [(str(FIGURES[key].label), f"{FIGURES[key].means} ({FIGURES[key].source})") for key in keys]


def notes(made: Table, asked: Asked) -> list[tuple[str, str]]:
    """What a reader of the file must know: day, limits, when it was made, definitions and sources."""
    told = [(_("As it stood on"), date_format(made.day, "j F Y"))]
    if asked.other is not None:
        told.append((_("Compared with"), date_format(asked.other, "j F Y")))
    return [*told, *about(asked), *meanings(made.figures), (_("Map"), maps.CREDIT)]


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
                row.cell(_latin(_told(value)))
    pdf.ln(4)
    for name, text in told:
        pdf.set_font("Helvetica", "B", 8)
        pdf.write(4, _latin(f"{name}: "))
        pdf.set_font("Helvetica", "", 8)
        pdf.write(4, _latin(text))
        pdf.ln(5)
    return bytes(pdf.output())


def _told(value: Any) -> str:
    if isinstance(value, date):
        return date_format(value, "j F Y")
    return "" if value is None else number_format(value) if isinstance(value, float) else str(value)


def _latin(text: str) -> str:
    """The letters that the fonts of every reader have."""
    plain = text.replace("–", "-").replace("“", '"').replace("”", '"').replace("’", "'").replace("‘", "'")
    return plain.encode("latin-1", errors="replace").decode("latin-1")
