"""Periods over which figures of people are told: a few of whole quarters that are over, and no free days.

Two periods that differ by a day would tell of who came on it, and figures that move every day would tell of whom
something was written yesterday.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta
from django import forms
from django.utils.translation import gettext_lazy as _

from access import clock

YEARS = {"1": _("Last year"), "2": _("Last two years"), "5": _("Last five years"), "10": _("Last ten years")}
USUAL = "5"


def last_quarter() -> date:
    """The last day of the last quarter that is over."""
    today = clock.today()
    return date(today.year, 3 * ((today.month - 1) // 3) + 1, 1) - timedelta(days=1)


class PeriodForm(forms.Form):
    """How many years back from the last quarter that is over; what makes no sense in an address is five."""

    years = forms.ChoiceField(label=_("Asked for in"), choices=list(YEARS.items()), required=False)

    def __init__(self, given: Any) -> None:
        years = given["years"] if given.get("years", "") in YEARS else USUAL
        self.span = int(years)
        super().__init__({**given, "years": years})

    def period(self) -> tuple[date, date]:
        """First and last day."""
        until = last_quarter()
        return until + timedelta(days=1) - relativedelta(years=self.span), until
