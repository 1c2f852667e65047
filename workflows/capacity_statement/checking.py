"""What a statement is held against before it is submitted, and what is still open in it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Max, Window
from django.db.models.functions import RowNumber

from workflows.capacity_statement.models import FIGURES, Line, LongStay, Statement
from workflows.capacity_statement.plausibility import USUAL, Beside, Finding, findings

KEPT = 12
"""How many earlier values of a cell are at hand."""


def history(units: list[int], statement: Statement) -> dict[int, list[dict[str, Any]]]:
    """What was published of units in the last periods before a statement's, the newest first: figures and period."""
    rows = (
        Line.objects.published_before(statement.period.lower)
        .filter(unit__in=units, statement__rhythm=statement.rhythm)
        .annotate(
            nth=Window(RowNumber(), partition_by="unit", order_by=F("statement__period").desc()),
            period=F("statement__period"),
        )
        .filter(nth__lte=KEPT)
        .values("unit", "period", *FIGURES)
    )
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row["period"].lower, reverse=True):
        found[row["unit"]].append(row)
    return found


def beside(past: dict[int, list[dict[str, Any]]]) -> dict[int, Beside]:
    """The same as plausibility wants it."""

    def last(rows: list[dict[str, Any]], name: str) -> list[int]:
        return [row[name] for row in rows[:USUAL] if row[name] is not None][::-1]

    return {unit: Beside(last(rows, "occupied"), last(rows, "places")) for unit, rows in past.items()}


def last_seen(units: list[int], day: date) -> dict[int, date]:
    """As of which day somebody last stated or confirmed a unit, until a day, by unit (`shelters.freshness.also`)."""
    rows = Line.objects.filter(unit__in=units, carried=False, as_of__lte=day)
    return dict(rows.values_list("unit").annotate(Max("as_of")).order_by())


@dataclass(frozen=True)
class Checked:
    """The lines and long stays of a statement, what was published of the units before, and what stands out."""

    lines: list[Line]
    stays: list[LongStay]
    past: dict[int, list[dict[str, Any]]]
    findings: list[Finding]

    @property
    def open_points(self) -> int:
        """How many things must be done before it can be submitted."""
        return sum(finding.open for finding in self.findings) + sum(not stay.reason for stay in self.stays)


def checked(statement: Statement) -> Checked:
    """Everything that stands out in a statement; read once (three queries) and remembered on the instance."""
    known: Checked | None = statement.__dict__.get("_checked")
    if known is None:
        rows = Line.objects.filter(statement=statement).select_related("unit", "organisation", "scheme")
        lines = list(rows.order_by("organisation__name", "unit__name", "pk"))
        past = history([line.unit_id for line in lines], statement)
        stays = list(LongStay.objects.filter(statement=statement).select_related("unit"))
        known = Checked(lines, stays, past, findings(lines, beside(past)))
        statement.__dict__["_checked"] = known
    return known
