"""The answer to a question as a file: CSV or a workbook, with period, warnings and what each figure means."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from insights.guiding.definitions import BEFORE_AFTER, METHOD, WELLBEING
from insights.guiding.page import Answer, Sheet
from shelters import sheets

KINDS = {"csv": "CSV", "xlsx": "XLSX"}


def notes(made: Answer, since: date, until: date) -> list[tuple[str, str]]:
    """What a reader of the file must know."""
    question = made.question
    told = [(_("Period"), f"{date_format(since, 'j F Y')} – {date_format(until, 'j F Y')}")]
    told += [(_("Warning"), warning) for warning in made.warnings]
    if made.difference:
        told.append((_("Difference"), made.difference))
    if question.means:
        told.append((str(question.axis), str(question.means)))
    if made.by == "navigator" and question.compared:
        told.append((_("With and without a navigator"), str(question.compared)))
    told += [(str(figure.label), str(figure.means)) for figure in question.figures]
    if question.key == "willingness":
        told.append((_("Before and after"), str(BEFORE_AFTER)))
    if question.key == "wellbeing":
        return [*told, (_("Wellbeing"), str(WELLBEING))]
    return told + [(str(label), str(text)) for label, text in METHOD]


def file(kind: str, name: str, title: str, tables: list[Sheet], told: list[tuple[str, str]]) -> HttpResponse:
    """Tables below each other, with notes. In: csv or xlsx; the name of the file without its ending."""
    width = max((len(table.heads) for table in tables), default=1) + 1
    head = [_("Table"), *[""] * (width - 1)]
    rows: list[list[str]] = []
    for table in tables:
        for line in (table.heads, *table.flat):
            rows.append([table.title, *line, *[""] * (width - 1 - len(line))])
    if kind == "xlsx":
        return sheets.download(sheets.write_xlsx(head, rows, title, told), name, sheets.TYPES[kind])
    below = [[_("Notes"), label, text, *[""] * (width - 3)] for label, text in told]
    content = sheets.write_csv(head, [*rows, *(row[: max(width, 3)] for row in below)])
    return sheets.download(content, name, sheets.TYPES[kind])
