"""What is written in the plan of guidance: goals, actions, measurements, appointments, willingness, measures."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access import clock
from access.fields import LanguagesField
from access.models import Post
from access.tongues import language_names
from access.words import Exploitation, Gender
from cases.fields import long_text, many
from cases.models import Case
from workflows.guidance.models import (
    Action,
    Appointment,
    Contact,
    Goal,
    Guidance,
    Measurement,
    MeasureTried,
    NavigatorProfile,
    SafetyPlanVersion,
    Willingness,
)
from workflows.guidance.models.plan import HIGHEST, LOWEST
from workflows.guidance.signs import SignsFields, keep
from workflows.guidance.words import (
    ActionState,
    Domain,
    GoalState,
    Kind,
    Measure,
    Obstacle,
    Owner,
    Stand,
    Told,
    Way,
    Weight,
)

TODAY = _("Empty means today.")
SCALE = [
    (1, _("1: very bad")),
    (2, _("2: bad")),
    (3, _("3: in between")),
    (4, _("4: good")),
    (5, _("5: very good")),
]
assert [value for value, _label in SCALE] == list(range(LOWEST, HIGHEST + 1))


class PlanForm(forms.Form):
    """A form over a guidance; `row` is the row that is changed, for forms that change one."""

    title: str | Promise = ""
    lead: str | Promise = ""
    changes: type[Any] | None = None  # the table of `row`; None: it adds one

    def __init__(self, *args: Any, guidance: Guidance, case: Case, row: Any = None, **kwargs: Any) -> None:
        self.guidance, self.case, self.row = guidance, case, row
        super().__init__(*args, **kwargs)

    def past_day(self, name: str) -> date:
        """The day that was typed, or today. Errors: ValidationError when it is still to come."""
        day: date = self.cleaned_data[name] or clock.today()
        if day > clock.today():
            raise ValidationError(_("This day is still to come."), code="future")
        return day

    def save(self, by: Post) -> Any:
        """Write it."""
        raise NotImplementedError


class AgainstField(forms.ChoiceField):
    """Another open goal of the guidance that this one gets in the way of, or none."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Does it get in the way of another goal?"), required=False,
            help_text=_("That is no mistake: it is shown at both, to talk about."),
        )  # fmt: skip

    def among(self, goals: Iterable[Goal]) -> dict[str, Goal]:
        """Offer these. Out: them by their key."""
        known = {str(goal.pk): goal for goal in goals}
        self.choices = [("", _("No")), *((key, goal.words[:80]) for key, goal in known.items())]
        return known


class GoalForm(PlanForm):
    """A goal in the person's own words."""

    title = _("A goal")
    lead = _("As the person says it. A part of life is named only where there is a reason to ask about it.")
    words = long_text(_("In the person's own words"), rows=3, most=2_000)
    domain = forms.ChoiceField(label=_("Part of life"), choices=[("", _("None")), *Domain.choices], required=False)
    why = long_text(_("Why this part of life is asked about"), rows=2, most=1_000, required=False)
    conflicts_with = AgainstField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["conflicts_with"]
        self.known = field.among(Goal.objects.filter(guidance=self.guidance, state=GoalState.OPEN))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("domain") and not cleaned.get("why", "").strip():
            self.add_error("why", _("Say why: parts of life are not asked about without a reason."))
        return cleaned

    def save(self, by: Post) -> Any:
        """Write the goal."""
        data = self.cleaned_data
        return Goal.objects.create(
            guidance=self.guidance, by=by, words=data["words"], domain=data["domain"],
            why=data["why"] if data["domain"] else "", conflicts_with=self.known.get(data["conflicts_with"]),
        )  # fmt: skip


class GoalStateForm(PlanForm):
    """How a goal stands now."""

    title = _("How the goal stands")
    changes = Goal
    state = forms.ChoiceField(label=_("How it stands"), choices=GoalState, widget=forms.RadioSelect)
    conflicts_with = AgainstField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Goal.objects.filter(guidance=self.guidance).exclude(pk=self.row.pk)
        field: Any = self.fields["conflicts_with"]
        self.known = field.among(others.filter(Q(state=GoalState.OPEN) | Q(pk=self.row.conflicts_with_id)))
        self.initial = {
            **self.initial,
            "state": self.row.state,
            "conflicts_with": str(self.row.conflicts_with_id or ""),
        }

    def save(self, by: Post) -> Any:
        """Write it."""
        self.row.state, self.row.changed_at = self.cleaned_data["state"], clock.now()
        self.row.conflicts_with = self.known.get(self.cleaned_data["conflicts_with"])
        self.row.save(update_fields=["state", "changed_at", "conflicts_with"])
        return self.row


class ActionForm(PlanForm):
    """What somebody will do by a day."""

    title = _("An action")
    what = long_text(_("What"), rows=2, most=1_000)
    owner = forms.ChoiceField(label=_("Who does it"), choices=Owner)
    by_day = forms.DateField(label=_("By which day"))
    goal = forms.ChoiceField(label=_("For which goal"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {str(g.pk): g for g in Goal.objects.filter(guidance=self.guidance, state=GoalState.OPEN)}
        field: Any = self.fields["goal"]
        field.choices = [("", _("None")), *((key, goal.words[:80]) for key, goal in self.known.items())]

    def clean_by_day(self) -> date:
        """Not in the past."""
        day: date = self.cleaned_data["by_day"]
        if day < clock.today():
            raise ValidationError(_("This day has been. Choose today or a later day."), code="past")
        return day

    def save(self, by: Post) -> Any:
        """Write the action."""
        data = self.cleaned_data
        return Action.objects.create(
            guidance=self.guidance, by=by, what=data["what"], owner=data["owner"], by_day=data["by_day"],
            goal=self.known.get(data["goal"]),
        )  # fmt: skip


class ActionStateForm(PlanForm):
    """How an action stands now."""

    title = _("How the action stands")
    changes = Action
    state = forms.ChoiceField(label=_("How it stands"), choices=ActionState, widget=forms.RadioSelect)

    def save(self, by: Post) -> Any:
        """Write it."""
        self.row.state = self.cleaned_data["state"]
        self.row.save(update_fields=["state"])
        return self.row


class MeasurementForm(PlanForm):
    """How one part of life is going, as the person says."""

    title = _("How it is going")
    lead = _("Only a part of life about which there is a reason to ask. The person chooses the number.")
    domain = forms.ChoiceField(label=_("Part of life"), choices=Domain)
    score = forms.TypedChoiceField(label=_("How it is going"), choices=SCALE, coerce=int, widget=forms.RadioSelect)
    why = long_text(_("Why this part of life is asked about"), rows=2, most=1_000)
    on_day = forms.DateField(label=_("Day"), required=False, help_text=TODAY)

    def clean_on_day(self) -> date:
        """Not in the future."""
        return self.past_day("on_day")

    def save(self, by: Post) -> Any:
        """Write it; a second one on the same day takes the place of the first."""
        data = self.cleaned_data
        return Measurement.objects.update_or_create(
            guidance=self.guidance, domain=data["domain"], on_day=data["on_day"],
            defaults={"score": data["score"], "why": data["why"], "by": by},
        )[0]  # fmt: skip


class AppointmentForm(PlanForm):
    """When navigator and person will be in touch, or when the person is expected somewhere, and how."""

    title = _("An appointment")
    kind = forms.ChoiceField(
        label=_("What for"), choices=Kind, initial=Kind.CHECK_IN,
        help_text=_("Police, prosecution or a hearing in the criminal case? Plan it under “Police and reporting”, so "
                    "that the checks against harm go with it."),
    )  # fmt: skip
    at = forms.DateTimeField(label=_("When"))
    minutes = forms.IntegerField(label=_("How long, in minutes"), min_value=5, max_value=600, initial=60)
    way = forms.ChoiceField(label=_("How"), choices=Way)
    note = long_text(_("Note"), rows=2, most=1_000, required=False)
    safe = forms.BooleanField(
        label=_("The way of contact was agreed with the person and is safe"), required=False,
        help_text=_("Needed when neither the file nor the safety plan says how to reach the person safely."),
    )  # fmt: skip

    def clean_at(self) -> Any:
        """Still to come."""
        at = self.cleaned_data["at"]
        if at <= clock.now():
            raise ValidationError(_("This moment has been. A contact that was is recorded as a contact."), code="past")
        return at

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("safe") and not self._safe_way_known():
            self.add_error(
                "safe",
                _("No safe way of contact is known. Agree on one first, or tick that you did. Nothing was lost."),
            )
        return cleaned

    def _safe_way_known(self) -> bool:
        if self.case.person.safe_contact.strip():
            return True
        plan = SafetyPlanVersion.objects.filter(guidance=self.guidance).order_by("-at").first()
        return plan is not None and bool(plan.safe_hours.strip())

    def save(self, by: Post) -> Any:
        """Write the appointment."""
        data = self.cleaned_data
        return Appointment.objects.create(
            guidance=self.guidance, by=by, **{name: data[name] for name in ("kind", "at", "minutes", "way", "note")}
        )


class CancelForm(PlanForm):
    """The appointment does not go on."""

    title = _("Cancel the appointment")
    changes = Appointment

    def save(self, by: Post) -> Any:
        """Cancelled."""
        self.row.cancelled_at = self.row.cancelled_at or clock.now()
        self.row.save(update_fields=["cancelled_at"])
        return self.row


class StandForm(PlanForm):
    """Where the person stands on reporting."""

    title = _("Willingness to report")
    lead = _("Whatever the person says: it changes nothing in help, shelter or determination.")
    stand = forms.ChoiceField(label=_("Where the person stands"), choices=Stand)
    obstacles = many(Obstacle.choices, _("What the person says is in the way"))
    words = long_text(_("What the person said"), rows=3, most=2_000, required=False)
    on_day = forms.DateField(label=_("Day"), required=False, help_text=TODAY)

    def clean_on_day(self) -> date:
        """Not in the future."""
        return self.past_day("on_day")

    def save(self, by: Post) -> Any:
        """Write where the person stands; what was written before stays."""
        return Willingness.objects.create(guidance=self.guidance, by=by, **self.cleaned_data)


def tried_after_offered(form: forms.Form, cleaned: dict[str, Any], offered: date | None) -> dict[str, Any]:
    """Refuse a measure tried before it was offered, still to be tried, or not wanted and tried all the same."""
    tried = cleaned.get("tried_on")
    if offered and tried and tried < offered:
        form.add_error("tried_on", _("It was offered after this day. Choose a later day, or correct the offer."))
    if tried and tried > clock.today():
        form.add_error("tried_on", _("This day is still to come."))
    if tried and cleaned.get("declined"):
        form.add_error("declined", _("It was tried, or the person did not want it: choose one."))
    return cleaned


class MeasureForm(PlanForm):
    """What was offered to make reporting bearable, and what became of it."""

    title = _("A measure")
    measure = forms.ChoiceField(label=_("Measure"), choices=Measure)
    other = forms.CharField(label=_("Which, if it is something else"), max_length=200, required=False)
    offered_on = forms.DateField(label=_("Offered on"), required=False, help_text=TODAY)
    tried_on = forms.DateField(label=_("Tried on"), required=False, help_text=_("Empty: not tried yet."))
    declined = forms.BooleanField(label=_("The person did not want it"), required=False)

    def clean_offered_on(self) -> date:
        """Not in the future."""
        return self.past_day("offered_on")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        tried_after_offered(self, cleaned, cleaned.get("offered_on"))
        if cleaned.get("measure") == Measure.OTHER and not cleaned.get("other", "").strip():
            self.add_error("other", _("Say which."))
        return cleaned

    def save(self, by: Post) -> Any:
        """Write the measure, apart for criminal exploitation."""
        criminal = Exploitation.CRIMINAL in self.case.forms
        return MeasureTried.objects.create(guidance=self.guidance, by=by, criminal=criminal, **self.cleaned_data)


class MeasureStateForm(PlanForm):
    """What became of a measure that was offered."""

    title = _("What became of the measure")
    changes = MeasureTried
    tried_on = forms.DateField(label=_("Tried on"), required=False, help_text=_("Empty: not tried yet."))
    declined = forms.BooleanField(label=_("The person did not want it"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {**self.initial, "tried_on": self.row.tried_on, "declined": self.row.declined}

    def clean(self) -> dict[str, Any]:
        return tried_after_offered(self, super().clean() or {}, self.row.offered_on)

    def save(self, by: Post) -> Any:
        """Write it."""
        self.row.tried_on, self.row.declined = self.cleaned_data["tried_on"], self.cleaned_data["declined"]
        self.row.save(update_fields=["tried_on", "declined"])
        return self.row


class WeightForm(PlanForm):
    """How much of a caseload the guidance takes now."""

    title = _("How much guidance is needed now")
    lead = _("It changes what you carry. Much at first, less later: that is how it should go.")
    weight = forms.TypedChoiceField(label=_("Weight"), choices=Weight, coerce=int, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {**self.initial, "weight": self.guidance.weight}

    def save(self, by: Post) -> Any:
        """Write it."""
        self.guidance.weight = self.cleaned_data["weight"]
        self.guidance.save(update_fields=["weight"])
        return self.guidance


class SignsForm(PlanForm, SignsFields):
    """Signs of new exploitation, whenever they become known."""

    title = _("Signs of new exploitation")
    must = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["signs_on"].help_text = _("When you heard of it. Empty: today.")

    def about(self) -> Guidance:
        """The guidance it is written in."""
        return self.guidance

    def save(self, by: Post) -> Any:
        """Write it; a second answer about the same day takes the place of the first."""
        return keep(self.guidance, by, self.cleaned_data)


class ProfileForm(forms.Form):
    """What a navigator can do; how much they carry at most is for their supervisor."""

    gender = forms.ChoiceField(label=_("Gender"), choices=Gender)
    languages = LanguagesField(
        label=_("Languages"), required=False, help_text=_("With commas in between, for example: Tigrinya, English.")
    )
    knows = many(Exploitation.choices, _("Knows much of"))
    most = forms.IntegerField(
        label=_("Carries at most"), min_value=1, max_value=100,
        help_text=_("Light guidance weighs 1, usual 2, heavy 3."),
    )  # fmt: skip

    def __init__(self, *args: Any, profile: NavigatorProfile, sets_most: bool, **kwargs: Any) -> None:
        self.profile = profile
        first = {name: getattr(profile, name) for name in ("gender", "knows", "most")}
        first["languages"] = language_names(profile.languages)
        super().__init__(*args, **kwargs)
        self.initial = {**self.initial, **first}
        if not sets_most:
            del self.fields["most"]

    def save(self) -> None:
        """Write it."""
        for name, value in self.cleaned_data.items():
            setattr(self.profile, name, value)
        self.profile.save()


class NoteForm(forms.Form):
    """A quick note; `key` and `at` are the browser's, which may have kept it for a while."""

    key = forms.UUIDField(required=False)
    guidance = forms.UUIDField()
    text = long_text(_("Note"), most=5_000)
    at = forms.DateTimeField(required=False)

    def clean_at(self) -> Any:
        """The moment it was written, never later than now: a clock of a telephone can be wrong."""
        return min(self.cleaned_data["at"] or clock.now(), clock.now())

    def save(self, guidance: Guidance, by: Post) -> None:
        """Write it once. A key that is taken by another guidance writes nothing either."""
        data = self.cleaned_data
        values = {"guidance": guidance, "at": data["at"], "way": Told.NOTE, "text": data["text"], "by": by}
        Contact.objects.get_or_create(id=data["key"] or uuid4(), defaults=values)


FORMS: dict[str, type[PlanForm]] = {
    "goal": GoalForm,
    "goal-state": GoalStateForm,
    "action": ActionForm,
    "action-state": ActionStateForm,
    "measurement": MeasurementForm,
    "appointment": AppointmentForm,
    "cancel": CancelForm,
    "stand": StandForm,
    "measure": MeasureForm,
    "measure-state": MeasureStateForm,
    "signs": SignsForm,
    "weight": WeightForm,
}
"""Forms by the word in their address."""

TAB_OF = {"stand": "reporting", "measure": "reporting", "measure-state": "reporting", "signs": "safety"}
"""On which tab what was written stands; the others on the plan."""


def row_for(form: type[PlanForm], guidance: Guidance, key: UUID | None) -> Any:
    """The row a form changes, of this guidance; None where it adds one. Errors: LookupError."""
    if form.changes is None:
        return None
    row = form.changes.objects.filter(guidance=guidance, pk=key).first() if key else None
    if row is None:
        raise LookupError
    return row
