"""What the steps of a recognition led by the investigation ask."""

from __future__ import annotations

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from access import clock
from workflows.engine.forms import StepForm
from workflows.investigation_led.models import CaseOutcome, Cooperation


class CooperationForm(StepForm):
    """How the person cooperates, and since when that is registered."""

    cooperation = forms.ChoiceField(label=_("Cooperation"), choices=Cooperation.choices)
    cooperated_on = forms.DateField(label=_("Registered on"))

    def clean_cooperated_on(self) -> date:
        """Not in the future."""
        day: date = self.cleaned_data["cooperated_on"]
        if day > clock.today():
            raise ValidationError(_("This day is still to come."), code="future")
        return day


class CaseForm(StepForm):
    """What became of the criminal case."""

    came_of_it = forms.ChoiceField(label=_("Outcome of the case"), choices=CaseOutcome.choices)
