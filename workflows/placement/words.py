"""Closed lists of the placement: how urgent a request is, and what came of asking a unit."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Urgency(models.TextChoices):
    """How urgent a request is. Each class has terms of its own (`workflows.placement.terms`)."""

    NORMAL = "normal", _("Normal")
    URGENT = "urgent", _("Urgent: within hours")
    NIGHT = "night", _("Emergency at night: at once")
    POLICE_BED = "police_bed", _("In an emergency bed through the police")


RANK = {Urgency.NORMAL: 0, Urgency.URGENT: 1, Urgency.POLICE_BED: 1, Urgency.NIGHT: 2}
"""Which class presses more than which; a bed for one night makes what follows urgent."""
PRESSING = frozenset({Urgency.URGENT, Urgency.NIGHT})
"""Classes that every list shows as an emergency. Who has a bed for the night is followed up on the next working day."""


class Outcome(models.TextChoices):
    """What came of asking a unit, or why it was not asked although it was next in the list."""

    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("No answer in time")
    TAKEN_BACK = "taken_back", _("The question was taken back")
    FELL_THROUGH = "fell_through", _("Accepted, the person did not come")
    FULL = "full", _("No free place when it was its turn")
    MOOT = "moot", _("No longer needed")
    LEFT_OUT = "left_out", _("Not asked: another choice was made")


OPEN_TO_ITS_PROVIDER = (Outcome.ACCEPTED, Outcome.EXPIRED, Outcome.TAKEN_BACK, Outcome.FELL_THROUGH, Outcome.MOOT)
"""What a provider is told of afterwards. Whoever declined hears no more of the person: it is not their business."""


class CameOf(models.TextChoices):
    """What came of looking for somebody who left without saying where to. None of these has a consequence for them."""

    SAFE = "safe", _("Was reached and is safe")
    BACK = "back", _("Came back and asks for a place again")
    REPORTED = "reported", _("Reported missing to the police, for safety")
    NOT_FOUND = "not_found", _("Everything was tried, not found")
