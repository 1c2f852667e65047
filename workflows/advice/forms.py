"""What is asked on the pages of advice."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.fields import long_text
from workflows.advice.words import PHASES, WITH_REASON, State


class MarkForm(forms.Form):
    """A point is ticked, set aside or opened again, or the list as a whole is added or put away."""

    state = forms.ChoiceField(choices=State, widget=forms.HiddenInput)
    point = forms.CharField(max_length=60, required=False, widget=forms.HiddenInput)
    seen = forms.CharField(max_length=32, widget=forms.HiddenInput)
    reason = long_text(_("Why"), rows=2, most=1_000, help_text=_("For whoever reads it later. Kept encrypted."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reason = self.fields["reason"]
        reason.required = not self.is_bound or self.data.get("state") in WITH_REASON
        reason.error_messages["required"] = _("Say why, in a few words.")


class Filter(forms.Form):
    """Which checklists are listed."""

    q = forms.CharField(label=_("Search"), max_length=80, required=False)
    phase = forms.ChoiceField(
        label=_("Phase"), choices=[("", _("All phases")), *((p.value, p.label) for p in PHASES)], required=False
    )
