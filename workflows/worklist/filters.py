"""What a worklist is asked to show: filters, order and page size, as they stand in an address and in a saved view.

Everything is held against lists of what exists for the post. What is not known is left out and named, so that an old
address still opens. Nothing here is personal data: a name that was searched for stays behind the key of a search.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db import models
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access import configuration
from access.models import Post, Region
from cases.numbers import beginning
from workflows.engine.machine import End, Machine, registry
from workflows.worklist.groups import Group

SIZES = (25, 50, 100)
SORTS = ("due", "kind", "state", "number", "region", "who", "waits", "urgent")


class Who(models.TextChoices):
    """Whose rows."""

    ALL = "", gettext_lazy("Mine and the queue")
    MINE = "mine", gettext_lazy("Mine")
    QUEUE = "queue", gettext_lazy("Queue")
    COLLEAGUES = "colleagues", gettext_lazy("Colleagues")


@dataclass(frozen=True)
class Filters:
    """A worklist's question; `number` is the beginning of a case number, `found` the key of a search for a name."""

    kinds: tuple[str, ...] = ()
    states: tuple[str, ...] = ()  # "kind.state"
    regions: tuple[int, ...] = ()
    urgent: bool = False
    who: str = ""
    group: str = ""
    number: str = ""
    found: UUID | None = None
    sort: str = "due"
    size: int = SIZES[0]

    def query(self, **changes: Any) -> str:
        """As a query string, without what is usual; `changes` replace fields, and `after` or `before` add a cursor."""
        place: dict[str, str] = {name: changes.pop(name) for name in ("after", "before") if name in changes}
        asked = replace(self, **changes) if changes else self
        query = QueryDict(mutable=True)
        query.setlist("kind", list(asked.kinds))
        query.setlist("state", list(asked.states))
        query.setlist("region", [str(key) for key in asked.regions])
        single: dict[str, str] = {
            "urgent": "1" if asked.urgent else "",
            "who": asked.who,
            "group": asked.group,
            "q": asked.number,
            "found": str(asked.found or ""),
            "sort": "" if asked.sort == "due" else asked.sort,
            "size": "" if asked.size == SIZES[0] else str(asked.size),
            **place,
        }
        for name, value in single.items():
            if value:
                query[name] = value
        return query.urlencode()

    def link(self, **changes: Any) -> str:
        """An address relative to the worklist that asks this."""
        return f"?{self.query(**changes)}"

    @property
    def narrowed(self) -> bool:
        """Whether anything is filtered out, the group apart."""
        return bool(self.kinds or self.states or self.regions or self.urgent or self.who or self.number or self.found)

    @property
    def descending(self) -> bool:
        """Whether the order is turned round."""
        return self.sort.startswith("-")

    @property
    def column(self) -> str:
        """The column sorted by."""
        return self.sort.removeprefix("-")


@dataclass
class Asked:
    """What an address asked: the filters that could be read, where in the list, and what was not understood."""

    filters: Filters
    after: str = ""
    before: str = ""
    problems: list[str] = field(default_factory=list)


def machines_for(post: Post) -> list[type[Machine]]:
    """Machines whose processes a post can have on its list, in the order of their names."""
    found = [machine for machine in registry.values() if machine.side in post.side.sees]
    return sorted(found, key=lambda machine: str(machine.label))


def states_of(machine: type[Machine]) -> list[tuple[str, str]]:
    """The states of a machine in which somebody must act: code and name."""
    return [
        (str(state), str(machine.states(state).label))
        for state, step in machine.steps.items()
        if not isinstance(step, End)
    ]


def regions_for(post: Post) -> dict[int, str]:
    """Names of the care regions a post works in, by key, in alphabetical order; from memory."""
    every: dict[int, str] = configuration.remembered(
        "care_regions", lambda: {r.pk: r.name for r in Region.objects.care().order_by("name", "pk")}
    )
    return every if post.national else {key: name for key, name in every.items() if key in post.region_ids}


def read(post: Post, query: MultiValueDict[str, str]) -> Asked:
    """Read a query string. Unknown values are left out and told in `problems`; nothing raises."""
    problems: list[str] = []

    def allowed(name: str, known: set[str], what: str) -> tuple[str, ...]:
        given = [value for value in dict.fromkeys(query.getlist(name)) if value]
        if any(value not in known for value in given):
            problems.append(
                _("The address asks for a value of “%(what)s” that does not exist here; it was left out.")
                % {"what": what}
            )
        return tuple(value for value in given if value in known)

    def one(name: str, known: set[str], what: str) -> str:
        found = allowed(name, known, what)
        return found[-1] if found else ""

    machines = machines_for(post)
    states = {f"{machine.kind}.{state}" for machine in machines for state, _label in states_of(machine)}
    regions = allowed("region", {str(key) for key in regions_for(post)}, _("Region"))
    size = one("size", {str(n) for n in SIZES}, _("Rows per page"))
    sort = one("sort", {*SORTS, *(f"-{name}" for name in SORTS)}, _("Order"))
    filters = Filters(
        kinds=allowed("kind", {machine.kind for machine in machines}, _("Process")),
        states=allowed("state", states, _("Step")),
        regions=tuple(int(key) for key in regions),
        urgent=bool(one("urgent", {"1"}, _("Emergency"))),
        who=one("who", set(Who.values) - {""}, _("Who has it")),
        group=one("group", set(Group.values), _("By when")),
        sort=sort or "due",
        size=int(size) if size else SIZES[0],
    )
    asked = Asked(filters, query.get("after", "") or "", query.get("before", "") or "", problems)
    if number := (query.get("q") or "").strip():
        start = beginning(number[:20])
        if start is None:
            problems.append(_("The address holds something that is no case number; it was left out."))
        else:
            asked.filters = replace(asked.filters, number=start)
    if found := query.get("found"):
        try:
            asked.filters = replace(asked.filters, found=UUID(found))
        except ValueError:
            problems.append(_("The address holds a search that does not exist; it was left out."))
    return asked
