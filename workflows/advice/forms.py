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
    reason = long_text(
        _("Why"), rows=2, most=1_000, required=False, help_text=_("For whoever reads it later. Kept encrypted.")
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("state") in WITH_REASON and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("Say why, in a few words."))
        return cleaned


class Filter(forms.Form):
    """Which checklists are listed."""

    q = forms.CharField(label=_("Search"), max_length=80, required=False)
    phase = forms.ChoiceField(
        label=_("Phase"), choices=[("", _("All phases")), *((p.value, p.label) for p in PHASES)], required=False
    )
