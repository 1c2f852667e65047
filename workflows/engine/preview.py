"""What a change of a routing rule or a term would do to processes, before it is made.

Each side is asked in turn, with its own rights, and answers with counts and keys: nothing of a case comes along. The
database groups by circumstances first, so that the work is that of a few thousand kinds of circumstance, not of a
million processes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from dateutil.relativedelta import relativedelta
from django.db import connection
from django.utils.translation import gettext as _

from access import clock
from access.models import Organisation, Region
from access.people import Left
from access.roles import Role
from access.wall import Side, taken
from workflows.engine import acts
from workflows.engine.calendars import Unit, end_of_term
from workflows.engine.machine import End, Machine, Step, Waiting, registry
from workflows.engine.models import Process, RoutingRule, Term
from workflows.engine.routing import Route, decide, in_order
from workflows.engine.rules import holderless, never_matches

EXAMPLES = 3


@dataclass(frozen=True)
class Place:
    """Where work lies: a role at an organisation (None: nowhere)."""

    role: str
    organisation: str | None

    def __str__(self) -> str:
        label = Role(self.role).label if self.role in Role.values else self.role
        return f"{label}, {self.organisation or '–'}"


@dataclass
class Move:
    """Open processes that would go to somebody else if they entered their state now."""

    side: Side
    state: str
    region: str
    now: Place
    then: Place
    count: int = 0
    examples: list[UUID] = field(default_factory=list)


@dataclass
class Unowned:
    """A state in which nobody but the national desk could act, and in which regions (`every`: in all of them)."""

    state: str
    regions: list[str]
    every: bool

    @property
    def where(self) -> str:
        """The regions in words."""
        return _("every region") if self.every else few(self.regions)


@dataclass
class RuleEffect:
    """What a rule would do: processes that would go elsewhere, where nobody could act, and what to be warned of."""

    looked_at: int
    moves: list[Move]
    unowned: list[Unowned]
    never: str | None
    holderless: list[str]

    @property
    def nobody_in(self) -> str:
        """Where nobody holds the role, in words."""
        return few(self.holderless)

    @property
    def moved(self) -> int:
        """How many open processes would go elsewhere."""
        return sum(move.count for move in self.moves)


@dataclass(frozen=True)
class _Group:
    """Open processes that are alike in everything routing looks at, and where they lie."""

    seen: dict[str, Any]
    role: str
    organisation_id: int | None
    count: int
    free: list[UUID]
    examples: list[UUID]


_GROUPS = """
SELECT state, region_id, facts->'forms', coalesce(facts->>'age_group', ''), coalesce(facts->>'scheme', ''),
    owner_role, owner_organisation_id, count(*), array_agg(id) FILTER (WHERE assignee_id IS NULL), (array_agg(id))[1:%s]
FROM engine_process
WHERE side = %s AND kind = %s AND closed_at IS NULL
GROUP BY 1, 2, 3, 4, 5, 6, 7
"""


def _groups(machine: type[Machine]) -> list[_Group]:
    """The open processes of a machine by circumstance, asked of its side; without states that are not routed."""
    with taken(machine.side), connection.cursor() as cursor:
        cursor.execute(_GROUPS, [EXAMPLES, str(machine.side), machine.kind])
        rows = cursor.fetchall()
    routed = set(_routed(machine))
    return [
        _Group(
            {"state": state, "region": region, "forms": forms or [], "age_group": age_group, "scheme": scheme},
            role,
            organisation,
            count,
            free or [],
            examples,
        )
        for state, region, forms, age_group, scheme, role, organisation, count, free, examples in rows
        if state in routed
    ]


def _routed(machine: type[Machine]) -> dict[str, Step | Waiting]:
    """States in which rules are asked, with their declaration."""
    return {
        str(state): step for state, step in machine.steps.items() if not isinstance(step, End) and not step.organisation
    }


def rules_with(rule: RoutingRule) -> tuple[list[RoutingRule], list[RoutingRule]]:
    """The active rules of the rule's process as they are, and as they would be with it, each in order."""
    active = list(RoutingRule.objects.filter(kind=rule.kind, active=True))
    others = [other for other in active if other.pk != rule.pk]
    return in_order(active), in_order([*others, rule] if rule.active else others)


def of_rule(rule: RoutingRule) -> RuleEffect:
    """What a rule, as it stands in memory and was not saved, would do to the open processes of its kind."""
    machine = registry[rule.kind]
    now, then = rules_with(rule)
    steps, day, names = _routed(machine), clock.today(), _Names()
    moves: dict[tuple[Any, ...], Move] = {}
    groups = _groups(machine)
    for group in groups:
        step = steps[group.seen["state"]]
        before, after = decide(step, group.seen, day, now), decide(step, group.seen, day, then)
        if _same(before, after):
            continue
        state, region = group.seen["state"], group.seen["region"]
        key = (state, region, before.role, before.organisation_id, after.role, after.organisation_id)
        move = moves.get(key)
        if move is None:
            label = str(machine.states(state).label)
            move = Move(machine.side, label, names.region(region), names.place(before), names.place(after))
            moves[key] = move
        move.count += group.count
        move.examples = (move.examples + group.examples)[:EXAMPLES]
    return RuleEffect(
        sum(group.count for group in groups),
        sorted(moves.values(), key=lambda m: -m.count),
        list(_unowned(machine, then, rule, day)),
        never_matches(rule),
        holderless(rule),
    )


def _same(one: Route, other: Route) -> bool:
    return (one.role, one.organisation_id) == (other.role, other.organisation_id)


def _unowned(machine: type[Machine], rules: list[RoutingRule], rule: RoutingRule, day: date) -> Iterator[Unowned]:
    """States in which, under these rules, nobody could act; asked for the circumstances that the rule names."""
    regions = [rule.region] if rule.region is not None else list(Region.objects.care().valid_on(day))
    for state, step in _routed(machine).items():
        if rule.state not in ("", state) or step.owner == Role.NATIONAL_DESK:
            continue
        seen = {"state": state, "forms": [rule.form], "age_group": rule.age_group, "scheme": rule.scheme}
        routes = [(region.name, decide(step, {**seen, "region": region.pk}, day, rules)) for region in regions]
        nobody = [name for name, route in routes if route.why["by"] == "national_desk"]
        if nobody:
            every = rule.region is None and len(nobody) == len(regions)
            yield Unowned(str(machine.states(state).label), nobody, every)


def few(names: list[str], most: int = 6) -> str:
    """The first few of many names."""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else _("%(names)s and %(n)d more") % {"names": shown, "n": len(names) - most}


class _Names:
    """Names of organisations and regions, read once."""

    def __init__(self) -> None:
        self.organisations: dict[int | None, str] = dict(Organisation.objects.values_list("pk", "name"))
        self.regions = dict(Region.objects.values_list("pk", "name"))

    def region(self, pk: int | None) -> str:
        return self.regions.get(pk, "–") if pk is not None else "–"

    def place(self, route: Route) -> Place:
        return Place(str(route.role), self.organisations.get(route.organisation_id))


def misplaced(kind: str) -> dict[Side, list[UUID]]:
    """Open processes that nobody took and that routing would send elsewhere now, by side: what could be routed anew."""
    machine = registry[kind]
    rules = in_order(RoutingRule.objects.filter(kind=kind, active=True))
    steps, day = _routed(machine), clock.today()
    found: dict[Side, list[UUID]] = defaultdict(list)
    for group in _groups(machine):
        route = decide(steps[group.seen["state"]], group.seen, day, rules)
        if (str(route.role), route.organisation_id) != (group.role, group.organisation_id):
            found[machine.side] += group.free
    return {side: keys for side, keys in found.items() if keys}


# -- Terms ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Use:
    """A state in which a term runs; `urgent` says for which processes (None: for all), `of` the same in words."""

    machine: type[Machine]
    state: str
    urgent: bool | None
    of: str = ""

    @property
    def label(self) -> str:
        """Process and state in words."""
        said = f"{self.machine.label}: {self.machine.states(self.state).label}"
        return f"{said} ({_(self.of)})" if self.of else said


def uses_of(key: str) -> list[Use]:
    """Where a term runs, from the declarations."""
    found = []
    for machine in registry.values():
        for state, step in machine.steps.items():
            if isinstance(step, End):
                continue
            plain = {term.key: term for term in (step.term, *step.others)}.get(key)
            urgent = step.urgent is not None and step.urgent.key == key
            if plain or urgent:
                alone = step.urgent is None or (plain is not None and urgent)
                found.append(Use(machine, str(state), None if alone else urgent, plain.of if plain else ""))
    return found


@dataclass(frozen=True)
class TermEffect:
    """What a term would do in one state: how many keep the old one, and how the last year would have looked.

    `entered`: how often the state was entered in the year before; `late_now` and `late_then`: how many of those took
    longer than the term that holds and than the new one, pauses counted out.
    """

    side: Side
    use: Use
    running: int
    entered: int
    late_now: int
    late_then: int


_RUNNING = """
SELECT count(*) FROM engine_process p
WHERE p.side = %(side)s AND p.kind = %(kind)s AND p.state = %(state)s AND p.closed_at IS NULL AND p.due_at IS NOT NULL
    AND p.term_id IN (SELECT id FROM engine_term WHERE key = %(key)s)
"""

# A stay begins with a line that enters a state and lasts until the next one that does; the lines between are acts.
_STAYS = """
WITH days AS (
    SELECT * FROM unnest(%(days)s::date[], %(now_ends)s::timestamptz[], %(then_ends)s::timestamptz[])
        AS d(day, now_end, then_end)
), lines AS (
    SELECT l.process_id, l.at, l.action, l.to_state, l.action <> ALL(%(acts)s) AS enters,
        count(*) FILTER (WHERE l.action <> ALL(%(acts)s)) OVER upto AS stay, lead(l.at) OVER upto AS next_at
    FROM engine_process p JOIN engine_steplog l ON l.process_id = p.id
    WHERE p.side = %(side)s AND p.kind = %(kind)s AND (p.closed_at IS NULL OR p.closed_at >= %(since)s)
        AND (%(urgent)s::boolean IS NULL OR p.urgent = %(urgent)s)
        AND (l.action <> ALL(%(acts)s) OR l.action IN ('pause', 'resume'))
    WINDOW upto AS (PARTITION BY l.process_id ORDER BY l.id)
), stays AS (
    SELECT min(at) AS began, max(to_state) FILTER (WHERE enters) AS state,
        CASE WHEN bool_or(next_at IS NULL) THEN %(now)s ELSE max(next_at) END AS ended,
        coalesce(sum(coalesce(next_at, %(now)s) - at) FILTER (WHERE action = 'pause'), interval '0') AS paused
    FROM lines GROUP BY process_id, stay
)
SELECT count(*),
    count(*) FILTER (WHERE ended - paused > coalesce(s.began + %(now_hours)s::interval, d.now_end)),
    count(*) FILTER (WHERE ended - paused > coalesce(s.began + %(then_hours)s::interval, d.then_end))
FROM stays s JOIN days d ON d.day = (s.began AT TIME ZONE 'Europe/Amsterdam')::date
WHERE s.state = %(state)s AND s.began >= %(since)s
"""
_ACTS = [
    acts.TAKE, acts.GIVE_BACK, acts.HAND_OVER, acts.PAUSE, acts.RESUME, acts.SNOOZE, acts.WAKE, acts.REROUTE,
    acts.MOVE, acts.RETURN_TO_QUEUE,
]  # fmt: skip


def of_term(new: Term, old: Term) -> list[TermEffect]:
    """What a term, as it stands in memory, would change against the one that holds; one answer for each state."""
    now = clock.now()
    return [_of_use(use, new, old, now) for use in uses_of(old.key)]


def _of_use(use: Use, new: Term, old: Term, now: datetime) -> TermEffect:
    since = now - relativedelta(years=1)
    first = since.astimezone(clock.AMSTERDAM).date()
    days = [first + timedelta(days=n) for n in range((now.astimezone(clock.AMSTERDAM).date() - first).days + 1)]
    given: dict[str, Any] = {
        "side": str(use.machine.side), "kind": use.machine.kind, "state": use.state, "urgent": use.urgent,
        "key": old.key, "since": since, "now": now, "acts": _ACTS, "days": days,
        "now_ends": _ends(old, days), "now_hours": _hours(old),
        "then_ends": _ends(new, days), "then_hours": _hours(new),
    }  # fmt: skip
    with taken(use.machine.side), connection.cursor() as cursor:
        cursor.execute(_RUNNING, given)
        (running,) = cursor.fetchone()
        cursor.execute(_STAYS, given)
        return TermEffect(use.machine.side, use, running, *cursor.fetchone())


def _hours(term: Term) -> timedelta | None:
    return timedelta(hours=term.amount) if term.unit == Unit.HOURS else None


def _ends(term: Term, days: Iterable[date]) -> list[datetime | None]:
    """The end of a term that began on each day; the time of day does not matter unless it is counted in hours."""
    if term.unit == Unit.HOURS:
        return [None for _day in days]
    noon = [datetime.combine(day, time(12), clock.AMSTERDAM) for day in days]
    return [end_of_term(start, term.amount, Unit(term.unit), statutory=term.statutory) for start in noon]


# -- People --------------------------------------------------------------------------------------------------------


def work_taken(posts: list[int]) -> list[Left]:
    """Open processes that posts (keys) have taken, by side: what goes back to the queue when they leave."""
    found = []
    for side in Side:
        with taken(side):
            count = Process.objects.filter(side=side, assignee__in=posts, closed_at=None).count()
        found.append(Left(side, count))
    return found
