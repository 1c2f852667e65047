"""The terms of guidance, each with its source; lengths and sources are data that can be changed."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from workflows.engine.calendars import Unit
from workflows.engine.machine import Amount, DeclaredTerm

AGREED = gettext_noop("Working agreement of Loods, to be confirmed by the navigators")
THIRTY = gettext_noop("Never older than 30 days: working agreement after the checks against secondary victimisation")
SEVEN = gettext_noop("Aftercare within 7 days: working agreement after the checks against secondary victimisation")
_DAY, _WORKING, _HOUR = Unit.CALENDAR_DAYS, Unit.WORKING_DAYS, Unit.HOURS


def _term(
    key: str, amount: int, unit: Unit, starts_with: str, remind: Amount, source: str = AGREED,
    escalate: Amount = (1, _WORKING), again: Amount = (2, _WORKING), before: tuple[int, ...] = (),
    of: str = "",
) -> DeclaredTerm:  # fmt: skip
    return DeclaredTerm(key, amount, unit, remind, escalate, again, source, starts_with, before=before, of=of)


REQUESTED = gettext_noop("a navigator is asked for")
MATCH = _term("guidance.match", 1, _WORKING, REQUESTED, (4, _HOUR))
MATCH_URGENT = _term(
    "guidance.match.urgent", 4, _HOUR, REQUESTED, (1, _HOUR), escalate=(1, _HOUR), again=(2, _HOUR)
)  # fmt: skip
FIRST_CONTACT = _term("guidance.first_contact", 3, _WORKING, REQUESTED, (1, _WORKING))
FIRST_CONTACT_URGENT = _term(
    "guidance.first_contact.urgent", 24, _HOUR, REQUESTED, (6, _HOUR), escalate=(2, _HOUR), again=(6, _HOUR)
)  # fmt: skip
CHECK_IN = _term("guidance.check_in", 14, _DAY, gettext_noop("the last contact"), (3, _DAY))

LOST = gettext_noop("the step before was done")
LOST_FIRST = _term("guidance.lost.other_way", 1, _WORKING, gettext_noop("contact is lost"), (4, _HOUR))
LOST_SECOND = _term("guidance.lost.plan", 2, _WORKING, LOST, (4, _HOUR), of=gettext_noop("second step"))
LOST_THIRD = _term("guidance.lost.others", 3, _WORKING, LOST, (1, _WORKING), of=gettext_noop("third step"))
LOST_TALK = _term("guidance.lost.talk", 5, _WORKING, LOST, (1, _WORKING), of=gettext_noop("fourth step"))
TRIED = gettext_noop("everything was tried")
LOST_KEEP = _term("guidance.lost.keep", 30, _DAY, TRIED, (7, _DAY), of=TRIED)
LOST_IN_ORDER = (LOST_FIRST, LOST_SECOND, LOST_THIRD, LOST_TALK, LOST_KEEP)
"""By how many steps of the protocol were done."""

HANDOVER = _term("guidance.handover", 3, _WORKING, gettext_noop("the handover is proposed"), (1, _WORKING))

AFTERCARE = gettext_noop("aftercare begins")
AFTER_3 = _term("guidance.aftercare.first", 3, Unit.MONTHS, AFTERCARE, (7, _DAY))
AFTER_6 = _term("guidance.aftercare.second", 6, Unit.MONTHS, AFTERCARE, (7, _DAY), of=gettext_noop("second talk"))
AFTER_12 = _term("guidance.aftercare.last", 12, Unit.MONTHS, AFTERCARE, (7, _DAY), of=gettext_noop("last talk"))
AFTER_IN_ORDER = (AFTER_3, AFTER_6, AFTER_12)
"""By how many talks were had."""

WRITE_PLAN = _term("safety_plan.write", 3, _DAY, gettext_noop("guidance begins"), (1, _DAY))
WRITE_PLAN_URGENT = _term(
    "safety_plan.write.urgent", 24, _HOUR, gettext_noop("guidance begins"), (4, _HOUR), escalate=(4, _HOUR),
    again=(12, _HOUR),
)  # fmt: skip
RENEW_PLAN = _term("safety_plan.renew", 30, _DAY, gettext_noop("the plan was gone through"), (7, _DAY), THIRTY)

PLANNED = _term("police_contact.planned", 1, _DAY, gettext_noop("the planned moment"), (12, _HOUR), before=(3,))
AFTER_CONTACT = _term("police_contact.aftercare", 7, _DAY, gettext_noop("the contact was held"), (3, _DAY), SEVEN)
