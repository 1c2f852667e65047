"""What the steps of a reflection period ask."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from access import clock
from access.fields import LanguagesField
from workflows.engine import terms
from workflows.engine.calendars import Unit
from workflows.engine.forms import OpeningForm, StepForm
from workflows.reflection_period.terms import OF_RULE
from workflows.reflection_period.words import Follows, OfferedBy, Rule

EMPTY_IS_TODAY = _("Empty means today.")


def _past_day(form: forms.BaseForm, name: str, after: date | None, too_early: Any) -> date:
    """The day that was filled in, or today. Errors: ValidationError when it is still to come or before `after`."""
    day: date = form.cleaned_data[name] or clock.today()
    if day > clock.today():
        raise ValidationError(_("This day is still to come."), code="future")
    if after is not None and day < after:
        raise ValidationError(too_early, code="too_early")
    return day


class ReflectionOfferForm(OpeningForm):
    """When and by whom the reflection period was offered, and how it was explained."""

    urgent = None  # type: ignore[assignment]  # no hours count here: it is not asked
    field_order = ("offered_on", "offered_by", "offered_by_name", "language", "interpreter")

    offered_on = forms.DateField(label=_("Offered on"), required=False, help_text=EMPTY_IS_TODAY)
    offered_by = forms.ChoiceField(label=_("Offered by"), choices=OfferedBy)
    offered_by_name = forms.CharField(
        label=_("Which unit or organisation"), required=False, max_length=200,
        help_text=_("Needed when it was neither police nor KMar. No names of people."),
    )  # fmt: skip
    language = LanguagesField(
        label=_("Language in which it was explained"), widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("One that the person understands well, for example: Tigrinya."),
    )  # fmt: skip
    interpreter = forms.BooleanField(label=_("By an interpreter"), required=False)

    def clean_offered_on(self) -> date:
        """Not in the future."""
        return _past_day(self, "offered_on", None, "")

    def clean_language(self) -> str:
        """One language."""
        codes: list[str] = self.cleaned_data["language"]
        if len(codes) != 1:
            raise ValidationError(_("Name one language: the one in which it was explained."), code="one")
        return codes[0]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("offered_by") == OfferedBy.OTHER and not cleaned.get("offered_by_name", "").strip():
            self.add_error("offered_by_name", _("Say which organisation."))
        return cleaned

    def record(self) -> dict[str, Any]:
        """Everything that was asked."""
        return {name: self.cleaned_data[name] for name in self.field_order}


class AnswerForm(StepForm):
    """When the person answered; why is not asked."""

    answered_on = forms.DateField(label=_("Answered on"), required=False, help_text=EMPTY_IS_TODAY)

    def clean_answered_on(self) -> date:
        """Not in the future, and not before it was offered."""
        return _past_day(
            self, "answered_on", self.machine.record.offered_on, _("It was offered after this day. Choose a later one.")
        )


class BeginForm(StepForm):
    """From which day it runs, and under which rule."""

    started_on = forms.DateField(label=_("Starts on"), required=False, help_text=EMPTY_IS_TODAY)
    rule = forms.ChoiceField(label=_("Rule that holds"), choices=Rule, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = self.machine.now or clock.now()
        self.fields["rule"].choices = [(code, self._choice(Rule(code), now)) for code in Rule.values]  # type: ignore[attr-defined]

    def _choice(self, rule: Rule, now: datetime) -> str:
        term = terms.current(OF_RULE[rule].key, now)
        return f"{rule.label}: {Unit(term.unit).text(term.amount)}"

    def clean_started_on(self) -> date:
        """Not in the future, and not before it was offered."""
        return _past_day(
            self, "started_on", self.machine.record.offered_on, _("It was offered after this day. Choose a later one.")
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        rule, day = cleaned.get("rule"), cleaned.get("started_on")
        if rule and day:
            try:
                terms.current(OF_RULE[rule].key, datetime.combine(day, time(0), clock.AMSTERDAM))
            except KeyError:
                self.add_error("rule", _("This rule did not hold yet on the day it starts."))
        return cleaned


class EndForm(StepForm):
    """When it ended, and what follows."""

    ended_on = forms.DateField(label=_("Ended on"), required=False, help_text=EMPTY_IS_TODAY)
    follows = forms.ChoiceField(
        label=_("What follows"), choices=Follows, widget=forms.RadioSelect,
        help_text=_("Whatever follows: help and shelter go on as they are."),
    )  # fmt: skip

    def clean_ended_on(self) -> date:
        """Not in the future, and not before it started."""
        return _past_day(
            self, "ended_on", self.machine.record.started_on, _("It started after this day. Choose a later one.")
        )
