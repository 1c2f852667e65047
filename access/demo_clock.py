"""The demonstration's clock, which can run ahead of the real one so that a term ends while somebody looks on.

It goes forward only. Going back is not offered, not even to real time: what was written meanwhile would lie in the
future, and terms, notices and the order of the log would contradict each other. A demonstration that has run ahead
gets real time again with fresh data. Outside a demonstration (`settings.DEMO`) the clock cannot be moved at all.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access import configuration
from access.models import Configuration
from access.roles import Role
from access.wall import Side, taken

STEPS = {
    "hour": (timedelta(hours=1), _("1 hour")),
    "half_day": (timedelta(hours=4), _("4 hours")),
    "day": (timedelta(days=1), _("1 day")),
    "week": (timedelta(weeks=1), _("1 week")),
}
"""How far the page moves the clock at once, with its name."""

MOST = timedelta(days=2 * 365)
ROLES = (Role.ADMINISTRATOR, Role.SUPERVISOR, Role.CARE_COORDINATOR, Role.NATIONAL_DESK)


class NotNow(Exception):
    """The clock was not moved; the text says why."""


def ahead() -> timedelta:
    """How far the clock runs ahead; nothing outside a demonstration."""
    return configuration.clock_offset() if settings.DEMO else timedelta(0)


def real_time() -> datetime:
    """What the clock on the wall says."""
    return timezone.now()


def forward(by: timedelta) -> timedelta:
    """Move the clock forward. Out: how far it runs ahead now.

    Errors: NotNow outside a demonstration, for a step that is not forward, and beyond two years in all.
    """
    if not settings.DEMO:
        raise NotNow(_("Only the clock of a demonstration can be moved."))
    if by <= timedelta(0):
        raise NotNow(_("The clock goes forward only."))
    with taken(Side.COMMON), transaction.atomic():
        row = Configuration.objects.select_for_update().get()
        if row.clock_offset + by > MOST:
            raise NotNow(_("The clock cannot run ahead more than two years."))
        row.clock_offset += by
        row.save(update_fields=["clock_offset"])
        configuration.refresh()
    return row.clock_offset
