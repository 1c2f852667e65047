"""The safety plan as a process of its own, so that it is never older than 30 days without a signal.

The engine's ladder does it: a reminder before, overdue to the navigator, escalation to the supervisor.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from access.roles import Role
from access.wall import Side
from cases.fields import long_text
from workflows.engine.forms import StepForm, SystemForm
from workflows.engine.machine import End, MachineState, Step, Text, by_system, may, register
from workflows.guidance import terms, work
from workflows.guidance.models import SafetyPlan, SafetyPlanVersion

PARTS = ("contacts", "safe_hours", "code_words", "threats", "what_to_do")


class SafetyPlanForm(StepForm):
    """The plan as it stands, to be gone through and changed. Kept encrypted, each version."""

    contacts = long_text(_("Contact people"), rows=2, required=False, help_text=_("Whom to call, in which order."))
    safe_hours = long_text(_("Safe hours and ways"), rows=2, required=False)
    code_words = long_text(_("Code words"), rows=2, required=False)
    threats = long_text(_("Threats"), rows=2, required=False, help_text=_("From whom, and what was said or done."))
    what_to_do = long_text(_("What to do"), rows=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if last := newest(self.machine.record.guidance_id):
            self.initial = {**self.initial, **{name: getattr(last, name) for name in PARTS}}
        del self.fields["reason"]


def newest(guidance: Any) -> SafetyPlanVersion | None:
    """The plan as it stands."""
    return SafetyPlanVersion.objects.filter(guidance=guidance).order_by("-at").first()


class P(models.TextChoices):
    """States of a safety plan."""

    TO_WRITE = "to_write", _("To be written")
    IN_FORCE = "in_force", _("In force")
    OVER = "over", _("Not needed any more")


WRITES = may(Role.NAVIGATOR)


@register
class SafetyPlanning(work.OfNavigator):
    """Written within days of the first contact, and gone through with the person at least every 30 days."""

    kind = "safety_plan"
    side = Side.CARE
    label = _("Safety plan")
    about = _("Who to call, when and how, code words, threats and what to do. Gone through at least every 30 days.")
    states = P
    initial = P.TO_WRITE
    record_model = SafetyPlan
    state = MachineState(P)
    steps = {
        P.TO_WRITE: Step(Role.NAVIGATOR, terms.WRITE_PLAN, urgent=terms.WRITE_PLAN_URGENT, organisation="of_navigator"),
        P.IN_FORCE: Step(Role.NAVIGATOR, terms.RENEW_PLAN, organisation="of_navigator"),
        P.OVER: End(),
    }

    @property
    def guide(self) -> int | None:
        """Key of the navigator of the guidance."""
        return self.record.guidance.navigator_id  # type: ignore[no-any-return]

    def shown(self) -> Iterable[tuple[Text, Any]]:
        """When it was gone through last; what it says stands on the page of the guidance."""
        yield _("Gone through on"), self.record.written_at

    @state.transition(
        [P.TO_WRITE, P.IN_FORCE], P.IN_FORCE, label=_("Go through the safety plan"), permission=WRITES,
        custom={"form": SafetyPlanForm, "primary": True},
    )  # fmt: skip
    def write(self, **parts: Any) -> None:
        """Written, or gone through: it is young again."""
        assert self.now is not None
        assert self.acting is not None
        moment: datetime = self.now
        texts = {name: parts.get(name, "") for name in PARTS}
        SafetyPlanVersion.objects.create(guidance_id=self.record.guidance_id, at=moment, by=self.acting, **texts)
        self.keep(written_at=moment)

    @state.transition(
        [P.TO_WRITE, P.IN_FORCE], P.OVER, label=_("Guidance is over"), permission=by_system,
        custom={"form": SystemForm},
    )  # fmt: skip
    def become_moot(self, **facts: Any) -> None:
        """The guidance ended. What was written stays; a new guidance begins a new plan."""
