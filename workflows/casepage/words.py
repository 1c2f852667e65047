"""What happened to a process, who must act and why, in words for the page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import formats
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access import configuration
from access.clock import AMSTERDAM
from access.models import Region
from access.roles import Role
from cases.words import AgeGroup, Exploitation
from workflows.engine import acts
from workflows.engine.calendars import Unit
from workflows.engine.machine import Machine, Text, registry
from workflows.engine.models import Process, StepLog, Term

ACTS: dict[str, Text] = {
    "open": gettext_lazy("Started"),
    acts.TAKE: gettext_lazy("Taken"),
    acts.GIVE_BACK: gettext_lazy("Given back to the queue"),
    acts.HAND_OVER: gettext_lazy("Handed over"),
    acts.PAUSE: gettext_lazy("Paused"),
    acts.RESUME: gettext_lazy("Resumed"),
    acts.SNOOZE: gettext_lazy("Put away for later"),
    acts.WAKE: gettext_lazy("Brought back in sight"),
    acts.REOPEN: gettext_lazy("Opened again"),
    acts.REROUTE: gettext_lazy("Assigned anew by the routing rules"),
    acts.MOVE: gettext_lazy("Moved with the case to another region"),
    acts.RETURN_TO_QUEUE: gettext_lazy("Returned to the queue because the colleague left"),
    acts.OTHER_PLACE: gettext_lazy("Put in another place"),
    acts.PLANNED_END: gettext_lazy("Planned end changed"),
}
"""The engine's own acts, as the log tells them."""

ACT_ICONS = {
    "open": "flag",
    acts.TAKE: "person",
    acts.GIVE_BACK: "undo",
    acts.HAND_OVER: "handover",
    acts.PAUSE: "pause",
    acts.RESUME: "play",
    acts.SNOOZE: "clock",
    acts.WAKE: "eye",
    acts.REOPEN: "undo",
    acts.REROUTE: "route",
    acts.MOVE: "route",
    acts.RETURN_TO_QUEUE: "undo",
    acts.OTHER_PLACE: "bed",
    acts.PLANNED_END: "calendar",
}


def anchor_of(process: UUID) -> str:
    """Where the lane of a process is found on its page. In: its key."""
    return f"process-{process.hex[:8]}"


def state_label(machine: type[Machine], state: str) -> str:
    """A state's name. A state that the machine no longer knows keeps its code: the log outlives declarations."""
    return str(machine.states(state).label) if state in machine.states.values else state


def action_label(machine: type[Machine], line: StepLog) -> str:
    """What a line of the log tells, short."""
    if line.action in ACTS and line.action not in machine.actions():
        text = str(ACTS[line.action])
        to_name = getattr(line, "to_name", "")
        return f"{text}: {to_name}" if to_name else text
    transition = machine.transition_of(line.action, line.from_state)
    return str(transition.label) if transition else line.action


def role_names(roles: Iterable[str]) -> str:
    """Roles, as a list in words: "care coordinator, caseworker or national desk"."""
    ordered = [role for role in Role if role in set(roles)]
    return get_text_list([str(role.label).lower() for role in ordered], _("or"))


def who(process: Process) -> str:
    """Role and organisation that must act: "Care coordinator, Organisation X"; empty when it is over."""
    if not process.owner_role:
        return ""
    role = str(Role(process.owner_role).label)
    return f"{role}, {process.owner_organisation.name}" if process.owner_organisation else role


def term_text(term: Term) -> str:
    """How long a term is: "5 working days"."""
    return str(Unit(term.unit).text(term.amount))


def why_here(route: dict[str, Any], kind: type[Machine]) -> list[str]:
    """Why a process came to whom it came: sentences, from what the log kept of the routing decision; none if none."""
    by = route.get("by")
    if by is None:
        return []
    if by == "process":
        told = [_("The process itself names the organisation that must act here.")]
    elif by == "rule":
        told = [
            _("Routing rule %(rule)s, version %(version)s (tier %(tier)s), sends this here.")
            % {"rule": route.get("rule"), "version": route.get("version"), "tier": route.get("tier")}
        ]
    elif by == "national_desk":
        told = [
            _("Nobody holds the role “%(role)s” here, so it went to the national desk.")
            % {"role": str(Role(route["wanted"]).label).lower() if route.get("wanted") in Role.values else "?"}
        ]
    else:
        told = [_("No routing rule applies: this step belongs to whoever holds the role in the region.")]
    seen = _seen(route.get("seen", {}), kind)
    return [*told, _("Looked at: %(seen)s.") % {"seen": seen}] if seen else told


def _seen(seen: dict[str, Any], kind: type[Machine]) -> str:
    parts = []
    if seen.get("state"):
        parts.append(_("step “%(state)s”") % {"state": state_label(kind, seen["state"])})
    if seen.get("region"):
        parts.append(_("region %(region)s") % {"region": region_name(seen["region"])})
    if forms := [
        str(Exploitation(code).label).lower() for code in seen.get("forms", []) if code in Exploitation.values
    ]:
        parts.append(", ".join(forms))
    if seen.get("age_group") in AgeGroup.values:
        parts.append(str(AgeGroup(seen["age_group"]).label).lower())
    if seen.get("scheme"):
        parts.append(_("scheme %(scheme)s") % {"scheme": seen["scheme"]})
    return "; ".join(parts)


def region_name(region_id: int) -> str:
    """The name of a region, from memory."""
    names = configuration.remembered("region_names", lambda: dict(Region.objects.values_list("pk", "name")))
    return str(names.get(region_id, region_id))


def reason_text(line: StepLog) -> str:
    """Why a step was made. What the program closed by itself says which step of which process took the reason away."""
    if line.post_id is None and ":" in line.reason:
        kind, _colon, state = line.reason.partition(":")
        if kind in registry:
            return _("The reason has gone: %(kind)s is now “%(state)s”.") % {
                "kind": str(registry[kind].label).lower(),
                "state": state_label(registry[kind], state),
            }
    return line.reason


def data_text(text: str) -> str:
    """A text that the program brought into the database, in the reader's language when the catalogue knows it."""
    return _(text) if text else ""


def moment_text(moment: datetime | None) -> str:
    """A moment in words, in Amsterdam: "Monday 2 March 10:00"; the end of a day is the day alone."""
    if moment is None:
        return ""
    here = moment.astimezone(AMSTERDAM)
    at = formats.time_format(here, "H:i")
    return " ".join(filter(None, [formats.date_format(here, "l j F"), "" if at == "23:59" else at]))


def moved_text(to_state: str, reason: str) -> str:
    """The state a step led to, and why it was made if somebody said so."""
    return f"→ {to_state}\n{reason}" if reason else f"→ {to_state}"
