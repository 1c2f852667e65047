"""The terms of the determination, and its clock: one term over all states of a stage.

The clock stands still while a request is incomplete and while the person is out of sight; the end moves by as long as
that lasted (Algemene wet bestuursrecht, art. 4:15 [to be confirmed]), and an end on a weekend or holiday moves to the
next working day (Algemene termijnenwet, art. 1).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop

from access.clock import AMSTERDAM
from workflows.engine import terms
from workflows.engine.calendars import Unit as U
from workflows.engine.machine import Amount, DeclaredTerm

if TYPE_CHECKING:
    from workflows.determination.models import Determination

AGREED = gettext_noop("Working agreement of Loods, to be confirmed by the committee")
PILOT = gettext_noop("Working agreement after the pilot of 2018 (BWBR0040472), to be confirmed by the committee")
GROUNDS = gettext_noop("National Referral Mechanism: target for the reasonable grounds decision (gov.uk)")
RECOVERY_SOURCE = gettext_noop("National Referral Mechanism: recovery period of at least 30 days (gov.uk)")
AGAIN_SOURCE = gettext_noop(
    "National Referral Mechanism: reconsideration within 30 days of the decision (gov.uk, athub.org.uk)"
)
_DAY: Amount = (1, U.WORKING_DAYS)
_TWO: Amount = (2, U.WORKING_DAYS)
_WEEK: Amount = (5, U.WORKING_DAYS)


def _days(key: str, days: int, starts: str, remind: Amount = _DAY) -> DeclaredTerm:
    """A term of a state in working days, as agreed among ourselves."""
    return DeclaredTerm(f"determination.{key}", days, U.WORKING_DAYS, remind, _DAY, _TWO, AGREED, starts)


def _over_all(key: str, amount: int, unit: U, source: str, remind: Amount = (10, U.WORKING_DAYS)) -> DeclaredTerm:
    """A term over all states of a stage."""
    starts = gettext_noop("the request is received")
    return DeclaredTerm(f"determination.{key}", amount, unit, remind, _DAY, _WEEK, source, starts, statutory=True)


DECIDE = _over_all("decide", 6, U.MONTHS, PILOT)
DECIDE_MINOR = _over_all("decide.minor", 3, U.MONTHS, PILOT)
REASONABLE_BY = _over_all("reasonable_grounds", 5, U.WORKING_DAYS, GROUNDS, _DAY)
REASONABLE_BY_MINOR = _over_all("reasonable_grounds.minor", 3, U.WORKING_DAYS, AGREED, _DAY)
CONCLUSIVE_BY = _over_all("conclusive_by", 90, U.CALENDAR_DAYS, AGREED)
CONCLUSIVE_BY_MINOR = _over_all("conclusive_by.minor", 60, U.CALENDAR_DAYS, AGREED)
RECOVERY = DeclaredTerm(
    "determination.recovery", 30, U.CALENDAR_DAYS, _WEEK, _DAY, _WEEK, RECOVERY_SOURCE,
    gettext_noop("reasonable grounds are found"),
)  # fmt: skip
RECONSIDER = DeclaredTerm(
    "determination.reconsider", 30, U.CALENDAR_DAYS, _WEEK, _DAY, (10, U.WORKING_DAYS), AGAIN_SOURCE,
    gettext_noop("the decision is served"), statutory=True,
)  # fmt: skip

OUTCOME_SHOWN = DeclaredTerm(
    "determination.outcome_shown", 12, U.MONTHS, _WEEK, _DAY, _WEEK, AGREED,
    gettext_noop("the outcome is handed over with consent"),
)  # fmt: skip

REQUESTED = _days("requested", 5, gettext_noop("the request is received"))
REQUESTED_MINOR = _days("requested.minor", 2, gettext_noop("the request is received"))
INCOMPLETE = _days("incomplete", 20, gettext_noop("what is missing is asked for"), _WEEK)
INCOMPLETE_MINOR = _days("incomplete.minor", 10, gettext_noop("what is missing is asked for"), _TWO)
COMPOSING = _days("composing", 5, gettext_noop("a panel is needed"))
COMPOSING_MINOR = _days("composing.minor", 2, gettext_noop("a panel is needed"))
DECLARING = _days("declaring", 3, gettext_noop("the members are named"))
GATHERING = _days("gathering", 30, gettext_noop("the panel is complete"), _WEEK)
GATHERING_MINOR = _days("gathering.minor", 15, gettext_noop("the panel is complete"), _TWO)
OPINIONS = _days("opinions", 10, gettext_noop("the opinions are asked for"), _TWO)
OPINIONS_MINOR = _days("opinions.minor", 5, gettext_noop("the opinions are asked for"))
HEARING = _days("hearing", 15, gettext_noop("all opinions are in"), _TWO)
HEARING_MINOR = _days("hearing.minor", 8, gettext_noop("all opinions are in"))
DRAFTING = _days("drafting", 10, gettext_noop("there is enough to decide on"), _TWO)
DRAFTING_MINOR = _days("drafting.minor", 5, gettext_noop("there is enough to decide on"))
DECIDING = _days("deciding", 5, gettext_noop("the draft is ready"))
DECIDED = _days("decided", 2, gettext_noop("the decision is made"))
GROUNDS_STATE = _days("grounds", 2, gettext_noop("the member is named"))


def start(determination: Determination, now: datetime) -> None:
    """Let the clock of the stage begin at a moment (not saved)."""
    determination.clock_started_at = now
    determination.suspended_at, determination.suspended_for = None, timedelta(0)
    determination.told_late_at = None
    wait = determination.declared_stage.not_before
    determination.not_before = _end(wait, now, timedelta(0)) if wait else None
    plan(determination)


def plan(determination: Determination) -> None:
    """Set the end of the stage from its start, its term and how long it stood still (not saved)."""
    stage = determination.declared_stage
    began = determination.clock_started_at
    minor = determination.file.minor_on(began.astimezone(AMSTERDAM).date())
    term = stage.shorter if minor and stage.shorter else stage.not_later
    determination.decide_by = _end(term, began, determination.suspended_for) if term else None


def suspend(determination: Determination, now: datetime) -> None:
    """Let the clock stand still; nothing when it does already (not saved)."""
    if determination.suspended_at is None:
        determination.suspended_at = now


def run_on(determination: Determination, now: datetime) -> None:
    """Let the clock run on; the end moves by as long as it stood still (not saved)."""
    if determination.suspended_at is not None:
        determination.suspended_for += now - determination.suspended_at
        determination.suspended_at = None
        plan(determination)


def reconsider_until(served_on: date, now: datetime) -> datetime:
    """Until when a reconsideration can be asked of a decision served on a day."""
    return _end(RECONSIDER, datetime.combine(served_on, time(12), AMSTERDAM).astimezone(UTC), timedelta(0), now)


def outcome_until(now: datetime) -> datetime:
    """Until when an outcome that is handed over now can be read on the other side."""
    return _end(OUTCOME_SHOWN, now, timedelta(0))


def _end(declared: DeclaredTerm, start: datetime, stood_still: timedelta, at: datetime | None = None) -> datetime:
    return terms.due(terms.current(declared.key, at or start), start, stood_still)
