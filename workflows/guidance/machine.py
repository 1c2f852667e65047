"""The guidance of one person: asked for, matched, first contact, in guidance, aftercare, closed, opened again.

States are only the course; phases are rows beside each other (`Phase`). The plan's page 23 takes the British Victim
Navigator as its example: one person who stays, from the first contact until after the trial. Nothing here waits for a
report to the police, and no other process waits for this one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from viewflow.fsm import State

from access import clock
from access.models import Post
from access.roles import Role
from access.wall import Side
from workflows.engine.acts import REOPEN
from workflows.engine.forms import ReasonForm, StepForm
from workflows.engine.machine import (
    DeclaredTerm,
    End,
    MachineState,
    Moot,
    Step,
    Text,
    Waiting,
    may,
    register,
    unmet,
)
from workflows.guidance import signs, terms, work
from workflows.guidance.forms import (
    AftercareForm,
    AnotherForm,
    CheckInForm,
    CloseForm,
    ContactForm,
    DeputyForm,
    LostStepForm,
    NavigatorForm,
    NextNavigatorForm,
    NotStartedForm,
    PhaseForm,
    RequestForm,
    TalkForm,
    TriedForm,
)
from workflows.guidance.models import Contact, Guidance, NavigatorConflict, Phase
from workflows.guidance.safety import SafetyPlanning
from workflows.guidance.words import Closed, LostStep, NotStarted, PhaseCode, PhaseMove, RequestedBy


class S(models.TextChoices):
    """States of a guidance."""

    REQUESTED = "requested", _("Asked for, a navigator to be found")
    MATCHED = "matched", _("Navigator found, first contact to be made")
    IN_GUIDANCE = "in_guidance", _("In guidance")
    CONTACT_LOST = "contact_lost", _("Contact lost")
    HANDING_OVER = "handing_over", _("Handed to another navigator, to be accepted")
    AFTERCARE = "aftercare", _("Aftercare")
    CLOSED = "closed", _("Guidance ended")
    NOT_STARTED = "not_started", _("Guidance not started")


ASKS = may(Role.CARE_COORDINATOR, Role.CASEWORKER, Role.NAVIGATOR, Role.NATIONAL_DESK)
MATCHES = may(Role.CARE_COORDINATOR, Role.NAVIGATOR, Role.SUPERVISOR, Role.NATIONAL_DESK)
GUIDES = may(Role.NAVIGATOR)
ARRANGES = may(Role.NAVIGATOR, Role.SUPERVISOR, Role.NATIONAL_DESK)
HANDED = State.RETURN_VALUE(S.IN_GUIDANCE, S.AFTERCARE)
"""Where a guidance goes that was handed over, or not: back to where it stood."""
GUIDED = (S.MATCHED, S.IN_GUIDANCE, S.CONTACT_LOST, S.HANDING_OVER, S.AFTERCARE)
"""States in which somebody guides."""


def _everything_tried(machine: GuidanceMachine) -> bool:
    return machine.process.state != S.CONTACT_LOST or machine.record.lost_steps >= len(LostStep)


def _steps_left(machine: GuidanceMachine) -> bool:
    return machine.record.lost_steps < len(LostStep)


def _talks_left(machine: GuidanceMachine) -> bool:
    return machine.record.aftercare_talks < len(terms.AFTER_IN_ORDER) - 1


def _to_me(machine: GuidanceMachine) -> bool:
    acting = machine.acting
    return acting is None or machine.record.next_navigator_id in {acting.pk, *acting.acts_for}


def _guiding(machine: GuidanceMachine) -> bool:
    acting = machine.acting
    return acting is None or machine.record.navigator_id in {acting.pk, *acting.acts_for}


DEPUTY: dict[str, Any] = {
    "label": _("Name a deputy"), "permission": ARRANGES, "custom": {"form": DeputyForm, "stays": True}
}  # fmt: skip
"""In every state in which one navigator guides."""
TRIED = unmet(
    _everything_tried, _("Contact is lost: first take every step of the protocol. Nobody is let go silently.")
)
LEFT = unmet(_steps_left, _("Every step was taken. Contact can still be found again, or the guidance ended."))
TALKS = unmet(_talks_left, _("This is the last talk of aftercare. After it, end the guidance or take it up again."))
GUIDING = unmet(_guiding, _("This is for the navigator who guides."))
MINE = unmet(_to_me, _("This is for the navigator to whom it is handed over."))


@register
class GuidanceMachine(work.OfNavigator):
    """One navigator stays. Contact that is lost is looked for step by step, and nothing closes by itself."""

    kind = "guidance"
    side = Side.CARE
    label = _("Guidance by a navigator")
    about = _("One person who stays with the victim: safety, wellbeing and (re)integration, until after the trial.")
    states = S
    initial = S.REQUESTED
    record_model = Guidance
    state = MachineState(S)
    comes_back = False
    more = ("guidance:page", "plan")
    moots = (Moot(S.CLOSED, ("safety_plan",)),)
    steps = {
        S.REQUESTED: Step(Role.CARE_COORDINATOR, terms.MATCH, urgent=terms.MATCH_URGENT),
        S.MATCHED: Step(
            Role.NAVIGATOR, terms.FIRST_CONTACT, urgent=terms.FIRST_CONTACT_URGENT, organisation="of_navigator"
        ),
        S.IN_GUIDANCE: Step(Role.NAVIGATOR, terms.CHECK_IN, organisation="of_navigator"),
        S.CONTACT_LOST: Step(
            Role.NAVIGATOR, terms.LOST_FIRST, others=terms.LOST_IN_ORDER[1:], organisation="of_navigator"
        ),
        S.HANDING_OVER: Step(Role.NAVIGATOR, terms.HANDOVER, organisation="of_navigator"),
        S.AFTERCARE: Step(Role.NAVIGATOR, terms.AFTER_3, others=terms.AFTER_IN_ORDER[1:], organisation="of_navigator"),
        S.CLOSED: End(reopens_to=S.IN_GUIDANCE),
        S.NOT_STARTED: End(reopens_to=S.REQUESTED),
    }
    opens = ASKS
    opening_form = RequestForm
    once = _("This case has a guidance already. Is it over, and does the person want it again? Then open that one.")

    def opening(self) -> None:
        """The record names the case, and when a navigator was asked for."""
        self.record.case_id = self.process.case_id
        self.record.requested_at = self.now

    @property
    def guide(self) -> int | None:
        """Key of the navigator who must act."""
        record = self.record
        key: int | None = record.next_navigator_id if self.process.state == S.HANDING_OVER else record.navigator_id
        return key

    def term(self, step: Step | Waiting) -> DeclaredTerm:
        """Of the step of the protocol that is next, or of the talk that is next."""
        if self.process.state == S.CONTACT_LOST:
            return terms.LOST_IN_ORDER[min(self.record.lost_steps, len(LostStep))]
        if self.process.state == S.AFTERCARE:
            return terms.AFTER_IN_ORDER[min(self.record.aftercare_talks, len(terms.AFTER_IN_ORDER) - 1)]
        return super().term(step)

    def began(self) -> datetime:
        """First contact counts from the request, a check-in from the last contact, aftercare from its first day.

        Who comes back, from aftercare or after the end, is not overdue at once: then it counts from that moment.
        """
        record, state = self.record, self.process.state
        if state == S.MATCHED:
            return record.requested_at  # type: ignore[no-any-return]
        back = self.comes_back or record.closed_because  # which is taken away only once it is open again
        if state == S.IN_GUIDANCE and record.last_contact_at is not None and not back:
            return record.last_contact_at  # type: ignore[no-any-return]
        if state == S.AFTERCARE and record.aftercare_from is not None:
            return datetime.combine(record.aftercare_from, time(0), clock.AMSTERDAM)
        return super().began()

    def entered(self, action: str, before: str) -> None:
        """Whoever guides has the work; opened again, it counts anew, and the safety plan with it."""
        process = self.process
        if process.state in GUIDED:
            work.give(self, self.guide)
        if action in ("accept_handover", "first_contact", "ask_another", "step_aside"):
            work.move_along(process.case_id, self.guide, self.now)
        if action == REOPEN:
            self.keep(closed_because="", not_started="", lost_steps=0, aftercare_from=None, aftercare_talks=0)
            if process.state == S.IN_GUIDANCE:
                self._begin_phase(PhaseCode.SAFETY, "")
                self._plan_for_safety()
            else:
                self.keep(requested_at=self.now)

    def shown(self) -> Iterable[tuple[Text, Any]]:
        """Who asked, the phases that run, and the last contact."""
        record = self.record
        yield _("Asked for by"), RequestedBy(record.requested_by).label
        yield _("Phases"), [str(PhaseCode(code).label) for code in record.phases]
        yield _("First contact"), record.first_contact_at
        yield _("Last contact"), record.last_contact_at
        if self.process.state == S.CONTACT_LOST:
            yield _("Next step of the protocol"), _lost_step(record.lost_steps)
        yield _("Aftercare from"), record.aftercare_from
        yield _("Ended because"), Closed(record.closed_because).label if record.closed_because else ""
        yield _("Not started because"), NotStarted(record.not_started).label if record.not_started else ""

    # -- finding a navigator -----------------------------------------------------------------------------------

    @state.transition(
        S.REQUESTED, S.MATCHED, label=_("Match to a navigator"), permission=MATCHES,
        custom={"form": NavigatorForm, "primary": True},
    )  # fmt: skip
    def match(self, navigator: Post, **facts: Any) -> None:
        """This navigator guides. Caseload, language, wish, expertise and conflicts were held against each other."""
        self.keep(navigator=navigator)
        self.note(navigator=navigator.pk)

    @state.transition(
        [S.MATCHED, S.IN_GUIDANCE], S.REQUESTED, label=_("The person wants another navigator"), permission=ARRANGES,
        custom={"form": AnotherForm},
    )  # fmt: skip
    def ask_another(self, gender_wish: str, **facts: Any) -> None:
        """Neutral: this navigator is not proposed again, and the search begins anew, by what the person wishes now."""
        record = self.record
        asked_away = [*record.asked_away, *([record.navigator_id] if record.navigator_id else [])]
        self.keep(asked_away=asked_away, navigator=None, requested_at=self.now, gender_wish=gender_wish)

    @state.transition(
        [S.MATCHED, S.IN_GUIDANCE], S.REQUESTED, label=_("I cannot guide here"), permission=GUIDES,
        conditions=[GUIDING], custom={"form": StepForm},
    )  # fmt: skip
    def step_aside(self, **facts: Any) -> None:
        """A conflict of interest: whoever guides steps aside and is not proposed again. Which one is not asked."""
        NavigatorConflict.objects.get_or_create(post=self.record.navigator, case_id=self.record.case_id)
        self.keep(navigator=None, requested_at=self.now)

    @state.transition(
        [S.REQUESTED, S.MATCHED], S.NOT_STARTED, label=_("No guidance"),
        permission=may(Role.CARE_COORDINATOR, Role.NAVIGATOR, Role.NATIONAL_DESK), custom={"form": NotStartedForm},
    )  # fmt: skip
    def not_start(self, ground: str, **facts: Any) -> None:
        """Guidance does not start. It can be asked for again at any time, and nothing else changes."""
        self.keep(not_started=ground, navigator=None)
        self.note(ground=ground)

    @state.transition(
        S.MATCHED, S.IN_GUIDANCE, label=_("First contact"), permission=GUIDES,
        custom={"form": ContactForm, "primary": True},
    )  # fmt: skip
    def first_contact(self, at: datetime, way: str, text: str, **facts: Any) -> None:
        """They have met: guidance begins with safety, and the safety plan is to be written."""
        self._contact(at, way, text)
        self._begun(at)

    @state.transition(
        S.MATCHED, S.MATCHED, label=_("Tried, not reached"), permission=GUIDES,
        custom={"form": TriedForm, "stays": True},
    )  # fmt: skip
    def try_contact(self, at: datetime, way: str, text: str, **facts: Any) -> None:
        """A try; the term runs on."""
        self._contact(at, way, text, reached=False)

    # -- in guidance -------------------------------------------------------------------------------------------

    @state.transition(
        S.IN_GUIDANCE, S.IN_GUIDANCE, label=_("There was contact"), permission=GUIDES,
        custom={"form": CheckInForm, "primary": True},
    )  # fmt: skip
    def contact(self, at: datetime, way: str, text: str, **facts: Any) -> None:
        """There was contact; the next check-in counts from it."""
        self._contact(at, way, text)
        self._asked(facts)

    @state.transition(
        S.IN_GUIDANCE, S.IN_GUIDANCE, label=_("Phase begins or ends"), permission=GUIDES,
        custom={"form": PhaseForm, "stays": True},
    )  # fmt: skip
    def phase(self, phase: str, move: str, reason: str, **facts: Any) -> None:
        """Forward, back or beside each other, each with a reason."""
        if move == PhaseMove.BEGIN:
            self._begin_phase(phase, reason)
        else:
            Phase.objects.filter(guidance=self.record, phase=phase, ended_on=None).update(
                ended_on=self._today(), ended_why=reason
            )
            self.keep(phases=[code for code in self.record.phases if code != phase])
        self.note(phase=phase, move=move)

    @state.transition(S.MATCHED, S.MATCHED, **DEPUTY)
    @state.transition(S.IN_GUIDANCE, S.IN_GUIDANCE, **DEPUTY)
    @state.transition(S.CONTACT_LOST, S.CONTACT_LOST, **DEPUTY)
    @state.transition(S.AFTERCARE, S.AFTERCARE, **DEPUTY)
    def name_deputy(self, deputy: Post, deputy_known: bool, **facts: Any) -> None:
        """Who stands in when the navigator is away, and finds the person in their own day then."""
        self.keep(deputy=deputy, deputy_known=deputy_known)
        self.note(deputy=deputy.pk, known=deputy_known)

    @state.transition(
        [S.MATCHED, S.IN_GUIDANCE, S.AFTERCARE], S.CONTACT_LOST, label=_("Contact is lost"), permission=GUIDES,
        custom={"form": ReasonForm},
    )  # fmt: skip
    def lose_contact(self, **facts: Any) -> None:
        """The protocol begins, also for who was never reached: each step has its own term."""
        self.keep(lost_steps=0)

    @state.transition(
        S.CONTACT_LOST, S.CONTACT_LOST, label=_("Next step of the protocol is done"), permission=GUIDES,
        conditions=[LEFT], custom={"form": LostStepForm},
    )  # fmt: skip
    def lost_step(self, **facts: Any) -> None:
        """One step was taken and did not reach the person; the next has its own term."""
        self.note(step=list(LostStep)[self.record.lost_steps])
        self.keep(lost_steps=self.record.lost_steps + 1)

    @state.transition(
        S.CONTACT_LOST, S.IN_GUIDANCE, label=_("Contact again"), permission=GUIDES,
        custom={"form": CheckInForm, "primary": True},
    )  # fmt: skip
    def find_again(self, at: datetime, way: str, text: str, **facts: Any) -> None:
        """The person was reached, perhaps for the first time; aftercare becomes guidance again."""
        self._contact(at, way, text)
        self._asked(facts)
        self.keep(lost_steps=0, aftercare_from=None, aftercare_talks=0)
        self._begun(at)

    # -- to another navigator ----------------------------------------------------------------------------------

    @state.transition(
        [S.IN_GUIDANCE, S.AFTERCARE], S.HANDING_OVER, label=_("Hand to another navigator"), permission=ARRANGES,
        custom={"form": NextNavigatorForm},
    )  # fmt: skip
    def hand_on(self, navigator: Post, told: bool, **facts: Any) -> None:
        """Proposed: until it is accepted, who guided goes on guiding."""
        self.keep(next_navigator=navigator)
        self.note(navigator=navigator.pk, told=told)

    @state.transition(
        S.HANDING_OVER, HANDED, label=_("Accept"), permission=GUIDES, conditions=[MINE],
        custom={"form": ReasonForm, "primary": True},
    )  # fmt: skip
    def accept_handover(self, **facts: Any) -> str:
        """The new navigator says how they take over; from now on they guide."""
        deputy = {"deputy": None, "deputy_known": False}
        same = self.record.deputy_id == self.record.next_navigator_id
        self.keep(navigator=self.record.next_navigator, next_navigator=None, **(deputy if same else {}))
        return self._where_it_stood()

    @state.transition(
        S.HANDING_OVER, HANDED, label=_("Do not accept"), permission=ARRANGES, custom={"form": ReasonForm}
    )
    def decline_handover(self, **facts: Any) -> str:
        """It stays with who guided."""
        self.keep(next_navigator=None)
        return self._where_it_stood()

    # -- after -------------------------------------------------------------------------------------------------

    @state.transition(
        S.IN_GUIDANCE, S.AFTERCARE, label=_("Aftercare begins"), permission=GUIDES, custom={"form": AftercareForm}
    )
    def begin_aftercare(self, aftercare_from: date, **facts: Any) -> None:
        """Talks after three, six and twelve months; what presses brings the person back into guidance."""
        self.keep(aftercare_from=aftercare_from, aftercare_talks=0)

    @state.transition(
        S.AFTERCARE, S.AFTERCARE, label=_("Talk of aftercare"), permission=GUIDES, conditions=[TALKS],
        custom={"form": TalkForm, "primary": True},
    )  # fmt: skip
    def aftercare_talk(self, at: datetime, way: str, text: str, **facts: Any) -> None:
        """A talk was had; the next comes after six or twelve months."""
        self._contact(at, way, text)
        self._asked(facts)
        self.keep(aftercare_talks=self.record.aftercare_talks + 1)

    @state.transition(
        S.AFTERCARE, S.IN_GUIDANCE, label=_("Guidance again"), permission=GUIDES, custom={"form": ReasonForm}
    )
    def resume_guidance(self, **facts: Any) -> None:
        """The person needs more than aftercare."""
        self.comes_back = True
        self.keep(aftercare_from=None, aftercare_talks=0)

    @state.transition(
        [S.IN_GUIDANCE, S.CONTACT_LOST, S.AFTERCARE], S.CLOSED, label=_("End the guidance"), permission=GUIDES,
        conditions=[TRIED], custom={"form": CloseForm},
    )  # fmt: skip
    def close(self, ground: str, **facts: Any) -> None:
        """Over, with a reason; it can be opened again."""
        Phase.objects.filter(guidance=self.record, ended_on=None).update(ended_on=self._today())
        self.keep(closed_because=ground, phases=[])
        self._asked(facts)
        self.note(ground=ground)

    # -- what several steps do ---------------------------------------------------------------------------------

    def _where_it_stood(self) -> str:
        """Before it was handed over: aftercare has its first day, and guidance has none."""
        return S.AFTERCARE if self.record.aftercare_from is not None else S.IN_GUIDANCE

    def _begun(self, at: datetime) -> None:
        """From the first contact on: it begins with safety. The phases and the plan that there are already stay."""
        if self.record.first_contact_at is None:
            self.keep(first_contact_at=at)
        if not self.record.phases:
            self._begin_phase(PhaseCode.SAFETY, "")
        self._plan_for_safety()

    def _today(self) -> date:
        return (self.now or clock.now()).astimezone(clock.AMSTERDAM).date()

    def _contact(self, at: datetime, way: str, text: str, reached: bool = True) -> None:
        assert self.acting is not None
        Contact.objects.create(guidance=self.record, at=at, way=way, text=text, reached=reached, by=self.acting)
        last = self.record.last_contact_at
        if reached and (last is None or at > last):
            self.keep(last_contact_at=at)
        self.note(way=way, reached=reached)

    def _asked(self, facts: dict[str, Any]) -> None:
        """What was answered about new exploitation. It stands in no fact of the log, which more people read."""
        assert self.acting is not None
        signs.keep(self.record, self.acting, facts)

    def _begin_phase(self, phase: str, why: str) -> None:
        Phase.objects.create(guidance=self.record, phase=phase, began_on=self._today(), began_why=why)
        self.keep(phases=[*self.record.phases, str(phase)])

    def _plan_for_safety(self) -> None:
        """A safety plan is kept as long as somebody guides; there is never a second."""
        from workflows.engine.models import Process
        from workflows.engine.steps import open_process

        process = self.process
        if Process.objects.filter(case_id=process.case_id, kind=SafetyPlanning.kind, closed_at=None).exists():
            return
        open_process(
            SafetyPlanning, acting=self.acting, case_id=process.case_id, region_id=process.region_id,
            restricted=process.restricted, urgent=process.urgent, facts=process.facts, now=self.now,
            record={"guidance": self.record},
        )  # fmt: skip


def _lost_step(done: int) -> str:
    return str(list(LostStep)[done].label) if done < len(LostStep) else ""
