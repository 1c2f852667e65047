"""The roads through the program: every address as everybody, every queryset, and what was sent along with a question.

Two kinds of twins. An address with a key is asked for what is hidden and for what is nowhere. An address without one is
asked in a world with everything and in one in which nothing is that whoever asks may not see.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import DatabaseError, models, transaction

from access import clock
from access.doors import door_of
from access.models import Post
from access.roles import Role
from access.wall import Side, taken
from access.wall.declaration import Ground, declared
from project.wall import addresses
from project.wall.addresses import Address
from project.wall.pages import Page, Walker
from project.wall.planting import Marks, Row
from project.wall.world import Asking, Worlds, entered
from workflows.engine.machine import registry

ABSENT = 9_999_999  # as many digits as the keys that are planted
Question = tuple[str, str, tuple[tuple[str, str], ...]]
"""Method, path, and what is sent along."""


@dataclass(frozen=True)
class Visit:
    """One probe of an address: questions, and for each a twin.

    Without `twins` the same questions are asked in the world of whoever asks; a `shut` door must refuse them.
    """

    number: str
    road: str
    who: Asking
    asked: tuple[Question, ...]
    twins: tuple[Question, ...] = ()
    echo: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    shut: bool = False

    @property
    def sees(self) -> Side | None:
        """Whose rows the asker may be shown: those of their side, or none, when they work where nothing lies."""
        return None if stranger(self.who) and not everywhere(self.asked[0][1]) else self.who.side

    @property
    def name(self) -> str:
        """For the report."""
        return f"{self.road}: {self.who.name} {self.asked[0][1]}"

    def pairs(self, worlds: Worlds) -> Iterator[tuple[tuple[str, Question], tuple[str, Question]]]:
        """Each question with its world, and its twin with its own."""
        for place, question in enumerate(self.asked):
            twin = (worlds.whole, self.twins[place]) if self.twins else (worlds.without[self.sees], question)
            yield (worlds.whole, question), twin


Seen = dict[tuple[str, str, Question], Page]
"""What was observed, by world, who asked and question."""


GUARDED_TWICE = "/admin/"
"""Addresses that refuse whom they do not name in more places than the door (tests/project/test_doors.py)."""
ONE_OF_EACH = {Role.CARE_COORDINATOR, Role.COMMITTEE_SECRETARY, Role.INVESTIGATOR, Role.ANALYST}
"""A role of each side."""


def visits(people: list[Asking], rows: list[Row], full: bool) -> Iterator[Visit]:
    """Every probe of every page."""
    for address in addresses.known():
        for who in people:
            named = _named(address, who)
            twice = address.route.startswith(GUARDED_TWICE)
            if not named and not twice:
                keys = {part: nowhere(model) for part, model in address.keys.items()}
                door = ("get", address.path(keys, "step"), ())
                yield Visit("R47", "shut door", who, (door,), echo=(_echo(keys), ()), shut=True)
            asks = named or (full and who.role in ONE_OF_EACH and not twice)  # behind a shut door all answers are one
            if address.silent or not asks or who.side is None or not address.has_something_for(who.side, who.role):
                continue
            if address.keys:
                yield from _with_keys(address, who, rows)
            else:
                yield Visit(*_road(address), who, tuple((method, address.path({}), ()) for method in ("get", "post")))


def _road(address: Address) -> tuple[str, str]:
    """The road that an address without a key is: a list, or something to take away."""
    return ("R51", "export") if "." in address.route.rsplit("/", 1)[-1] else ("R47", "page")


def _named(address: Address, who: Asking) -> bool:
    door = door_of(address.view)
    if door is None or door.public:
        return door is not None
    if who.role is None or who.side is None:
        return False
    return who.role is Role.ADMINISTRATOR if address.route.startswith("/admin/") else (
        door.person or door.admits(who.role, who.side)
    )  # fmt: skip


def _with_keys(address: Address, who: Asking, rows: list[Row]) -> Iterator[Visit]:
    first, *others = address.keys.items()
    nothing = {part: nowhere(model) for part, model in address.keys.items()}
    of_each = {str(row.variant): row for row in rows if row.model is first[1] and hidden_from(row, who)}
    for row in of_each.values():
        keys = {first[0]: row.key} | {part: _beside(row, model, rows) for part, model in others}
        paths = [address.path(found, _step(row)) for found in (keys, nothing)]
        asked, twins = (tuple((method, path, ()) for method in ("get", "post")) for path in paths)
        yield Visit("R47", "page of a row", who, asked, twins, (_echo(keys), _echo(nothing)))


def _echo(keys: dict[str, Any]) -> tuple[str, ...]:
    return tuple(map(str, keys.values()))


def hidden_from(row: Row, who: Asking) -> bool:
    """Whether somebody must not see a planted row: because of their side, or because they work where nothing lies."""
    if who.side not in row.readers:
        return True
    label = row.model._meta.label
    if isinstance(declared(row.model), Ground):
        return label in OF_A_POST and stranger(who)
    return stranger(who) and (label not in OPEN or who.role is Role.SHELTER_PROVIDER)


def stranger(who: Asking) -> bool:
    """Whether somebody works for a region or a house: those of the proof have one in which nothing lies."""
    return who.role is None or not who.role.national


def everywhere(path: str) -> bool:
    """Whether an address shows rows of the whole country to whoever may enter."""
    return path.startswith(("/shelter/", "/picture/", "/statements/", "/break-glass/", "/mail/"))


OF_A_POST = {"access.Region", "access.Post", "access.Deputy", "engine.SavedView"}
"""Tables of the common ground of which a queryset gives a post its own alone."""

OPEN = {
    "shelters.Unit", "shelters.Capacity", "shelters.CapacityPast", "shelters.OutOfService",
    "shelters.OutOfServicePast", "shelters.Placeable", "shelters.Stay", "shelters.StayPast",
}  # fmt: skip
"""Models whose rows the care side knows in the whole country: where there is shelter."""


def nowhere(model: type[models.Model]) -> Any:
    """A key of the model that no row has."""
    key: Any = model._meta.pk
    while key.remote_field:
        key = key.target_field
    return uuid.UUID(int=7 << 64, version=4) if isinstance(key, models.UUIDField) else ABSENT


def _beside(row: Row, model: type[models.Model], rows: list[Row]) -> Any:
    found = [other for other in rows if other.model is model]
    return next((o.key for o in found if o.variant == row.variant), found[0].key if found else nowhere(model))


def _step(row: Row) -> str:
    kind = registry.get(row.values.get("kind", ""))
    return min(kind.actions()) if kind else "step"


SENT: list[tuple[str, str, str, str, Callable[[Any], dict[str, str]]]] = [
    ("R52", "rows chosen in the worklist", "/work/do/", "engine.Process.pk",
     lambda key: {"act": "take", "chosen": f"{key}:1"}),
    ("R52", "a notice marked as seen", "/notices/seen/", "engine.Notice.pk", lambda key: {"notice": str(key)}),
    ("R51", "a mail decided on", "/mail/", "engine.Delivery.pk",
     lambda key: {"chosen": str(key), "decision": "leave"}),
    ("R46", "a case opened by its number", "/break-glass/", "cases.Case.number",
     lambda key: {"number": key, "reason": "A sentence that says why.", "known": "on"}),
]  # fmt: skip
"""What is sent along with a question: number and name of the road, address, what of which model, the form."""


def _at(path: str) -> Address:
    return next(address for address in addresses.known() if address.route == path)


def sent(people: list[Asking], rows: list[Row]) -> Iterator[Visit]:
    """Every probe of what is sent along."""
    for number, road, path, what, form in SENT:
        model, _, column = what.rpartition(".")
        for row in (row for row in rows if row.model is apps.get_model(model)):
            hidden = row.key if column == "pk" else row.values[column]
            absent = nowhere(row.model) if column == "pk" else "L-2098-123456"
            for who in people:
                if who.side is not None and hidden_from(row, who) and _named(_at(path), who):
                    asked, twins = ((("post", path, tuple(form(value).items())),) for value in (hidden, absent))
                    yield Visit(number, road, who, asked, twins, ((str(hidden),), (str(absent),)))


def observe(worlds: Worlds, found: Iterable[Visit], people: list[Asking]) -> Seen:
    """Ask every question in the worlds it belongs to."""
    asked: dict[str, list[tuple[Asking, Question, tuple[str, ...]]]] = {}
    for visit in found:
        for hidden, twin in visit.pairs(worlds):
            asked.setdefault(hidden[0], []).append((visit.who, hidden[1], visit.echo[0]))
            if not visit.shut:
                asked.setdefault(twin[0], []).append((visit.who, twin[1], visit.echo[1]))
    seen: Seen = {}
    moment = clock.now().replace(second=0, microsecond=0)
    for world, questions in asked.items():
        with entered(world), clock.at(moment):
            walker = Walker()
            for who in people:
                walker.sign_in(who)
            for who, question, echo in questions:
                at = (world, who.name, question)
                if at not in seen:
                    method, path, data = question
                    seen[at] = walker.ask(who, method, path, dict(data), echo)
    return seen


def crossing(visit: Visit, seen: Seen, worlds: Worlds, marks: Marks) -> str:
    """What came across the wall; empty when nothing did."""
    for (world, question), (other, twin) in visit.pairs(worlds):
        page = seen[world, visit.who.name, question]
        if mark := marks.out(page.text(), visit.sees, ground=True):
            return f"a mark came out: {mark!r}"
        if visit.shut:
            return "" if refused(page) else f"not refused: {page.status}"
        absent = seen[other, visit.who.name, twin]
        if page.seen() != absent.seen():
            return f"hidden and absent differ: {_difference(page, absent)}"
    return ""


def refused(page: Page) -> bool:
    """Whether the door was shut: a plain refusal, or the way to the place to sign in."""
    return page.status == 403 or (page.status == 302 and "login" in dict(page.headers)["Location"])


def broken(visit: Visit, seen: Seen, worlds: Worlds) -> str:
    """What else must not be with the wall up: a page that fails, or asks the database for another side."""
    own = {Side.COMMON.role, *([visit.who.side.role] if visit.who.side else [])}
    for (world, question), _twin in visit.pairs(worlds):
        page = seen[world, visit.who.name, question]
        if page.status >= 500:
            return f"failed with {page.status}"
        if not page.sides <= own:
            return f"asked as {sorted(page.sides - own)}"
    return ""


def _difference(page: Page, twin: Page) -> str:
    if page.status != twin.status:
        return f"status {page.status} and {twin.status}"
    if page.queries != twin.queries:
        return f"{page.queries} and {twin.queries} statements"
    if page.headers != twin.headers:
        return f"headers {set(page.headers) ^ set(twin.headers)}"
    at = next((i for i, (a, b) in enumerate(zip(page.body, twin.body, strict=False)) if a != b), -1)
    return f"bodies of {len(page.body)} and {len(twin.body)} at {at}: {page.body[max(0, at - 40) : at + 60]!r}"


# -- Querysets --------------------------------------------------------------------------------------------------------

ASKED: dict[str, Any] = {
    "whether there is one": lambda rows: rows.exists(),
    "how many": lambda rows: rows.count(),
    "every value": lambda rows: [list(map(str, row)) for row in rows.values_list()],
    "to change it": lambda rows: rows.select_for_update().values_list("pk").first() is not None,
}


@dataclass(frozen=True)
class Lookup:
    """One probe of a queryset: the same asked of a hidden row and of none."""

    who: Asking
    row: Row
    asked: str

    @property
    def name(self) -> str:
        """For the report."""
        return f"queryset, {self.asked}: {self.who.name} {self.row.table} {'-'.join(self.row.variant.values())}"


def lookups(people: list[Asking], rows: list[Row], full: bool) -> Iterator[Lookup]:
    """Every probe of every queryset."""
    for row in rows:
        if hasattr(row.model._default_manager, "for_post"):
            for who in people:
                if who.post is not None and (hidden_from(row, who) or _of_another_side(row, who)):
                    for asked in ASKED if full else ("every value",):
                        yield Lookup(who, row, asked)


def look(lookup: Lookup, post: Post, marks: Marks) -> str:
    """What came across the wall; empty when nothing did. In the world with everything."""
    assert lookup.who.side is not None
    hidden, absent = (_look(lookup, post, key) for key in (lookup.row.key, nowhere(lookup.row.model)))
    side = None if stranger(lookup.who) and hidden_from(lookup.row, lookup.who) else lookup.who.side
    if mark := marks.out(repr(hidden).encode(), side, ground=True):
        return f"a mark came out: {mark!r}"
    return "" if hidden == absent else f"hidden and absent differ: {hidden} and {absent}"


def _look(lookup: Lookup, post: Post, key: Any) -> Any:
    assert lookup.who.side is not None
    try:
        with taken(lookup.who.side), transaction.atomic():
            rows: Any = lookup.row.model._default_manager
            return ASKED[lookup.asked](rows.for_post(post).filter(pk=key))
    except DatabaseError as error:
        return type(error).__name__


def _of_another_side(row: Row, who: Asking) -> bool:
    """Organisations stand on the common ground; a post is given those of its own side."""
    return row.model._meta.label == "access.Organisation" and who.side is not None and (
        row.values["side"] not in {side.value for side in who.side.sees}
    )  # fmt: skip


def posts(people: list[Asking]) -> dict[str, Post]:
    """The posts of those who ask, as a request has them."""
    with taken(Side.COMMON), transaction.atomic():
        found = {post.pk: post for post in Post.objects.select_related("organisation", "user")}
        for post in found.values():
            assert post.region_ids is not None and post.acts_for is not None
    return {who.name: found[who.post] for who in people if who.post is not None}
