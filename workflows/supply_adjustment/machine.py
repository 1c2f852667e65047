"""An adjustment of the supply: from a gap in the national picture to places that are there, checked in the picture."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext

from access.roles import Role
from access.wall import Side
from workflows.engine.calendars import Unit as U
from workflows.engine.forms import ReasonForm, StepForm
from workflows.engine.machine import DeclaredTerm, End, Machine, MachineState, Step, Text, may, register
from workflows.supply_adjustment.forms import PlanForm, ProgressForm, ResultForm
from workflows.supply_adjustment.models import Adjustment

PLAN = gettext_noop("Action plan Samen tegen mensenhandel, page 25; the length is a working agreement of Loods")


class S(models.TextChoices):
    """States of an adjustment."""

    PROPOSED = "proposed", _("Proposed")
    PLANNED = "planned", _("Planned")
    UNDER_WAY = "under_way", _("Under way")
    REALISED = "realised", _("Realised, to be checked")
    CLOSED = "closed", _("Closed")
    ABANDONED = "abandoned", _("Abandoned")


def _term(key: str, amount: int, unit: U, starts: str) -> DeclaredTerm:
    weeks = (5, U.WORKING_DAYS)
    return DeclaredTerm(f"supply_adjustment.{key}", amount, unit, weeks, weeks, (10, U.WORKING_DAYS), PLAN, starts)


PROPOSED = _term("proposed", 20, U.WORKING_DAYS, gettext_noop("the action is proposed"))
PLANNED = _term("planned", 20, U.WORKING_DAYS, gettext_noop("the action is planned"))
UNDER_WAY = _term("under_way", 3, U.MONTHS, gettext_noop("progress was told last"))
REALISED = _term("realised", 20, U.WORKING_DAYS, gettext_noop("the places are said to be there"))

OWNS = may(Role.ACTION_OWNER)
CHECKS = may(Role.ANALYST)


@register
class SupplyAdjustment(Machine):
    """A gap gets an owner, parties, a number and a day; it is followed each quarter, and checked in the picture."""

    kind = "supply_adjustment"
    side = Side.COMMON
    label = _("Adjustment of the supply")
    about = _("From a gap in the national picture to places that are there.")
    states = S
    initial = S.PROPOSED
    record_model = Adjustment
    record_with = ("region",)
    state = MachineState(S)
    page = "insights:action"
    steps = {
        S.PROPOSED: Step(Role.ACTION_OWNER, PROPOSED, escalate_to=Role.NATIONAL_DESK),
        S.PLANNED: Step(Role.ACTION_OWNER, PLANNED, escalate_to=Role.NATIONAL_DESK),
        S.UNDER_WAY: Step(Role.ACTION_OWNER, UNDER_WAY, escalate_to=Role.NATIONAL_DESK),
        S.REALISED: Step(Role.ANALYST, REALISED, escalate_to=Role.NATIONAL_DESK),
        S.CLOSED: End(),
        S.ABANDONED: End(reopens_to=S.PROPOSED),
    }

    def shown(self) -> Iterable[tuple[Text, Any]]:
        """What is to be done, by whom, for how much, and what came of it."""
        record = self.record
        yield _("What is done"), record.title
        yield _("Who owns it"), record.holder
        yield _("Parties"), record.parties
        yield _("Places wanted"), record.target_places
        yield pgettext("date", "By"), record.target_on
        yield _("Cost in euros"), record.cost
        yield _("Who pays"), record.get_payer_display()
        yield _("Places realised"), record.realised or None
        yield _("Realised on"), record.realised_on
        yield _("Result"), record.result

    @state.transition(
        S.PROPOSED, S.PLANNED, label=_("Plan"), permission=OWNS, custom={"form": PlanForm, "primary": True}
    )
    def plan(self, **facts: Any) -> None:
        """It has an owner, a number, a day, and perhaps somebody who pays."""
        self._keep(**{n: facts[n] for n in ("holder", "parties", "target_places", "target_on", "cost", "payer")})
        self.note(places=facts["target_places"], by=facts["target_on"])

    @state.transition(
        S.PLANNED, S.UNDER_WAY, label=_("Begin"), permission=OWNS, custom={"form": StepForm, "primary": True}
    )
    def begin(self, **facts: Any) -> None:
        """Work has begun; from now on progress is told each quarter."""

    @state.transition(
        S.UNDER_WAY, S.UNDER_WAY, label=_("Tell progress"), permission=OWNS, custom={"form": ProgressForm}
    )
    def tell(self, realised: int, **facts: Any) -> None:
        """So many places are there already."""
        self._keep(realised=realised)
        self.note(places=realised)

    @state.transition(
        S.UNDER_WAY, S.REALISED, label=_("It is done"), permission=OWNS, custom={"form": ResultForm, "primary": True}
    )
    def realise(self, **facts: Any) -> None:
        """The places are there; an analyst holds that against the picture."""
        self._keep(**{name: facts[name] for name in ("realised", "realised_on", "result")})
        self.note(places=facts["realised"])

    @state.transition(
        S.REALISED, S.CLOSED, label=_("The picture shows it"), permission=CHECKS,
        custom={"form": StepForm, "primary": True},
    )  # fmt: skip
    def confirm(self, **facts: Any) -> None:
        """The gap has gone, or is as small as was meant."""

    @state.transition(
        S.REALISED, S.UNDER_WAY, label=_("The gap is still there"), permission=CHECKS, custom={"form": ReasonForm}
    )
    def send_back(self, **facts: Any) -> None:
        """The picture does not show it."""

    @state.transition(
        [S.PROPOSED, S.PLANNED, S.UNDER_WAY], S.ABANDONED, label=_("Abandon"), permission=OWNS,
        custom={"form": ReasonForm},
    )  # fmt: skip
    def abandon(self, **facts: Any) -> None:
        """It is not done, and why."""

    def _keep(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self.record, name, value)
        self.record.save(update_fields=list(values))
