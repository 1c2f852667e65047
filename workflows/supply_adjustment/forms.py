"""What the steps of an adjustment ask."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access import clock
from shelters.words import Financing
from workflows.engine.forms import StepForm

MOST = 2000
"""More places than any one action makes."""


class PlanForm(StepForm):
    """Who does what, by when, and who pays."""

    holder = forms.CharField(label=_("Who owns it"), max_length=200)
    parties = forms.CharField(label=_("Parties"), max_length=500, required=False, help_text=_("Apart by commas."))
    target_places = forms.IntegerField(label=_("Places wanted"), min_value=1, max_value=MOST)
    target_on = forms.DateField(label=pgettext_lazy("date", "By"))
    cost = forms.DecimalField(
        label=_("Cost in euros"), required=False, min_value=Decimal(0), max_digits=11, decimal_places=2, localize=True
    )
    payer = forms.ChoiceField(
        label=_("Who pays"), choices=[("", _("Not known yet")), *Financing.choices], required=False
    )

    def clean_target_on(self) -> date:
        """Ahead, and within ten years."""
        day: date = self.cleaned_data["target_on"]
        if not clock.today() < day < clock.today() + timedelta(days=3660):
            raise ValidationError(_("Choose a day that lies ahead, within ten years."), code="day")
        return day


class ProgressForm(StepForm):
    """How far it is."""

    realised = forms.IntegerField(label=_("Places realised so far"), min_value=0, max_value=MOST)
    reason = forms.CharField(label=_("How it goes"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class ResultForm(StepForm):
    """What came of it."""

    realised = forms.IntegerField(label=_("Places realised"), min_value=0, max_value=MOST)
    realised_on = forms.DateField(label=_("Realised on"))
    result = forms.CharField(label=_("Result"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def clean_realised_on(self) -> date:
        """Not in the future."""
        day: date = self.cleaned_data["realised_on"]
        if day > clock.today():
            raise ValidationError(_("This day is still to come."), code="future")
        return day
