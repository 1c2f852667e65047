"""The terms of a placement. Each class of urgency has its own; those of a stay count towards its end.

The amounts are a working agreement and rows of the table `Term`, which an administrator may change.
"""

from __future__ import annotations

from datetime import date, datetime, time

from django.utils.translation import gettext_noop

from access.clock import AMSTERDAM
from workflows.engine.calendars import Unit as U
from workflows.engine.calendars import shift
from workflows.engine.machine import Amount, DeclaredTerm, Step
from workflows.engine.models import Term
from workflows.engine.terms import current, due
from workflows.placement.words import Urgency

AGREED = gettext_noop("Working agreement of Loods, to be confirmed by the care coordinators")
ASKED, SEEKING = gettext_noop("shelter is asked for"), gettext_noop("seeking begins")
DESK, UNIT, NONE = gettext_noop("CoMensha is asked"), gettext_noop("a unit is asked"), gettext_noop("no place is found")
QUESTION = gettext_noop("the provider asks something")
_HOUR: Amount = (1, U.HOURS)


def _hours(key: str, hours: int, starts: str, remind: int, escalate: int, again: int, of: str = "") -> DeclaredTerm:
    return DeclaredTerm(
        f"placement.{key}", hours, U.HOURS, (remind, U.HOURS), (escalate, U.HOURS), (again, U.HOURS), AGREED, starts,
        of=of,
    )  # fmt: skip


AT_NIGHT = gettext_noop("at night")


NORMAL: dict[str, DeclaredTerm] = {
    "requested": _hours("requested", 4, ASKED, 1, 2, 4),
    "seeking": _hours("seeking", 24, SEEKING, 4, 4, 12),
    "at_desk": _hours("at_desk", 24, DESK, 4, 4, 12),
    "offered": _hours("offered", 24, UNIT, 4, 2, 12),
    "question": _hours("question", 4, QUESTION, 1, 2, 4),
    "no_place": _hours("no_place", 4, NONE, 1, 2, 4),
}
URGENT: dict[str, DeclaredTerm] = {
    "requested": _hours("requested.urgent", 1, ASKED, 1, 1, 1),
    "seeking": _hours("seeking.urgent", 4, SEEKING, 1, 1, 2),
    "at_desk": _hours("at_desk.urgent", 4, DESK, 1, 1, 2),
    "offered": _hours("offered.urgent", 2, UNIT, 1, 1, 2),
    "question": _hours("question.urgent", 1, QUESTION, 1, 1, 1),
}
NIGHT: dict[str, DeclaredTerm] = {
    "requested": _hours("requested.night", 1, ASKED, 1, 1, 1, AT_NIGHT),
    "seeking": _hours("seeking.night", 2, SEEKING, 1, 1, 1, AT_NIGHT),
    "at_desk": _hours("at_desk.night", 2, DESK, 1, 1, 1, AT_NIGHT),
    "offered": _hours("offered.night", 1, UNIT, 1, 1, 1, AT_NIGHT),
    "question": _hours("question.night", 1, QUESTION, 1, 1, 1, AT_NIGHT),
    "no_place": _hours("no_place.night", 1, NONE, 1, 1, 1, AT_NIGHT),
}
OF_CLASS = {Urgency.URGENT: URGENT, Urgency.NIGHT: NIGHT, Urgency.POLICE_BED: URGENT}
"""Which terms a class has instead of the normal ones; a bed for one night makes what follows urgent."""

FOLLOW_UP = DeclaredTerm(
    "placement.police_bed", 1, U.WORKING_DAYS, (4, U.HOURS), (2, U.HOURS), (4, U.HOURS), AGREED,
    gettext_noop("the police give an emergency bed"),
)  # fmt: skip
ARRIVAL = DeclaredTerm(
    "placement.arrival", 2, U.CALENDAR_DAYS, (8, U.HOURS), (8, U.HOURS), (1, U.WORKING_DAYS), AGREED,
    gettext_noop("the provider accepts"),
)  # fmt: skip
TRANSFER = DeclaredTerm(
    "placement.transfer", 2, U.WORKING_DAYS, (1, U.WORKING_DAYS), (1, U.WORKING_DAYS), (2, U.WORKING_DAYS), AGREED,
    gettext_noop("another region is asked to take over"),
)  # fmt: skip
MISSING = DeclaredTerm(
    "placement.left_unknown", 4, U.HOURS, _HOUR, (2, U.HOURS), (8, U.HOURS), AGREED,
    gettext_noop("the person left and nobody knows where to"),
)  # fmt: skip
STAY = DeclaredTerm(
    "placement.stay", 3, U.MONTHS, (30, U.CALENDAR_DAYS), (5, U.WORKING_DAYS), (10, U.WORKING_DAYS),
    gettext_noop("COSM is meant for a stay of three months (comensha.nl)"), gettext_noop("the person arrives"),
)  # fmt: skip
PLANNED = DeclaredTerm(
    "placement.planned", 60, U.CALENDAR_DAYS, (30, U.CALENDAR_DAYS), (5, U.WORKING_DAYS), (10, U.WORKING_DAYS), AGREED,
    gettext_noop("the end of the stay is sixty days away"), of=gettext_noop("with a planned end"),
)  # fmt: skip
LONGER = DeclaredTerm(
    "placement.longer", 1, U.MONTHS, (10, U.CALENDAR_DAYS), (5, U.WORKING_DAYS), (10, U.WORKING_DAYS), AGREED,
    gettext_noop("the stay goes on beyond its end"), of=gettext_noop("longer than was meant"),
)  # fmt: skip


def step(role: str, state: str, organisation: str = "") -> Step:
    """A state whose term depends on the class of urgency."""
    night = (NIGHT[state],) if state in NIGHT else ()
    return Step(role, NORMAL[state], URGENT.get(state), organisation=organisation, others=night)  # type: ignore[arg-type]


def of_class(state: str, urgency: str) -> DeclaredTerm | None:
    """The term of a state for a class of urgency, or None where the classes make no difference."""
    return OF_CLASS.get(Urgency(urgency), NORMAL).get(state) or NORMAL.get(state)


def moved(term: Term, due_at: datetime, now: datetime) -> datetime:
    """From when a term counts that takes the place of one that ends at `due_at` because more presses: from now, unless
    that one ends sooner. Nobody gets later than they were."""
    return min(now, shift(due_at, -term.amount, U(term.unit)))


def start_of(day: date) -> datetime:
    """The first moment of a day in the Netherlands."""
    return datetime.combine(day, time(0), AMSTERDAM)


def towards(end: date, now: datetime) -> datetime:
    """When the term of a planned stay begins so that it is over on the day of its end, as the rule holds now."""
    return shift(start_of(end), -current(PLANNED.key, now).amount, U.CALENDAR_DAYS)


def longer_until(since: datetime, now: datetime) -> datetime:
    """Until when somebody may stay who stays longer than was meant: one period; then a reason is asked again."""
    return due(current(LONGER.key, now), since)
