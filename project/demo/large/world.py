"""What every course asks: who must act, who is told, who there is to act; decided by the engine and remembered."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from access.roles import Role
from project.demo.ground import Ground
from project.demo.large import times
from workflows.engine import terms
from workflows.engine.machine import AnyStep, End, registry
from workflows.engine.models import Rung
from workflows.engine.routing import holder, route
from workflows.engine.sweep import escalation_targets

NULL = "\\N"


@dataclass(frozen=True, slots=True)
class Actor:
    """A post that acts; `cells` is how a line of the log names it and its organisation."""

    key: int
    organisation: int
    user: int
    cells: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A state under given circumstances: what its declaration and its route say."""

    final: bool
    waits_for: str
    term: times.Clock | None
    urgent: times.Clock | None
    role: str
    organisation: int | None
    why: str


Entries = dict[tuple[str, str, int | None], Entry]


class World:
    """The ground as courses see it."""

    def __init__(self, chance: random.Random, ground: Ground, until: int) -> None:
        self.chance, self.ground, self.until = chance, ground, until
        self.clockwork = times.Clockwork()
        self.day = times.EPOCH + timedelta(days=times.local_day(until))
        self.targets = escalation_targets(self.day)
        self.desk = holder(Role.NATIONAL_DESK, None, self.day)
        self._moment = times.as_datetime(until)
        self._clocks: dict[str, times.Clock] = {}
        self._entries: dict[tuple[int, tuple[str, ...], str], Entries] = {}
        self._pools: dict[tuple[str, int | None], list[Actor]] = defaultdict(list)
        self._in_region: dict[tuple[str, int | None, int], list[Actor]] = {}
        self._users = {post.pk: post.user_id for post in ground.posts.values()}
        for post in ground.posts.values():
            if post.ends_on is None:  # a leaver would not have done everything alone
                house = post.organisation_id
                self._pools[post.role, house].append(Actor(post.pk, house, post.user_id, f"{post.pk}\t{house}"))

    def entries(self, region: int, forms: tuple[str, ...], age: str) -> Entries:
        """What was found out already for these circumstances; `enter()` fills it."""
        return self._entries.setdefault((region, forms, age), {})

    def enter(
        self, kind: str, state: str, region: int, forms: tuple[str, ...], age: str, provider: int | None
    ) -> Entry:
        """A state entered under these circumstances: the engine's own decision, from its declaration and rules."""
        step: AnyStep = registry[kind].steps[state]  # type: ignore[index]
        if isinstance(step, End):
            return Entry(True, "", None, None, "", None, "{}")
        facts = {"forms": list(forms), "age_group": age, "scheme": ""}
        process = SimpleNamespace(kind=kind, state=state, region_id=region, facts=facts)
        machine: Any = registry[kind](process, None, self._moment)  # type: ignore[arg-type]
        if provider is not None:
            machine.__dict__["record"] = SimpleNamespace(unit=SimpleNamespace(organisation_id=provider))
        decided = route(machine)
        assert decided is not None
        return Entry(
            False,
            str(step.waits_for or ""),
            self._clock(step.term.key),
            self._clock(step.urgent.key) if step.urgent else None,
            str(decided.role),
            decided.organisation_id,
            json.dumps(decided.why),
        )

    def _clock(self, key: str) -> times.Clock:
        if key not in self._clocks:
            self._clocks[key] = times.Clock.of(terms.current(key, self._moment))
        return self._clocks[key]

    def remember(self) -> None:
        """Ask what is read from the database on first use."""
        for region in self.ground.regions.values():
            self.enter("referral", "received", region.pk, (), "adult", None)

    def told(self, rung: int, role: str, organisation: int | None) -> tuple[str, int | None]:
        """Role and organisation that a notice of a rung is addressed to, as the sweep does it."""
        if rung < Rung.ESCALATION:
            return role, organisation
        chain = self.targets.get(organisation or 0, [])
        if len(chain) > rung - Rung.ESCALATION:
            at, as_ = chain[rung - Rung.ESCALATION]
            return as_, at
        return str(Role.NATIONAL_DESK), self.desk

    def posts(self, role: str, organisation: int | None, region: int) -> list[Actor]:
        """Posts that can act there: in the role at the organisation, working in the region where that matters."""
        key = (role, organisation, region)
        known = self._in_region.get(key)
        if known is None:
            everywhere = Role(role).national or role == Role.SHELTER_PROVIDER
            pool = self._pools[role, organisation]
            known = [p for p in pool if everywhere or region in self.ground.regions_of[p.key]]
            self._in_region[key] = known
        return known

    def addressed(self, role: str, organisation: int | None, region: int, post: int | None) -> list[int]:
        """People a notice is addressed to, as `NoticeQuerySet.for_post` has it."""
        if post is not None:
            return [self._users[post]]
        if role == Role.SUPERVISOR:
            return [p.user for p in self._pools[role, organisation]]
        return [p.user for p in self.posts(role, organisation, region)]

    def coordinator(self, region: int) -> tuple[str, int | None]:
        """Role and organisation that coordinates in a region: the national desk where nobody does."""
        found = holder(Role.CARE_COORDINATOR, region, self.day)
        return (str(Role.CARE_COORDINATOR), found) if found is not None else (str(Role.NATIONAL_DESK), self.desk)
