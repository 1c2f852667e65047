"""A contact with police, prosecution or court as an event: checks before and after, and aftercare within 7 days.

A check answered with "no" is a signal to the supervisor and never a gate: the contact goes on if the person wants it.
What the navigator hears stays on the care side; a message to the police is a handover with consent.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from access import clock, tongues
from access.fields import LanguagesField
from access.roles import Role
from access.wall import Side
from cases.fields import PastMomentField
from workflows.engine.forms import OpeningForm, ReasonForm, StepForm
from workflows.engine.machine import End, MachineState, Step, Text, may, register
from workflows.engine.telling import tell
from workflows.guidance import terms, work
from workflows.guidance.models import Guidance, PoliceContact
from workflows.guidance.words import After, Answer, Authority, Before, PoliceEvent


class PlanForm(OpeningForm):
    """With whom, what, when and where."""

    urgent = None  # type: ignore[assignment]  # the moment itself counts

    authority = forms.ChoiceField(label=_("With whom"), choices=Authority)
    event = forms.ChoiceField(label=_("What"), choices=PoliceEvent)
    planned_at = forms.DateTimeField(label=_("When"))
    place = forms.CharField(label=_("Where"), max_length=200, required=False)
    present = forms.CharField(
        label=_("Who is there"), max_length=300, required=False, help_text=_("By role, without names of officers.")
    )
    language = LanguagesField(
        label=_("Language"), required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    interpreter = forms.BooleanField(label=_("An interpreter is asked for"), required=False)

    def clean_language(self) -> str:
        """One language, or none."""
        codes: list[str] = self.cleaned_data["language"]
        if len(codes) > 1:
            raise ValidationError(_("Name one language: the one that is spoken there."), code="one")
        return codes[0] if codes else ""

    def record(self) -> dict[str, Any]:
        """Everything that was asked."""
        names = ("authority", "event", "planned_at", "place", "present", "language", "interpreter")
        return {name: self.cleaned_data[name] for name in names}


class ChecksForm(StepForm):
    """An answer to each check; an empty answer means that it is not known yet."""

    checks: type[models.TextChoices] = Before
    kept = "checked_before"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = getattr(self.machine.record, self.kept)
        for check in self.checks:
            self.fields[check.value] = forms.ChoiceField(
                label=check.label,
                choices=[("", _("Not known yet")), *Answer.choices],
                required=False,
                initial=known.get(check.value, ""),
            )
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        answers = {check.value: cleaned.pop(check.value, "") for check in self.checks}
        cleaned["answers"] = {code: answer for code, answer in answers.items() if answer}
        return cleaned


class BeforeForm(ChecksForm):
    """The checks before."""


class HeldForm(ChecksForm):
    """When it was held, how often the story was told, and the checks after."""

    checks = After
    kept = "checked_after"
    held_at = PastMomentField(label=_("When it was"), required=False, help_text=_("Empty means the planned moment."))
    times_told = forms.IntegerField(
        label=_("How many times the story was told"), min_value=0, max_value=20, initial=1,
        help_text=_("To each new person counts as once more."),
    )  # fmt: skip

    def clean_held_at(self) -> datetime:
        """The planned moment unless somebody says otherwise; not in the future."""
        at: datetime = self.cleaned_data["held_at"] or self.machine.record.planned_at
        if at > (self.machine.now or clock.now()):
            raise ValidationError(_("This moment is still to come."), code="future")
        return at


class MoveForm(ReasonForm):
    """To when it was moved, and why."""

    planned_at = forms.DateTimeField(label=_("New moment"))


class AftercareTalkForm(StepForm):
    """When there was aftercare."""

    aftercare_at = PastMomentField(label=_("When"), required=False, help_text=_("Empty means now."))

    def clean_aftercare_at(self) -> datetime:
        """Not before the contact itself."""
        at: datetime = self.cleaned_data["aftercare_at"] or self.machine.now or clock.now()
        held = self.machine.record.held_at
        if held is not None and at < held:
            raise ValidationError(_("The contact was after this moment. Choose a later one."), code="early")
        return at


class C(models.TextChoices):
    """States of a contact with the police."""

    PLANNED = "planned", _("Planned")
    HELD = "held", _("Held, aftercare to follow")
    DONE = "done", _("Held, with aftercare")
    CANCELLED = "cancelled", _("Did not take place")


ACCOMPANIES = may(Role.NAVIGATOR)


@register
class PoliceContacts(work.OfNavigator):
    """Planned, checked, held, followed by aftercare."""

    kind = "police_contact"
    side = Side.CARE
    label = _("Contact with police, prosecution or court")
    about = _("An interview, a report or a hearing, with checks against harm before and after. A no is never a gate.")
    states = C
    initial = C.PLANNED
    record_model = PoliceContact
    state = MachineState(C)
    steps = {
        C.PLANNED: Step(Role.NAVIGATOR, terms.PLANNED, organisation="of_navigator"),
        C.HELD: Step(Role.NAVIGATOR, terms.AFTER_CONTACT, organisation="of_navigator"),
        C.DONE: End(),
        C.CANCELLED: End(reopens_to=C.PLANNED),
    }
    opens = ACCOMPANIES
    opening_form = PlanForm

    @property
    def guide(self) -> int | None:
        """Key of who guides the person; who plans it where nobody does yet."""
        case = self.process.case_id
        found = Guidance.objects.filter(case=case).values_list("navigator", flat=True).first() if case else None
        return found or (self.acting.pk if self.acting and self.acting.role == Role.NAVIGATOR else None)

    def opening(self) -> None:
        """The record names the case, and whoever guides has it."""
        self.record.case_id = self.process.case_id
        super().opening()

    def began(self) -> datetime:
        """The planned moment, and afterwards the moment it was held."""
        record = self.record
        if self.process.state == C.PLANNED:
            return record.planned_at  # type: ignore[no-any-return]
        if self.process.state == C.HELD and record.held_at is not None:
            return record.held_at  # type: ignore[no-any-return]
        return super().began()

    def shown(self) -> Iterable[tuple[Text, Any]]:
        """With whom, what, when, and what was checked."""
        record = self.record
        yield _("With whom"), Authority(record.authority).label
        yield _("What"), PoliceEvent(record.event).label
        yield _("Planned for"), record.planned_at
        yield _("Where"), record.place
        yield _("Who is there"), record.present
        if record.language:
            spoken = tongues.language_name(record.language)
            explained = _("%(language)s, by an interpreter") if record.interpreter else "%(language)s"
            yield _("Language"), explained % {"language": spoken}
        yield _("Checked with a no"), record.noes
        yield _("Held on"), record.held_at
        yield _("Times the story was told"), record.times_told or ""
        yield _("Aftercare on"), record.aftercare_at

    @state.transition(
        C.PLANNED, C.PLANNED, label=_("Checks before"), permission=ACCOMPANIES,
        custom={"form": BeforeForm, "primary": True, "stays": True},
    )  # fmt: skip
    def check(self, answers: dict[str, str], **facts: Any) -> None:
        """What was checked beforehand; a no is told to the supervisor, and the contact goes on."""
        self.keep(checked_before=answers)
        self._signal(answers)

    @state.transition(
        C.PLANNED, C.PLANNED, label=_("Moved to another moment"), permission=ACCOMPANIES, custom={"form": MoveForm}
    )
    def move(self, planned_at: datetime, **facts: Any) -> None:
        """It will be at another moment."""
        self.keep(planned_at=planned_at)

    @state.transition(
        C.PLANNED, C.HELD, label=_("It was held"), permission=ACCOMPANIES, custom={"form": HeldForm}
    )  # fmt: skip
    def hold(self, held_at: datetime, times_told: int, answers: dict[str, str], **facts: Any) -> None:
        """It was held: aftercare follows within 7 days."""
        self.keep(held_at=held_at, times_told=times_told, checked_after=answers)
        self._signal(answers)

    @state.transition(
        C.PLANNED, C.CANCELLED, label=_("Did not take place"), permission=ACCOMPANIES, custom={"form": ReasonForm}
    )
    def cancel(self, **facts: Any) -> None:
        """It was called off, whoever did so. Neutral: it closes nothing else."""

    @state.transition(
        C.HELD, C.DONE, label=_("Aftercare was given"), permission=ACCOMPANIES,
        custom={"form": AftercareTalkForm, "primary": True},
    )  # fmt: skip
    def give_aftercare(self, aftercare_at: datetime, **facts: Any) -> None:
        """Somebody asked how it had been."""
        self.keep(aftercare_at=aftercare_at)

    def _signal(self, answers: dict[str, str]) -> None:
        """Tell the supervisor of the navigator's organisation of each no; codes only, and nothing is stopped."""
        no = sorted(code for code, answer in answers.items() if answer == Answer.NO)
        self.note(no=no, checked=len(answers))
        if not no:
            return
        process, now = self.process, self.now or clock.now()
        tell(
            now, side=process.side, process=process.pk, episode=process.episode,
            key=f"check_no:{process.version + 1}", due_at=process.due_at, role=Role.SUPERVISOR,
            organisation=process.owner_organisation_id, region=process.region_id, post=None,
        )  # fmt: skip
