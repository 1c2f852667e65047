"""Recognition as it stands under B8/3. Here, and only here, an investigator acts, and recognition hangs on the case."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from access.roles import Role
from access.wall import Side
from workflows.engine.calendars import Unit as U
from workflows.engine.forms import ReasonForm, StepForm
from workflows.engine.machine import DeclaredTerm, End, Machine, MachineState, Party, Step, Text, Waiting, may, register
from workflows.investigation_led.designs import INVESTIGATION_LED
from workflows.investigation_led.forms import CaseForm, CooperationForm
from workflows.investigation_led.models import CaseOutcome, Investigation

AGREED = gettext_noop("Working agreement of Loods for the comparison, to be confirmed by police and prosecution")


class S(models.TextChoices):
    """States of a recognition."""

    REQUESTED = "requested", _("Recognition requested")
    COOPERATES = "cooperates", _("Cooperation registered, case runs")
    DECIDED = "case_decided", _("Case decided")
    RECOGNISED = "recognised", _("Recognised")
    NOT_RECOGNISED = "not_recognised", _("Not recognised")
    DISMISSED = "dismissed", _("Dismissed, not recognised")
    NO_COOPERATION = "no_cooperation", _("Closed without cooperation")


REQUESTED = DeclaredTerm(
    "investigation_led.requested", 3, U.MONTHS, (10, U.WORKING_DAYS), (5, U.WORKING_DAYS), (10, U.WORKING_DAYS),
    gettext_noop("Reflection period of at most three months (comensha.nl)"), gettext_noop("recognition is requested"),
)  # fmt: skip
RUNS = DeclaredTerm(
    "investigation_led.runs", 12, U.MONTHS, (1, U.MONTHS), (5, U.WORKING_DAYS), (1, U.MONTHS),
    gettext_noop("A permit lasts one year, renewable while the case runs (comensha.nl)"),
    gettext_noop("cooperation is registered"),
)  # fmt: skip
DECIDED = DeclaredTerm(
    "investigation_led.decided", 10, U.WORKING_DAYS, (2, U.WORKING_DAYS), (2, U.WORKING_DAYS), (5, U.WORKING_DAYS),
    AGREED, gettext_noop("the case is decided"),
)  # fmt: skip

INVESTIGATES = may(Role.INVESTIGATOR)
PROSECUTES = may(Role.PROSECUTOR)
EITHER = may(Role.INVESTIGATOR, Role.PROSECUTOR)


@register
class InvestigationLed(Machine):
    """Requested, complaint or cooperation, decision in the case, recognised or not."""

    kind = INVESTIGATION_LED.kind
    side = Side.JUSTICE
    label = _("Recognition led by the investigation")
    about = _("Recognition as a victim as it stands under B8/3, to compare other designs with.")
    states = S
    initial = S.REQUESTED
    record_model = Investigation
    state = MachineState(S)
    steps = {
        S.REQUESTED: Step(Role.INVESTIGATOR, REQUESTED),
        S.COOPERATES: Waiting(Party.PROSECUTION, Role.PROSECUTOR, RUNS),
        S.DECIDED: Step(Role.PROSECUTOR, DECIDED),
        S.RECOGNISED: End(),
        S.NOT_RECOGNISED: End(),
        S.DISMISSED: End(reopens_to=S.COOPERATES),
        S.NO_COOPERATION: End(reopens_to=S.REQUESTED),
    }

    def shown(self) -> Iterable[tuple[Text, Any]]:
        """How the person cooperates and what became of the case."""
        record = self.record
        yield _("Number at the police"), record.reference
        yield _("Cooperation"), record.get_cooperation_display() if record.cooperation else ""
        yield _("Registered on"), record.cooperated_on
        yield _("Outcome of the case"), record.get_came_of_it_display() if record.came_of_it else ""

    @state.transition(
        S.REQUESTED, S.COOPERATES, label=_("Register cooperation"), permission=INVESTIGATES,
        custom={"form": CooperationForm, "primary": True},
    )  # fmt: skip
    def register_cooperation(self, cooperation: str, cooperated_on: date, **facts: Any) -> None:
        """A criminal complaint, other cooperation, or the hardship pathway."""
        self._set(cooperation=cooperation, cooperated_on=cooperated_on)

    @state.transition(
        S.REQUESTED, S.NO_COOPERATION, label=_("Close without cooperation"), permission=INVESTIGATES,
        custom={"form": ReasonForm},
    )  # fmt: skip
    def close(self, **facts: Any) -> None:
        """The person does not cooperate, which closes this road and no other."""

    @state.transition(
        S.COOPERATES, S.DECIDED, label=_("Record the decision in the case"), permission=EITHER,
        custom={"form": CaseForm, "primary": True},
    )  # fmt: skip
    def decide_case(self, came_of_it: str, **facts: Any) -> None:
        """What became of the criminal case."""
        self._set(came_of_it=came_of_it, decided_at=self.now)
        self.note(came_of_it=came_of_it)

    @state.transition(
        S.COOPERATES, S.DISMISSED, label=_("Dismissed"), permission=PROSECUTES, custom={"form": ReasonForm}
    )
    def dismiss(self, **facts: Any) -> None:
        """The case is not prosecuted, and with it goes recognition: what the other designs do away with."""
        self._set(came_of_it=CaseOutcome.DISMISSED, decided_at=self.now)

    @state.transition(
        S.DECIDED, S.RECOGNISED, label=_("Recognise"), permission=PROSECUTES,
        custom={"form": StepForm, "primary": True},
    )  # fmt: skip
    def recognise(self, **facts: Any) -> None:
        """Recognised as a victim in the criminal case."""

    @state.transition(
        S.DECIDED, S.NOT_RECOGNISED, label=_("Not recognised"), permission=PROSECUTES, custom={"form": ReasonForm}
    )
    def not_recognise(self, **facts: Any) -> None:
        """Not recognised as a victim in the criminal case."""

    def _set(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self.record, name, value)
        self.record.save(update_fields=list(values))
