"""System checks: rules that hold over every machine and every schedule. Their ids are stable.

E001 state that cannot be reached        E008 machine that reads the other side of the wall
E002 state from which no end is reached  E009 transition from or to a state that is not declared, or out of an end
E003 open state without owner, term,     E010 moot kinds that do not exist or cannot close by themselves
     reminder or escalation              E011 end that reopens to a state nobody can work in
E004 state without declaration           E012 role that cannot exist on the machine's side
E005 transition without permission       E013 state whose owner can do nothing
E006 transition without form             E014 one term declared in two ways
E030 rule that can never decide          E031 rule to a role that nobody holds in a region
W007 text missing in a language          E020 scheduled job that does not exist, E021 schedule that never fires

W007 is a warning because catalogues are compiled at set-up, by a command that must run before they are there;
`make lint` fails on warnings. E030 and E031 read the database: `manage.py check --database default`, and every night
by `workflows.engine.watch`.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Any

from celery.schedules import crontab
from celery.schedules import schedule as interval
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import Field, Model
from django.forms import ModelChoiceField
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import trans_real
from viewflow.fsm.base import Transition

from access import configuration
from access.roles import Role
from access.wall import Side, taken
from access.wall.declaration import Own, declared
from workflows.engine.forms import StepForm
from workflows.engine.machine import DeclaredTerm, End, Machine, Step, Waiting, is_system, registry, roles_of
from workflows.engine.models import MOST_SIGNALS, RoutingRule
from workflows.engine.rules import holderless, never_matches

Problems = Iterator[CheckMessage]


def _error(machine: type[Machine], number: int, text: str, hint: str = "") -> CheckMessage:
    return Error(text, hint=hint or None, obj=machine, id=f"engine.E{number:03}")


def _edges(machine: type[Machine]) -> set[tuple[str, str]]:
    """Pairs (from, to) of every transition, reopening included."""
    edges = {
        (source, str(target))
        for (_action, source), transition in machine._table().items()
        for target in transition.declared_targets()
    }
    return edges | {
        (str(state), str(step.reopens_to))
        for state, step in machine.steps.items()
        if isinstance(step, End) and step.reopens_to
    }


def _reached(start: Iterable[str], edges: set[tuple[str, str]]) -> set[str]:
    seen, todo = set(), list(start)
    while todo:
        at = todo.pop()
        if at not in seen:
            seen.add(at)
            todo.extend(target for source, target in edges if source == at)
    return seen


def reachability(machine: type[Machine]) -> Problems:
    """E001, E002."""
    edges = _edges(machine)
    reached = _reached([str(machine.initial)], edges)
    ends = [str(s) for s, step in machine.steps.items() if step.final]
    can_end = _reached(ends, {(target, source) for source, target in edges})
    for state in machine.states:
        if state not in reached:
            yield _error(machine, 1, f"State {state} cannot be reached from {machine.initial}.")
        if state not in can_end:
            yield _error(machine, 2, f"No end can be reached from state {state}.")


def declarations(machine: type[Machine]) -> Problems:
    """E003, E004, E011."""
    for missing in (state for state in machine.states if state not in machine.steps):
        yield _error(machine, 4, f"State {missing} is declared nowhere in `steps`.")
    for state, step in machine.steps.items():
        if state not in machine.states.values:
            yield _error(machine, 4, f"`steps` declares {state}, which is no state.")
        if isinstance(step, End):
            if step.reopens_to and getattr(machine.steps.get(step.reopens_to), "final", True):
                yield _error(machine, 11, f"End {state} reopens to {step.reopens_to}, where nobody works.")
            continue
        if not isinstance(step, (Step, Waiting)) or step.owner not in Role.values:
            yield _error(machine, 3, f"Open state {state} has no owner.")
            continue
        if step.escalate_to not in Role.values:
            yield _error(machine, 3, f"Open state {state} escalates to nobody.")
        for term in (step.term, step.urgent, *step.others):
            if term is not None or step.term is None:
                yield from _term(machine, str(state), term)


def _term(machine: type[Machine], state: str, term: DeclaredTerm | None) -> Problems:
    if not isinstance(term, DeclaredTerm) or term.amount < 1:
        yield _error(machine, 3, f"Open state {state} has no term, or no maximum if it waits.")
        return
    for what, amount in (("reminder", term.remind), ("escalation", term.escalate), ("second escalation", term.again)):
        if not amount or amount[0] < 1:
            yield _error(machine, 3, f"Term {term.key} of state {state} has no {what}.")
    if any(amount < 1 for amount in term.before) or len(term.before) > MOST_SIGNALS:
        yield _error(machine, 3, f"Term {term.key} of state {state} has signals that are none, or too many.")
    if not term.source:
        yield _error(machine, 3, f"Term {term.key} names no source.")


def transitions(machine: type[Machine]) -> Problems:
    """E005, E006, E009, E012."""
    for (action, source), transition in machine._table().items():
        if source not in machine.states.values:
            yield _error(machine, 9, f"Transition {action} leaves {source}, which is no state.")
        elif machine.steps.get(machine.states(source), End()).final:
            yield _error(machine, 9, f"Transition {action} leaves the end {source}; ends are left by reopening.")
        targets = transition.declared_targets()
        if not targets or any(target not in machine.states.values for target in targets):
            yield _error(machine, 9, f"Transition {action} from {source} leads to no declared state.")
        yield from _permission(machine, action, transition)
        form = transition.custom.get("form")
        if not (inspect.isclass(form) and issubclass(form, StepForm)):
            yield _error(machine, 6, f"Transition {action} has no form.", "custom={'form': StepForm}")


def _permission(machine: type[Machine], action: str, transition: Transition) -> Problems:
    if not callable(transition.permission):
        yield _error(machine, 5, f"Transition {action} has no permission.", "Nobody may make it; say who may.")
        return
    if not is_system(transition) and not roles_of(transition):
        yield _error(machine, 5, f"Transition {action} names no role that may make it.")
    for role in roles_of(transition):
        if machine.side not in Role(role).sides and machine.side is not Side.COMMON:
            yield _error(machine, 12, f"{role} may make {action}, but cannot exist on the side {machine.side}.")


def owners(machine: type[Machine]) -> Problems:
    """E013."""
    for state, step in machine.steps.items():
        if not isinstance(step, (Step, Waiting)) or state not in machine.states.values or step.owner not in Role.values:
            continue  # E003 and E004 speak of those
        if machine.side not in Role(step.owner).sides and machine.side is not Side.COMMON:
            yield _error(machine, 12, f"{step.owner} owns {state}, but cannot exist on the side {machine.side}.")
        if not any(step.owner in roles_of(transition) for transition in machine.from_state(state)):
            yield _error(machine, 13, f"{step.owner} must act in {state} but may make no transition from it.")


def texts(machine: type[Machine]) -> Problems:
    """W007: every text of a machine is translatable and stands in the Dutch catalogue; msgids are English."""
    wanted: list[tuple[str, Any]] = [("the machine", machine.label)]
    if machine.about:
        wanted.append(("what it is about", machine.about))
    wanted += [(f"state {state}", state._label_) for state in machine.states]  # type: ignore[attr-defined]
    wanted += [(f"transition {t.slug}", t._label) for t in machine.transitions()]
    dutch = trans_real.translation("nl")
    for what, text in wanted:
        if not isinstance(text, Promise):
            yield Warning(f"The text of {what} cannot be translated.", obj=machine, id="engine.W007")
            continue
        with translation.override("en"):
            english = str(text)
        if not english.strip() or dutch._catalog.get(english) in (None, ""):  # type: ignore[attr-defined]
            yield Warning(f"The text of {what} has no Dutch.", hint="manage.py messages", obj=machine, id="engine.W007")


def sides(machine: type[Machine]) -> Problems:
    """E008: nothing that a machine's module, forms and tables name lies on another side of the wall."""
    if machine.side is Side.JUSTICE:
        return
    named: dict[str, type[Model]] = {}
    modules = {machine.__module__, *(f.__module__ for f in _forms(machine))}
    for module in modules:
        for name, value in vars(sys.modules[module]).items():
            if inspect.isclass(value) and issubclass(value, Machine) and value is not Machine:
                if value.side is Side.JUSTICE:
                    yield _error(machine, 8, f"{module} names the machine {value.kind} of the justice side.")
            elif inspect.isclass(value) and issubclass(value, Model):
                named[f"{module}.{name}"] = value
    if machine.record_model is not None:
        named["its own table"] = machine.record_model
        for field in machine.record_model._meta.get_fields():
            if isinstance(field, Field) and field.is_relation and inspect.isclass(field.related_model):
                named[f"field {field.name}"] = field.related_model
    for form in _forms(machine):
        for name, asked in form.base_fields.items():
            if isinstance(asked, ModelChoiceField) and asked.queryset is not None:
                named[f"form field {name}"] = asked.queryset.model
    for where, model in named.items():
        place = declared(model)
        if isinstance(place, Own) and place.side not in (machine.side, Side.COMMON):
            yield _error(machine, 8, f"{where} reads {model._meta.label} of the side {place.side}.")


def _forms(machine: type[Machine]) -> set[type[StepForm]]:
    forms = (t.custom.get("form") for t in machine.transitions())
    return {form for form in forms if inspect.isclass(form) and issubclass(form, StepForm)}


def moots(machine: type[Machine]) -> Problems:
    """E010."""
    for moot in machine.moots:
        if moot.state not in machine.states.values:
            yield _error(machine, 10, f"{moot.state} makes others moot, but is no state.")
        for kind in moot.kinds:
            if kind not in registry or "become_moot" not in registry[kind].actions():
                yield _error(machine, 10, f"{kind} cannot become moot: no such machine, or no transition become_moot.")


EACH: tuple[Callable[[type[Machine]], Problems], ...] = (
    declarations, reachability, transitions, owners, texts, sides, moots,
)  # fmt: skip


def problems(machine: type[Machine]) -> list[CheckMessage]:
    """Everything that is wrong with one machine."""
    return [problem for check in EACH for problem in check(machine)]


@register()
def machines(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """All machines, and the terms they share."""
    found = [problem for machine in registry.values() for problem in problems(machine)]
    return found + list(one_term_one_meaning(registry.values()))


def one_term_one_meaning(machines: Iterable[type[Machine]]) -> Problems:
    """E014."""
    seen: dict[str, DeclaredTerm] = {}
    for machine in machines:
        for beside in machine.terms:
            if seen.setdefault(beside.key, beside) != beside:
                yield _error(machine, 14, f"Term {beside.key} is declared in two ways.")
        for step in machine.steps.values():
            for term in (getattr(step, "term", None), getattr(step, "urgent", None), *getattr(step, "others", ())):
                if isinstance(term, DeclaredTerm) and seen.setdefault(term.key, term) != term:
                    yield _error(machine, 14, f"Term {term.key} is declared in two ways.")


@register(Tags.database)
def routing_rules(app_configs: Any, databases: Iterable[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Every active routing rule, as it stands in the database."""
    if DEFAULT_DB_ALIAS not in (databases or ()):
        return []
    with taken(Side.COMMON), transaction.atomic():
        configuration.refresh()
        return list(check_rules())


def check_rules() -> Problems:
    """E030, E031; for code that has taken a side."""
    for rule in RoutingRule.objects.filter(active=True).select_related("region", "organisation"):
        if never := never_matches(rule):
            yield Error(f"Routing rule {rule.pk} ({rule}) can never decide: {never}", id="engine.E030")
        elif nobody := holderless(rule):
            where = ", ".join(nobody)
            yield Error(
                f"Routing rule {rule.pk} ({rule}) leads to a role that nobody holds: {where}.", id="engine.E031"
            )


@register()
def schedules(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Every entry of beat's schedule names a job that exists and fires."""
    return list(check_schedule(settings.CELERY_BEAT_SCHEDULE))


def check_schedule(entries: dict[str, Any]) -> Problems:
    """E020, E021."""
    from celery import current_app
    from django.utils.module_loading import autodiscover_modules

    # Not by Celery's loader: inside a worker that one runs the system checks, and so this check, again.
    autodiscover_modules("tasks")
    for name, entry in entries.items():
        if entry.get("task") not in current_app.tasks:
            yield Error(f"Scheduled job {name} does not exist: {entry.get('task')}.", id="engine.E020")
        when = entry.get("schedule")
        if isinstance(when, (int, float)):
            fires = when > 0
        elif isinstance(when, timedelta):
            fires = when > timedelta(0)
        else:
            fires = isinstance(when, (crontab, interval))
        if not fires:
            yield Error(f"Scheduled job {name} never fires.", id="engine.E021")
