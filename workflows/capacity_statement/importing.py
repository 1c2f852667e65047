"""A statement as a file: written for a spreadsheet program, and read back with a preview of what would change.

A file is taken as a whole or not at all. What stands in it goes the same way as what is typed in the grid
(`grid.Typed`), so that the same rules hold; each problem is named by the row and column of the file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from shelters.sheets import Cell, Sheet
from shelters.words import OutReason, Source
from workflows.capacity_statement import grid
from workflows.capacity_statement.models import Line

KEY = "number"
COLUMNS = (KEY, "unit", "provider", *grid.NUMBERS[:4], "out_reason", "out_until", "placeable", "waiting", "as_of",
           "source", "remark")  # fmt: skip
"""The columns of a file in their order; only the number or the name of the unit and what is stated are read."""
_READ = frozenset(grid.HEADS)


def titles(language: str | None = None) -> dict[str, str]:
    """The title of each column."""
    with translation.override(language or translation.get_language()):
        return {
            KEY: _("Unit number"),
            "unit": _("Unit"),
            "provider": _("Provider"),
            **{k: str(v) for k, v in grid.HEADS.items()},
        }


def unit_heads() -> list[str]:
    """The titles, in every language, by which rows are told apart: what begins with one is a whole table."""
    return sorted({titles(language)[key] for language in ("nl", "en") for key in (KEY, "unit")})


def is_head(cells: list[str]) -> bool:
    """Whether a row of a file is the head of the table: it names the units, and a figure of the statement."""
    keys = {_known_titles().get(_on_one_line(text)) for text in cells}
    return bool(keys & {KEY, "unit"} and keys & _READ)


def _known_titles() -> dict[str, str]:
    return {_on_one_line(title): key for language in ("nl", "en") for key, title in titles(language).items()}


def _on_one_line(title: str) -> str:
    """A title to compare: Excel breaks a long one in two lines with Alt and Enter."""
    return " ".join(title.split()).casefold()


def head() -> list[str]:
    """The head of a file, in the language of the page."""
    named = titles()
    return [named[key] for key in COLUMNS]


def rows(lines: list[Line]) -> list[list[Cell]]:
    """The lines of a statement as rows of a file."""
    return [[_cell(line, key) for key in COLUMNS] for line in lines]


def _cell(line: Line, key: str) -> Cell:
    match key:
        case "number":
            return line.unit_id
        case "unit":
            return line.unit.name
        case "provider":
            return line.organisation.name
        case "source":
            return str(Source(line.source).label)
        case "out_reason":
            return str(OutReason(line.out_reason).label) if line.out_reason else ""
    value: Cell = getattr(line, key)
    return value


@dataclass(frozen=True)
class Change:
    """A cell that would change: of which unit, which column, from what to what."""

    unit: str
    column: str
    before: str
    after: str


@dataclass
class Preview:
    """What a file would do. `data` is what the grid would have sent; with a problem nothing is taken."""

    data: dict[str, str] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    found: int = 0
    same: int = 0
    absent: list[str] = field(default_factory=list)
    """Units of the statement that the file does not name; they stay as they are."""


def preview(sheet: Sheet, lines: list[Line], today: date) -> Preview:
    """What a table would change in the lines of a statement. Problems are named by row and column."""
    made = Preview()
    columns = _columns(sheet.head, made)
    if made.problems:
        return made
    known = _Known(lines)
    where: dict[str, tuple[int, str]] = {}
    seen: dict[int, int] = {}
    for number, cells in sheet.rows:
        values = {key: cells[place].strip() if place < len(cells) else "" for key, place in columns.items()}
        try:
            line = known.meant(values)
        except ValueError as wrong:
            made.problems.append(_("Row %(row)s: %(problem)s") % {"row": number, "problem": wrong})
            continue
        if line.pk in seen:
            told = _("Row %(row)s: this unit stands in row %(other)s too.")
            made.problems.append(told % {"row": number, "other": seen[line.pk]})
            continue
        seen[line.pk] = number
        _take(made, line, values, number, sheet.head, columns, where)
    made.found = len(seen)
    made.absent = [line.unit.name for line in lines if line.pk not in seen]
    typed = grid.Typed(made.data, lines, [], today)
    for key, text in typed.errors.items():
        row, title = where.get(key, (0, key))
        made.problems.append(_("Row %(row)s, column %(column)s: %(problem)s") % {
            "row": row, "column": title, "problem": text,
        })  # fmt: skip
    if not made.problems:
        _compare(made, typed, lines)
    return made


class _Known:
    """The lines of a statement by what a file calls them: the number of the unit, or its name and that of its provider.

    Names are nowhere unique: two providers may both have a “Crisis”. A row that could be two units is none.
    """

    def __init__(self, lines: list[Line]) -> None:
        self.by_number = {str(line.unit_id): line for line in lines}
        self.by_name: dict[str, list[Line]] = defaultdict(list)
        for line in lines:
            self.by_name[line.unit.name.casefold()].append(line)

    def meant(self, values: Mapping[str, str]) -> Line:
        """The line of a row. Errors: ValueError with a sentence when there is none, or more than one."""
        number, name, provider = (values.get(key, "") for key in (KEY, "unit", "provider"))
        if number:
            line = self.by_number.get(number)
            if line is not None and name and not _alike(name, line.unit.name):
                told = _("unit number %(number)s is “%(unit)s” and not “%(name)s”.")
                raise ValueError(told % {"number": number, "unit": line.unit.name, "name": name[:60]})
            if line is not None:
                return line
        found = [] if number else self.by_name.get(name.casefold(), [])
        if len(found) > 1 and provider:
            found = [line for line in found if line.organisation.name.casefold() == provider.casefold()] or found
        if len(found) > 1:
            told = _("“%(name)s” is the name of more than one unit; give the unit number.")
            raise ValueError(told % {"name": name[:60]})
        if not found:
            raise ValueError(_("“%(name)s” is no unit of this statement.") % {"name": (name or number)[:60]})
        return found[0]


def _alike(given: str, known: str) -> bool:
    """Whether a text of a file is a text of ours, also after a program that writes Windows-1252 put question marks for
    the letters it does not know."""
    return given.casefold() in (known.casefold(), known.encode("cp1252", "replace").decode("cp1252").casefold())


def _columns(given: list[str], made: Preview) -> dict[str, int]:
    known = _known_titles()
    found: dict[str, int] = {}
    for place, title in enumerate(given):
        key = known.get(_on_one_line(title))
        if key is None:
            continue
        if key in found:
            made.problems.append(_("The column “%(title)s” stands there twice.") % {"title": title})
        found[key] = place
    if KEY not in found and "unit" not in found:
        made.problems.append(_("No column is called “Unit number” or “Unit”, so that no row can be told apart."))
    elif not _READ & found.keys():
        made.problems.append(_("None of the columns holds a figure of the statement."))
    return found


def _take(
    made: Preview, line: Line, values: Mapping[str, str], number: int, given: list[str], columns: dict[str, int],
    where: dict[str, tuple[int, str]],
) -> None:  # fmt: skip
    """Put a row into what the grid would have sent; a column that is not there stays as it is."""
    for name in (*grid.NUMBERS, *grid.OTHERS):
        key = f"{name}-{line.pk}"
        if name in columns:
            lost_letters = name == "remark" and values[name] != line.remark and _alike(values[name], line.remark)
            made.data[key] = line.remark if lost_letters else _code(name, values[name])
            where[key] = (number, given[columns[name]])
        else:
            kept = getattr(line, name)
            made.data[key] = "" if kept is None else str(kept)
    if not made.data[f"as_of-{line.pk}"]:
        made.data[f"as_of-{line.pk}"] = str(line.as_of)
    made.data[f"confirmed-{line.pk}"] = "1"


def _code(name: str, text: str) -> str:
    """The code of a choice that is written in words, in either language."""
    choices: Any = {"source": Source, "out_reason": OutReason}.get(name)
    if choices is None or not text:
        return text if text or name != "source" else str(Source.OWN_COUNT)
    for language in ("nl", "en"):
        with translation.override(language):
            for choice in choices:
                if text.casefold() in (str(choice.label).casefold(), str(choice)):
                    return str(choice)
    return text


def _compare(made: Preview, typed: grid.Typed, lines: list[Line]) -> None:
    for line in lines:
        if line.pk not in typed.values:
            continue
        changed = False
        for name in (*grid.NUMBERS, *grid.OTHERS):
            before, after = getattr(line, name), typed.values[line.pk][name]
            if before != after and name != "as_of":
                changed = True
                made.changes.append(Change(line.unit.name, str(grid.HEADS[name]), _shown(before), _shown(after)))
        made.same += not changed


def _shown(value: Any) -> str:
    return "–" if value in (None, "") else str(value)
