"""The reflection period: offered, accepted or declined, running, and ended by somebody with what follows.

Sources: at most three months, offered at the slightest indication (comensha.nl, wegwijzermensenhandel.nl); thirty days
for Dublin cases from 18 May 2023. It is given once and is not extended. No step of help or shelter waits for it, and
it closes nothing: neither declining nor any choice of what follows.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from access import clock, tongues
from access.roles import Role
from access.wall import Side
from workflows.engine.acts import REOPEN
from workflows.engine.forms import ReasonForm
from workflows.engine.machine import (
    DeclaredTerm,
    End,
    Machine,
    MachineState,
    Party,
    Step,
    Text,
    Waiting,
    may,
    register,
)
from workflows.reflection_period.forms import AnswerForm, BeginForm, EndForm, ReflectionOfferForm
from workflows.reflection_period.models import ReflectionPeriod
from workflows.reflection_period.terms import ACCEPTED, DUBLIN, GENERAL, OF_RULE, OFFERED
from workflows.reflection_period.words import Follows, OfferedBy, Rule


class S(models.TextChoices):
    """States of a reflection period."""

    OFFERED = "offered", _("Offered, the person decides")
    ACCEPTED = "accepted", _("Accepted, to start")
    RUNNING = "running", _("Running")
    DECLINED = "declined", _("Declined")
    ENDED = "ended", _("Ended")
    MISTAKEN = "mistaken", _("Entered by mistake")


RECORDS = may(Role.CASEWORKER, Role.CARE_COORDINATOR, Role.NAVIGATOR, Role.NATIONAL_DESK)
ONCE = _(
    "A reflection period is given once and is not extended. This case has one already. Was it declined, and does the "
    "person want it after all? Then open that one again."
)


@register
class Reflection(Machine):
    """Nothing here ends by itself: at the end of the term it is overdue and escalates, until somebody acts."""

    kind = "reflection_period"
    side = Side.CARE
    label = _("Reflection period")
    about = _("Time to recover and to decide. Whatever the person chooses, help and shelter go on as they are.")
    states = S
    initial = S.OFFERED
    record_model = ReflectionPeriod
    state = MachineState(S)
    steps = {
        S.OFFERED: Waiting(Party.PERSON, Role.CARE_COORDINATOR, OFFERED),
        S.ACCEPTED: Step(Role.CARE_COORDINATOR, ACCEPTED),
        S.RUNNING: Step(Role.CARE_COORDINATOR, GENERAL, others=(DUBLIN,)),
        S.DECLINED: End(reopens_to=S.OFFERED),
        S.ENDED: End(reopens_to=S.RUNNING),
        S.MISTAKEN: End(),
    }
    opens = RECORDS
    opening_form = ReflectionOfferForm
    once = ONCE
    once_but = frozenset({S.MISTAKEN})

    def opening(self) -> None:
        """The record names the case, so that the database can refuse a second one."""
        self.record.case_id = self.process.case_id

    def term(self, step: Step | Waiting) -> DeclaredTerm:
        """While it runs: the term of the rule that was chosen."""
        return OF_RULE[self.record.rule] if self.process.state == S.RUNNING else super().term(step)

    def began(self) -> datetime:
        """While it runs: the day it started, whenever somebody wrote that down or opened it again."""
        day: date | None = self.record.started_on if self.process.state == S.RUNNING else None
        return datetime.combine(day, time(0), clock.AMSTERDAM) if day else super().began()

    def entered(self, action: str, before: str) -> None:
        """Opened again: what was ended is not ended, what was declined is not answered."""
        if action == REOPEN and before == S.ENDED:
            self._keep(ended_on=None, follows="")
        elif action == REOPEN:
            self._keep(answered_on=None)

    def shown(self) -> Iterable[tuple[Text, Any]]:
        """Who offered it and how, its rule, and what followed."""
        record = self.record
        by = OfferedBy(record.offered_by).label
        language = tongues.language_name(record.language)
        yield _("Offered on"), record.offered_on
        yield _("Offered by"), f"{by}, {record.offered_by_name}" if record.offered_by_name else by
        explained = _("%(language)s, by an interpreter") if record.interpreter else "%(language)s"
        yield _("Explained in"), explained % {"language": language}
        yield _("Answered on"), record.answered_on
        yield _("Started on"), record.started_on
        yield _("Rule"), Rule(record.rule).label if record.rule else ""
        yield _("Ended on"), record.ended_on
        yield _("What follows"), Follows(record.follows).label if record.follows else ""

    @state.transition(
        S.OFFERED, S.ACCEPTED, label=_("Accepts"), permission=RECORDS, custom={"form": AnswerForm, "primary": True}
    )
    def accept(self, answered_on: date, **facts: Any) -> None:
        """The person wants the reflection period; the IND suspends departure."""
        self._keep(answered_on=answered_on)

    @state.transition(
        S.ACCEPTED, S.RUNNING, label=_("Starts"), permission=RECORDS, custom={"form": BeginForm, "primary": True}
    )
    def begin(self, started_on: date, rule: str, **facts: Any) -> None:
        """It runs from a day on, under a rule that stays with it."""
        self._keep(started_on=started_on, rule=rule)
        self.note(rule=rule, started_on=started_on)

    @state.transition(
        [S.OFFERED, S.ACCEPTED], S.DECLINED, label=_("Declines"), permission=RECORDS, custom={"form": AnswerForm}
    )
    def decline(self, answered_on: date, **facts: Any) -> None:
        """The person does not want it. Neutral: why is not asked, and nothing else changes."""
        self._keep(answered_on=answered_on)

    @state.transition(
        S.RUNNING, S.ENDED, label=_("End it"), permission=RECORDS, custom={"form": EndForm, "primary": True}
    )
    def end(self, ended_on: date, follows: str, **facts: Any) -> None:
        """It is over, and this follows. Neutral: no other process on the case is closed or changed by it."""
        self._keep(ended_on=ended_on, follows=follows)
        self.note(follows=follows)

    @state.transition(
        [S.OFFERED, S.ACCEPTED], S.MISTAKEN, label=_("Entered by mistake"), permission=RECORDS,
        custom={"form": ReasonForm},
    )  # fmt: skip
    def mistake(self, **facts: Any) -> None:
        """It was never offered to this person. What has run cannot be undone in this way."""
        self._keep(mistaken=True)

    def _keep(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self.record, name, value)
        self.record.save(update_fields=list(values))
