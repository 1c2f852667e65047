"""States that every determination on this side goes through, and those of the design in two stages."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class S(models.TextChoices):
    """States of a determination."""

    REQUESTED = "requested", _("Requested")
    INCOMPLETE = "incomplete", _("Incomplete, asked to complete")
    COMPOSING = "composing", _("Panel to be composed")
    DECLARING = "declaring", _("Members declare their interests")
    GATHERING = "gathering", _("Evidence is gathered")
    OPINIONS = "opinions", _("Members give their opinions")
    HEARING = "hearing", _("Hearing offered")
    DRAFTING = "drafting", _("Decision is drafted")
    DECIDING = "deciding", _("Draft with the panel")
    DECIDED = "decided", _("Decided, to be served")
    SERVED = "served", _("Served, reconsideration possible")
    FINAL = "final", _("Final")
    RECONSIDERED = "reconsidered", _("To be reconsidered by others")
    NOT_ADMISSIBLE = "not_admissible", _("Not admissible")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class S2(models.TextChoices):
    """The same, with the stage of reasonable grounds and the time to recover."""

    REQUESTED = S.REQUESTED.value, S.REQUESTED.label
    INCOMPLETE = S.INCOMPLETE.value, S.INCOMPLETE.label
    COMPOSING = S.COMPOSING.value, S.COMPOSING.label
    DECLARING = S.DECLARING.value, S.DECLARING.label
    REASONABLE = "reasonable", _("Reasonable grounds?")
    RECOVERY = "recovery", _("Time to recover")
    GATHERING = S.GATHERING.value, S.GATHERING.label
    OPINIONS = S.OPINIONS.value, S.OPINIONS.label
    HEARING = S.HEARING.value, S.HEARING.label
    DRAFTING = S.DRAFTING.value, S.DRAFTING.label
    DECIDING = S.DECIDING.value, S.DECIDING.label
    DECIDED = S.DECIDED.value, S.DECIDED.label
    SERVED = S.SERVED.value, S.SERVED.label
    FINAL = S.FINAL.value, S.FINAL.label
    RECONSIDERED = S.RECONSIDERED.value, S.RECONSIDERED.label
    NOT_ADMISSIBLE = S.NOT_ADMISSIBLE.value, S.NOT_ADMISSIBLE.label
    WITHDRAWN = S.WITHDRAWN.value, S.WITHDRAWN.label
