"""The design `two_stage`: reasonable grounds within days, time to recover, then the conclusive decision."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_lazy as _
from viewflow.fsm import State

from access.roles import Role
from workflows.determination import designs, rules, terms
from workflows.determination.base import BEFORE_DECISION, BESIDE, STEPS, WITH_PANEL, DeterminationMachine
from workflows.determination.forms import DeclareForm, GroundsForm, ServeForm, StandDownForm, StopForm
from workflows.determination.models import Decision, PanelMember
from workflows.determination.rules import LEADS, SITS
from workflows.determination.states import S2
from workflows.determination.words import Outcome
from workflows.engine.forms import StepForm
from workflows.engine.machine import MachineState, Party, Step, Waiting, register


@register
class TwoStage(DeterminationMachine):
    """The first decision opens the time to recover; the second is not made before that is over."""

    kind = designs.TWO_STAGE.kind
    label = _("Determination in two stages")
    about = _("Whether there are reasonable grounds, time to recover, and then whether somebody is plausibly a victim.")
    states = S2
    state = MachineState(S2)
    steps = {
        **{S2(state): step for state, step in STEPS.items()},
        S2.REASONABLE: Step(Role.COMMITTEE_MEMBER, terms.GROUNDS_STATE, organisation="committee"),
        S2.RECOVERY: Waiting(Party.PERSON, Role.COMMITTEE_SECRETARY, terms.RECOVERY, organisation="committee"),
    }
    terms = (*designs.TWO_STAGE.terms, *BESIDE)

    @cached_property
    def last_decision(self) -> Decision | None:
        """The decision that stands; while the person recovers that is the one on the grounds."""
        recovers = self.process.state == S2.RECOVERY
        return self.decision_in(designs.REASONABLE if recovers else self.record.stage)

    @state.transition(
        S2.DECLARING, State.RETURN_VALUE(S2.DECLARING, S2.COMPOSING, S2.REASONABLE, S2.GATHERING),
        label=_("Declare your interests"), permission=SITS, conditions=[rules.ONE_DECLARATION],
        custom={"form": DeclareForm, "primary": True, "stays": True},
    )  # fmt: skip
    def declare(self, interest: str, which: str, **facts: Any) -> str:
        """In the first stage the member goes on to the grounds; in the second the panel to the evidence."""
        first = self.record.stage == designs.REASONABLE
        return S2(self._declared(interest, which, S2.REASONABLE if first else S2.GATHERING))

    @state.transition(
        S2.REASONABLE, State.RETURN_VALUE(S2.RECOVERY, S2.DECIDED), label=_("Decide on reasonable grounds"),
        permission=SITS, conditions=[rules.WHOLE, rules.FREE_OF_CONFLICT],
        custom={"form": GroundsForm, "primary": True},
    )  # fmt: skip
    def find_grounds(self, outcome: str, reasons: str, **facts: Any) -> str:
        """With reasonable grounds the time to recover begins at once; without, the decision is served."""
        self._decision(outcome, reasons)
        if outcome != Outcome.PLAUSIBLE:
            return S2.DECIDED
        assert self.now is not None
        self.record.stage = designs.CONCLUSIVE
        terms.start(self.record, self.now)
        self._keep(
            "stage", "clock_started_at", "suspended_at", "suspended_for", "told_late_at", "not_before", "decide_by"
        )
        return S2.RECOVERY

    @state.transition(
        S2.RECOVERY, S2.COMPOSING, label=_("Compose the panel for the conclusive decision"), permission=LEADS,
        custom={"form": StepForm, "primary": True},
    )  # fmt: skip
    def begin_conclusive(self, **facts: Any) -> None:
        """The panel can prepare while the person recovers; it cannot decide before that is over."""

    @state.transition(
        S2.RECOVERY, S2.RECOVERY, label=_("Record the service"), permission=LEADS,
        conditions=[rules.NOT_SERVED], custom={"form": ServeForm, "stays": True},
    )  # fmt: skip
    def serve_first(self, served_on: date, how: str, **facts: Any) -> None:
        """The first decision reached the person."""
        self._served(served_on, how)

    @state.transition(
        [*(S2(state) for state in WITH_PANEL), S2.REASONABLE], S2.COMPOSING, label=_("Let a member stand down"),
        permission=LEADS, custom={"form": StandDownForm},
    )  # fmt: skip
    def stand_down(self, member: PanelMember, reason: str, **facts: Any) -> None:
        """A member leaves, also the one who decides on the grounds."""
        self._leaves(member, reason)

    @state.transition(
        [*(S2(state) for state in BEFORE_DECISION), S2.REASONABLE, S2.RECOVERY], S2.WITHDRAWN,
        label=_("Stop without a finding"), permission=LEADS, custom={"form": StopForm},
    )  # fmt: skip
    def stop(self, ground: str, reasons: str, **facts: Any) -> None:
        """As in every determination, also while the person recovers."""
        self._stop(ground, reasons)
