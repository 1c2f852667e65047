"""The capacity statements of the small set: what regions stated in the last weeks and months, and what they did not.

Told through the same doors as the pages use. Most came in time; of the last week one is being checked, one came back
with questions and one is overdue, and a week before that one region stated nothing until its period was locked.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from copy import copy
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from access import clock
from access.clock import AMSTERDAM
from access.models import Post
from access.roles import Role
from project.demo.ground import Ground
from shelters.models import Scheme
from shelters.words import LongStayReason
from workflows.capacity_statement import checking, grid, opening, periods
from workflows.capacity_statement.models import Line, LongStay, Statement
from workflows.engine.steps import perform

WEEKS, MONTHS = 9, 9
"""How many periods before the one that runs are stated."""
QUESTIONS = "Verzonnen: klopt het dat er niemand wacht? Vorige week stonden er drie mensen op de lijst."
AT_A_LINE = "Verzonnen: wachten die drie mensen nu ergens anders?"
LAST_WEEK = {"Utrecht": "submitted", "Zaanstad": "returned", "Rotterdam": "overdue"}
STILL_TO_DO = ("Alkmaar", "Den Helder", "Zaanstad")
"""Regions whose statement of the running period is still to be made."""
NEVER = ("Rotterdam", 3)
"""A region, and how many weeks ago it stated nothing."""


class Statements:
    """The events of all statements, in no order of their own."""

    def __init__(self, chance: random.Random, ground: Ground, as_of: date) -> None:
        self.chance, self.ground, self.as_of = chance, ground, as_of

    def events(self) -> Iterator[tuple[datetime, Callable[[], None]]]:
        """What happens when: each period is opened, stated, and checked."""
        day = self.as_of - timedelta(days=1)
        for rhythm, count in ((Scheme.Rhythm.WEEK, WEEKS), (Scheme.Rhythm.MONTH, MONTHS)):
            for back, period in enumerate(reversed(periods.last(rhythm, day, count + 1))):
                yield self._at(period.lower, 7), partial(self._open, rhythm)
                stated, checked = (self._at(period.lower + timedelta(days=n), 9 + n) for n in (1, 2))
                if checked.date() < self.as_of:
                    yield stated, partial(self._state, rhythm, period, back)
                    yield checked, partial(self._check, rhythm, period, back)

    @staticmethod
    def _at(day: date, hour: int) -> datetime:
        return datetime.combine(day, time(hour), AMSTERDAM)

    def _open(self, rhythm: str) -> None:
        opening.lock_expired()
        opening.open_due(rhythms=[rhythm])

    def _plan(self, statement: Statement, back: int) -> str:
        name = statement.region.name
        if back == 0 and name in STILL_TO_DO:
            return "overdue"
        if statement.rhythm != Scheme.Rhythm.WEEK:
            return "published"
        if (name, back) == NEVER:
            return "expired"
        return LAST_WEEK.get(name, "published") if back == 1 else "published"

    def _those(self, rhythm: str, period: Any) -> list[Statement]:
        rows = Statement.objects.filter(rhythm=rhythm, period=period).select_related("region", "process")
        return list(rows.order_by("region__name"))

    def _state(self, rhythm: str, period: Any, back: int) -> None:
        for statement in self._those(rhythm, period):
            if self._plan(statement, back) not in ("expired", "overdue"):
                poster = self._poster(statement.region_id)
                self._fill(statement, poster)
                perform(statement.pk, "submit", poster, {})

    def _check(self, rhythm: str, period: Any, back: int) -> None:
        desk = self._acting(self.ground.posts["desk2"])  # who states a region without a coordinator is the other one
        for statement in self._those(rhythm, period):
            plan = self._plan(statement, back)
            if statement.process.state == "submitted" and plan == "published":
                perform(statement.pk, "publish", desk, {})
            elif plan == "returned":
                line = Line.objects.filter(statement=statement).order_by("pk")[0]
                perform(statement.pk, "send_back", desk, {"questions": QUESTIONS, f"question-{line.pk}": AT_A_LINE})

    def _poster(self, region: int) -> Post:
        """Who states a region: its coordinator, or the national desk where there is none."""
        for post in self.ground.posts.values():
            if post.role == Role.CARE_COORDINATOR and region in self.ground.regions_of[post.pk]:
                return self._acting(post)
        return self._acting(self.ground.posts["desk"])

    def _acting(self, kept: Post) -> Post:
        post = copy(kept)
        post.held_absent = []  # type: ignore[attr-defined]
        post.held_regions = self.ground.regions_of[post.pk]  # type: ignore[attr-defined]
        return post

    def _fill(self, statement: Statement, post: Post) -> None:
        """What a coordinator would type: live figures as they are, the rest counted; a remark where one is asked."""
        LongStay.objects.filter(statement=statement, reason="").update(reason=LongStayReason.NO_MOVE_ON)
        for remark in ("", "Verzonnen: nageteld met de aanbieder."):
            lines = checking.checked(statement).lines
            data: dict[str, str] = {}
            for line in lines:
                values = line.stated()
                if line.live_occupied is None and not remark:
                    places = line.places or 0
                    values["occupied"] = min(
                        places, max(0, round(places * self.chance.choice((0.5, 0.6, 0.75, 0.75, 1))))
                    )
                    values["reserved"] = 0
                values["out_of_service"] = values["out_of_service"] or 0
                if not remark:
                    left = (line.places or 0) - sum(values[n] or 0 for n in ("occupied", "reserved", "out_of_service"))
                    values["placeable"] = max(0, left - self.chance.choice((0, 0, 1)))
                    values["waiting"] = self.chance.choice((0, 0, 0, 1, 2)) if left <= 0 else 0
                data |= {f"{name}-{line.pk}": "" if value is None else str(value) for name, value in values.items()}
                data |= {f"as_of-{line.pk}": str(clock.today()), f"source-{line.pk}": str(line.source)}
                data |= {f"remark-{line.pk}": remark or line.remark, f"confirmed-{line.pk}": "1"}
                data |= {f"out_reason-{line.pk}": line.out_reason}
                data |= {f"out_until-{line.pk}": str(line.out_until or "")}
            grid.save(statement, grid.Typed(data, lines, [], clock.today()), post)
            statement.__dict__.pop("_checked", None)
            if not checking.checked(statement).open_points:
                return
