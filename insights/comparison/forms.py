"""The period that is compared."""

from __future__ import annotations

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from access import clock


class PeriodForm(forms.Form):
    """From which day until which day requests were made; without an answer the last five years."""

    since = forms.DateField(label=_("Requests from"), required=False)
    until = forms.DateField(label=_("Until"), required=False)

    def period(self) -> tuple[date, date]:
        """Both days, in order; what was not understood is left out."""
        given = self.cleaned_data if self.is_bound and self.is_valid() else getattr(self, "cleaned_data", {})
        until = given.get("until") or clock.today()
        since = given.get("since") or until.replace(year=until.year - 5, day=min(until.day, 28))
        return (since, until) if since <= until else (until, since)
