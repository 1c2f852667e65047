"""Placement, in its first form: from the request for shelter to the place and out of it again.

It waits neither for a criminal complaint nor for a determination of victimhood.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from access.roles import Role
from access.wall import Side
from cases.words import Need
from shelters import door
from shelters.policy import may_ask
from workflows.engine import terms
from workflows.engine.calendars import Unit as U
from workflows.engine.errors import ConditionUnmet
from workflows.engine.forms import ReasonForm, StepForm, SystemForm
from workflows.engine.machine import (
    DeclaredTerm,
    End,
    Machine,
    MachineState,
    Moot,
    Step,
    Text,
    by_system,
    may,
    register,
)
from workflows.engine.models import Rung
from workflows.placement import asks
from workflows.placement.forms import (
    ONLY_COMENSHA,
    ArriveForm,
    DeclineForm,
    Destination,
    LeaveForm,
    NoPlaceForm,
    OfferForm,
    PlacementRequestForm,
    UnmetReason,
)
from workflows.placement.models import PlacementRecord, Refusal, Stopped

AGREED = gettext_noop("Working agreement of Loods, to be confirmed by the care coordinators")


class S(models.TextChoices):
    """States of a placement."""

    REQUESTED = "requested", _("Requested")
    SEEKING = "seeking", _("Seeking a place")
    AT_DESK = "at_desk", _("Asked of CoMensha")
    OFFERED = "offered", _("Asked of a provider")
    ACCEPTED = "accepted", _("Accepted, person to arrive")
    IN_PLACE = "in_place", _("In the place")
    NO_PLACE = "no_place", _("No place found")
    ENDED = "ended", _("Ended")
    WITHDRAWN = "withdrawn", _("Withdrawn")


REQUESTED = DeclaredTerm(
    "placement.requested",
    4,
    U.HOURS,
    (1, U.HOURS),
    (2, U.HOURS),
    (4, U.HOURS),
    AGREED,
    gettext_noop("shelter is asked for"),
)
REQUESTED_URGENT = DeclaredTerm(
    "placement.requested.urgent",
    1,
    U.HOURS,
    (1, U.HOURS),
    (1, U.HOURS),
    (1, U.HOURS),
    AGREED,
    gettext_noop("shelter is asked for"),
)
SEEKING = DeclaredTerm(
    "placement.seeking", 24, U.HOURS, (4, U.HOURS), (4, U.HOURS), (12, U.HOURS), AGREED, gettext_noop("seeking begins")
)
SEEKING_URGENT = DeclaredTerm(
    "placement.seeking.urgent",
    4,
    U.HOURS,
    (1, U.HOURS),
    (1, U.HOURS),
    (2, U.HOURS),
    AGREED,
    gettext_noop("seeking begins"),
)
AT_DESK = DeclaredTerm(
    "placement.at_desk", 24, U.HOURS, (4, U.HOURS), (4, U.HOURS), (12, U.HOURS), AGREED,
    gettext_noop("CoMensha is asked"),
)  # fmt: skip
AT_DESK_URGENT = DeclaredTerm(
    "placement.at_desk.urgent", 4, U.HOURS, (1, U.HOURS), (1, U.HOURS), (2, U.HOURS), AGREED,
    gettext_noop("CoMensha is asked"),
)  # fmt: skip
OFFERED = DeclaredTerm(
    "placement.offered", 24, U.HOURS, (4, U.HOURS), (2, U.HOURS), (12, U.HOURS), AGREED, gettext_noop("a unit is asked")
)
OFFERED_URGENT = DeclaredTerm(
    "placement.offered.urgent",
    2,
    U.HOURS,
    (1, U.HOURS),
    (1, U.HOURS),
    (2, U.HOURS),
    AGREED,
    gettext_noop("a unit is asked"),
)
ARRIVAL = DeclaredTerm(
    "placement.arrival", 2, U.CALENDAR_DAYS, (8, U.HOURS), (8, U.HOURS), (1, U.WORKING_DAYS), AGREED,
    gettext_noop("the provider accepts"),
)  # fmt: skip
STAY = DeclaredTerm(
    "placement.stay", 3, U.MONTHS, (30, U.CALENDAR_DAYS), (5, U.WORKING_DAYS), (10, U.WORKING_DAYS),
    gettext_noop("COSM is meant for a stay of three months (comensha.nl)"), gettext_noop("the person arrives"),
)  # fmt: skip
NO_PLACE = DeclaredTerm(
    "placement.no_place",
    4,
    U.HOURS,
    (1, U.HOURS),
    (2, U.HOURS),
    (4, U.HOURS),
    AGREED,
    gettext_noop("no place is found"),
)

SEEKS = may(Role.CARE_COORDINATOR, Role.NATIONAL_DESK)
HANDS_ON = may(Role.CARE_COORDINATOR)
ASKS = may(Role.CARE_COORDINATOR, Role.CASEWORKER, Role.NATIONAL_DESK)
ANSWERS = may(Role.SHELTER_PROVIDER, Role.CARE_COORDINATOR, Role.NATIONAL_DESK)
BECOME_MOOT = "become_moot"
BEFORE_ARRIVAL = [S.REQUESTED, S.SEEKING, S.AT_DESK, S.OFFERED, S.ACCEPTED, S.NO_PLACE]
LOST = _("The reservation has expired and the place went to somebody else. Decline, and seeking goes on.")


@register
class Placement(Machine):
    """A place is asked for, sought, offered, accepted and lived in; a refusal is kept and seeking goes on."""

    kind = "placement"
    side = Side.CARE
    label = _("Placement")
    about = _("From the request for shelter to the place, and out of it again.")
    states = S
    initial = S.REQUESTED
    record_model = PlacementRecord
    state = MachineState(S)
    steps = {
        S.REQUESTED: Step(Role.CARE_COORDINATOR, REQUESTED, REQUESTED_URGENT),
        S.SEEKING: Step(Role.CARE_COORDINATOR, SEEKING, SEEKING_URGENT),
        S.AT_DESK: Step(Role.NATIONAL_DESK, AT_DESK, AT_DESK_URGENT),
        S.OFFERED: Step(Role.SHELTER_PROVIDER, OFFERED, OFFERED_URGENT, organisation="provider"),
        S.ACCEPTED: Step(Role.SHELTER_PROVIDER, ARRIVAL, organisation="provider"),
        S.IN_PLACE: Step(Role.CARE_COORDINATOR, STAY),
        S.NO_PLACE: Step(Role.NATIONAL_DESK, NO_PLACE),
        S.ENDED: End(),
        S.WITHDRAWN: End(reopens_to=S.SEEKING),
    }
    record_with = ("unit",)
    moots = (Moot(S.IN_PLACE, ("placement",)),)
    opens = ASKS
    opening_form = PlacementRequestForm

    @property
    def provider(self) -> int | None:
        """The organisation that runs the unit that was asked."""
        unit = self.record.unit
        return unit.organisation_id if unit else None

    def opening(self) -> None:
        """What is asked for, and for whom, is frozen for the count of demand."""
        assert self.now is not None
        asks.freeze(self.record, self.process, self.now)

    def entered(self, action: str, before: str) -> None:
        """What came of the request is kept for the count of demand."""
        assert self.now is not None
        state = self.process.state
        had_none, has_none = before in (S.NO_PLACE, S.WITHDRAWN), state == S.NO_PLACE
        stopped_by = ""
        if state == S.WITHDRAWN:
            stopped_by = Stopped.MOOT if action == BECOME_MOOT else Stopped.WITHDRAWN
        if stopped_by or had_none or has_none:
            asks.keep(self.record, self.now, stopped_by=stopped_by, had_none=had_none, has_none=has_none)

    def shown(self) -> Iterable[tuple[Text, Any]]:
        """What is asked for, where, and how it ended."""
        record = self.record
        yield _("Kind of shelter"), record.get_kind_display()
        yield _("Needs"), [Need(code).label for code in record.needs]
        yield _("Wanted from"), record.wanted_from
        yield _("Unit"), record.unit
        yield _("Reserved until"), record.held_until
        yield _("Arrived"), record.arrived_at
        yield _("Planned until"), record.planned_until
        yield _("Left to"), Destination(record.left_to).label if record.left_to else ""
        yield _("Why there is no place"), UnmetReason(record.unmet_reason).label if record.unmet_reason else ""

    @state.transition(S.REQUESTED, S.SEEKING, label=_("Begin seeking"), permission=SEEKS, custom={"form": StepForm})
    def seek(self, **facts: Any) -> None:
        """A coordinator looks for a place."""

    @state.transition(
        [S.REQUESTED, S.SEEKING], S.AT_DESK, label=_("Ask CoMensha"), permission=HANDS_ON, custom={"form": StepForm}
    )
    def ask_comensha(self, **facts: Any) -> None:
        """The national desk seeks too: it alone asks units where only CoMensha places people."""

    @state.transition(
        S.AT_DESK, S.SEEKING, label=_("Back to the region"), permission=SEEKS, custom={"form": ReasonForm}
    )
    def return_to_region(self, **facts: Any) -> None:
        """The region seeks on by itself."""

    @state.transition(
        [S.REQUESTED, S.SEEKING, S.AT_DESK, S.NO_PLACE], S.OFFERED, label=_("Ask a unit"), permission=SEEKS,
        custom={"form": OfferForm, "primary": True, "may_clash": True},
    )  # fmt: skip
    def offer(self, unit: Any, **facts: Any) -> None:
        """A place in the unit is held for the person and its provider is asked; two cannot hold the last one.

        In: a unit as the form chose it, with whether only CoMensha places people there.
        The place is held until the provider's answer is so late that others are told (the escalation of the term); then
        the reservation expires by itself, and the provider can still say yes as long as a place is free.
        """
        assert self.now is not None and self.acting is not None
        if not may_ask(self.acting, unit.exclusive):
            raise ConditionUnmet(ONLY_COMENSHA, self.process)
        step = self.steps[S.OFFERED]
        term = terms.current(step.term_for(self.process.urgent).key, self.now)  # type: ignore[union-attr]
        until = terms.ladder(term, terms.due(term, self.now))[Rung.ESCALATION - 1]
        try:
            door.hold(unit.pk, self.process.pk, self.now, until)
        except door.NoPlace as full:
            raise ConditionUnmet(full.message, self.process) from full
        self._keep(unit=unit, unmet_reason="", held_until=until)
        self.note(unit=unit.pk)

    @state.transition(
        S.OFFERED, S.ACCEPTED, label=_("Accept"), permission=ANSWERS,
        custom={"form": StepForm, "primary": True, "may_clash": True},
    )  # fmt: skip
    def accept(self, **facts: Any) -> None:
        """The provider says yes: the place is held until somebody comes or it falls through."""
        assert self.now is not None
        try:
            door.confirm(self.process.pk, self.now)
        except door.NoPlace as taken:
            raise ConditionUnmet(LOST, self.process) from taken
        self._keep(held_until=None)

    @state.transition(S.OFFERED, S.SEEKING, label=_("Decline"), permission=ANSWERS, custom={"form": DeclineForm})
    def decline(self, ground: str, reason: str, **facts: Any) -> None:
        """The provider says no: the place is free at once, the refusal is kept, seeking goes on."""
        assert self.now is not None
        Refusal.objects.create(process=self.process, unit=self.record.unit, at=self.now, reason=ground, remark=reason)
        self.note(ground=ground, unit=self.record.unit_id)
        self._free()

    @state.transition(
        S.OFFERED, S.SEEKING, label=_("Take the question back"), permission=SEEKS, custom={"form": ReasonForm}
    )
    def take_back(self, **facts: Any) -> None:
        """The coordinator no longer asks this unit."""
        self._free()

    @state.transition(
        S.ACCEPTED, S.IN_PLACE, label=_("Has arrived"), permission=ANSWERS, custom={"form": ArriveForm, "primary": True}
    )
    def arrive(self, arrived_at: datetime, planned_until: date | None, **facts: Any) -> None:
        """The person is in the place. Other open placements of the case close by themselves."""
        assert self.now is not None
        door.arrive(self.process.pk, arrived_at, planned_until, self.now)
        self._keep(arrived_at=arrived_at, planned_until=planned_until)

    @state.transition(
        S.ACCEPTED, S.SEEKING, label=_("Will not arrive"), permission=ANSWERS, custom={"form": ReasonForm}
    )
    def not_arriving(self, **facts: Any) -> None:
        """The accepted place falls through: it is free at once and seeking goes on."""
        self._free()

    @state.transition(
        [S.REQUESTED, S.SEEKING, S.AT_DESK],
        S.NO_PLACE,
        label=_("No place found"),
        permission=SEEKS,
        custom={"form": NoPlaceForm},
    )
    def find_none(self, ground: str, **facts: Any) -> None:
        """Unmet demand, with its reason; the national desk takes over."""
        self._keep(unmet_reason=ground)
        self.note(ground=ground)

    @state.transition(S.NO_PLACE, S.SEEKING, label=_("Seek again"), permission=SEEKS, custom={"form": StepForm})
    def seek_again(self, **facts: Any) -> None:
        """Look once more."""

    @state.transition(
        S.IN_PLACE, S.ENDED, label=_("Has left"), permission=ASKS, custom={"form": LeaveForm, "primary": True}
    )
    def leave(self, left_to: str, **facts: Any) -> None:
        """The person has left; the place is free from now on."""
        assert self.now is not None
        door.release(self.process.pk, self.now)
        self._keep(left_to=left_to)
        self.note(left_to=left_to)

    @state.transition(BEFORE_ARRIVAL, S.WITHDRAWN, label=_("Withdraw"), permission=ASKS, custom={"form": ReasonForm})
    def withdraw(self, **facts: Any) -> None:
        """Shelter is no longer asked for; what was held is free."""
        self._free()

    @state.transition(
        BEFORE_ARRIVAL, S.WITHDRAWN, label=_("Closed by itself"), permission=by_system, custom={"form": SystemForm}
    )
    def become_moot(self, **facts: Any) -> None:
        """The person has been placed another way."""
        self._free()

    def _free(self) -> None:
        assert self.now is not None
        door.release(self.process.pk, self.now)
        self._keep(unit=None, held_until=None)

    def _keep(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self.record, name, value)
        self.record.save(update_fields=list(values))
