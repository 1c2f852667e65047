"""How periods are called."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from shelters.models import Scheme


def named(rhythm: str, period: Any) -> str:
    """A period in words: “week 48 (23–29 November 2026)” or “November 2026”."""
    first, last = period.lower, period.upper - timedelta(days=1)
    if rhythm != Scheme.Rhythm.WEEK:
        return date_format(first, "F Y")
    begins = date_format(first, "j" if first.month == last.month else "j F")
    return _("week %(number)s (%(from)s–%(until)s)") % {
        "number": first.isocalendar().week,
        "from": begins,
        "until": date_format(last, "j F Y"),
    }


def short(rhythm: str, period: Any) -> str:
    """A period for the head of a narrow column."""
    if rhythm == Scheme.Rhythm.WEEK:
        return _("wk %(number)s") % {"number": period.lower.isocalendar().week}
    return date_format(period.lower, "M Y")
