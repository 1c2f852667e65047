"""Forms that ask for the facts of a step; every transition's form is one of these or made from them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from workflows.engine.machine import Machine


class StepForm(forms.Form):
    """A step that asks nothing but, if somebody wants to say something, a remark."""

    reason = forms.CharField(
        label=_("Remark"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, machine: Machine, **kwargs: Any) -> None:
        self.machine = machine
        super().__init__(*args, **kwargs)
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])  # facts first, then words


class ReasonForm(StepForm):
    """A step that needs a reason."""

    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class SystemForm(StepForm):
    """A step of the program: takes a reason as a code."""


class OpeningForm(forms.Form):
    """What starting a process on a case asks. `needs` are those that stand in the file."""

    urgent = forms.BooleanField(label=_("Emergency"), required=False, help_text=_("Danger now: hours count, not days."))

    def __init__(self, *args: Any, needs: list[str] | None = None, **kwargs: Any) -> None:
        self.case_needs = needs or []
        super().__init__(*args, **kwargs)

    def record(self) -> dict[str, Any]:
        """Values for the row of the machine's own table; asked after the form was found valid."""
        return {}
