"""How a process is declared: states with owner, term and escalation; transitions with permission, conditions, form.

A machine is a class over one row of the table `process`. Forms, buttons, worklist, reminders, diagrams, the page
about the process and the checks are all made from what stands here; nothing of it is written a second time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from viewflow.fsm import State
from viewflow.fsm.base import Transition

from access.models import Post
from access.roles import Role
from access.wall import Side
from workflows.engine.calendars import Unit

if TYPE_CHECKING:
    from workflows.engine.models import Process

Text = str | Promise
Amount = tuple[int, Unit]


class Party(models.TextChoices):
    """Somebody outside Loods for whom a process can wait."""

    RECEIVING_ORGANISATION = "receiving_organisation", _("the receiving organisation")
    SHELTER = "shelter", _("the shelter")
    PERSON = "person", _("the person")
    REQUESTER = "requester", _("who made the request")
    PROSECUTION = "prosecution", _("the criminal case")


@dataclass(frozen=True)
class DeclaredTerm:
    """A term as the program brings it; the running truth is the table `Term`, which an administrator may change.

    `remind` is the last reminder before the end; `before` are earlier signals, so many of `before_unit` before it.
    `valid_from`: the day from which the rule holds, where it does not hold since ever. `of`: for which processes it
    runs, in words, where several terms can run in one state; an emergency needs none.
    """

    key: str
    amount: int
    unit: Unit
    remind: Amount
    escalate: Amount
    again: Amount
    source: str
    starts_with: str = gettext_noop("the state is entered")
    statutory: bool = False
    before: tuple[int, ...] = ()
    before_unit: Unit = Unit.CALENDAR_DAYS
    valid_from: date | None = None
    of: str = ""


class Termed:
    """A state in which a term runs."""

    term: DeclaredTerm
    urgent: DeclaredTerm | None

    def term_for(self, urgent: bool) -> DeclaredTerm:
        """The term that runs, given whether it is an emergency."""
        return self.urgent if urgent and self.urgent else self.term


@dataclass(frozen=True)
class Step(Termed):
    """A state in which somebody must act.

    `owner` is the role that acts unless a routing rule says otherwise; `term` and, for an emergency, `urgent`
    what runs; `others` are terms that can run instead, of which the machine chooses one (`Machine.term`);
    `escalate_to` who is told when the term was missed. `organisation` is an attribute of the machine that gives the
    organisation's key when the process itself knows it (a provider that was asked).
    """

    owner: Role
    term: DeclaredTerm
    urgent: DeclaredTerm | None = None
    escalate_to: Role = Role.SUPERVISOR
    organisation: str = ""
    others: tuple[DeclaredTerm, ...] = ()

    waits_for: ClassVar[Party | None] = None
    final: ClassVar[bool] = False


@dataclass(frozen=True)
class Waiting(Termed):
    """A state in which the process waits for somebody outside, at most for a term; `owner` follows up."""

    on: Party
    owner: Role
    term: DeclaredTerm
    urgent: DeclaredTerm | None = None
    escalate_to: Role = Role.SUPERVISOR
    organisation: str = ""
    others: tuple[DeclaredTerm, ...] = ()

    final: ClassVar[bool] = False

    @property
    def waits_for(self) -> Party | None:
        """The party waited for."""
        return self.on


@dataclass(frozen=True)
class End:
    """A state in which the process is over. `reopens_to` is the state it goes to when reopened with a reason."""

    reopens_to: str = ""

    waits_for: ClassVar[Party | None] = None
    final: ClassVar[bool] = True


AnyStep = Step | Waiting | End


@dataclass(frozen=True)
class may:
    """Permission for posts in these roles, in the region, of the organisation that must act if it is their role.

    A deputy may what the absent post that took the process may: deputies have the same role.
    """

    roles: frozenset[Role]

    def __init__(self, *roles: Role) -> None:
        object.__setattr__(self, "roles", frozenset(roles))

    def __call__(self, machine: Machine, post: Post | None) -> bool:
        process = machine.process
        if post is None or post.role not in self.roles:
            return False
        if process.assignee_id is not None and process.assignee_id in post.acts_for:
            return True
        if not (post.works_in(process.region_id) or post.organisation_id == process.owner_organisation_id):
            return False
        owned_by_role = process.owner_role == post.role and process.owner_organisation_id is not None
        return not owned_by_role or post.national or process.owner_organisation_id == post.organisation_id


class BySystem:
    """Permission for the program itself and for no post: what closes or opens as a consequence of something else."""

    roles: frozenset[Role] = frozenset()

    def __call__(self, machine: Machine, post: Post | None) -> bool:
        return post is None


by_system = BySystem()


class MachineState(State):
    """viewflow's state slot, kept in the column ``state`` of the process."""

    def get(self, instance: Machine) -> str:
        return instance.states(instance.process.state)  # of the machine itself: it may have more than its base

    def set(self, instance: Machine, value: str) -> None:
        instance.process.state = str(value)

    def __init__(self, states: type[models.TextChoices]) -> None:
        super().__init__(states)
        self.states = states


@dataclass(frozen=True)
class Moot:
    """That open processes of `kinds` on the same case close by themselves when this machine enters `state`."""

    state: str
    kinds: tuple[str, ...]


@dataclass
class Opening:
    """A process that a transition opens; written right after the step, in its transaction."""

    machine: type[Machine]
    urgent: bool
    facts: dict[str, Any]
    record: dict[str, Any] = field(default_factory=dict)


class Machine:
    """Base of all machines. Transition methods take the cleaned fields of their form as keyword arguments.

    Inside a transition: `process` is the locked row, `record` the row of the machine's own table, `acting` the
    post that acts (None: the program), `now` the moment of the step. `open()` opens another process on the case,
    `note()` adds facts to the log, `explain()` its reason.
    """

    do_not_call_in_templates = True  # a page is given machines as well as their instances

    kind: ClassVar[str]
    side: ClassVar[Side]
    label: ClassVar[Text]
    about: ClassVar[Text] = ""
    initial: ClassVar[str]
    states: ClassVar[type[models.TextChoices]]
    steps: ClassVar[dict[str, AnyStep]]
    record_model: ClassVar[type[models.Model] | None] = None
    record_with: ClassVar[tuple[str, ...]] = ()  # relations of the record that `shown` or a condition reads
    page: ClassVar[str] = ""  # name of a page of its own for a process of this kind, by its key
    told_page: ClassVar[str] = ""  # where `also_seen` are led when the kind has no `page`, by the key of the process
    led_by: ClassVar[tuple[Role, ...]] = ()  # roles of the owning organisation that may stop the clock in any state
    more: ClassVar[tuple[str, ...]] = ()  # name of a page that tells more of one, by its key and what follows the name
    moots: ClassVar[tuple[Moot, ...]] = ()
    terms: ClassVar[tuple[DeclaredTerm, ...]] = ()  # terms that run beside those of the states
    opens: ClassVar[may | None] = None  # who may start it on a case; None: only other processes and the intake do
    opening_form: ClassVar[type[Any] | None] = None  # what starting it asks (`workflows.engine.forms.OpeningForm`)
    once: ClassVar[Text] = ""  # why a second one on the same case is refused; empty: a case may have several
    once_but: ClassVar[frozenset[str]] = frozenset()  # states that do not count for `once`
    notices: ClassVar[Mapping[str, Text]] = {}  # what a notice of an act says, by the code in its key
    state: ClassVar[MachineState]

    def __init__(self, process: Process, acting: Post | None = None, now: datetime | None = None) -> None:
        self.process = process
        self.acting = acting
        self.now = now
        self.opened: list[Opening] = []
        self.facts_seen: dict[str, Any] = {}
        self.reason = ""

    @cached_property
    def record(self) -> Any:
        """The row of the machine's own table for this process."""
        if self.record_model is None:
            raise AttributeError(f"{self.kind} has no table of its own")
        return self.record_model._default_manager.get(process_id=self.process.pk)

    def open(
        self, machine: type[Machine], *, urgent: bool | None = None, facts: dict[str, Any] | None = None, **record: Any
    ) -> None:
        """Open another process on the same case and region, in this step's transaction."""
        self.opened.append(
            Opening(
                machine,
                self.process.urgent if urgent is None else urgent,
                {**self.process.facts, **(facts or {})},
                record,
            )
        )

    def note(self, **facts: Any) -> None:
        """Keep facts that decided this step in the log; keys and codes, no personal data."""
        self.facts_seen.update(facts)

    def explain(self, reason: str) -> None:
        """Keep why this step was made in the log."""
        self.reason = reason

    def first(self) -> str:
        """The state in which a process begins; a record may say that it begins further on."""
        return self.initial

    def opening(self) -> None:
        """Complete the record of a process that is being opened, before it is written; owner and term are decided."""

    def entered(self, action: str, before: str) -> None:
        """Write what else goes with a step, in its transaction, after every step that entered a state.

        In: the transition, or the engine's own ``reopen``, and the state it left.
        """

    @classmethod
    def also_seen(cls, post: Post) -> Any:
        """Keys of processes of this kind, as a queryset, that `post` may see on the page of the kind besides those
        that everybody may see as work: whom a process is about, and who was told of it. None: nobody."""
        return None

    def term(self, step: Step | Waiting) -> DeclaredTerm:
        """The term that runs in the state just entered; a machine with `others` chooses by its record."""
        return step.term_for(self.process.urgent)

    def began(self) -> datetime:
        """When the term of the state just entered began, which a record may say; else the moment of the step."""
        assert self.now is not None
        return self.now

    def no_pause(self) -> Text:
        """Why the clock cannot be stopped in the present state, as a sentence; empty: it can."""
        return ""

    def shown(self) -> Iterable[tuple[Text, Any]]:
        """What the page about this process shows of its record: name and value, in order; empty values are left out."""
        return ()

    # -- asked of the declaration ----------------------------------------------------------------------------

    @classmethod
    def step_of(cls, state: str) -> AnyStep:
        """The declaration of a state. Errors: KeyError for a state the machine does not know."""
        return cls.steps[cls.states(state)]

    @classmethod
    def transitions(cls) -> Iterator[Transition]:
        """Every transition of the machine, one per source state, in the order they are written, its base's first."""
        order = list(dict.fromkeys(name for base in reversed(cls.__mro__) for name in base.__dict__))
        methods = sorted(cls.state.get_transitions().items(), key=lambda item: order.index(item[0].slug))
        for _method, transitions in methods:
            yield from transitions

    @classmethod
    def transition_of(cls, action: str, state: str) -> Transition | None:
        """The transition `action` makes from `state`, or None."""
        return cls._table().get((action, str(state)))

    @classmethod
    def actions(cls) -> frozenset[str]:
        """Names of all transitions."""
        return frozenset(action for action, _state in cls._table())

    @classmethod
    def _table(cls) -> dict[tuple[str, str], Transition]:
        if "_transition_table" not in cls.__dict__:
            cls._transition_table = {  # type: ignore[attr-defined]
                (t.slug, str(source)): t
                for t in cls.transitions()
                for source in (cls.states if t.source is State.ANY else [t.source])
            }
        return cls._transition_table  # type: ignore[attr-defined,no-any-return]

    @classmethod
    def from_state(cls, state: str) -> list[Transition]:
        """The transitions that leave a state, in the order they are written."""
        return [t for (action, source), t in cls._table().items() if source == str(state)]


registry: dict[str, type[Machine]] = {}


def register(machine: type[Machine]) -> type[Machine]:
    """Make a machine known to the program (class decorator). Errors: ValueError when its kind is taken."""
    if registry.setdefault(machine.kind, machine) is not machine:
        raise ValueError(f"There are two machines of kind {machine.kind}")
    return machine


def machine_of(process: Process) -> type[Machine]:
    """The machine that a process runs."""
    return registry[process.kind]


def form_of(transition: Transition) -> type[Any]:
    """The form that asks for the facts of a transition."""
    return transition.custom["form"]  # type: ignore[no-any-return]


def is_system(transition: Transition) -> bool:
    """Whether only the program makes this transition."""
    return isinstance(transition.permission, BySystem)


def stays(transition: Transition) -> bool:
    """Whether this transition may leave the process in its state; then the term of the state runs on."""
    return bool(transition.custom.get("stays"))


def roles_of(transition: Transition) -> frozenset[Role]:
    """Roles that may make a transition."""
    return getattr(transition.permission, "roles", frozenset())


def unmet(condition: Callable[[Any], Any], sentence: Text) -> Callable[[Any], Any]:
    """A condition that answers with a sentence when it does not hold."""

    def asked(machine: Any) -> Any:
        return State.CONDITION(bool(condition(machine)), str(sentence))

    asked.__name__ = getattr(condition, "__name__", "condition")
    asked.sentence = sentence  # type: ignore[attr-defined]
    return asked


def declared_terms() -> Iterable[DeclaredTerm]:
    """Every term that a registered machine declares, once."""
    seen: dict[str, DeclaredTerm] = {}
    for machine in registry.values():
        for term in machine.terms:
            seen.setdefault(term.key, term)
        for step in machine.steps.values():
            if not isinstance(step, End):
                for term in filter(None, (step.term, step.urgent, *step.others)):
                    seen.setdefault(term.key, term)
    return seen.values()
