"""Who must act next.

When a process enters a state, its circumstances (kind, state, region, forms of exploitation, age group, scheme)
are held against the routing rules, lowest tier first and within a tier the rule that names most circumstances.
The first rule that matches and leads to an organisation where somebody holds the role decides. If none does, the
declaration of the state does. If nobody holds that role in the region, the process goes to the national desk and
says so. The decision is kept in the log with the rule, its version and the circumstances it saw.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from access import configuration
from access.clock import AMSTERDAM
from access.models import Organisation, Post
from access.roles import Role
from access.wall import Side
from workflows.engine.machine import End, Machine, Step, Waiting
from workflows.engine.models import RoutingRule

CIRCUMSTANCES = ("state", "region_id", "form", "age_group", "scheme")


@dataclass(frozen=True)
class Route:
    """A decision: role and organisation that must act, and why (`why` is what the log keeps)."""

    role: Role
    organisation_id: int | None
    why: dict[str, Any]


@dataclass(frozen=True)
class _Holder:
    organisation_id: int
    region_ids: frozenset[int] | None  # None: the whole country
    starts_on: date
    ends_on: date | None


def _load_rules() -> dict[str, list[RoutingRule]]:
    rules: dict[str, list[RoutingRule]] = defaultdict(list)
    for rule in RoutingRule.objects.filter(active=True):
        rules[rule.kind].append(rule)
    return {kind: in_order(of_kind) for kind, of_kind in rules.items()}


def in_order(rules: Iterable[RoutingRule]) -> list[RoutingRule]:
    """Rules in the order in which they are tried; one that was not saved yet comes last among its equals."""
    return sorted(rules, key=lambda r: (r.tier, -sum(bool(getattr(r, c)) for c in CIRCUMSTANCES), r.pk or math.inf))


def _load_holders() -> dict[str, list[_Holder]]:
    """Who holds a role where, from posts of active people at active organisations, oldest post first."""
    holders: dict[str, list[_Holder]] = defaultdict(list)
    posts = Post.objects.filter(user__is_active=True, organisation__active=True).prefetch_related("regions")
    for post in posts.order_by("starts_on", "pk"):
        regions = None if Role(post.role).national else frozenset(r.pk for r in post.regions.all())
        holders[post.role].append(_Holder(post.organisation_id, regions, post.starts_on, post.ends_on))
    return dict(holders)


def holder(role: str, region_id: int | None, day: date, organisation_id: int | None = None) -> int | None:
    """The organisation where somebody holds `role` for a region on a day, or None.

    With `organisation_id` only that organisation counts, whatever regions its posts have.
    """
    for held in configuration.remembered("holders", _load_holders).get(role, ()):
        if not (held.starts_on <= day and (held.ends_on is None or day < held.ends_on)):
            continue
        if organisation_id is not None:
            if held.organisation_id == organisation_id:
                return organisation_id
        elif held.region_ids is None or region_id is None or region_id in held.region_ids:
            return int(held.organisation_id)
    return None


def _national_desk() -> int | None:
    desk = configuration.remembered(
        "national_desk",
        lambda: Organisation.objects.filter(kind=Organisation.Kind.NATIONAL_DESK, active=True).order_by("pk").first(),
    )
    return desk.pk if desk else None


def matches(rule: RoutingRule, seen: dict[str, Any]) -> bool:
    """Whether every circumstance a rule names is the one seen; forms match when one of several is it."""
    return (
        (not rule.state or rule.state == seen["state"])
        and (rule.region_id is None or rule.region_id == seen["region"])
        and (not rule.form or rule.form in seen["forms"])
        and (not rule.age_group or rule.age_group == seen["age_group"])
        and (not rule.scheme or rule.scheme == seen["scheme"])
    )


def decide(step: Step | Waiting, seen: dict[str, Any], day: date, rules: Iterable[RoutingRule]) -> Route:
    """Who must act under the circumstances `seen` when these rules, in their order, hold. Reads only memory."""
    for rule in rules:
        if matches(rule, seen):
            found = holder(rule.role, seen["region"], day, rule.organisation_id)
            if found is not None:
                why = {"by": "rule", "rule": rule.pk, "version": rule.version, "tier": rule.tier, "seen": seen}
                return Route(Role(rule.role), found, why)
    found = holder(step.owner, seen["region"], day)
    return Route(step.owner, found, {"by": "declaration", "seen": seen}) if found is not None else _to_desk(step, seen)


def _to_desk(step: Step | Waiting, seen: dict[str, Any], **more: Any) -> Route:
    why = {"by": "national_desk", "wanted": step.owner, "seen": seen} | more
    return Route(Role.NATIONAL_DESK, _national_desk(), why)


def route(machine: Machine) -> Route | None:
    """Decide who must act in the state the machine is in; None when it is over. Reads nothing but memory.

    A process that knows its organisation itself (`Step.organisation`) goes there without asking the rules.
    """
    process, step = machine.process, machine.step_of(machine.process.state)
    if isinstance(step, End):
        return None
    assert machine.now is not None
    day = machine.now.astimezone(AMSTERDAM).date()
    seen = {
        "state": process.state,
        "region": process.region_id,
        "forms": process.facts.get("forms", []),
        "age_group": process.facts.get("age_group", ""),
        "scheme": process.facts.get("scheme", ""),
    }
    if not step.organisation:
        return decide(step, seen, day, configuration.remembered("rules", _load_rules).get(process.kind, ()))
    asked = getattr(machine, step.organisation)
    if holder(step.owner, None, day, asked) is not None:
        return Route(step.owner, asked, {"by": "process", "seen": seen})
    if machine.side is not Side.CARE:  # the national desk is on the care side: it could not even see the process
        return Route(step.owner, asked, {"by": "process", "nobody": True, "seen": seen})
    return _to_desk(step, seen, asked=asked)
