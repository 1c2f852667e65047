"""The groups of a worklist by urgency, and which rows lie in each. Every open row lies in exactly one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access.clock import AMSTERDAM
from workflows.engine.calendars import next_working_day

if TYPE_CHECKING:
    from workflows.engine.models import Process


class Group(models.TextChoices):
    """How urgent a row is, in the order of the list."""

    OVERDUE = "overdue", _("Overdue")
    TODAY = "today", _("Today")
    WEEK = "week", _("This week")
    LATER = "later", _("Later")
    WAITING = "waiting", _("Waiting for others")
    SNOOZED = "snoozed", _("Snoozed")


@dataclass(frozen=True)
class Moments:
    """The moments that part the groups: now, and when tomorrow and what is later begin in the Netherlands.

    This week lasts until Sunday, and at least to the end of the next working day: on a Friday Monday is not "later".
    """

    now: datetime
    tomorrow: datetime
    next_week: datetime

    @classmethod
    def around(cls, now: datetime) -> Moments:
        """The moments as seen from `now` (aware)."""
        day = now.astimezone(AMSTERDAM).date()
        tomorrow, monday = day + timedelta(days=1), day + timedelta(days=7 - day.weekday())
        next_week = max(monday, next_working_day(tomorrow) + timedelta(days=1))
        return cls(now, _midnight(tomorrow), _midnight(next_week))

    @property
    def asleep(self) -> Q:
        """Rows put out of sight; one whose term has passed is never hidden."""
        return Q(snoozed_until__gt=self.now) & ~Q(due_at__lt=self.now)

    @property
    def awake(self) -> Q:
        """Rows in sight."""
        return Q(snoozed_until=None) | Q(snoozed_until__lte=self.now) | Q(due_at__lt=self.now)

    @property
    def wanting(self) -> Q:
        """Rows in sight that want an act: not paused, and overdue or neither put away nor waiting for somebody else.

        In this form, with one OR, because the database plans each OR against each index.
        """
        in_sight = Q(snoozed_until=None) | Q(snoozed_until__lte=self.now)
        return Q(paused_at=None) & (Q(due_at__lt=self.now) | in_sight & Q(waiting_on=""))

    @property
    def resting(self) -> Q:
        """Rows in sight that wait: paused, or somebody else has the turn and the term has not passed."""
        return ~Q(paused_at=None) | (~Q(waiting_on="") & ~Q(due_at__lt=self.now))

    def rows_of(self, group: str) -> Q:
        """The condition for a group."""
        if group == Group.SNOOZED:
            return self.asleep
        if group == Group.WAITING:
            return self.awake & self.resting
        acting = self.wanting
        match group:
            case Group.OVERDUE:
                return acting & Q(due_at__lt=self.now)
            case Group.TODAY:
                return acting & Q(due_at__gte=self.now, due_at__lt=self.tomorrow)
            case Group.WEEK:
                return acting & Q(due_at__gte=self.tomorrow, due_at__lt=self.next_week)
        return acting & Q(due_at__gte=self.next_week)

    def group_of(self, process: Process) -> Group:
        """The group of a row that was read: the same rule as `rows_of`."""
        late = process.due_at is not None and process.due_at < self.now
        if process.snoozed_until is not None and process.snoozed_until > self.now and not late:
            return Group.SNOOZED
        if process.paused_at is not None or (process.waiting_on and not late):
            return Group.WAITING
        if process.due_at is None or process.due_at >= self.next_week:
            return Group.LATER
        if late:
            return Group.OVERDUE
        return Group.TODAY if process.due_at < self.tomorrow else Group.WEEK


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), AMSTERDAM)
