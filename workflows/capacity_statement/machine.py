"""The capacity statement: a region says, period after period, what shelter it has and how full it is.

Opened by the program when the period begins, with the inventory's figures filled in. What is published never changes;
a correction is a new statement about the same period, with its own date.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from access.clock import AMSTERDAM
from access.roles import Role
from access.wall import Side
from shelters.models import Placeable
from workflows.capacity_statement import checking, periods
from workflows.capacity_statement.forms import ReturnForm
from workflows.capacity_statement.models import Line, Statement
from workflows.capacity_statement.words import named
from workflows.engine import acts
from workflows.engine.calendars import Unit as U
from workflows.engine.forms import StepForm, SystemForm
from workflows.engine.machine import (
    DeclaredTerm,
    End,
    Machine,
    MachineState,
    Step,
    Text,
    by_system,
    may,
    register,
    unmet,
)

AGREED = gettext_noop("Working agreement of Loods, to be confirmed by CoMensha and the care coordinators")
WEEKLY = gettext_noop("COSM shelters report their occupancy weekly (comensha.nl); the days are a working agreement")


class S(models.TextChoices):
    """States of a capacity statement."""

    PREPARING = "preparing", _("In preparation")
    SUBMITTED = "submitted", _("Submitted")
    RETURNED = "returned", _("Returned with questions")
    PUBLISHED = "published", _("Published")
    EXPIRED = "expired", _("Expired without a statement")


PREPARING = DeclaredTerm(
    "capacity_statement.preparing", 3, U.WORKING_DAYS, (1, U.WORKING_DAYS), (1, U.WORKING_DAYS), (2, U.WORKING_DAYS),
    WEEKLY, gettext_noop("the period begins"),
)  # fmt: skip
SUBMITTED = DeclaredTerm(
    "capacity_statement.submitted", 2, U.WORKING_DAYS, (1, U.WORKING_DAYS), (1, U.WORKING_DAYS), (2, U.WORKING_DAYS),
    AGREED, gettext_noop("the statement is submitted"),
)  # fmt: skip
RETURNED = DeclaredTerm(
    "capacity_statement.returned", 2, U.WORKING_DAYS, (1, U.WORKING_DAYS), (1, U.WORKING_DAYS), (2, U.WORKING_DAYS),
    AGREED, gettext_noop("questions are asked"),
)  # fmt: skip

OTHER_EYES = unmet(
    lambda machine: getattr(machine.record.submitted_by, "user_id", 0) != getattr(machine.acting, "user_id", None),
    _("You submitted this yourself; a colleague publishes it."),
)
STATES_IT = may(Role.CARE_COORDINATOR, Role.NATIONAL_DESK)  # the desk where there is no coordinator
CHECKS_IT = may(Role.NATIONAL_DESK)
ready = unmet(
    lambda machine: not checking.checked(machine.record).open_points,
    _("Some lines still need something: a figure that cannot be, a remark, or the reason for a long stay."),
)


@register
class CapacityStatement(Machine):
    """In preparation, submitted, checked, published; or sent back with questions, or never made."""

    kind = "capacity_statement"
    side = Side.CARE
    label = _("Capacity statement")
    about = _("What shelter and help a region has in a period, and how full it is.")
    states = S
    initial = S.PREPARING
    record_model = Statement
    record_with = ("region", "corrects", "submitted_by")
    state = MachineState(S)
    page = "capacity_statement:grid"
    steps = {
        S.PREPARING: Step(Role.CARE_COORDINATOR, PREPARING),
        S.SUBMITTED: Step(Role.NATIONAL_DESK, SUBMITTED),
        S.RETURNED: Step(Role.CARE_COORDINATOR, RETURNED),
        S.PUBLISHED: End(),
        S.EXPIRED: End(reopens_to=S.PREPARING),
    }

    def shown(self) -> Iterable[tuple[Text, Any]]:
        """Which period of which region it is about."""
        record = self.record
        yield _("Region"), record.region.name
        yield _("Period"), named(record.rhythm, record.period)
        yield _("Version"), record.version if record.version > 1 else None
        yield _("Why it is corrected"), record.why
        yield _("Questions"), record.questions if self.process.state == S.RETURNED else ""

    @state.transition(
        [S.PREPARING, S.RETURNED], S.SUBMITTED, label=_("Submit"), permission=STATES_IT, conditions=[ready],
        custom={"form": StepForm, "primary": True},
    )  # fmt: skip
    def submit(self, **facts: Any) -> None:
        """The coordinator stands for the figures; what was said to be placeable is a word in the inventory now."""
        assert self.now is not None
        now, record, due = self.now, self.record, self.process.due_at
        late = record.first_submitted_at is None and due is not None and due < now
        self._keep(
            submitted_at=self.now,
            submitted_by=self.acting,
            first_submitted_at=record.first_submitted_at or self.now,
            late=record.late or late,
        )
        lines = list(Line.objects.filter(statement=record).only("unit_id", "placeable", "carried"))
        Placeable.objects.bulk_create(
            Placeable(unit_id=line.unit_id, at=now, places=line.placeable, post=self.acting)
            for line in lines
            if line.placeable is not None and not line.carried
        )
        self.note(lines=len(lines), carried=sum(line.carried for line in lines), late=self.record.late)

    @state.transition(
        S.SUBMITTED, S.PUBLISHED, label=_("Publish"), permission=CHECKS_IT, conditions=[OTHER_EYES],
        custom={"form": StepForm, "primary": True},
    )  # fmt: skip
    def publish(self, **facts: Any) -> None:
        """The figures are true as far as anybody knows, and never change again."""
        self._keep(published_at=self.now)

    @state.transition(
        S.SUBMITTED, S.RETURNED, label=_("Send back with questions"), permission=CHECKS_IT, custom={"form": ReturnForm}
    )
    def send_back(self, questions: str, lines: dict[int, str], **facts: Any) -> None:
        """Something must be answered first: about all of it, or about single lines. Earlier questions are done with."""
        self._keep(questions=questions)
        about = Q(pk__in=list(lines)) | ~Q(question="")
        asked = list(Line.objects.filter(about, statement=self.record))
        for line in asked:
            line.question = lines.get(line.pk, "")
        Line.objects.bulk_update(asked, ["question"])
        self.note(questions=sum(bool(line.question) for line in asked))

    @state.transition(
        [S.PREPARING, S.RETURNED], S.EXPIRED, label=_("Locked"), permission=by_system, custom={"form": SystemForm}
    )
    def expire(self, **facts: Any) -> None:
        """The period is locked: nobody stated it in time. The last known figures keep standing, with their age."""

    def entered(self, action: str, before: str) -> None:
        """A locked period that is opened again stays open until the next one of its rhythm is over."""
        if action == acts.REOPEN and self.now is not None:
            period = periods.period_of(self.record.rhythm, self.now.astimezone(AMSTERDAM).date())
            late = self.record.late or self.record.first_submitted_at is None  # its own term had passed
            self._keep(expires_on=periods.expiry(self.record.rhythm, period), late=late)

    def _keep(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self.record, name, value)
        self.record.save(update_fields=list(values))
