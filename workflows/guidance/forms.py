"""What the steps of a guidance ask."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from access import clock
from access.models import Post
from cases.fields import PastMomentField, long_text
from workflows.engine.forms import OpeningForm, ReasonForm, StepForm
from workflows.engine.machine import Machine
from workflows.guidance import navigators
from workflows.guidance.models import Guidance
from workflows.guidance.signs import SignsFields
from workflows.guidance.words import (
    Closed,
    GenderWish,
    LostStep,
    NotStarted,
    PhaseCode,
    PhaseMove,
    RequestedBy,
    Way,
    Weight,
)


def wish() -> forms.ChoiceField:
    """Whether somebody wishes a navigator of a certain gender."""
    return forms.ChoiceField(
        label=_("Does the person wish a navigator of a certain gender?"),
        choices=[("", _("No wish")), *GenderWish.choices],
        required=False,
    )


class RequestForm(OpeningForm):
    """Who asks for a navigator, and what the person wishes."""

    requested_by = forms.ChoiceField(label=_("Who asks for it"), choices=RequestedBy)
    gender_wish = wish()
    weight = forms.TypedChoiceField(
        label=_("How much guidance is needed at first"), choices=Weight, coerce=int, initial=Weight.USUAL
    )

    def record(self) -> dict[str, Any]:
        """Everything that was asked."""
        return {name: self.cleaned_data[name] for name in ("requested_by", "gender_wish", "weight")}


class NavigatorForm(StepForm):
    """One of the navigators who can be chosen, the best first."""

    navigator = forms.ModelChoiceField(
        label=_("Navigator"), queryset=Post.objects.none(), widget=forms.RadioSelect, empty_label=None
    )

    def __init__(self, *args: Any, machine: Machine, **kwargs: Any) -> None:
        super().__init__(*args, machine=machine, **kwargs)
        self.proposed = {one.post.pk: one for one in navigators.proposed(machine, but=self.but())}
        field: Any = self.fields["navigator"]
        field.queryset = Post.objects.filter(pk__in=self.proposed)
        field.choices = [(key, one.label) for key, one in self.proposed.items()]
        if not self.proposed:
            field.help_text = _("Nobody who works in this region can be chosen. Ask the national desk to find one.")
        self.fields["reason"].help_text = _("Needed when something speaks against the navigator.")

    def but(self) -> frozenset[int]:
        """Who cannot be meant."""
        return frozenset()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        chosen = self.proposed.get(getattr(cleaned.get("navigator"), "pk", 0))
        if chosen and chosen.judged.against and not (cleaned.get("reason") or "").strip():
            texts = {
                "full": _("This navigator is at the limit of the caseload. Choose another, or say why it must be."),
                "gender": _("The person wishes another gender. Choose another, or say what the person thinks of it."),
            }
            for code in chosen.judged.against:
                self.add_error("reason", texts[code])
        return cleaned


class NextNavigatorForm(NavigatorForm):
    """To whom the guidance is handed over, and why."""

    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    told = forms.BooleanField(
        label=_("The person knows of it and has met, or will meet, the new navigator"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.proposed:
            field: Any = self.fields["navigator"]
            field.help_text = _("To another region? Let the case move there first; then its navigators stand here.")

    def but(self) -> frozenset[int]:
        """Not who guides now."""
        return frozenset({self.machine.record.navigator_id or 0})


class AnotherForm(ReasonForm):
    """Why the person wants another navigator, and what they wish now."""

    gender_wish = wish()

    def __init__(self, *args: Any, machine: Machine, **kwargs: Any) -> None:
        super().__init__(*args, machine=machine, **kwargs)
        self.initial = {**self.initial, "gender_wish": machine.record.gender_wish}


class DeputyForm(StepForm):
    """Who stands in, and whether the person knows them."""

    deputy = forms.ModelChoiceField(label=_("Deputy"), queryset=Post.objects.none(), empty_label=_("Choose"))
    deputy_known = forms.BooleanField(label=_("The person has met the deputy"), required=False)

    def __init__(self, *args: Any, machine: Machine, **kwargs: Any) -> None:
        super().__init__(*args, machine=machine, **kwargs)
        field: Any = self.fields["deputy"]
        posts = navigators.deputies(machine.process, machine.record)
        if not posts:
            field.help_text = _("No colleague of this organisation works in this region who could stand in.")
        field.queryset = Post.objects.filter(pk__in=[post.pk for post in posts])
        field.choices = [
            ("", _("Choose")),
            *((post.pk, f"{post.user.name}, {post.organisation.name}") for post in posts),
        ]


class ContactForm(StepForm):
    """When and how there was contact."""

    at = PastMomentField(label=_("When"), required=False, help_text=_("Empty means now."))
    way = forms.ChoiceField(label=_("How"), choices=Way)
    text = long_text(
        _("Note"), required=False, most=5_000, help_text=_("Kept encrypted. Colleagues who work on the case read it.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["reason"]

    def clean_at(self) -> Any:
        """Not before the guidance was asked for."""
        at = self.cleaned_data["at"] or self.machine.now or clock.now()
        if at.date() < self.machine.record.requested_at.date():
            raise ValidationError(_("The guidance was asked for after this moment. Choose a later one."), code="early")
        return at


class TriedForm(ContactForm):
    """A try that did not reach the person."""


class SignsOfMachine(SignsFields):
    """The questions about new exploitation in a step."""

    machine: Machine

    def about(self) -> Guidance:
        """Of the process."""
        return self.machine.record  # type: ignore[no-any-return]


class CheckInForm(ContactForm, SignsOfMachine):
    """A contact in which it can be asked whether there are signs of new exploitation."""

    field_order = ("at", "way", "text", "signs", "signs_forms", "signs_on")


class TalkForm(CheckInForm):
    """A talk of aftercare: this is what aftercare is for, so it asks."""

    must = True


class PhaseForm(ReasonForm):
    """Which phase begins or ends, and why."""

    phase = forms.ChoiceField(label=_("Phase"), choices=PhaseCode)
    move = forms.ChoiceField(label=_("What happens"), choices=PhaseMove)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        phase, move = cleaned.get("phase"), cleaned.get("move")
        running = self.machine.record.phases
        if phase and move == PhaseMove.BEGIN and phase in running:
            self.add_error("phase", _("This phase runs already."))
        if phase and move == PhaseMove.END and phase not in running:
            self.add_error("phase", _("This phase does not run now."))
        return cleaned


class LostStepForm(StepForm):
    """What came of the next step of the protocol."""

    reason = forms.CharField(
        label=_("What was done, and what came of it"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        done = self.machine.record.lost_steps
        if done < len(LostStep):
            self.fields["reason"].help_text = list(LostStep)[done].label  # type: ignore[assignment]


class AftercareForm(StepForm):
    """From which day."""

    aftercare_from = forms.DateField(label=_("From"), required=False, help_text=_("Empty means today."))

    def clean_aftercare_from(self) -> date:
        """Not in the future, and not before the first contact."""
        day: date = self.cleaned_data["aftercare_from"] or clock.today()
        if day > clock.today():
            raise ValidationError(_("This day is still to come."), code="future")
        first = self.machine.record.first_contact_at
        if first is not None and day < first.astimezone(clock.AMSTERDAM).date():
            raise ValidationError(_("The guidance began after this day. Choose a later one."), code="early")
        return day


class NotStartedForm(StepForm):
    """Why guidance does not start."""

    ground = forms.ChoiceField(label=_("Why"), choices=NotStarted)


class CloseForm(ReasonForm, SignsOfMachine):
    """Why guidance ends, and in words; and what is known of new exploitation then."""

    must = True
    ground = forms.ChoiceField(label=_("Why it ends"), choices=Closed)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["signs_on"].help_text = _("When you heard of it. Empty: today.")
        self.order_fields(("ground", "signs", "signs_forms", "signs_on", "reason"))

    def clean_ground(self) -> str:
        """Nobody is lost without having been looked for."""
        ground: str = self.cleaned_data["ground"]
        if ground == Closed.LOST and self.machine.process.state != "contact_lost":
            raise ValidationError(
                _("First say that contact is lost, and take the steps of the protocol. Nobody is let go silently."),
                code="protocol",
            )
        return ground
