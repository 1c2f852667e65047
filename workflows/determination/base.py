"""What every determination on this side goes through, whatever its design: states, steps, and what they write."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_lazy as _
from viewflow.fsm import State

from access.clock import AMSTERDAM
from access.models import Post
from access.roles import Role
from access.wall import Side
from workflows.designs.declaration import Text
from workflows.determination import outcomes, rules, terms
from workflows.determination.forms import (
    AgainForm,
    ComposeForm,
    CorrectForm,
    DeclareForm,
    DraftForm,
    HearingForm,
    MissingForm,
    NotAdmissibleForm,
    OpinionForm,
    ServeForm,
    StandDownForm,
    StopForm,
    SuppliedForm,
)
from workflows.determination.models import (
    Decision,
    Determination,
    Hearing,
    MemberProfile,
    Opinion,
    PanelMember,
    Requirement,
)
from workflows.determination.rules import LEADS, SITS
from workflows.determination.states import S
from workflows.determination.words import Interest, Outcome, Wish
from workflows.engine.errors import ConditionUnmet
from workflows.engine.forms import ReasonForm, StepForm, SystemForm
from workflows.engine.machine import AnyStep, End, Machine, MachineState, Party, Step, Waiting, by_system

OURS = "committee"  # the attribute of the machine that names the organisation that must act
STEPS: dict[str, AnyStep] = {
    S.REQUESTED: Step(Role.COMMITTEE_SECRETARY, terms.REQUESTED, terms.REQUESTED_MINOR, organisation=OURS),
    S.INCOMPLETE: Waiting(
        Party.REQUESTER, Role.COMMITTEE_SECRETARY, terms.INCOMPLETE, terms.INCOMPLETE_MINOR, organisation=OURS
    ),
    S.COMPOSING: Step(Role.COMMITTEE_SECRETARY, terms.COMPOSING, terms.COMPOSING_MINOR, organisation=OURS),
    S.DECLARING: Step(Role.COMMITTEE_MEMBER, terms.DECLARING, organisation=OURS),
    S.GATHERING: Step(Role.COMMITTEE_SECRETARY, terms.GATHERING, terms.GATHERING_MINOR, organisation=OURS),
    S.OPINIONS: Step(Role.COMMITTEE_MEMBER, terms.OPINIONS, terms.OPINIONS_MINOR, organisation=OURS),
    S.HEARING: Step(Role.COMMITTEE_SECRETARY, terms.HEARING, terms.HEARING_MINOR, organisation=OURS),
    S.DRAFTING: Step(Role.COMMITTEE_SECRETARY, terms.DRAFTING, terms.DRAFTING_MINOR, organisation=OURS),
    S.DECIDING: Step(Role.COMMITTEE_MEMBER, terms.DECIDING, organisation=OURS),
    S.DECIDED: Step(Role.COMMITTEE_SECRETARY, terms.DECIDED, organisation=OURS),
    S.SERVED: Waiting(Party.PERSON, Role.COMMITTEE_SECRETARY, terms.RECONSIDER, organisation=OURS),
    S.FINAL: End(),
    S.RECONSIDERED: End(),
    S.NOT_ADMISSIBLE: End(reopens_to=S.REQUESTED),
    S.WITHDRAWN: End(reopens_to=S.REQUESTED),
}
"""What stands in a state: who acts, by when. A minor's file runs on the shorter terms."""

BESIDE = (terms.OUTCOME_SHOWN,)
"""Terms that stand beside those of states and stages, in every design."""

WITH_PANEL = [S.DECLARING, S.GATHERING, S.OPINIONS, S.HEARING, S.DRAFTING, S.DECIDING]
BEFORE_DECISION = [S.REQUESTED, S.INCOMPLETE, S.COMPOSING, *WITH_PANEL]


class DeterminationMachine(Machine):
    """Base of the machines of this side; each design's machine is a subclass with its own states.

    A file of a minor runs on the shorter terms: the engine's urgent ones.
    """

    side = Side.DETERMINATION
    initial = S.REQUESTED
    record_model = Determination
    record_with = ("file",)
    state = MachineState(S)
    page = "files:process"
    led_by = (Role.COMMITTEE_SECRETARY,)

    # -- asked by steps, conditions and forms ----------------------------------------------------------------

    @cached_property
    def record(self) -> Any:
        """The row of this determination, with its file."""
        return Determination.objects.select_related("file").get(process_id=self.process.pk)

    @property
    def committee(self) -> int:
        """The committee the file belongs to."""
        return int(self.record.file.organisation_id)

    @cached_property
    def panel(self) -> list[PanelMember]:
        """Who sits in this stage, the longest first, each with the opinion given, if any."""
        seats = PanelMember.objects.filter(determination=self.record, stage=self.record.stage).sitting()
        return list(seats.select_related("post__user", "opinion"))

    def seat_of(self, post: Post | None) -> PanelMember | None:
        """The seat of a post on the panel, or None."""
        return next((seat for seat in self.panel if post is not None and seat.post_id == post.pk), None)

    @staticmethod
    def has_opinion(seat: PanelMember) -> bool:
        """Whether a member has given an opinion."""
        return getattr(seat, "opinion", None) is not None

    @property
    def panel_is_whole(self) -> bool:
        """An odd number of members, as many as the design asks, who all declared to have no conflict."""
        fits = rules.panel_fits(len(self.panel), self.record.declared_stage.panel)
        return fits and all(seat.interest == Interest.NONE for seat in self.panel)

    @cached_property
    def open_requirements(self) -> list[Requirement]:
        """What was asked for and has not come in."""
        return list(self.record.file.requirements.filter(supplied_at=None))

    @cached_property
    def last_decision(self) -> Decision | None:
        """The decision that stands in this stage, in its latest version."""
        return self.decision_in(self.record.stage)

    def decision_in(self, stage: str) -> Decision | None:
        """The decision of a stage, in its latest version."""
        return Decision.objects.filter(determination=self.record, stage=stage).order_by("version").last()

    @cached_property
    def posts_of_before(self) -> set[int]:
        """Posts that cannot sit: who decided what is reconsidered, and who stood down from this panel."""
        gone = PanelMember.objects.filter(determination=self.record).exclude(stood_down_at=None)
        found = set(gone.values_list("post_id", flat=True))
        if self.record.reconsiders_id is not None:
            before = PanelMember.objects.filter(determination__decisions=self.record.reconsiders_id)
            found |= set(before.values_list("post_id", flat=True))
        return found

    # -- hooks of the engine ---------------------------------------------------------------------------------

    def opening(self) -> None:
        """The stage begins with its clock."""
        assert self.now is not None
        self.record.stage = self.record.stage or self.record.declared.first.code
        terms.start(self.record, self.now)

    def shown(self) -> Iterable[tuple[Text, Any]]:
        """Where it stands; nothing of what the file says."""
        record = self.record
        yield _("File number"), record.file.number
        yield _("Design"), record.declared.label
        yield _("Stage"), record.declared_stage.label if len(record.declared.stages) > 1 else ""
        yield _("Decision no later than"), record.decide_by
        yield _("No decision before"), record.not_before
        yield _("The term stands still since"), record.suspended_at
        if self.acting is None or self.acting.role != Role.SUPERVISOR:  # these can tell of the person
            yield _("Why it is not admissible"), record.not_admissible
            yield _("How this can be mended"), record.how_to_mend

    def entered(self, action: str, before: str) -> None:
        """The clock stands still in a state in which others must complete the request."""
        assert self.now is not None
        if self.process.state == S.INCOMPLETE:
            terms.suspend(self.record, self.now)
        elif before == S.INCOMPLETE or action == "reopen":
            terms.run_on(self.record, self.now)
        else:
            return
        self._keep("suspended_at", "suspended_for", "decide_by")

    # -- the request -----------------------------------------------------------------------------------------

    @state.transition(
        S.REQUESTED, S.INCOMPLETE, label=_("Ask for what is missing"), permission=LEADS, custom={"form": MissingForm}
    )
    def ask_missing(self, what: list[str], from_whom: str, remark: str, **facts: Any) -> None:
        """What is missing is asked for; until it comes the clock of the decision stands still."""
        assert self.now is not None
        Requirement.objects.bulk_create(
            Requirement(file=self.record.file, what=code, source=from_whom, remark=remark, asked_at=self.now)
            for code in what
        )
        self.note(missing=sorted(what))

    @state.transition(
        S.INCOMPLETE, S.REQUESTED, label=_("Record what came in"), permission=LEADS,
        custom={"form": SuppliedForm, "primary": True},
    )  # fmt: skip
    def complete(self, supplied: Any, **facts: Any) -> None:
        """Something came in, or is not waited for any longer: the clock runs on, and its end moves."""
        came = list(supplied)
        Requirement.objects.filter(pk__in=[row.pk for row in came]).update(supplied_at=self.now)
        self.__dict__.pop("open_requirements", None)
        self.note(supplied=sorted(row.what for row in came))

    @state.transition(
        S.REQUESTED, S.COMPOSING, label=_("Admissible"), permission=LEADS,
        conditions=[rules.COMPLETE, rules.AGREED, rules.GUARDED], custom={"form": StepForm, "primary": True},
    )  # fmt: skip
    def admit(self, **facts: Any) -> None:
        """The request is looked at on its merits; a panel is composed."""

    @state.transition(
        [S.REQUESTED, S.INCOMPLETE], S.NOT_ADMISSIBLE, label=_("Not admissible"), permission=LEADS,
        custom={"form": NotAdmissibleForm},
    )  # fmt: skip
    def refuse_admission(self, reason: str, how_to_mend: str, **facts: Any) -> None:
        """Not looked at on its merits, with the reason and how that can be mended; it can be opened again."""
        self._set(not_admissible=reason, how_to_mend=how_to_mend)

    # -- the panel -------------------------------------------------------------------------------------------

    @state.transition(
        S.COMPOSING, S.DECLARING, label=_("Name the panel"), permission=LEADS,
        custom={"form": ComposeForm, "primary": True},
    )  # fmt: skip
    def name_panel(self, members: list[MemberProfile], **facts: Any) -> None:
        """Members join; each declares first whether there is a conflict."""
        assert self.now is not None
        PanelMember.objects.bulk_create(
            PanelMember(
                determination=self.record,
                stage=self.record.stage,
                post=profile.post,
                expertise=profile.expertise[0],
                named_at=self.now,
                checked_at=self.now,
            )
            for profile in members
        )
        self.__dict__.pop("panel", None)
        self.note(members=sorted(profile.post_id for profile in members))

    @state.transition(
        S.DECLARING, State.RETURN_VALUE(S.DECLARING, S.COMPOSING, S.GATHERING), label=_("Declare your interests"),
        permission=SITS, conditions=[rules.ONE_DECLARATION],
        custom={"form": DeclareForm, "primary": True, "stays": True},
    )  # fmt: skip
    def declare(self, interest: str, which: str, **facts: Any) -> str:
        """Without a conflict the work begins when all have declared; with one the member stands down at once."""
        return self._declared(interest, which, S.GATHERING)

    def _declared(self, interest: str, which: str, ready: str) -> str:
        seat = self.seat_of(self.acting)
        assert seat is not None and self.now is not None
        seat.interest, seat.interest_why, seat.declared_at = interest, which, self.now
        seat.save(update_fields=["interest", "interest_why", "declared_at"])
        self.note(interest=interest)
        if interest == Interest.CONFLICT:
            return self._leaves(seat, str(_("Declared a conflict of interest")))
        return ready if self.panel_is_whole else S.DECLARING

    @state.transition(
        WITH_PANEL, S.COMPOSING, label=_("Let a member stand down"), permission=LEADS, custom={"form": StandDownForm}
    )
    def stand_down(self, member: PanelMember, reason: str, **facts: Any) -> None:
        """A member leaves; the panel has fallen below its number and is completed first."""
        self._leaves(member, reason)

    def _leaves(self, seat: PanelMember, why: str) -> str:
        seat.stood_down_at, seat.stood_down_why = self.now, why
        seat.save(update_fields=["stood_down_at", "stood_down_why"])
        self.__dict__.pop("panel", None)
        self.note(stood_down=seat.post_id)
        return S.COMPOSING

    # -- evidence, opinions, hearing -------------------------------------------------------------------------

    @state.transition(
        S.GATHERING, S.OPINIONS, label=_("Ask for opinions"), permission=LEADS, conditions=[rules.WHOLE],
        custom={"form": StepForm, "primary": True},
    )  # fmt: skip
    def ask_opinions(self, **facts: Any) -> None:
        """There is enough to read; every member forms an opinion alone."""
        readable = self.record.file.evidence.readable()
        self.note(evidence=readable.count())

    @state.transition(
        S.OPINIONS, State.RETURN_VALUE(S.OPINIONS, S.HEARING), label=_("Give your opinion"), permission=SITS,
        conditions=[rules.ONE_OPINION, rules.FREE_OF_CONFLICT],
        custom={"form": OpinionForm, "primary": True, "stays": True},
    )  # fmt: skip
    def give_opinion(self, finding: str, indicators: dict[str, int], reasons: str, **facts: Any) -> str:
        """A member finds something alone; nobody else reads it before all are in."""
        seat = self.seat_of(self.acting)
        assert seat is not None and self.now is not None
        seat.opinion = Opinion.objects.create(  # type: ignore[misc]
            determination=self.record,
            stage=self.record.stage,
            member=seat,
            finding=finding,
            indicators=indicators,
            reasons=reasons,
            submitted_at=self.now,
        )
        return S.HEARING if all(self.has_opinion(other) for other in self.panel) else S.OPINIONS

    @state.transition(
        S.OPINIONS, S.GATHERING, label=_("Gather more evidence"), permission=LEADS, custom={"form": ReasonForm}
    )
    def gather_more(self, **facts: Any) -> None:
        """Something is still to be read first."""

    @state.transition(
        S.HEARING, S.DRAFTING, label=_("Record the hearing"), permission=LEADS, conditions=[rules.WHOLE],
        custom={"form": HearingForm, "primary": True},
    )  # fmt: skip
    def record_hearing(self, **heard: Any) -> None:
        """The person was heard by two members."""
        assert self.now is not None
        Hearing.objects.create(
            determination=self.record, stage=self.record.stage, wish=Wish.WANTED, recorded_at=self.now, **heard
        )

    @state.transition(
        S.HEARING, S.DRAFTING, label=_("The person does not want to be heard"), permission=LEADS,
        conditions=[rules.WHOLE], custom={"form": StepForm},
    )  # fmt: skip
    def decline_hearing(self, **facts: Any) -> None:
        """As good an answer as the other: nothing follows from it for the decision."""
        assert self.now is not None
        Hearing.objects.create(
            determination=self.record, stage=self.record.stage, wish=Wish.DECLINED, recorded_at=self.now
        )

    # -- the decision ----------------------------------------------------------------------------------------

    @state.transition(
        S.DRAFTING, S.DECIDING, label=_("Give the draft to the panel"), permission=LEADS,
        conditions=[rules.WHOLE, rules.OPINIONS_IN], custom={"form": DraftForm, "primary": True},
    )  # fmt: skip
    def draft(self, outcome: str, reasons: str, **facts: Any) -> None:
        """What the decision is to say; no opinion is given any more."""
        self._set(draft_outcome=outcome, draft_reasons=reasons, drafted_at=self.now)

    @state.transition(
        S.DECIDING, S.DRAFTING, label=_("Send the draft back"), permission=SITS, custom={"form": ReasonForm}
    )
    def return_draft(self, **facts: Any) -> None:
        """The draft does not say yet what the panel means."""

    @state.transition(
        S.DECIDING, S.DECIDED, label=_("Decide"), permission=SITS,
        conditions=[
            rules.WHOLE, rules.OPINIONS_IN, rules.REASONED, rules.NOT_TOO_EARLY, rules.FREE_OF_CONFLICT,
        ],
        custom={"form": StepForm, "primary": True},
    )  # fmt: skip
    def decide(self, **facts: Any) -> None:
        """The panel decides as drafted. The text never changes again."""
        self._decision(self.record.draft_outcome, self.record.draft_reasons)

    @state.transition(
        S.DECIDED, S.DECIDED, label=_("Correct the text"), permission=LEADS, custom={"form": CorrectForm, "stays": True}
    )
    def correct(self, reasons: str, **facts: Any) -> None:
        """A mistake found before service makes a new version with the same outcome; the old one is kept."""
        last = self.last_decision
        assert last is not None
        self._decision(last.outcome, reasons, decided_at=last.decided_at, by=last.decided_by)

    def _decision(self, outcome: str, reasons: str, decided_at: datetime | None = None, by: Post | None = None) -> None:
        assert self.now is not None and self.acting is not None
        last = self.decision_in(self.record.stage)
        self.__dict__["last_decision"] = Decision.objects.create(
            determination=self.record,
            file=self.record.file,
            stage=self.record.stage,
            version=last.version + 1 if last is not None else 1,
            outcome=outcome,
            reasons=reasons,
            decided_at=decided_at or self.now,
            decided_by=by or self.acting,
            reconsiders_id=self.record.reconsiders_id,
        )
        self.note(outcome=outcome)

    @state.transition(
        S.DECIDED, S.SERVED, label=_("Record the service"), permission=LEADS,
        custom={"form": ServeForm, "primary": True},
    )  # fmt: skip
    def serve(self, served_on: date, how: str, **facts: Any) -> None:
        """The decision reached the person; from that day the term for a reconsideration runs."""
        self._served(served_on, how)

    def _served(self, served_on: date, how: str) -> None:
        decision = self.last_decision
        assert decision is not None and self.now is not None
        decision.served_on, decision.served_how, decision.served_recorded_at = served_on, how, self.now
        decision.reconsider_until = terms.reconsider_until(served_on, self.now)
        decision.save(update_fields=["served_on", "served_how", "served_recorded_at", "reconsider_until"])
        self.note(served_on=served_on, decision=decision.pk)
        if self.acting is not None and outcomes.tell(decision, self.acting):
            self.note(told=True)

    @state.transition(
        S.SERVED, S.RECONSIDERED, label=_("Reconsideration is asked"), permission=LEADS, custom={"form": AgainForm}
    )
    def ask_again(self, why: str, ground: str, asked_on: date | None, **facts: Any) -> None:
        """Other members look at it again, in a new determination that ends in a decision of its own."""
        decision = self.last_decision
        assert decision is not None and self.now is not None and decision.reconsider_until is not None
        asked = datetime.combine(asked_on, time(12), AMSTERDAM) if asked_on is not None else self.now
        if asked > decision.reconsider_until:
            raise ConditionUnmet(rules.STILL_TIME.sentence, self.process)  # type: ignore[attr-defined]
        self.note(why=why, decision=decision.pk)
        self.open(
            type(self),
            file=self.record.file,
            design=self.record.design,
            stage=self.record.stage,
            reconsiders=decision,
            why_again=why,
            ground_again=ground,
        )

    @state.transition(
        S.SERVED, S.FINAL, label=_("Make final"), permission=LEADS, conditions=[rules.TIME_OVER],
        custom={"form": StepForm, "primary": True},
    )  # fmt: skip
    def make_final(self, **facts: Any) -> None:
        """The term is over and nobody asked for a reconsideration: somebody says so."""

    @state.transition(
        S.SERVED, S.FINAL, label=_("Final after the last notice"), permission=by_system, conditions=[rules.TIME_OVER],
        custom={"form": SystemForm},
    )  # fmt: skip
    def become_final(self, **facts: Any) -> None:
        """Nobody said so although everybody was told, twice and longer ago than the term asks."""

    @state.transition(
        BEFORE_DECISION, S.WITHDRAWN, label=_("Stop without a finding"), permission=LEADS, custom={"form": StopForm}
    )
    def stop(self, ground: str, reasons: str, **facts: Any) -> None:
        """The person no longer wants it, has died, or it was asked twice. It says nothing about what happened."""
        self._stop(ground, reasons)

    def _stop(self, ground: str, reasons: str) -> None:
        self._decision(Outcome.WITHDRAWN, reasons)
        self._set(stopped=ground)
        self.note(ground=ground)

    # -- writing ---------------------------------------------------------------------------------------------

    def _set(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self.record, name, value)
        self._keep(*values)

    def _keep(self, *names: str) -> None:
        self.record.save(update_fields=list(names))
