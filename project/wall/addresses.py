"""What stands in an address, and which addresses show no rows that anything could be hidden of.

An address whose parts are not known here is an address without a probe, and fails the check.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models

from access.roles import Role
from access.wall import Side
from project.wall.matrix import addresses

PARTS: list[tuple[str, dict[str, str]]] = [
    ("/work/views/", {"pk": "engine.SavedView"}),
    ("/work/", {"pk": "engine.Process"}),
    ("/settings/away/", {"pk": "access.Deputy"}),
    ("/board/", {"name": "=regions"}),
    ("/processes/", {"kind": "=referral"}),
    ("/statements/region/", {"pk": "access.Region"}),
    ("/statements/", {"pk": "capacity_statement.Statement", "kind": "=csv"}),
    ("/files/process/", {"pk": "engine.Process"}),
    ("/files/members/", {"post": "access.Post"}),
    ("/files/", {"pk": "determination.File", "piece": "determination.Evidence", "decision": "determination.Decision",
                 "consent": "determination.SourceConsent", "deed": "=edit", "language": "=nl"}),
    ("/handovers/", {"pk": "handovers.Handover"}),
    ("/break-glass/uses/", {"pk": "break_glass.Use"}),
    ("/break-glass/attempts/", {"pk": "break_glass.Tried"}),
    ("/placements/", {"pk": "placement.PlacementRecord"}),
    ("/process/", {"pk": "engine.Process", "action": "=a step", "name": "=hand_over"}),
    ("/cases/documents/", {"pk": "cases.Document"}),
    ("/cases/", {"pk": "cases.Case", "other": "cases.Case", "merge": "cases.Merge", "consent": "cases.Consent",
                 "naming": "cases.CaseAccess", "language": "=nl", "kind": "=placement"}),
    ("/guidance/navigators/", {"pk": "access.Post"}),
    ("/guidance/calendar/", {"secret": "=no-secret"}),
    ("/provider/units/", {"pk": "shelters.Unit", "kind": "=csv"}),
    ("/provider/stays/", {"pk": "shelters.Stay"}),
    ("/guidance/", {"pk": "guidance.Guidance", "tab": "=plan", "what": "=goal-state", "row": "guidance.Goal",
                    "subject": "=minor"}),
    ("/advice/", {"subject": "=minor", "language": "=nl"}),
    ("/shelter/units/", {"pk": "shelters.Unit", "out": "shelters.OutOfService"}),
    ("/learned/lessons/", {"pk": "guiding.Lesson", "act": "=ask"}),
    ("/learned/", {"key": "=contact"}),
    ("/picture/actions/", {"pk": "supply_adjustment.Adjustment"}),
    ("/account/", {"key": "=x-y", "uidb36": "=1"}),
    ("/admin/", {"object_id": "=the model of the address", "app_label": "=engine"}),
]  # fmt: skip
"""By the beginning of an address: the model whose key a part is, or after ``=`` a word that stands there."""

SILENT: dict[str, str] = {
    "/account/": "pages of one's own account",
    "/processes/": "the declarations of the machines",
    "/advice/": "texts about nobody, from files",
    "/i18n/": "the choice of a language",
    "/exit/": "leads away",
    "/here/": "keeps a session alive",
    "/draft-key/": "a key for drafts on one's own device",
    "/preferences/": "choices for one's own device",
    "/accessibility/": "a text",
    "/about/": "a text",
    "/styleguide/": "the parts of which pages are made",
    "/cases/what-we-keep/": "the catalogue of facts",
    "/picture/definitions/": "definitions of figures",
    "/access/clock/": "the clock of a demonstration",
    "/guidance/calendar/": "opens by a secret that nobody has, and names nobody",
}
"""Addresses (by their beginning) that show no row of which a side could be kept from, and why."""


NARROW: dict[str, str] = {
    "/$": "asks in a statement of its own for one's own queue; the rows are tried by key, and its form by /work/do/",
    "/notices/$": "what is addressed to one's post; tried by /notices/seen/",
    "/board/": "rows of one's own organisation; the rows are tried by key",
    "/handovers/new/$": "a form; what it answers was handed over to one's own organisation",
    "/handovers/$": "what went to or from one's own organisation; tried by key",
    "/files/$": "files of one's own committee; tried by key",
    "/files/new/$": "a form",
    "/files/members/$": "members of one's own committee",
    "/files/members/<post>/$": "a member of one's own committee",
    "/files/process/<pk>/$": "leads to the file, which is tried",
    "/break-glass/$": "a form; tried by what is sent along",
    "/intake/$": "a form",
    "/guidance/$": "whom one's own post guides; tried by key",
    "/guidance/note/$": "a form; tried by what is sent along",
    "/guidance/navigators/<pk>/$": "what a navigator of one's own organisation can do",
    "/guidance/navigators/$": "posts, which lie on the common ground, and what they can do",
    "/provider/$": "rows of one's own units and queue; the rows are tried by key",
    "/shelter/": "shows the care side what the care side knows everywhere; others are refused at the door",
    "/statements/$": "shows the care side what the care side knows everywhere; others are refused at the door",
    "/picture/": "figures that everybody may know; tried in tests/insights",
    "/comparison/": "figures by a function that gives numbers alone; tried in tests/insights",
    "/learned/$": "figures by functions that give numbers alone; tried in tests/insights",
    "/learned/<key>/$": "figures by functions that give numbers alone; tried in tests/insights",
    "/learned/cost/$": "a sum of what is typed",
    "/learned/lessons/new/$": "a form",
    "/learned/lessons/$": "titles of what was shared, and of what one may open; tried by key",
    "/learned/lessons/<pk>/change/$": "changes what one wrote oneself; tried at the lesson itself",
    "/work/do/$": "a form; tried by what is sent along",
    "/notices/seen/$": "a form; tried by what is sent along",
    "/break-glass/uses/$": "uses that one's own organisation oversees; tried by key",
    "/admin/access/accessrecord/<object_id>/history/$": "what was changed of a line of the log: nothing can be",
    "/admin/access/accessrecord/<object_id>/$": "leads to the line, which is tried",
    "/settings/away/<pk>/end/$": "ends what one's own post arranged",
    "/handovers/<pk>/end/$": "ends what one's own organisation handed over",
    "/break-glass/uses/<pk>/end/$": "ends what one opened oneself",
    "/work/search/": "leads to the list; what was typed stays with who typed it",
    "/work/take-one/": "takes from one's own queue alone; the rows of the list are tried at /",
    "/work/views/$": "views of one's own post; those of others are tried by key",
    "/settings/": "one's own wishes; deputies of others are tried by key",
    "/cases/search/": "leads to the register; what was typed stays with who typed it",
    "/admin/": "tables of the common ground; the log, in which every side has lines, is tried by key",
    "/access/post/": "one's own posts",
}
"""Addresses (by their beginning, with ``$`` whole) that ask for nothing but one's own even with the wall down."""


NOT_HIDDEN = {
    ("/cases/", Role.NATIONAL_DESK): "sees the whole register of its side; nothing of another side is asked there",
    ("/places/proposal/", Role.NATIONAL_DESK): "sees every request of its side; nothing of another side is asked there",
    ("/cases/<pk>/", Role.SHELTER_PROVIDER): "is led to its own process, which is tried by its key",
}
"""Addresses at which a role has nothing that could be hidden from it, and why."""
ONE_SIDE = {"/cases/<pk>/handovers/": Side.CARE}
"""Addresses (by their beginning) whose view has nothing for posts of other sides, whatever there is."""


@dataclass(frozen=True)
class Address:
    """An address of the program: its route, its view, and what its parts are."""

    route: str
    view: Any
    keys: dict[str, type[models.Model]]
    words: dict[str, str]
    unknown: frozenset[str] = frozenset()

    def path(self, keys: dict[str, Any], step: str = "") -> str:
        """The path with these keys; `step` is the action where the address asks for one."""
        path = self.route
        for part, value in {**self.words, **keys}.items():
            path = path.replace(f"<{part}>", str(step if value == "a step" else value))
        return path

    def has_something_for(self, side: Side | None, role: Role | None) -> bool:
        """Whether the view looks for anything that could be hidden when a post in a role on a side asks."""
        if role is not None and (self.route, role) in NOT_HIDDEN:
            return False
        return all(side is only for start, only in ONE_SIDE.items() if self.route.startswith(start))

    @property
    def silent(self) -> str:
        """Why nothing can be hidden here; empty when something can."""
        return next((why for start, why in SILENT.items() if self.route.startswith(start)), "") or next(
            (
                why
                for start, why in NARROW.items()
                if ("<" in start or not self.keys) and f"{self.route}$".startswith(start)
            ),
            "",
        )


@cache
def known() -> list[Address]:
    """Every address of the program."""
    return [made(route, view) for route, view in addresses()]


def made(raw: str, view: Any) -> Address:
    """The address of a route."""
    route = re.sub(r"\(\?P<(\w+)>[^()]*\)", r"<\1>", raw).replace("^", "").replace("$", "")
    parts = re.findall(r"<(\w+)>", route)
    told = next((told for start, told in PARTS if route.startswith(start)), {})
    keys, words, unknown = {}, {}, set()
    for part in parts:
        what = told.get(part, "")
        if what == "=the model of the address":
            keys[part] = apps.get_model(".".join(route.split("/")[2:4]))
        elif what.startswith("="):
            words[part] = what[1:]
        elif what:
            keys[part] = apps.get_model(what)
        else:
            unknown.add(part)
    return Address(route, view, keys, words, frozenset(unknown))
