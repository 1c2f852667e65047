"""What the steps of a capacity statement ask."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from workflows.engine.forms import ReasonForm, StepForm


class ReturnForm(StepForm):
    """What must be answered before the statement can be published."""

    questions = forms.CharField(
        label=_("Questions"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4, "maxlength": 2000}),
        help_text=_("The coordinator sees them above the lines."),
    )  # fmt: skip


class CorrectForm(forms.Form):
    """Why a published statement is corrected."""

    reason = forms.CharField(
        label=_("What was wrong, and how is it known now?"), max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 2000}),
    )  # fmt: skip


__all__ = ["CorrectForm", "ReasonForm", "ReturnForm", "StepForm"]
