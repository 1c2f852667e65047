"""The planner in words: for its bars, for the table that says the same, and for files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from access import clock
from shelters.models import Stay, Unit
from shelters.planner import moves
from shelters.planner.timeline import GONE, OVER, RESERVED, THERE, Bar, Plan, Row, Window, local


@dataclass(frozen=True, slots=True)
class Shown:
    """A bar with its words: `name` of who or what, `what` it is, `told` the whole in a sentence, `icon` beside it.

    `mark`: tells whether it still is as it was shown. `shape`: classes for one that is short or began before.
    """

    bar: Bar
    name: str
    what: str
    told: str
    icon: str
    mark: str = ""
    shape: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A place with its bars."""

    row: Row
    bars: list[Shown]

    @property
    def taken_by(self) -> Shown | None:
        """Who takes the place now, and could change places with somebody else."""
        now = clock.now()
        return next((one for one in self.bars if one.bar.movable and now in one.bar.stay.period), None)


@dataclass(frozen=True, slots=True)
class Day:
    """A day in the head of the planner."""

    day: date
    column: int
    today: bool
    monday: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """The planner as the page shows it."""

    plan: Plan
    days: list[Day]
    lines: list[Line]
    outs: list[Shown]
    today: int | None

    @property
    def empty(self) -> bool:
        """Whether there is no place and nothing to show."""
        return not self.lines and not self.outs


ICONS = {THERE: "person", RESERVED: "hourglass", OVER: "alert", GONE: "arrow", "out": "pause"}


def shown(plan: Plan) -> Sheet:
    """A plan with words."""
    today, window = clock.today(), plan.window
    return Sheet(
        plan,
        [Day(day, window.column(day), day == today, day.weekday() == 0) for day in window.days],
        [Line(row, [_words(bar, row.place, window) for bar in row.bars]) for row in plan.rows],
        [_words(bar, 0, window) for bar in plan.outs],
        window.column(today) if window.shows(today) else None,
    )


def name_of(stay: Any) -> str:
    """By what a stay is spoken of: the number of the case while it takes a place; a name is never shown."""
    told = getattr(stay, "guest", None)
    if told and told.get("number") and moves.running(stay, clock.now()):
        return str(told["number"])
    return _("Somebody") if stay.arrived_at else _("Reservation")


def what_of(bar: Bar) -> str:
    """What a bar is, short."""
    if bar.what == OVER:
        return _("should have left")
    if bar.too_long:
        return _("longer than the longest stay")
    if bar.what == RESERVED:
        accepted = bar.stay is not None and (bar.stay.guest or {}).get("state") == "accepted"
        return _("is coming") if accepted else _("reserved")
    return {THERE: _("is here"), GONE: _("has left or was moved")}.get(bar.what, bar.reason)


def _words(bar: Bar, place: int, window: Window) -> Shown:
    shape = " is-short" if bar.after_column - bar.first_column < 2 else ""
    shape += " is-before" if bar.since < window.first else ""
    if bar.what == "out":
        name = _("%(n)d out of service") % {"n": bar.places}
        told = _("%(name)s, %(reason)s, from %(since)s, usable again on %(until)s.")
        said = told % {"name": name, "reason": bar.reason, "since": _day(bar.since), "until": _day(bar.until)}
        return Shown(bar, name, bar.reason, said, ICONS["out"], shape=shape)
    name, what = name_of(bar.stay), what_of(bar)
    told = _("Place %(place)d: %(name)s, %(what)s, from %(since)s, %(until)s.")
    words = {"place": place, "name": name, "what": what, "since": _day(bar.since), "until": _until(bar)}
    icon = "clock" if bar.too_long and bar.what == THERE else ICONS[bar.what]
    return Shown(bar, name, what, told % words, icon, moves.mark(bar.stay) if bar.movable else "", shape)


def _until(bar: Bar) -> str:
    if bar.until is None:
        return _("nobody knows until when") if bar.what != RESERVED else _("until they arrive or it falls through")
    return _("until %(day)s") % {"day": _day(bar.until)}


def _day(day: date | None) -> str:
    return date_format(day, "j F Y") if day else ""


@dataclass(frozen=True, slots=True)
class One:
    """A stay on its own page."""

    key: Any
    name: str
    place: int
    since: date
    arrived: date | None
    planned: date | None
    running: bool
    expires: Any


def one(stay: Any) -> One:
    """A stay in words."""
    upper = stay.period.upper
    return One(
        stay.pk, name_of(stay), stay.place, local(stay.period.lower),
        local(stay.arrived_at) if stay.arrived_at else None, stay.planned_until,
        moves.running(stay, clock.now()), upper,
    )  # fmt: skip


def said(held: Stay, changed: bool) -> str:
    """What was done, for the message on the page."""
    if not changed:
        return _("Nothing was changed.")
    until = _("until %(day)s") % {"day": _day(held.planned_until)} if held.planned_until else _("no planned end")
    if held.arrived_at is None:
        return _("Noted: place %(n)d.") % {"n": held.place}
    return _("Noted: place %(n)d, %(until)s.") % {"n": held.place, "until": until}


def head() -> list[str]:
    """The heads of the table."""
    return [_("Place"), _("Who or what"), _("How it stands"), _("From"), _("Until"), _("Longest stay ends")]


def cells(sheet: Sheet) -> list[list[Any]]:
    """The rows of the table: each bar, then the places on which there is nothing, then what is out of service."""
    rows: list[list[Any]] = []
    for line in sheet.lines:
        for one in line.bars:
            bar = one.bar
            rows.append([line.row.place, one.name, one.what, bar.since, bar.until, bar.last])
        if not line.bars:
            rows.append([line.row.place, "", _("free"), None, None, None])
    rows += [["", one.name, one.what, one.bar.since, one.bar.until, None] for one in sheet.outs]
    return rows


def notes(unit: Unit, window: Window) -> list[tuple[str, str]]:
    """What a reader of the file must know."""
    return [
        (_("Unit"), f"{unit.name}, {unit.region.name}"),
        (_("Weeks"), f"{_day(window.first)} – {_day(window.until)}"),
        (_("Made on"), _day(clock.today())),
        (_("Until"), _("The first day the place is free again. Empty: nobody knows.")),
    ]
