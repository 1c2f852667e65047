"""The page of the board, and its tables as files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from access import clock, log
from access.clock import AMSTERDAM
from access.doors import acting, door
from access.models import Post
from access.roles import Role
from shelters import sheets
from workflows.board import queries
from workflows.board.queries import Asked, Board, Sum
from workflows.engine.models import Process
from workflows.worklist.filters import machines_for
from workflows.worklist.groups import Moments
from workflows.worklist.people import Colleague, people_at
from workflows.worklist.queries import cases_of
from workflows.worklist.rows import Row
from workflows.worklist.rows import rows_of as words_of

SIZE = 25
MOST_ROWS = 5000
WHAT = {
    "overdue": gettext_lazy("Overdue"),
    "escalated": gettext_lazy("Escalated"),
    "week": gettext_lazy("Due this week"),
    "open": gettext_lazy("Open"),
}


def _read(request: HttpRequest, post: Post, people: dict[int, Colleague]) -> tuple[Asked, list[str]]:
    """What the address asks, and what of it does not exist here."""
    query, problems = request.GET, []

    def one(name: str, known: Any, what: str) -> str:
        value = query.get(name, "")
        if value and value not in known:
            problems.append(
                _("The address asks for a value of “%(what)s” that does not exist here; it was left out.")
                % {"what": what}
            )
            return ""
        return value

    team = one("team", {str(key) for key in queries.teams_of(post)}, _("Team"))
    kind = one("kind", {machine.kind for machine in machines_for(post)}, _("Process"))
    person = one("person", {queries.QUEUE, *(str(key) for key in people)}, _("Person"))
    what = one("what", WHAT, _("What"))
    asked = Asked(
        team=int(team) if team else None,
        kind=kind,
        person=int(person) if person and person != queries.QUEUE else None,
        queue=person == queries.QUEUE,
        what=what or "overdue",
    )
    return asked, problems


def _link(asked: Asked, **changes: Any) -> str:
    values = {
        "team": asked.team,
        "kind": asked.kind,
        "person": queries.QUEUE if asked.queue else asked.person,
        "what": "" if asked.what == "overdue" else asked.what,
    } | changes
    return f"?{urlencode({name: value for name, value in values.items() if value not in (None, '')})}"


@door(Role.SUPERVISOR, Role.NATIONAL_DESK)
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """What is late by team, process and person; the rows behind each number, oldest first, to hand over."""
    post = acting(request)
    moments = Moments.around(clock.now())
    everybody = {person.pk: person for person in people_at(post)}
    asked, problems = _read(request, post, everybody)
    counted = queries.board(post, moments)
    try:
        place = {name: request.GET.get(name, "") for name in ("after", "before")}
        page = queries.page(post, asked, moments, SIZE, **place)
    except ValueError:
        problems.append(_("The address names a place in the list that does not exist; this is the beginning."))
        page = queries.page(post, asked, moments, SIZE)
    away = {one.absent: one for one in queries.away(post)}
    here = reverse("workflows:board")
    context = {
        "problems": problems,
        "total": counted.total,
        "tiles": _tiles(counted),
        "kinds": [(machine.kind, str(machine.label)) for machine in machines_for(post)],
        "teams": _teams(post, counted, asked),
        "people": _people(post, counted, everybody, away),
        "leaving": [(one, counted.people.get(one.pk, Sum())) for one in queries.leaving(everybody.values())],
        "uncovered": [
            (everybody[one.absent].name, one.until)
            for one in away.values()
            if not one.covered and one.absent in everybody
        ],
        "rows": _rows(post, page.rows, moments),
        "page_after": _link(asked, after=page.after) if page.after else "",
        "page_before": _link(asked, before=page.before) if page.before else "",
        "asked": asked,
        "asked_words": _words(post, asked, everybody),
        "what": [
            (key, label, _link(asked, what="" if key == "overdue" else key), key == asked.what)
            for key, label in WHAT.items()
        ],
        "receivers": _receivers(post),
        "back": f"{here}?{request.GET.urlencode()}" if request.GET else here,
        "csv": f"{reverse('workflows:board_table', args=['rows'])}{_link(asked)}",
    }
    return render(request, "workflows/board/page.html", context)


def _tiles(counted: Board) -> list[dict[str, Any]]:
    sums = {
        "overdue": counted.total.overdue,
        "escalated": counted.total.escalated,
        "week": counted.total.week,
        "open": counted.total.open,
    }
    icons = {"overdue": "alert", "escalated": "flag", "week": "calendar", "open": "work"}
    tiles = [
        {
            "label": WHAT[key],
            "number": number,
            "icon": icons[key],
            "kind": key,
            "url": "?" if key == "overdue" else f"?what={key}",
        }
        for key, number in sums.items()
    ]
    queue = sum(one.open for one in counted.queues.values())
    return [
        *tiles,
        {
            "label": _("In the queue"),
            "number": queue,
            "icon": "people",
            "kind": "queue",
            "url": "?person=queue&what=open",
        },
    ]


def _teams(post: Post, counted: Board, asked: Asked) -> list[dict[str, Any]]:
    """One line per team that has work: by process, in all, and a bar against the team with most."""
    kinds = [machine.kind for machine in machines_for(post)]
    most = max((one.open for one in counted.teams.values()), default=0) or 1
    lines = []
    for team, name in queries.teams_of(post).items():
        whole = counted.teams.get(team)
        if whole is None and post.national:
            continue
        whole = whole or Sum()
        lines.append(
            {
                "key": team,
                "name": name,
                "current": asked.team == team,
                "cells": [(kind, counted.cells.get((team, kind), Sum())) for kind in kinds],
                "sum": whole,
                "queue": counted.queues.get(team, Sum()),
                "bar_late": round(100 * whole.overdue / most, 1),
                "bar_open": round(100 * whole.open / most, 1),
            }
        )
    return lines


def _people(
    post: Post, counted: Board, everybody: dict[int, Colleague], away: dict[int, queries.Away]
) -> list[dict[str, Any]]:
    """One line per person who can have work here, the most overdue first."""
    today = clock.today()
    teams = queries.teams_of(post)
    most = max((one.open for one in counted.people.values()), default=0) or 1
    idle = {Role.SUPERVISOR, Role.ADMINISTRATOR, Role.ANALYST}
    lines = []
    for key, person in everybody.items():
        work = counted.people.get(key)
        if work is None and (person.role in idle or not person.held_on(today)):
            continue
        work = work or Sum()
        absent = away.get(key)
        deputy = everybody.get(absent.deputy) if absent else None
        lines.append(
            {
                "key": key,
                "name": person.name,
                "team": teams.get(person.organisation_id, ""),
                "role": Role(person.role).label,
                "sum": work,
                "away": absent,
                "deputy": deputy.name if deputy else "",
                "leaves": person.ends_on if person in queries.leaving([person]) else None,
                "gone": not person.held_on(today),
                "bar_late": round(100 * work.overdue / most, 1),
                "bar_open": round(100 * work.open / most, 1),
            }
        )
    return sorted(lines, key=lambda line: (-line["sum"].overdue, -line["sum"].open, line["name"]))


def _rows(post: Post, processes: list[Process], moments: Moments) -> list[tuple[Row, str]]:
    cases = cases_of(post, [process.case_id for process in processes])
    teams = queries.teams_of(post)
    return [
        (row, teams.get(row.process.owner_organisation_id or 0, ""))
        for row in words_of(post, processes, cases, moments)
    ]


def _words(post: Post, asked: Asked, people: dict[int, Colleague]) -> list[tuple[str, str]]:
    """What the rows are narrowed to, each with the address that takes it away."""
    found = []
    if asked.team is not None:
        found.append((queries.teams_of(post)[asked.team], _link(asked, team="")))
    if asked.kind:
        label = next(str(machine.label) for machine in machines_for(post) if machine.kind == asked.kind)
        found.append((label, _link(asked, kind="")))
    if asked.person is not None:
        found.append((people[asked.person].name, _link(asked, person="")))
    if asked.queue:
        found.append((_("In the queue"), _link(asked, person="")))
    return found


def _receivers(post: Post) -> list[tuple[str, list[Colleague]]]:
    """To whom work can be handed over, by team."""
    today = clock.today()
    idle = {Role.SUPERVISOR, Role.ADMINISTRATOR, Role.ANALYST}
    found = []
    for team, name in queries.teams_of(post).items():
        people = [p for p in people_at(post) if p.organisation_id == team and p.role not in idle and p.held_on(today)]
        if people:
            found.append((name, people))
    return found


# -- Tables as files --------------------------------------------------------------------------------------------------


@door(Role.SUPERVISOR, Role.NATIONAL_DESK)
@require_safe
def table(request: HttpRequest, name: str) -> HttpResponse:
    """A table of the board as CSV, with semicolons as Dutch spreadsheets read it. No client is named."""
    post = acting(request)
    moments = Moments.around(clock.now())
    everybody = {person.pk: person for person in people_at(post)}
    asked, _problems = _read(request, post, everybody)
    makers = {"teams": _teams_table, "people": _people_table, "rows": _rows_table}
    if name not in makers:
        raise Http404
    lines = list(makers[name](post, asked, moments, everybody))
    log.record(request, log.Action.EXPORT, f"board {name}", detail={"rows": len(lines) - 1})
    head, *rows = lines
    return sheets.download(sheets.write_csv(head, rows), f"{name}-{clock.today():%Y-%m-%d}", sheets.CSV)


Lines = Iterator[list[Any]]


def _teams_table(post: Post, asked: Asked, moments: Moments, people: dict[int, Colleague]) -> Lines:
    counted = queries.board(post, moments)
    labels = {machine.kind: str(machine.label) for machine in machines_for(post)}
    yield [_("Team"), _("Process"), _("Open"), _("Overdue"), _("Escalated"), _("Due this week")]
    for team, name in queries.teams_of(post).items():
        for kind, label in labels.items():
            cell = counted.cells.get((team, kind), Sum())
            yield [name, label, cell.open, cell.overdue, cell.escalated, cell.week]


def _people_table(post: Post, asked: Asked, moments: Moments, people: dict[int, Colleague]) -> Lines:
    counted = queries.board(post, moments)
    away = {one.absent: one for one in queries.away(post)}
    yield [
        _("Person"),
        _("Team"),
        _("Role"),
        _("Open"),
        _("Overdue"),
        _("Escalated"),
        _("Due this week"),
        _("Away until"),
        _("Leaves on"),
    ]
    for line in _people(post, counted, people, away):
        one = line["sum"]
        until = line["away"].until if line["away"] else ""
        yield [
            line["name"],
            line["team"],
            str(line["role"]),
            one.open,
            one.overdue,
            one.escalated,
            one.week,
            until,
            line["leaves"] or "",
        ]


def _rows_table(post: Post, asked: Asked, moments: Moments, people: dict[int, Colleague]) -> Lines:
    yield [
        _("Case"),
        _("Process"),
        _("Step"),
        _("Region"),
        _("Team"),
        _("Who has it"),
        _("By when"),
        _("Since"),
        _("Emergency"),
    ]
    for row, team in _rows(post, list(queries.rows_of(post, asked, moments)[:MOST_ROWS]), moments):
        process = row.process
        yield [
            row.case.number if row.case else row.reference,
            row.kind,
            row.state,
            row.region,
            team,
            row.holder or _("In the queue"),
            f"{process.due_at.astimezone(AMSTERDAM):%Y-%m-%d %H:%M}" if process.due_at else "",
            f"{process.entered_at.astimezone(AMSTERDAM):%Y-%m-%d %H:%M}",
            _("yes") if process.urgent else "",
        ]
