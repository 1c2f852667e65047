"""The page of the comparison, for who studies figures, and its files."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from access import log
from access.doors import door
from access.roles import Role
from insights.comparison.definitions import ALPHA, INTERVALS, SHARES, TIMES
from insights.comparison.reading import Column, compare
from insights.comparison.table import Table, head, name_of, rows, table_of
from insights.periods import PeriodForm
from shelters import sheets
from workflows.designs.declaration import registry as designs

KINDS = {"csv": "CSV", "xlsx": "XLSX"}


@door(Role.ANALYST, Role.ACTION_OWNER)
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The designs side by side: a chart, a table, warnings and definitions; or the table as a file."""
    form = PeriodForm(request.GET)
    since, until = form.period()
    threshold = int(settings.LOODS_SMALL_NUMBER)
    columns = compare(since, until, threshold)
    table = table_of(columns, threshold)
    kind = request.GET.get("as", "")
    if kind in KINDS:
        log.record(request, log.Action.EXPORT, "comparison", detail={"as": kind, "designs": len(columns)})
        return _file(kind, table, f"{date_format(since, 'j F Y')} – {date_format(until, 'j F Y')}")
    log.record(request, log.Action.READ, "comparison")
    measured = [column for column in columns if _median(column, "to_decision") is not None]
    chart = {
        "names": [name_of(column.design) for column in measured],
        "parts": [],
        "demand": [
            {"name": _("Median days to the decision"), "values": [_median(c, "to_decision") for c in measured]},
            {"name": _("Median days waiting on others"), "values": [_median(c, "waiting") for c in measured]},
        ],
    }  # fmt: skip
    context = {
        "form": form, "since": since, "until": until, "table": table, "chart": chart if measured else None,
        "kinds": KINDS, "query": request.GET.urlencode(), "threshold": threshold, "intervals": INTERVALS,
        "figures": [*TIMES, *SHARES, ALPHA], "designs": [designs[c.design] for c in columns if c.design in designs],
    }  # fmt: skip
    return render(request, "insights/comparison.html", context)


def _median(column: Column, figure: str) -> int | None:
    spread = column.spreads.get(figure)
    return None if spread is None or spread.median is None else round(spread.median)


def _file(kind: str, table: Table, period: str) -> HttpResponse:
    notes = [(_("Requests made"), period), (_("Intervals"), str(INTERVALS))]
    notes += [(_("Warning"), warning) for warning in table.warnings]
    notes += [(str(figure.label), str(figure.means)) for figure in (*TIMES, *SHARES, ALPHA)]
    title = _("Comparison of designs")
    lines = rows(table)
    if kind == "xlsx":
        content = sheets.write_xlsx(head(table), lines, title, notes)
    else:
        width = len(head(table))
        told = [[_("Notes"), name, text, *[""] * (width - 3)] for name, text in notes]
        content = sheets.write_csv(head(table), [*lines, *(row[:width] for row in told)])
    return sheets.download(content, "comparison", sheets.TYPES[kind])
