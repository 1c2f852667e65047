"""Moving who is in a place or for whom it is held to another, and saying until when they are expected to stay.

A move holds from the moment it is made, of a stay that is still to come from its beginning: what was before stays as it
was, in the place where it was. That two are never in one place is for the database to say (`shelters_stay_place_once`);
whoever comes second is told so. The caller locked the process that asked, if there is one; then the stay is locked,
then the units (as `shelters.door` does).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.clock import AMSTERDAM
from access.models import Post
from shelters.door import out_on, queue_up
from shelters.models import Capacity, Stay


class Refused(Exception):
    """Nothing was changed; `message` is a sentence for the page."""

    message: Any = gettext_lazy("This cannot be done.")

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message or self.message


class Raced(Refused):
    """Somebody else was first."""

    message = gettext_lazy("Somebody else changed this in the meantime. You see how it stands now.")


class Taken(Raced):
    """The place is not free."""

    message = gettext_lazy("That place is taken. Somebody may just have been first; you see how it stands now.")


def mark(stay: Stay) -> str:
    """What tells whether a stay is still as a page showed it."""
    said = [stay.unit_id, stay.place, stay.period, stay.arrived_at, stay.planned_until, stay.known_since]
    return salted_hmac("shelters.stay", repr([str(value) for value in said])).hexdigest()[:20]


def lock_stay(post: Post, key: UUID, seen: str, now: datetime) -> Stay:
    """A stay that takes a place now, locked.

    Errors: Raced when it is over, is not the post's to see any more, or is not as the page showed it (`seen`).
    """
    rows = Stay.objects.for_post(post).select_for_update(of=("self",)).filter(pk=key)
    stay: Stay | None = rows.first()
    if stay is None or not running(stay, now) or mark(stay) != seen:
        raise Raced
    return stay


def running(stay: Stay, now: datetime) -> bool:
    """Whether it takes a place now."""
    return not stay.period.isempty and (stay.period.upper is None or stay.period.upper > now)


def ahead_of(stay: Stay, now: datetime) -> DateTimeTZRange:
    """What of a stay is still to come."""
    return DateTimeTZRange(max(now, stay.period.lower), stay.period.upper)


def move(stay: Stay, unit_id: int, place: int, now: datetime) -> Stay:
    """Put a stay (locked) into another place from now on. Out: the row that holds from now on.

    Errors: Taken when something takes the place at any moment from now on; Refused when the unit has no such place
    now, or, for another unit than it is in, is closed to new people or has none to spare beside what is out of service.
    """
    queue_up((stay.unit_id, unit_id))
    ahead = ahead_of(stay, now)
    day = ahead.lower.astimezone(AMSTERDAM).date()
    line = _line_with(unit_id, place, day)
    if unit_id != stay.unit_id:
        _check_room(line, ahead, day)
    with _refused_when_taken():
        return _put(stay, unit_id, place, ahead, now)


def swap(one: Stay, other: Stay, now: datetime) -> tuple[Stay, Stay]:
    """Let two stays of one unit (locked) change places from now on. Out: the rows that hold from now on.

    Both end before either begins anew, so that the database never sees two in one place, and nobody loses theirs.
    Errors: Taken when what comes after one of them in its place leaves no room for the other; Refused otherwise.
    """
    if one.unit_id != other.unit_id or one.place == other.place:
        raise Refused(_("Two people change places within a unit."))
    queue_up((one.unit_id,))
    day = now.astimezone(AMSTERDAM).date()
    for stay in (one, other):
        _line_with(stay.unit_id, stay.place, day)
        if now not in stay.period:
            raise Refused(_("Only who takes a place now can change places."))
    with _refused_when_taken():
        rest = [ahead_of(stay, now) for stay in (one, other)]
        for stay in (one, other):
            _end(stay, now)
        return (
            _again(one, one.unit_id, other.place, rest[0], now),
            _again(other, other.unit_id, one.place, rest[1], now),
        )


@contextmanager
def _refused_when_taken() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except IntegrityError as clash:
        if "shelters_stay_place_once" not in str(clash):
            raise
        raise Taken from clash


def _line_with(unit_id: int, place: int, day: date) -> Capacity:
    line = Capacity.objects.filter(unit=unit_id, holds__contains=day).first()
    if line is None or not 1 <= place <= line.places:
        raise Refused(_("The unit does not have that place now."))
    return line


def _check_room(line: Capacity, ahead: DateTimeTZRange, day: date) -> None:
    if not line.active:
        raise Refused(_("That unit takes nobody new."))
    taken = Stay.objects.filter(unit=line.unit_id, period__overlap=ahead).values("place").distinct().count()
    if taken + out_on(line.unit_id, day) >= line.places:
        raise Refused(_("That unit has no place to spare: what is free is out of service."))


def _put(stay: Stay, unit_id: int, place: int, ahead: DateTimeTZRange, now: datetime) -> Stay:
    if stay.period.lower >= now:
        stay.unit_id, stay.place, stay.known_since = unit_id, place, now
        stay.save(update_fields=["unit", "place", "known_since"])
        return stay
    _end(stay, now)
    return _again(stay, unit_id, place, ahead, now)


def _end(stay: Stay, now: datetime) -> None:
    """A stay that would have lasted no time at all never was."""
    before = stay.period.lower < now
    stay.period, stay.known_since = DateTimeTZRange(stay.period.lower, now) if before else _NEVER, now
    stay.save(update_fields=["period", "known_since"])


_NEVER = DateTimeTZRange(empty=True)


def _again(stay: Stay, unit_id: int, place: int, ahead: DateTimeTZRange, now: datetime) -> Stay:
    made: Stay = Stay.objects.create(
        unit_id=unit_id, place=place, period=ahead, ref=stay.ref, arrived_at=stay.arrived_at,
        planned_until=stay.planned_until, known_since=now,
    )  # fmt: skip
    return made


def replan(stay: Stay, until: date | None, now: datetime) -> None:
    """Say until when somebody who is there (locked) is expected to stay; None: nobody knows.

    Errors: Refused for a reservation, and for a day that is not after the arrival.
    """
    if stay.arrived_at is None:
        raise Refused(_("Until when somebody stays is said when they have arrived."))
    if until is not None and until <= stay.arrived_at.astimezone(AMSTERDAM).date():
        raise Refused(_("The planned end must be after the arrival."))
    stay.planned_until, stay.known_since = until, now
    stay.save(update_fields=["planned_until", "known_since"])
