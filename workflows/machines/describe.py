"""A machine as data: everything its declaration says, in the reader's language. What shows a machine begins here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.db import DatabaseError
from django.utils.translation import gettext as _
from viewflow.fsm.base import Transition

from access.roles import Role
from workflows.engine import terms
from workflows.engine.calendars import Unit
from workflows.engine.machine import (
    AnyStep,
    DeclaredTerm,
    End,
    Machine,
    Party,
    form_of,
    is_system,
    registry,
    roles_of,
)
from workflows.engine.models import Term


@dataclass(frozen=True)
class TermSaid:
    """A term in words. `changed` is whether an administrator's row runs instead of what the program brought."""

    key: str
    length: str
    starts_with: str
    remind: str
    escalate: str
    again: str
    source: str
    statutory: bool
    changed: bool = False


@dataclass(frozen=True)
class StateSaid:
    """A state: `sort` is step, waiting or end."""

    code: str
    label: str
    sort: str
    initial: bool
    owner: str = ""
    owner_role: str = ""
    waits_for: str = ""
    escalates_to: str = ""
    term: TermSaid | None = None
    urgent: TermSaid | None = None
    others: tuple[TermSaid, ...] = ()
    reopens_to: str = ""
    reopens_to_label: str = ""


@dataclass(frozen=True)
class FieldSaid:
    """Something a step asks."""

    name: str
    label: str
    required: bool
    type: str


@dataclass(frozen=True)
class StepSaid:
    """A transition, from one or more states to one."""

    action: str
    label: str
    sources: tuple[str, ...]
    target: str
    sources_labels: tuple[str, ...]
    target_label: str
    roles: tuple[str, ...]
    roles_labels: tuple[str, ...]
    system: bool
    primary: bool
    conditions: tuple[str, ...]
    fields: tuple[FieldSaid, ...]


@dataclass(frozen=True)
class MachineSaid:
    """A machine."""

    kind: str
    label: str
    about: str
    side: str
    initial: str
    opened_by: tuple[str, ...]
    states: tuple[StateSaid, ...]
    steps: tuple[StepSaid, ...]
    closes: tuple[str, ...] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        """For tools."""
        return asdict(self)

    def state(self, code: str) -> StateSaid | None:
        """A state by its code."""
        return next((state for state in self.states if state.code == code), None)


RunningTerm = Callable[[str], Term | None]


def machines(kind: str = "") -> Iterator[type[Machine]]:
    """The machines the program knows, in the order of their names; only one with `kind`. Errors: KeyError."""
    if kind:
        yield registry[kind]
        return
    yield from (registry[name] for name in sorted(registry))


def running_terms(now: datetime) -> RunningTerm:
    """Finds the row of a term that runs now; none where there is no database, or the term is not in it."""

    def find(key: str) -> Term | None:
        try:
            return terms.current(key, now)
        except (DatabaseError, KeyError):
            return None

    return find


def describe(machine: type[Machine], running: RunningTerm = lambda key: None) -> MachineSaid:
    """A machine in the language that is active. `running` gives the rows of terms that run now."""
    return MachineSaid(
        kind=machine.kind,
        label=str(machine.label),
        about=str(machine.about),
        side=str(machine.side.label),
        initial=str(machine.initial),
        opened_by=tuple(_roles(machine.opens.roles)) if machine.opens else (),
        states=tuple(_state(machine, state, machine.step_of(state), running) for state in machine.states),
        steps=tuple(_steps(machine)),
        closes=tuple(
            _("%(state)s closes other open processes of the kind %(kinds)s on the case.")
            % {
                "state": machine.states(moot.state).label,
                "kinds": ", ".join(str(registry[kind].label).lower() for kind in moot.kinds if kind in registry),
            }
            for moot in machine.moots
        ),
    )


def _roles(roles: Any) -> Iterator[str]:
    return (str(role.label) for role in Role if role in roles)


def _state(machine: type[Machine], state: Any, step: AnyStep, running: RunningTerm) -> StateSaid:
    said: dict[str, Any] = {"code": str(state), "label": str(state.label), "initial": state == machine.initial}
    if isinstance(step, End):
        target = str(step.reopens_to)
        label = str(machine.states(target).label) if target else ""
        return StateSaid(**said, sort="end", reopens_to=target, reopens_to_label=label)
    return StateSaid(
        **said,
        sort="waiting" if step.waits_for else "step",
        owner=str(Role(step.owner).label),
        owner_role=str(step.owner),
        waits_for=str(Party(step.waits_for).label) if step.waits_for else "",
        escalates_to=str(Role(step.escalate_to).label),
        term=_term(step.term, running),
        urgent=_term(step.urgent, running) if step.urgent else None,
        others=tuple(_term(other, running) for other in step.others),
    )


def _term(declared: DeclaredTerm, running: RunningTerm) -> TermSaid:
    brought = terms.as_row(declared)
    row = running(declared.key) or brought
    compared = (
        "amount",
        "unit",
        "remind_amount",
        "remind_unit",
        "escalate_amount",
        "escalate_unit",
        "source",
        "before_amounts",
        "before_unit",
    )
    return TermSaid(
        key=declared.key,
        length=_amount(row.amount, row.unit),
        starts_with=_(row.starts_with),
        remind=_reminders(row),
        escalate=_amount(row.escalate_amount, row.escalate_unit),
        again=_amount(row.again_amount, row.again_unit),
        source=_(row.source),
        statutory=row.statutory,
        changed=any(str(getattr(row, name)) != str(getattr(brought, name)) for name in compared),
    )


def _reminders(row: Term) -> str:
    """When it speaks before the end: the signals and the reminder."""
    signals = [_amount(amount, row.before_unit) for amount in row.before_amounts]
    return ", ".join([*signals, _amount(row.remind_amount, row.remind_unit)])


def _amount(amount: int, unit: str) -> str:
    return str(Unit(unit).text(amount))


def _steps(machine: type[Machine]) -> Iterator[StepSaid]:
    """Transitions with the same name and target are one step out of several states."""
    together: dict[tuple[str, str], list[Transition]] = {}
    for transition in machine.transitions():
        for target in transition.declared_targets():
            together.setdefault((transition.slug, str(target)), []).append(transition)
    for (action, target), group in together.items():
        first = group[0]
        sources = tuple(dict.fromkeys(s for t in group for s in _sources(machine, t)))
        yield StepSaid(
            action=action,
            label=str(first.label),
            sources=sources,
            target=target,
            sources_labels=tuple(str(machine.states(source).label) for source in sources),
            target_label=str(machine.states(target).label),
            roles=tuple(str(role) for role in Role if role in roles_of(first)),
            roles_labels=tuple(_roles(roles_of(first))),
            system=is_system(first),
            primary=bool(first.custom.get("primary")),
            conditions=tuple(_condition(condition) for condition in first.conditions),
            fields=() if is_system(first) else tuple(_fields(form_of(first))),
        )


def _sources(machine: type[Machine], transition: Transition) -> list[str]:
    if transition.source in machine.states.values:
        return [str(transition.source)]
    return [str(state) for state in machine.states if not machine.step_of(state).final]


def _condition(condition: Any) -> str:
    said = getattr(condition, "sentence", "") or (getattr(condition, "__doc__", "") or "").strip().split("\n")[0]
    return str(said or getattr(condition, "__name__", "?"))


def _fields(form: type[Any]) -> Iterator[FieldSaid]:
    for name, asked in sorted(form.base_fields.items(), key=lambda field: field[0] == "reason"):  # as the page asks
        label = str(asked.label or name.replace("_", " ").capitalize())
        yield FieldSaid(name, label, asked.required, type(asked).__name__.removesuffix("Field").lower())
