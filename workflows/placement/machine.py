"""Placement: from the request for shelter to the place, on to the next step, and out of it again.

It waits neither for a criminal complaint nor for a determination of victimhood; `workflows.placement.checks` proves it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _
from viewflow.fsm import State

from access.clock import AMSTERDAM
from access.models import Post, Region
from access.roles import Role
from access.wall import Side
from cases.words import Need
from shelters import door
from shelters.policy import may_ask
from shelters.words import Wish
from workflows.engine import terms as running
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
    Waiting,
    by_system,
    may,
    register,
    unmet,
)
from workflows.engine.models import Rung
from workflows.engine.routing import holder
from workflows.engine.steps import perform
from workflows.placement import asks, moving_on, telling, terms, turns
from workflows.placement.forms import (
    ONLY_COMENSHA,
    AnswerForm,
    ArriveForm,
    DeclineForm,
    Destination,
    FoundForm,
    LeaveForm,
    LongerForm,
    NoPlaceForm,
    OfferForm,
    PlacementRequestForm,
    PlanForm,
    QuestionForm,
    RegionForm,
    TakeBackForm,
    UnmetReason,
    UrgencyForm,
)
from workflows.placement.models import PlacementRecord, Refusal, Stopped, Turn
from workflows.placement.words import PRESSING, RANK, CameOf, Outcome, Urgency


class S(models.TextChoices):
    """States of a placement."""

    REQUESTED = "requested", _("Requested")
    SEEKING = "seeking", _("Seeking a place")
    AT_DESK = "at_desk", _("Asked of CoMensha")
    OFFERED = "offered", _("Asked of a provider")
    ACCEPTED = "accepted", _("Accepted, person to arrive")
    IN_PLACE = "in_place", _("In the place")
    NO_PLACE = "no_place", _("No place found")
    POLICE_BED = "police_bed", _("In an emergency bed through the police")
    QUESTION = "question", _("The provider asks something")
    TRANSFER = "transfer", _("Another region is asked to take over")
    MOVING = "moving", _("In the place, another region is asked to take over")
    MISSING = "missing", _("Left, nobody knows where to")
    ENDED = "ended", _("Ended")
    WITHDRAWN = "withdrawn", _("Withdrawn")


SEEKS = may(Role.CARE_COORDINATOR, Role.NATIONAL_DESK)
HANDS_ON = may(Role.CARE_COORDINATOR)
ASKS = may(Role.CARE_COORDINATOR, Role.CASEWORKER, Role.NATIONAL_DESK)
ANSWERS = may(Role.SHELTER_PROVIDER, Role.CARE_COORDINATOR, Role.NATIONAL_DESK)
BECOME_MOOT = "become_moot"
LOOKING = [S.REQUESTED, S.SEEKING, S.AT_DESK, S.NO_PLACE, S.POLICE_BED]
"""States in which a unit can be asked."""
BEFORE_ARRIVAL = [
    S.REQUESTED, S.SEEKING, S.AT_DESK, S.OFFERED, S.ACCEPTED, S.NO_PLACE, S.POLICE_BED, S.QUESTION, S.TRANSFER,
]  # fmt: skip
BACK = State.RETURN_VALUE(S.SEEKING, S.AT_DESK)
"""Where a question to a unit that came to nothing goes back to: to who asked it."""
HERE = (S.IN_PLACE, S.MOVING)
"""States in which somebody is in the place."""
LOST = _(
    "The reservation has expired and the place went to somebody else, or the unit took the place back. "
    "Decline, and seeking goes on."
)
DOUBLE = _("This person is registered in another place already. End that stay first, or say that they left it.")
HELD = _(
    "A place is held for this question, and others wait for places: its clock does not stop. Ask or answer a question, "
    "or take the question back."
)
NONE_LEFT = _("None of the units still in the list has a free place. Choose again.")


class SentFrom(may):
    """Permission for posts in the region from which something was sent, although another region must act now."""

    def __call__(self, machine: Machine, post: Post | None) -> bool:
        return post is not None and post.role in self.roles and post.works_in(machine.process.region_id)


def _receives(machine: Any) -> bool:
    return machine.acting is None or machine.acting.works_in(machine.record.to_region_id)


RECEIVES = unmet(_receives, _("This is for the region that is asked to take over."))
LISTED = unmet(
    lambda machine: machine.record.list_open,
    _("No other unit was chosen to be asked. Choose “Ask a unit”."),
)


def _in_each(state: MachineState, states: Sequence[str], **given: Any) -> Any:
    """Declare a step that can be made in several states and leaves each as it is."""

    def declare(method: Any) -> Any:
        for one in states:
            method = state.transition(one, one, **given)(method)
        return method

    return declare


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
        S.REQUESTED: terms.step(Role.CARE_COORDINATOR, S.REQUESTED),
        S.SEEKING: terms.step(Role.CARE_COORDINATOR, S.SEEKING),
        S.AT_DESK: terms.step(Role.NATIONAL_DESK, S.AT_DESK),
        S.OFFERED: terms.step(Role.SHELTER_PROVIDER, S.OFFERED, organisation="provider"),
        S.QUESTION: terms.step(Role.CARE_COORDINATOR, S.QUESTION),
        S.ACCEPTED: Step(Role.SHELTER_PROVIDER, terms.ARRIVAL, organisation="provider"),
        S.IN_PLACE: Step(Role.CARE_COORDINATOR, terms.STAY, others=(terms.PLANNED, terms.LONGER)),
        S.NO_PLACE: terms.step(Role.NATIONAL_DESK, S.NO_PLACE),
        S.POLICE_BED: Step(Role.CARE_COORDINATOR, terms.FOLLOW_UP),
        S.TRANSFER: Step(Role.CARE_COORDINATOR, terms.TRANSFER, organisation="receiver"),
        S.MOVING: Step(Role.CARE_COORDINATOR, terms.TRANSFER, organisation="receiver"),
        S.MISSING: Step(Role.CARE_COORDINATOR, terms.MISSING),
        S.ENDED: End(),
        S.WITHDRAWN: End(reopens_to=S.SEEKING),
    }
    more = ("placement:course",)
    told_page = "placement:course"
    notices = telling.NOTICES
    record_with = ("unit", "turn", "to_region")
    moots = (Moot(S.IN_PLACE, ("placement",)),)
    opens = ASKS
    opening_form = PlacementRequestForm

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._was_asked: int | None = None

    @property
    def provider(self) -> int | None:
        """The organisation that runs the unit that was asked."""
        unit = self.record.unit
        return unit.organisation_id if unit else None

    @property
    def receiver(self) -> int | None:
        """The organisation that coordinates care in the region that is asked to take over; else the national desk."""
        assert self.now is not None
        day = self.now.astimezone(AMSTERDAM).date()
        found = holder(Role.CARE_COORDINATOR, self.record.to_region_id, day)
        return found if found is not None else holder(Role.NATIONAL_DESK, None, day)

    @property
    def urgency(self) -> Urgency:
        """The class of urgency: as it was said, or else by whether it is an emergency."""
        said = self.record.urgency
        return Urgency(said) if said else (Urgency.URGENT if self.process.urgent else Urgency.NORMAL)

    def first(self) -> str:
        """Who has a bed for the night through the police is followed up on the next working day."""
        return S.POLICE_BED if self.record.urgency == Urgency.POLICE_BED else self.initial

    def opening(self) -> None:
        """What is asked for, and for whom, is frozen for the count of demand."""
        assert self.now is not None
        self.record.urgency = self.urgency
        asks.freeze(self.record, self.process, self.now)

    def term(self, step: Step | Waiting) -> DeclaredTerm:
        """By the class of urgency; of a stay by what is known of its end."""
        record = self.record
        if self.process.state == S.IN_PLACE:
            if record.longer_until is not None:
                return terms.LONGER
            return terms.PLANNED if moving_on.end_of(record) is not None else terms.STAY
        return terms.of_class(self.process.state, self.urgency) or super().term(step)

    def began(self) -> datetime:
        """The answer of a provider counts from the question to it, without the time its own questions lay open; a stay
        from where its rule says; another urgency from where `change_urgency` let it begin."""
        record = self.record
        if record.term_from is not None and record.term_episode == self.process.episode:
            return record.term_from  # type: ignore[no-any-return]
        if self.process.state == S.OFFERED and record.turn is not None and record.turn.counts_from is not None:
            return record.turn.counts_from  # type: ignore[no-any-return]
        if self.process.state == S.IN_PLACE and record.stay_from is not None:
            return record.stay_from  # type: ignore[no-any-return]
        return super().began()

    def no_pause(self) -> Text:
        """A pause would move the term of the answer while the reservation expires, or hold a place without an end."""
        return HELD if self.process.state in (S.OFFERED, S.QUESTION) else ""

    def entered(self, action: str, before: str) -> None:
        """What came of the request is kept for the count of demand, and whoever waits for news is told."""
        assert self.now is not None
        state = self.process.state
        had_none, has_none = before in (S.NO_PLACE, S.WITHDRAWN), state == S.NO_PLACE
        stopped_by = ""
        if state == S.WITHDRAWN:
            stopped_by = Stopped.MOOT if action == BECOME_MOOT else Stopped.WITHDRAWN
        if stopped_by or had_none or has_none:
            asks.keep(self.record, self.now, stopped_by=stopped_by, had_none=had_none, has_none=has_none)
        goes_over = state in (S.NO_PLACE, S.TRANSFER) or action in ("ask_comensha", "return_to_region")
        if self.record.list_open and goes_over:
            self._end_list()
        telling.tell_of(self, action, self.provider or self._was_asked)
        if state == S.MISSING:
            telling.tell_safety(self)

    @classmethod
    def also_seen(cls, post: Post) -> Any:
        """A provider sees what became of its own units' answers, also when somebody else must act now."""
        if post.role != Role.SHELTER_PROVIDER:
            return None
        return Turn.objects.for_post(post).values("process")

    def shown(self) -> Iterable[tuple[Text, Any]]:
        """What is asked for, where, and how it ended."""
        record, turn = self.record, self.record.turn
        yield _("Kind of shelter"), record.get_kind_display()
        yield _("Urgency"), self.urgency.label if self.urgency is not Urgency.NORMAL else ""
        yield _("Needs"), [Need(code).label for code in record.needs]
        yield _("Wishes"), [Wish(code).label for code in record.wishes]
        yield _("Wanted from"), record.wanted_from
        if self.process.state in (S.REQUESTED, S.SEEKING, S.AT_DESK, S.NO_PLACE):
            yield _("In the queue since"), record.asked_at
        yield _("Unit"), record.unit
        yield _("Reserved until"), record.held_until
        if turn is not None and turn.ended_at is None:
            yield _("Said with the question"), turn.said
            yield _("The provider asks"), turn.question
            yield _("Answer to the provider"), turn.answer
        yield _("Asked to take over"), record.to_region if self.process.state in (S.TRANSFER, S.MOVING) else ""
        yield _("Arrived"), record.arrived_at
        if record.doubled:
            yield (
                _("Double registration"),
                _("This person is registered in another place too. Find out which is right."),
            )
        yield _("Planned until"), record.planned_until
        yield _("Longest stay here"), record.longest_until if self.process.state in HERE else None
        yield _("Stays longer until"), record.longer_until if self.process.state in HERE else None
        if self.process.state in HERE:
            yield _("Next step"), _destination(record.next_step) or _("Not planned yet")
        yield _("Left to"), _destination(record.left_to)
        yield _("What came of looking"), CameOf(record.came_of).label if record.came_of else ""
        yield _("Why there is no place"), UnmetReason(record.unmet_reason).label if record.unmet_reason else ""

    @state.transition(S.REQUESTED, S.SEEKING, label=_("Begin seeking"), permission=SEEKS, custom={"form": StepForm})
    def seek(self, **facts: Any) -> None:
        """A coordinator looks for a place."""

    @state.transition(
        [S.REQUESTED, S.SEEKING, S.AT_DESK, S.NO_PLACE], S.POLICE_BED, label=_("The police give an emergency bed"),
        permission=ASKS, custom={"form": StepForm},
    )  # fmt: skip
    def give_bed(self, **facts: Any) -> None:
        """Somebody sleeps in a bed of the police; on the next working day a coordinator looks for a place."""
        self._keep(urgency=Urgency.POLICE_BED)
        self.process.urgent = False

    @state.transition(
        S.POLICE_BED, S.SEEKING, label=_("Follow up: seek a place"), permission=SEEKS,
        custom={"form": StepForm, "primary": True},
    )  # fmt: skip
    def follow_up(self, **facts: Any) -> None:
        """The bed was for the night: from now on hours count."""
        self.process.urgent = True

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
        LOOKING, S.OFFERED, label=_("Ask a unit"), permission=SEEKS,
        custom={"form": OfferForm, "primary": True, "may_clash": True},
    )  # fmt: skip
    def offer(self, unit: Any, then: Sequence[Any] = (), reason: str = "", **facts: Any) -> None:
        """A place in the unit is held for the person and its provider is asked; two cannot hold the last one.

        In: a unit as the form chose it, with whether only CoMensha places people there; `then`: units that are asked
        after it, one by one, when it declines or does not answer.
        The place is held until the provider's answer is so late that others are told (the escalation of the term); then
        the reservation expires by itself, and the provider can still say yes as long as a place is free and no other
        unit was asked meanwhile.
        """
        assert self.now is not None and self.acting is not None
        if any(not may_ask(self.acting, one.exclusive) for one in (unit, *then)):
            raise ConditionUnmet(ONLY_COMENSHA, self.process)
        turns.choose(self.record, [unit, *then], self.acting, self.now, reason)
        self._ask_next(door.NoPlace.message)

    @state.transition(
        [S.SEEKING, S.AT_DESK], S.OFFERED, label=_("Ask the next unit"), permission=SEEKS, conditions=[LISTED],
        custom={"form": StepForm, "primary": True, "may_clash": True},
    )  # fmt: skip
    def ask_next(self, **facts: Any) -> None:
        """The next unit of the list is asked at once, without waiting for the minute job."""
        self._ask_next(NONE_LEFT)

    @state.transition(
        [S.SEEKING, S.AT_DESK], S.OFFERED, label=_("The next unit is asked by itself"), permission=by_system,
        conditions=[LISTED], custom={"form": SystemForm, "may_clash": True},
    )  # fmt: skip
    def ask_next_itself(self, **facts: Any) -> None:
        """The next unit of the list is asked."""
        self._ask_next(NONE_LEFT)

    @state.transition(
        S.SEEKING, S.SEEKING, label=_("The list is over"), permission=by_system, conditions=[LISTED],
        custom={"form": SystemForm, "stays": True},
    )  # fmt: skip
    @state.transition(
        S.AT_DESK, S.AT_DESK, label=_("The list is over"), permission=by_system, conditions=[LISTED],
        custom={"form": SystemForm, "stays": True},
    )  # fmt: skip
    def list_is_over(self, **facts: Any) -> None:
        """No unit of the list had a place when its turn came: somebody has to choose again."""
        assert self.now is not None
        self.note(full=turns.exhausted(self.record, self.now))
        self._keep(list_open=False)
        telling.tell_of(self, "list_is_over", None)

    @state.transition(
        S.OFFERED, S.QUESTION, label=_("Ask something first"), permission=ANSWERS, custom={"form": QuestionForm}
    )
    def ask_back(self, question: str, **facts: Any) -> None:
        """The provider needs to know something before it can answer; the time for its answer stands still."""
        assert self.now is not None
        turn = self._turn()
        turn.question, turn.question_at, turn.answer = question, self.now, ""
        turn.save(update_fields=["question", "question_at", "answer"])
        left = (turn.held_until or self.now) - self.now
        self._hold_until(self._late(S.QUESTION, self.now) + left)

    @state.transition(
        S.QUESTION, S.OFFERED, label=_("Answer the provider"), permission=ASKS,
        custom={"form": AnswerForm, "primary": True},
    )  # fmt: skip
    def answer(self, answer: str, **facts: Any) -> None:
        """The provider can decide; its time goes on where it stood still."""
        assert self.now is not None
        turn = self._turn()
        turn.answer = answer
        turn.waited += self.now - (turn.question_at or self.now)
        turn.save(update_fields=["answer", "waited"])
        self._hold_until(self._late(S.OFFERED, turn.counts_from or self.now))

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
        self._over(Outcome.ACCEPTED)
        self._keep(held_until=None)

    @state.transition(
        [S.OFFERED, S.QUESTION], BACK, label=_("Decline"), permission=ANSWERS, custom={"form": DeclineForm}
    )
    def decline(self, ground: str, reason: str, **facts: Any) -> S:
        """The provider says no: the place is free at once, the refusal is kept, seeking goes on, with the next unit of
        the list if there is one. The person keeps their place in the queue."""
        assert self.now is not None
        Refusal.objects.create(process=self.process, unit=self.record.unit, at=self.now, reason=ground, remark=reason)
        self.note(ground=ground, unit=self.record.unit_id)
        return self._back(Outcome.DECLINED)

    @state.transition(S.OFFERED, BACK, label=_("No answer in time"), permission=by_system, custom={"form": SystemForm})
    def expire(self, **facts: Any) -> S:
        """The reservation is over without an answer, and another unit of the list is to be asked."""
        return self._back(Outcome.EXPIRED)

    @state.transition(
        [S.OFFERED, S.QUESTION], BACK, label=_("Take the question back"), permission=SEEKS,
        custom={"form": TakeBackForm},
    )  # fmt: skip
    def take_back(self, go_on: bool = False, **facts: Any) -> S:
        """The coordinator no longer asks this unit; the rest of the list is asked only if that is said."""
        assert self.now is not None
        if not go_on:
            self._end_list()
        return self._back(Outcome.TAKEN_BACK, self.acting)

    @state.transition(
        S.ACCEPTED, S.IN_PLACE, label=_("Has arrived"), permission=ANSWERS,
        custom={"form": ArriveForm, "primary": True, "may_clash": True},
    )  # fmt: skip
    def arrive(
        self, arrived_at: datetime, planned_until: date | None, next_step: str = "", left_other: bool = False,
        **facts: Any,
    ) -> None:  # fmt: skip
        """The person is in the place, and nowhere else. Other open placements of the case close by themselves."""
        assert self.now is not None
        if left_other:
            for other in moving_on.elsewhere(self.record):
                perform(other.process_id, "move_out", None, {"reason": "placement:in_place"})
        door.arrive(self.process.pk, arrived_at, planned_until, self.now)
        longest = door.last_day(self.record.unit_id, arrived_at.astimezone(AMSTERDAM).date())
        try:
            with transaction.atomic():
                self._keep(
                    arrived_at=arrived_at, planned_until=planned_until, next_step=next_step, longest_until=longest,
                    staying=self.record.person_key,
                )  # fmt: skip
        except IntegrityError as double:
            raise ConditionUnmet(DOUBLE, self.process) from double
        self.process.urgent = False  # somebody who is in a place is no emergency any more
        self._count_stay()

    @state.transition(S.ACCEPTED, BACK, label=_("Will not arrive"), permission=ANSWERS, custom={"form": ReasonForm})
    def not_arriving(self, **facts: Any) -> S:
        """The accepted place falls through: it is free at once and seeking goes on."""
        return self._back(Outcome.FELL_THROUGH)

    @state.transition(
        [S.REQUESTED, S.SEEKING, S.AT_DESK, S.POLICE_BED],
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

    @_in_each(
        state, [S.REQUESTED, S.SEEKING, S.AT_DESK, S.OFFERED, S.QUESTION, S.NO_PLACE],
        label=_("Change how urgent it is"), permission=ASKS, custom={"form": UrgencyForm, "stays": True},
    )  # fmt: skip
    def change_urgency(self, urgency: str, **facts: Any) -> None:
        """It presses more than was thought, or less: the term moves with it, and so does the reservation. Raised, a
        term counts from now and never ends later than it would have; lowered, from where it began."""
        assert self.now is not None
        was, answer_due = self.urgency, self._answer_due()
        raised = RANK[Urgency(urgency)] > RANK[was]
        self._keep(urgency=urgency)
        self.process.urgent = urgency in PRESSING
        self.note(urgency=urgency, was=was)
        if answer_due is not None:
            self._answer_by(answer_due, raised)
        process, state = self.process, self.process.state
        began = self._turn().counts_from if state == S.OFFERED else process.entered_at
        if raised and state != S.OFFERED and process.due_at is not None:
            term = running.current(self._term_in(state).key, self.now)
            began = terms.moved(term, process.due_at, self.now) - process.paused_for
        assert began is not None
        running.recount(self, self.step_of(state), began)  # type: ignore[arg-type]
        self._keep(term_from=began, term_episode=process.episode)
        telling.tell_of(self, "change_urgency", self.provider)

    # -- in the place, and on --------------------------------------------------------------------------------------

    @state.transition(S.IN_PLACE, S.IN_PLACE, label=_("Plan the next step"), permission=ASKS, custom={"form": PlanForm})
    def plan_next(self, planned_until: date, next_step: str, **facts: Any) -> None:
        """Until when somebody stays and where to then; the term counts towards that end."""
        assert self.now is not None
        door.plan(self.process.pk, planned_until, self.now)
        self._keep(planned_until=planned_until, next_step=next_step)
        self._count_stay()
        self.note(next_step=next_step)

    @state.transition(S.IN_PLACE, S.IN_PLACE, label=_("Stays longer"), permission=ASKS, custom={"form": LongerForm})
    def stay_longer(self, ground: str, reason: str, **facts: Any) -> None:
        """One more period, with a reason; after it a reason is asked again."""
        assert self.now is not None
        since = max(self.process.due_at or self.now, self.now)
        until = moving_on.lengthen(self.record, ground, reason, self.acting, since, self.now)
        door.plan(self.process.pk, until, self.now)
        self.note(ground=ground, until=until)

    @state.transition(
        S.IN_PLACE, State.RETURN_VALUE(S.ENDED, S.MISSING), label=_("Has left"), permission=ASKS,
        custom={"form": LeaveForm, "primary": True},
    )  # fmt: skip
    def leave(self, left_to: str, **facts: Any) -> S:
        """The person has left; the place is free from now on. Who left for an unknown destination is looked for, out of
        care: it has no other consequence."""
        self._left(left_to)
        return S.MISSING if left_to == Destination.UNKNOWN else S.ENDED

    @state.transition(
        [S.IN_PLACE, S.MOVING], S.ENDED, label=_("Went on to another place"), permission=by_system,
        custom={"form": SystemForm},
    )  # fmt: skip
    def move_out(self, **facts: Any) -> None:
        """The person arrived in another place; this one is free."""
        self._left(self.record.next_step or Destination.OTHER_PLACE)

    @state.transition(
        S.MISSING,
        S.ENDED,
        label=_("What came of looking"),
        permission=ASKS,
        custom={"form": FoundForm, "primary": True},
    )
    def looked(self, came_of: str, **facts: Any) -> None:
        """The signal about somebody's safety was followed up."""
        self._keep(came_of=came_of)
        self.note(came_of=came_of)

    # -- to another region -----------------------------------------------------------------------------------------

    @state.transition(
        [S.REQUESTED, S.SEEKING, S.NO_PLACE], S.TRANSFER, label=_("Ask another region to take over"),
        permission=HANDS_ON, custom={"form": RegionForm},
    )  # fmt: skip
    @state.transition(
        S.IN_PLACE, S.MOVING, label=_("Ask another region to take over"), permission=HANDS_ON,
        custom={"form": RegionForm},
    )  # fmt: skip
    def hand_to_region(self, region: Region, **facts: Any) -> None:
        """Nothing changes until the other region has accepted."""
        self._keep(to_region=region)
        self.note(region=region.pk)

    @state.transition(
        S.TRANSFER, S.SEEKING, label=_("Take over"), permission=SEEKS, conditions=[RECEIVES],
        custom={"form": StepForm, "primary": True},
    )  # fmt: skip
    @state.transition(
        S.MOVING, S.IN_PLACE, label=_("Take over"), permission=SEEKS, conditions=[RECEIVES],
        custom={"form": StepForm, "primary": True},
    )  # fmt: skip
    def accept_transfer(self, **facts: Any) -> None:
        """The other region coordinates from now on; the file goes along."""
        moving_on.to_region(self.process, self.record.to_region_id)
        self._keep(to_region=None)

    @state.transition(
        S.TRANSFER, S.SEEKING, label=_("Do not take over"), permission=SEEKS, conditions=[RECEIVES],
        custom={"form": ReasonForm},
    )  # fmt: skip
    @state.transition(
        S.MOVING, S.IN_PLACE, label=_("Do not take over"), permission=SEEKS, conditions=[RECEIVES],
        custom={"form": ReasonForm},
    )  # fmt: skip
    def refuse_transfer(self, **facts: Any) -> None:
        """It stays with the region that asked, with the reason."""
        self._keep(to_region=None)

    @state.transition(
        S.TRANSFER, S.SEEKING, label=_("Keep it here"), permission=SentFrom(Role.CARE_COORDINATOR),
        custom={"form": ReasonForm},
    )  # fmt: skip
    @state.transition(
        S.MOVING, S.IN_PLACE, label=_("Keep it here"), permission=SentFrom(Role.CARE_COORDINATOR),
        custom={"form": ReasonForm},
    )  # fmt: skip
    def keep_here(self, **facts: Any) -> None:
        """The region that asked takes its question back."""
        self._keep(to_region=None)

    # -- no longer asked for ---------------------------------------------------------------------------------------

    @state.transition(BEFORE_ARRIVAL, S.WITHDRAWN, label=_("Withdraw"), permission=ASKS, custom={"form": ReasonForm})
    def withdraw(self, **facts: Any) -> None:
        """Shelter is no longer asked for; what was held is free."""
        self._stop()

    @state.transition(
        BEFORE_ARRIVAL, S.WITHDRAWN, label=_("Closed by itself"), permission=by_system, custom={"form": SystemForm}
    )
    def become_moot(self, **facts: Any) -> None:
        """The person has been placed another way."""
        self._stop()

    # -- what several steps do -------------------------------------------------------------------------------------

    def _term_in(self, state: str) -> DeclaredTerm:
        return terms.of_class(state, self.urgency) or self.steps[S(state)].term  # type: ignore[union-attr]

    def _ask_next(self, none: Any) -> None:
        """Hold a place in the next unit of the list. Errors: ConditionUnmet, with `none`, when none has one."""
        assert self.now is not None
        until = self._late(S.OFFERED, self.now)
        try:
            turn = turns.ask_next(self.record, self.now, until)
        except door.NoPlace as full:
            raise ConditionUnmet(none, self.process) from full
        self._keep(unit=turn.unit, turn=turn, unmet_reason="", held_until=until, list_open=turns.to_come(self.record))
        self.note(unit=turn.unit_id, number=turn.number)

    def _late(self, state: str, since: datetime) -> datetime:
        """When others are told that a term which counts since a moment was missed in a state."""
        assert self.now is not None
        term = running.current(self._term_in(state).key, self.now)
        return running.ladder(term, running.due(term, since))[Rung.ESCALATION - 1]

    def _answer_due(self) -> datetime | None:
        """When the provider that is asked must have answered; None when none is."""
        if self.process.state not in (S.OFFERED, S.QUESTION):
            return None
        since = self._turn().counts_from
        assert self.now is not None and since is not None
        return running.due(running.current(self._term_in(S.OFFERED).key, self.now), since)

    def _answer_by(self, due_at: datetime, raised: bool) -> None:
        """Let the time of the provider that is asked count as the new class says, and the reservation with it.

        In: when it had to have answered. While its question lies open its time stands still: it counts as of then.
        """
        assert self.now is not None
        turn, open_ = self._turn(), self.process.state == S.QUESTION
        at = turn.question_at if open_ and turn.question_at is not None else self.now
        if raised:
            began = terms.moved(running.current(self._term_in(S.OFFERED).key, self.now), due_at, at)
            turn.waited += began - (turn.counts_from or began)
            turn.save(update_fields=["waited"])
        until = self._late(S.OFFERED, turn.counts_from or at)
        if open_:
            until += self._late(S.QUESTION, self.process.entered_at) - at
        if until > self.now:  # nobody loses a place because it presses more
            self._hold_until(until)

    def _turn(self) -> Turn:
        """The turn of the unit that is asked; one asked before there were turns gets its own now."""
        assert self.now is not None
        record = self.record
        if record.turn is None:
            turns.choose(record, [record.unit], None, self.process.entered_at)
            made = Turn.objects.get(process=record.process_id, ended_at=None)
            made.asked_at, made.held_until = self.process.entered_at, record.held_until
            made.save(update_fields=["asked_at", "held_until"])
            self._keep(turn=made)
        return record.turn  # type: ignore[no-any-return]

    def _hold_until(self, until: datetime) -> None:
        assert self.now is not None
        if door.prolong(self.process.pk, self.now, until):
            turn = self._turn()
            turn.held_until = until
            turn.save(update_fields=["held_until"])
            self._keep(held_until=until)

    def _over(self, outcome: Outcome) -> None:
        assert self.now is not None
        self._was_asked = self.provider
        turn = self.record.turn
        if turn is not None:
            turns.over(turn, outcome, self.now)

    def _back(self, outcome: Outcome, to: Post | None = None) -> S:
        """The question is over and what was held is free. In: `to`, who took it back. Out: where seeking goes on: with
        CoMensha where it asked the unit, since the region could not go on where CoMensha alone places people."""
        turn = self.record.turn
        asked_by = to or (turn.chosen_by if turn is not None else None)
        self._over(outcome)
        self._free()
        return S.AT_DESK if asked_by is not None and asked_by.role == Role.NATIONAL_DESK else S.SEEKING

    def _stop(self) -> None:
        assert self.now is not None
        self._over(Outcome.MOOT)
        self._end_list()
        self._free()

    def _end_list(self) -> None:
        """Somebody else seeks now, or nobody: the units still to be asked are left out."""
        assert self.now is not None
        turns.choose(self.record, [], self.acting, self.now)
        self._keep(list_open=False)

    def _count_stay(self) -> None:
        """From when the term of the stay counts: towards its end, or from the arrival."""
        assert self.now is not None
        end = moving_on.end_of(self.record)
        if self.record.longer_until is None:
            began = terms.towards(end, self.now) if end is not None else self.record.arrived_at
            self._keep(stay_from=began)

    def _left(self, left_to: str) -> None:
        assert self.now is not None
        door.release(self.process.pk, self.now)
        self._keep(left_to=left_to, left_at=self.now, staying=None, doubled=False)
        moving_on.mark_doubles(self.record.person_key)
        self.note(left_to=left_to)

    def _free(self) -> None:
        assert self.now is not None
        door.release(self.process.pk, self.now)
        self._keep(unit=None, turn=None, held_until=None)

    def _keep(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self.record, name, value)
        self.record.save(update_fields=list(values))


def _destination(code: str) -> Text:
    return Destination(code).label if code else ""
