"""What break-glass asks."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cases import numbers
from cases.fields import long_text


class AskForm(forms.Form):
    """The number of the case, and why it must be opened now."""

    number = forms.CharField(
        label=_("Case number"), max_length=20, help_text=_("In full, such as L-2026-000123."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    reason = long_text(
        _("Why must it be opened now?"), rows=4, most=2_000,
        help_text=_("Which danger or haste there is, and why nobody who is named can do it."),
    )  # fmt: skip
    known = forms.BooleanField(
        label=_("I know that my supervisor and the privacy officer are told at once, and that what I read is reviewed.")
    )

    def clean_number(self) -> str:
        """As numbers are written."""
        number = numbers.beginning(self.cleaned_data["number"]) or ""
        if not numbers.NUMBER.match(number):
            raise ValidationError(_("Type the whole case number, such as L-2026-000123."), code="number")
        return number

    def clean_reason(self) -> str:
        """More than a word."""
        reason: str = self.cleaned_data["reason"].strip()
        if len(reason) < 15:
            raise ValidationError(_("Say in a sentence why it must be opened now."), code="short")
        return reason
