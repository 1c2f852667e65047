"""Finding cases."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access.models import Post, Region
from cases.words import Exploitation, SafetyLevel

OPEN, CLOSED, ALL = "open", "closed", "all"


class SearchForm(forms.Form):
    """A name, an alias, or a case number. Sent by POST: a name does not belong in an address."""

    text = forms.CharField(
        label=_("Name, alias or case number"),
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )


class RegisterFilter(forms.Form):
    """Which cases the register shows; all of it may stand in an address."""

    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[(OPEN, _("Open")), (CLOSED, _("Closed")), (ALL, _("All"))]
    )
    region = forms.ModelChoiceField(
        label=_("Region"), required=False, queryset=Region.objects.none(), empty_label=_("All regions")
    )
    form = forms.ChoiceField(
        label=_("Form of exploitation"), required=False, choices=[("", _("All forms")), *Exploitation.choices]
    )
    danger = forms.ChoiceField(label=_("Danger"), required=False, choices=[("", _("All levels")), *SafetyLevel.choices])
    number = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    search = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, acting: Post, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regions = Region.objects.care().for_post(acting).order_by("name")
        self.fields["region"].queryset = regions  # type: ignore[attr-defined]
        if not acting.national and len(acting.region_ids) < 2:
            del self.fields["region"]

    @property
    def chosen(self) -> dict[str, Any]:
        """What was chosen, without what was left alone or makes no sense; an address typed by hand breaks nothing."""
        if not self.is_valid():
            self.cleaned_data = {k: v for k, v in self.cleaned_data.items() if k not in self.errors}
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
