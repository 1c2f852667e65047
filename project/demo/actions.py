"""The actions on gaps of the small set: one in each state, told through the doors that the pages use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from access import clock
from access.clock import AMSTERDAM
from access.models import Post
from access.wall import Side, taken
from project.demo.ground import Ground
from workflows.engine.models import Process
from workflows.engine.steps import open_process, perform
from workflows.supply_adjustment.machine import SupplyAdjustment

Deed = tuple[int, str, str, dict[str, Any]]
"""How many days ago, by whom, which step, and what is typed."""

PLANNED = {
    "holder": "Ministerie en CoMensha (demonstratie)",
    "parties": "Valente, VNG",
    "payer": "wmo",
    "cost": "250000",
}


def _plan(places: int, days_ahead: int) -> dict[str, Any]:
    return {**PLANNED, "target_places": str(places), "target_in": days_ahead}


ACTIONS: tuple[tuple[int, dict[str, Any], tuple[Deed, ...]], ...] = (
    (12, {"title": "Verzonnen: noodbedden voor mannen met een verslaving", "kind": "emergency", "gender": "man",
          "problem": "addiction", "without": 34, "unmet": None}, ()),
    (40, {"title": "Verzonnen: crisisplekken voor ouders met kinderen", "kind": "crisis", "children": True,
          "without": 33, "unmet": 11}, ((21, "owner", "plan", _plan(12, 240)),)),
    (190, {"title": "Verzonnen: doorstroom voor vrouwen met psychiatrische problemen", "kind": "move_on",
           "gender": "woman", "problem": "psychiatric", "without": 35, "unmet": 23},
     ((170, "owner", "plan", _plan(20, 120)), (160, "owner", "begin", {}),
      (75, "owner", "tell", {"realised": "8", "reason": "Verzonnen: twee panden gevonden."}))),
    (300, {"title": "Verzonnen: plekken na arbeidsuitbuiting in Rotterdam", "kind": "crisis", "form": "labour",
           "without": 30, "unmet": 17},
     ((280, "owner", "plan", _plan(8, -40)), (270, "owner", "begin", {}),
      (9, "owner", "realise", {"realised": "8", "realised_ago": 12, "result": "Verzonnen: acht plekken in gebruik."}))),
    (500, {"title": "Verzonnen: langdurig verblijf voor mannen", "kind": "long_stay", "gender": "man", "without": 35,
           "unmet": 9},
     ((480, "owner", "plan", _plan(4, -200)), (470, "owner", "begin", {}),
      (220, "owner", "realise", {"realised": "4", "realised_ago": 225, "result": "Verzonnen: vier plekken erbij."}),
      (210, "analyst", "confirm", {}))),
    (130, {"title": "Verzonnen: noodbedden voor minderjarigen", "kind": "emergency", "minor": True, "without": 35,
           "unmet": None}, ((100, "owner", "abandon", {"reason": "Verzonnen: valt onder de Jeugdwet."}),)),
)  # fmt: skip


def _soon() -> date:
    return clock.today() + timedelta(days=30)


class Actions:
    """The events of all actions."""

    def __init__(self, ground: Ground, as_of: date) -> None:
        self.ground, self.as_of = ground, as_of
        self.opened: dict[str, Process] = {}

    def events(self) -> Iterator[tuple[datetime, Callable[[], None]]]:
        """What happens when."""
        for ago, record, deeds in ACTIONS:
            yield self._at(ago), partial(self._open, record)
            for when, by, act, data in deeds:
                yield self._at(when), partial(self._do, record["title"], by, act, data)

    def _at(self, ago: int) -> datetime:
        return datetime.combine(self.as_of - timedelta(days=ago), time(11), AMSTERDAM)

    def _acting(self, key: str) -> Post:
        post = self.ground.posts[key]
        post.held_absent, post.held_regions = [], frozenset()  # type: ignore[attr-defined]
        return post

    def _open(self, record: dict[str, Any]) -> None:
        with taken(Side.COMMON):
            made = {"as_of": clock.today(), **record}
            self.opened[record["title"]] = open_process(SupplyAdjustment, acting=self._acting("owner"), record=made)

    def _do(self, title: str, by: str, act: str, data: dict[str, Any]) -> None:
        typed = dict(data)
        if "target_in" in typed:
            typed["target_on"] = str(max(self.as_of + timedelta(days=typed.pop("target_in")), _soon()))
        if "realised_ago" in typed:
            typed["realised_on"] = str(self.as_of - timedelta(days=typed.pop("realised_ago")))
        with taken(Side.COMMON):
            perform(self.opened[title].pk, act, self._acting(by), typed)
