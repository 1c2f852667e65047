"""The terms of a reflection period, each with its source; lengths and sources are data that can be changed."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_noop

from workflows.engine.calendars import Unit
from workflows.engine.machine import DeclaredTerm
from workflows.reflection_period.words import Rule

AGREED = gettext_noop("Working agreement of Loods, to be confirmed by the care coordinators")

OFFERED = DeclaredTerm(
    "reflection_period.offered", 5, Unit.WORKING_DAYS, (1, Unit.WORKING_DAYS), (2, Unit.WORKING_DAYS),
    (5, Unit.WORKING_DAYS), AGREED, gettext_noop("the reflection period is offered"),
)  # fmt: skip
ACCEPTED = DeclaredTerm(
    "reflection_period.accepted", 2, Unit.WORKING_DAYS, (1, Unit.WORKING_DAYS), (1, Unit.WORKING_DAYS),
    (2, Unit.WORKING_DAYS), AGREED, gettext_noop("the person accepts"),
)  # fmt: skip
GENERAL = DeclaredTerm(
    "reflection_period.running", 3, Unit.MONTHS, (3, Unit.CALENDAR_DAYS), (1, Unit.WORKING_DAYS),
    (3, Unit.WORKING_DAYS), gettext_noop("At most three months (comensha.nl, wegwijzermensenhandel.nl)"),
    gettext_noop("the reflection period starts"), before=(30, 14),
)  # fmt: skip
DUBLIN = DeclaredTerm(
    "reflection_period.running.dublin", 30, Unit.CALENDAR_DAYS, (3, Unit.CALENDAR_DAYS), (1, Unit.WORKING_DAYS),
    (3, Unit.WORKING_DAYS),
    gettext_noop("Dublin cases from 18 May 2023: 30 days (comensha.nl, wegwijzermensenhandel.nl)"),
    gettext_noop("the reflection period starts"), before=(14,), valid_from=date(2023, 5, 18),
    of=gettext_noop("Dublin case"),
)  # fmt: skip
"""A signal thirty days before the end would come on the day it starts, and remind of nothing."""

OF_RULE: dict[str, DeclaredTerm] = {Rule.GENERAL: GENERAL, Rule.DUBLIN: DUBLIN}
