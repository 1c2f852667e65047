"""Referral: from a report that somebody may be a victim to the decision who takes care of the case."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from access.models import Organisation
from access.roles import Role
from access.wall import Side
from workflows.engine.calendars import Unit
from workflows.engine.forms import ReasonForm, StepForm, SystemForm
from workflows.engine.machine import (
    DeclaredTerm,
    End,
    Machine,
    MachineState,
    Party,
    Step,
    Text,
    Waiting,
    by_system,
    may,
    register,
)
from workflows.placement.machine import Placement
from workflows.referral.forms import AcceptForm, NotTraffickingForm, OnwardForm
from workflows.referral.models import ReferralRecord

AGREED = gettext_noop("Working agreement of Loods, to be confirmed by the care coordinators")


class S(models.TextChoices):
    """States of a referral."""

    RECEIVED = "received", _("Received")
    TRIAGE = "triage", _("In triage")
    ONWARD = "onward", _("Referred onward, awaiting answer")
    ACCEPTED = "accepted", _("Accepted")
    TAKEN_OVER = "taken_over", _("Taken over by another organisation")
    NOT_TRAFFICKING = "not_trafficking", _("Not trafficking")
    WITHDRAWN = "withdrawn", _("Withdrawn")


RECEIVED = DeclaredTerm(
    "referral.received", 1, Unit.WORKING_DAYS, (4, Unit.HOURS), (4, Unit.HOURS), (1, Unit.WORKING_DAYS), AGREED,
    gettext_noop("the referral is received"),
)  # fmt: skip
RECEIVED_URGENT = DeclaredTerm(
    "referral.received.urgent", 2, Unit.HOURS, (1, Unit.HOURS), (1, Unit.HOURS), (2, Unit.HOURS), AGREED,
    gettext_noop("the referral is received"),
)  # fmt: skip
TRIAGE = DeclaredTerm(
    "referral.triage", 5, Unit.WORKING_DAYS, (1, Unit.WORKING_DAYS), (1, Unit.WORKING_DAYS), (2, Unit.WORKING_DAYS),
    AGREED, gettext_noop("triage begins"),
)  # fmt: skip
TRIAGE_URGENT = DeclaredTerm(
    "referral.triage.urgent", 8, Unit.HOURS, (2, Unit.HOURS), (1, Unit.HOURS), (4, Unit.HOURS), AGREED,
    gettext_noop("triage begins"),
)  # fmt: skip
ONWARD = DeclaredTerm(
    "referral.onward", 5, Unit.WORKING_DAYS, (1, Unit.WORKING_DAYS), (1, Unit.WORKING_DAYS), (2, Unit.WORKING_DAYS),
    AGREED, gettext_noop("the case is referred onward"),
)  # fmt: skip
ONWARD_URGENT = DeclaredTerm(
    "referral.onward.urgent", 12, Unit.HOURS, (2, Unit.HOURS), (1, Unit.HOURS), (4, Unit.HOURS), AGREED,
    gettext_noop("the case is referred onward"),
)  # fmt: skip

COORDINATES = may(Role.CARE_COORDINATOR, Role.NATIONAL_DESK)
WORKS_ON = may(Role.CARE_COORDINATOR, Role.CASEWORKER, Role.NATIONAL_DESK)


@register
class Referral(Machine):
    """Received, looked at, and then accepted, referred onward, or found to be something else."""

    kind = "referral"
    side = Side.CARE
    label = _("Referral")
    about = _("From a report that somebody may be a victim to the decision who takes care of the case.")
    states = S
    initial = S.RECEIVED
    record_model = ReferralRecord
    record_with = ("onward_to",)
    state = MachineState(S)
    steps = {
        S.RECEIVED: Step(Role.CARE_COORDINATOR, RECEIVED, RECEIVED_URGENT),
        S.TRIAGE: Step(Role.CARE_COORDINATOR, TRIAGE, TRIAGE_URGENT),
        S.ONWARD: Waiting(Party.RECEIVING_ORGANISATION, Role.CARE_COORDINATOR, ONWARD, ONWARD_URGENT),
        S.ACCEPTED: End(reopens_to=S.TRIAGE),
        S.TAKEN_OVER: End(reopens_to=S.TRIAGE),
        S.NOT_TRAFFICKING: End(reopens_to=S.TRIAGE),
        S.WITHDRAWN: End(reopens_to=S.TRIAGE),
    }

    def shown(self) -> Iterable[tuple[Text, Any]]:
        """To whom it was referred onward."""
        yield _("Referred onward to"), self.record.onward_to or self.record.onward_name

    @state.transition(S.RECEIVED, S.TRIAGE, label=_("Begin triage"), permission=WORKS_ON, custom={"form": StepForm})
    def begin_triage(self, **facts: Any) -> None:
        """Somebody looks at the referral."""

    @state.transition(
        [S.RECEIVED, S.TRIAGE], S.ACCEPTED, label=_("Accept"), permission=COORDINATES,
        custom={"form": AcceptForm, "primary": True},
    )  # fmt: skip
    def accept(self, shelter: bool, shelter_kind: str, **facts: Any) -> None:
        """The region takes care of the case; where shelter is needed the placement begins at once."""
        self.note(shelter=shelter, shelter_kind=shelter_kind if shelter else "")
        if shelter:
            self.open(Placement, kind=shelter_kind, needs=self.record.report.case.needs)

    @state.transition(
        [S.RECEIVED, S.TRIAGE], S.ONWARD, label=_("Refer onward"), permission=COORDINATES, custom={"form": OnwardForm}
    )
    def refer_onward(self, organisation: Organisation | None, name: str, **facts: Any) -> None:
        """Another organisation is asked to take the case; until it answers the term of this state runs."""
        self.record.onward_to, self.record.onward_name = organisation, name
        self.record.save(update_fields=["onward_to", "onward_name"])
        self.note(onward_to=organisation.pk if organisation else None)

    @state.transition(
        S.ONWARD, S.TAKEN_OVER, label=_("Taken over"), permission=COORDINATES,
        custom={"form": StepForm, "primary": True},
    )  # fmt: skip
    def taken_over(self, **facts: Any) -> None:
        """The other organisation has taken the case."""

    @state.transition(
        S.ONWARD, S.TRIAGE, label=_("Not taken over"), permission=COORDINATES, custom={"form": ReasonForm}
    )
    def refused_onward(self, **facts: Any) -> None:
        """The other organisation does not take the case: triage again."""

    @state.transition(
        [S.RECEIVED, S.TRIAGE], S.NOT_TRAFFICKING, label=_("Not trafficking"), permission=COORDINATES,
        custom={"form": NotTraffickingForm},
    )  # fmt: skip
    def not_trafficking(self, ground: str, **facts: Any) -> None:
        """There is no sign of trafficking; why is counted."""
        self.note(ground=ground)

    @state.transition(
        [S.RECEIVED, S.TRIAGE, S.ONWARD], S.WITHDRAWN, label=_("Withdraw"), permission=WORKS_ON,
        custom={"form": ReasonForm},
    )  # fmt: skip
    def withdraw(self, **facts: Any) -> None:
        """The person or the referrer withdraws. Neutral: it closes no other process."""

    @state.transition(
        [S.RECEIVED, S.TRIAGE, S.ONWARD], S.WITHDRAWN, label=_("Closed by itself"), permission=by_system,
        custom={"form": SystemForm},
    )  # fmt: skip
    def become_moot(self, **facts: Any) -> None:
        """The reason has gone: the case is taken care of another way."""
