"""What can be wrong with a routing rule, as plain questions: for the administration and for the system checks."""

from __future__ import annotations

from django.utils.translation import gettext as _

from access import clock
from access.models import Region
from access.roles import Role
from access.wall import Side
from cases.words import AgeGroup, Exploitation
from workflows.engine.machine import End, Machine, registry
from workflows.engine.models import RoutingRule
from workflows.engine.routing import CIRCUMSTANCES, holder, in_order


def never_matches(rule: RoutingRule) -> str | None:
    """Why an active rule can never decide anything, in a sentence; None when it can. Reads rules and regions."""
    if not rule.active:
        return None
    machine = registry.get(rule.kind)
    if machine is None:
        return _("There is no process “%(kind)s”.") % {"kind": rule.kind}
    return _state(rule, machine) or _circumstances(rule) or _target(rule, machine) or _shadow(rule)


def _state(rule: RoutingRule, machine: type[Machine]) -> str | None:
    if not rule.state:
        return None
    if rule.state not in machine.states.values:
        return _("“%(state)s” is no state of this process.") % {"state": rule.state}
    step = machine.step_of(rule.state)
    if isinstance(step, End):
        return _("In “%(state)s” the process is over; nobody acts any more.") % {
            "state": machine.states(rule.state).label
        }
    if step.organisation:
        return _("In “%(state)s” the process knows itself who must act; no rule is asked.") % {
            "state": machine.states(rule.state).label
        }
    return None


def _circumstances(rule: RoutingRule) -> str | None:
    if rule.form and rule.form not in Exploitation.values:
        return _("“%(value)s” is no form of exploitation that a case can have.") % {"value": rule.form}
    if rule.age_group and rule.age_group not in AgeGroup.values:
        return _("“%(value)s” is no age group.") % {"value": rule.age_group}
    if rule.region is not None:
        until = rule.region.valid_until
        if rule.region.level != Region.Level.CARE:
            return _("%(region)s is no care region; cases do not lie there.") % {"region": rule.region}
        if until is not None and until <= clock.today():
            return _("The region %(region)s has ended.") % {"region": rule.region}
    return None


def _target(rule: RoutingRule, machine: type[Machine]) -> str | None:
    names = {"role": Role(rule.role).label, "side": Side(machine.side).label}
    if machine.side is not Side.COMMON and machine.side not in Role(rule.role).sides:
        return _("%(role)s cannot act on the side %(side)s.") % names
    if rule.organisation is not None and Side(rule.organisation.side) is not machine.side:
        return _("%(organisation)s stands on another side of the wall.") % {"organisation": rule.organisation}
    return None


def _shadow(rule: RoutingRule) -> str | None:
    """Another rule that is tried first, is at least as general, and always finds somebody."""
    others = RoutingRule.objects.filter(active=True, kind=rule.kind).select_related("region", "organisation")
    for other in in_order([rule, *others.exclude(pk=rule.pk)]):
        if other is rule:
            return None
        general = all(getattr(other, c) in (None, "", getattr(rule, c)) for c in CIRCUMSTANCES)
        if general and not holderless(other):
            return _("Rule %(other)s (number %(pk)d) comes first in all these circumstances.") % {
                "other": other,
                "pk": other.pk,
            }
    return None


def holderless(rule: RoutingRule) -> list[str]:
    """Names of the regions, or of the organisation, in which an active rule leads to a role that nobody holds today."""
    if not rule.active or rule.role not in Role.values:
        return []
    today = clock.today()
    if rule.organisation is not None:
        held = holder(rule.role, None, today, rule.organisation.pk) is not None
        return [] if held else [str(rule.organisation)]
    if Role(rule.role).national:
        return [] if holder(rule.role, None, today) is not None else [_("the whole country")]
    regions = [rule.region] if rule.region is not None else Region.objects.care().valid_on(today)
    return [str(region) for region in regions if holder(rule.role, region.pk, today) is None]
