"""The grid: the lines of a statement as somebody reads and types them, like a spreadsheet.

`read` gives the rows for the page, `Typed` reads what was typed and says cell by cell what is wrong with it, and
`save` writes all lines that changed in one statement. Nothing is written while anything is wrong.

Each line on the page carries what it showed (`was`). What somebody did not touch stays as it is kept, so that two can
work in one statement, and the inventory can move on under an open page; only a line that both changed is a lost race.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.forms import DateField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access import clock
from access.models import Post
from shelters.words import Kind, LongStayReason, OutReason, Source
from workflows.capacity_statement import checking
from workflows.capacity_statement.models import FIGURES, Line, LongStay, Statement
from workflows.capacity_statement.plausibility import Finding
from workflows.capacity_statement.words import short

MOST = 999
"""More than any unit has; a number beyond it is a slip of the finger."""
NUMBERS = ("places", "occupied", "reserved", "out_of_service", "placeable", "waiting")
OTHERS = ("out_reason", "out_until", "as_of", "source", "remark")
HEADS = {
    "places": gettext_lazy("Places"),
    "occupied": gettext_lazy("Occupied"),
    "reserved": gettext_lazy("Reserved"),
    "out_of_service": gettext_lazy("Out of service"),
    "placeable": gettext_lazy("Placeable now"),
    "waiting": gettext_lazy("Waiting"),
    "out_reason": gettext_lazy("Why out of service"),
    "out_until": gettext_lazy("Until"),
    "as_of": gettext_lazy("As of"),
    "source": gettext_lazy("Source"),
    "remark": gettext_lazy("Remark"),
}


@dataclass
class Cell:
    """One cell: what is shown in it, what stood there last time, what the inventory says, and what is wrong."""

    name: str
    key: str
    text: str
    before: int | None = None
    live: int | None = None
    error: str = ""
    past: list[tuple[str, str]] = field(default_factory=list)
    kept: str | None = None  # what is kept, where somebody else changed it under what was typed
    doubts: str = ""  # keys of what stands out about it, as the page marks them

    @property
    def head(self) -> Any:
        """Name of the column."""
        return HEADS[self.name]

    @property
    def change(self) -> int | None:
        """How much it differs from last time."""
        if self.before is None or not self.text.isdigit():
            return None
        return int(self.text) - self.before

    @property
    def beside_live(self) -> bool:
        """Whether the inventory says something else."""
        return self.live is not None and self.text != str(self.live)


@dataclass
class Row:
    """A line on the page."""

    line: Line
    cells: list[Cell]
    others: dict[str, str]
    errors: dict[str, str]
    confirmed: bool
    findings: list[Finding]
    was: str
    lost: bool = False  # somebody else changed it meanwhile
    asked: str = ""  # what is about to be asked about it

    @property
    def slips(self) -> list[tuple[str, Any, str]]:
        """What is wrong in the fields that are no figures: key, name and sentence."""
        return [(f"{name}-{self.line.pk}", HEADS[name], self.errors[name]) for name in OTHERS if name in self.errors]

    @property
    def waits(self) -> bool:
        """Whether something must still be done about it."""
        return bool(self.errors) or any(finding.open for finding in self.findings)


@dataclass
class Stay:
    """A long stay on the page."""

    row: LongStay
    reason: str
    remark: str


@dataclass
class Sheet:
    """Everything the page shows of a statement."""

    rows: list[Row]
    stays: list[Stay]
    totals: list[tuple[str, int | None, int]]  # column, sum, how many are missing
    beds: int
    caseload: int

    @property
    def waiting(self) -> int:
        """How many lines still need something."""
        return sum(row.waits for row in self.rows) + sum(not stay.reason for stay in self.stays)

    @property
    def unconfirmed(self) -> int:
        """How many lines nobody confirmed."""
        return sum(not row.confirmed for row in self.rows)


class Typed:
    """What somebody typed, cell by cell, and what is wrong with it.

    In: the form as it was sent and the lines it is about; a line that was not on the page stays as it is. `values` has
    a value for every field of a line: what was typed where the field was touched, else what is kept. `lost` are lines
    that somebody else changed too since the page was made, with the fields that are otherwise now.
    """

    def __init__(self, data: Mapping[str, str], lines: list[Line], stays: list[LongStay], today: date) -> None:
        self.texts: dict[str, str] = {}
        self.errors: dict[str, str] = {}
        self.values: dict[int, dict[str, Any]] = {}
        self.confirmed: set[int] = set()
        self.stays: dict[int, tuple[str, str]] = {}
        self.lost: dict[int, set[str]] = {}
        self.blind = False  # a line did not say what its page showed
        self.today = today
        for line in lines:
            if f"places-{line.pk}" in data:
                self._line(data, line)
        for stay in stays:
            if f"stay-{stay.pk}" in data:
                reason, remark = data[f"stay-{stay.pk}"], data.get(f"stay-remark-{stay.pk}", "").strip()[:300]
                self.stays[stay.pk] = (reason if reason in LongStayReason.values else "", remark)

    def _line(self, data: Mapping[str, str], line: Line) -> None:
        was, kept = _was(data.get(f"was-{line.pk}", "")), texts(line)
        values: dict[str, Any] = {}
        touched = False
        for name in (*NUMBERS, *OTHERS):
            key = f"{name}-{line.pk}"
            text = data.get(key, "").strip()
            if was is not None and text == was.get(name) and name != "as_of":
                self.texts[key], values[name] = kept[name], getattr(line, name)
                continue
            touched = touched or was is None or text != was.get(name)
            self.texts[key] = text
            try:
                values[name] = self._value(name, text, line)
            except ValueError as wrong:
                self.errors[key] = str(wrong)
        self.values[line.pk] = values
        confirmed = "1" if data.get(f"confirmed-{line.pk}") else ""
        if was is not None and confirmed == was.get("confirmed"):
            confirmed = kept["confirmed"]
        else:
            touched = True
        if confirmed:
            self.confirmed.add(line.pk)
        if was is None:
            self.blind = True
        elif touched:
            own = {name for name in (*NUMBERS, *OTHERS) if name != "as_of" and was.get(name) != kept[name]}
            if moved := {name for name in own if data.get(f"{name}-{line.pk}", "").strip() != kept[name]}:
                self.lost[line.pk] = moved

    def _value(self, name: str, text: str, line: Line) -> Any:
        if name in NUMBERS:
            return whole(text)
        if name in ("as_of", "out_until"):
            return self._day(name, text, line)
        if name == "source":
            if text not in Source.values:
                raise ValueError(_("Choose where the figure comes from."))
            return text
        if name == "out_reason":
            if text and text not in OutReason.values:
                raise ValueError(_("“%(text)s” is no reason we know.") % {"text": text[:30]})
            return text
        if len(text) > 500:
            raise ValueError(_("At most 500 characters."))
        return text

    def _day(self, name: str, text: str, line: Line) -> date | None:
        if not text:
            if name == "as_of":
                raise ValueError(_("Say as of which day this is."))
            return None
        try:
            day = DateField().to_python(text)
        except ValidationError:
            raise ValueError(_("“%(text)s” is no date.") % {"text": text}) from None
        assert day is not None
        if name == "as_of":
            if day > self.today:
                raise ValueError(_("The as-of date is in the future."))
            if (self.today - day).days > 366:
                raise ValueError(_("The as-of date is more than a year ago."))
        elif day <= self.today and day != line.out_until:
            raise ValueError(_("The day until when must lie ahead."))
        return day


def texts(line: Line) -> dict[str, str]:
    """The fields of a line as the page shows them, by name, and whether it is confirmed."""
    shown = {name: _text(getattr(line, name)) for name in (*NUMBERS, *OTHERS)}
    if line.carried and line.live_occupied is None:
        shown["as_of"] = (
            clock.today().isoformat()
        )  # whoever confirms a count says how it is today, unless they change it
    return shown | {"confirmed": "" if line.carried else "1"}


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)


def _was(text: str) -> dict[str, str] | None:
    """What a page showed, as it says itself; None when it does not say so, and then all of it was touched."""
    try:
        shown = json.loads(text)
    except ValueError:
        return None
    return {str(k): str(v) for k, v in shown.items()} if isinstance(shown, dict) else None


def whole(text: str) -> int | None:
    """A number as somebody types it in a cell; empty is None, which is missing and not zero.

    Errors: ValueError with a sentence for the cell.
    """
    if not text:
        return None
    plain = text.replace(".", "") if text.replace(".", "").isdigit() and _thousands(text) else text
    if plain.startswith("-") and plain[1:].isdigit():
        raise ValueError(_("A number of people or places is not negative."))
    whole_part, comma, rest = plain.partition(",")
    if comma and not rest.strip("0") and len(rest) != 3:  # “1,000” is one here and a thousand elsewhere: not guessed
        plain = whole_part
    if not plain.isdecimal() or not plain.isascii():
        raise ValueError(_("“%(text)s” is no whole number.") % {"text": text[:30]})
    if len(plain) > 4 or int(plain) > MOST:
        raise ValueError(_("That is more than is possible (%(most)s). Is it a slip?") % {"most": MOST})
    return int(plain)


def _thousands(text: str) -> bool:
    first, *groups = text.split(".")
    return 1 <= len(first) <= 3 and all(len(group) == 3 for group in groups)


def read(statement: Statement, typed: Typed | None = None) -> Sheet:
    """The sheet of a statement, with what was typed instead of what is kept if anything was."""
    checked = checking.checked(statement)
    found: dict[int, list[Finding]] = {}
    for finding in checked.findings:
        found.setdefault(finding.line.pk, []).append(finding)
    lines = checked.lines
    rows = [_row(statement, line, checked.past.get(line.unit_id, []), found.get(line.pk, []), typed) for line in lines]
    stays = [
        Stay(row, *(typed.stays.get(row.pk, (row.reason, row.remark)) if typed else (row.reason, row.remark)))
        for row in checked.stays
    ]
    beds = [line for line in lines if line.kind != Kind.AMBULATORY]
    totals = [(name, _sum(beds, name), sum(getattr(line, name) is None for line in beds)) for name in FIGURES]
    return Sheet(rows, stays, totals, len(beds), len(lines) - len(beds))


def _sum(lines: list[Line], name: str) -> int | None:
    known = [value for line in lines if (value := getattr(line, name)) is not None]
    return sum(known) if known else None


def _row(
    statement: Statement, line: Line, past: list[dict[str, Any]], found: list[Finding], typed: Typed | None
) -> Row:
    mine = typed if typed is not None and line.pk in typed.values else None
    kept = texts(line)
    lost = mine.lost.get(line.pk, set()) if mine else set()

    def shown(name: str) -> str:
        return mine.texts[f"{name}-{line.pk}"] if mine else kept[name]

    errors = {
        name: mine.errors[key] for name in (*NUMBERS, *OTHERS) if mine and (key := f"{name}-{line.pk}") in mine.errors
    }
    cells = [
        Cell(
            name,
            f"{name}-{line.pk}",
            shown(name),
            before=past[0][name] if past else None,
            live=getattr(line, f"live_{name}", None),
            error=errors.get(name, ""),
            past=[
                (short(statement.rhythm, row["period"]), "" if row[name] is None else str(row[name])) for row in past
            ],
            kept=kept[name] if name in lost and shown(name) != kept[name] else None,
            doubts=" ".join(f"f-{line.pk}-{one.rule.code}" for one in found if name in one.rule.about),
        )
        for name in NUMBERS
    ]
    others = {name: shown(name) for name in OTHERS}
    confirmed = line.pk in mine.confirmed if mine else not line.carried
    return Row(line, cells, others, errors, confirmed, found, json.dumps(kept), bool(lost))


_SAVED = (*NUMBERS, *OTHERS)
_TYPES = {**dict.fromkeys(NUMBERS, "smallint"), "out_until": "date", "as_of": "date"}


def save(statement: Statement, typed: Typed, post: Post, now: datetime | None = None) -> int:
    """Write what was typed. A line whose figures changed, or that was confirmed, is no longer carried over.

    In: what was typed, without errors. Out: how many lines changed. Two statements, however many lines there are.
    """
    moment = now or clock.now()
    columns: dict[str, list[Any]] = {name: [] for name in ("id", *_SAVED, "carried", "confirmed_at", "confirmed_by")}
    for line in Line.objects.filter(statement=statement, pk__in=list(typed.values)).order_by("pk"):
        values = typed.values[line.pk]
        moved = any(values[name] != getattr(line, name) for name in NUMBERS)
        confirmed = moved or line.pk in typed.confirmed
        if not confirmed:
            values["as_of"] = line.as_of
        other = any(values[name] != getattr(line, name) for name in OTHERS)
        if not moved and not other and confirmed != line.carried:
            continue
        anew = confirmed and (line.carried or moved)
        columns["id"].append(line.pk)
        for name in _SAVED:
            columns[name].append(values[name])
        columns["carried"].append(not confirmed)
        columns["confirmed_at"].append(moment if anew else line.confirmed_at if confirmed else None)
        columns["confirmed_by"].append(post.pk if anew else line.confirmed_by_id if confirmed else None)
    _save_stays(statement, typed)
    if columns["id"]:
        _write(columns)
    return len(columns["id"])


def _write(columns: dict[str, list[Any]]) -> None:
    types = {"id": "bigint", "carried": "boolean", "confirmed_at": "timestamptz", "confirmed_by": "bigint", **_TYPES}
    names = list(columns)
    given = ", ".join(f"%s::{types.get(name, 'text')}[]" for name in names)
    column = {"confirmed_by": "confirmed_by_id"}
    sets = ", ".join(f"{column.get(name, name)} = v.{name}" for name in names if name != "id")
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE capacity_statement_line l SET {sets} "  # noqa: S608  names of our own columns
            f"FROM unnest({given}) AS v({', '.join(names)}) WHERE l.id = v.id",
            list(columns.values()),
        )


def _save_stays(statement: Statement, typed: Typed) -> None:
    changed = []
    for row in LongStay.objects.filter(statement=statement, pk__in=list(typed.stays)):
        reason, remark = typed.stays[row.pk]
        if (reason, remark) != (row.reason, row.remark):
            row.reason, row.remark = reason, remark
            changed.append(row)
    if changed:
        LongStay.objects.bulk_update(changed, ["reason", "remark"])
