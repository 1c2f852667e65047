"""The door through which processes use places. Nothing else of this room is for them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from shelters.models import Stay, Unit


class NoPlace(Exception):
    """The unit has no free place; `message` is a sentence for the page."""

    message = _("There is no free place left in this unit. Somebody may just have been first.")


def hold(unit_id: int, ref: UUID, at: datetime) -> Stay:
    """Take the lowest free place of a unit from a moment on, until it is released.

    Locks the unit, so that several who want the last place come one after the other.
    Errors: NoPlace when none is free or the unit is not in use.
    """
    unit = Unit.objects.select_for_update(no_key=True, of=("self",)).filter(pk=unit_id, active=True).order_by().first()
    if unit is None:
        raise NoPlace
    taken = set(
        Stay.objects.filter(unit=unit, period__overlap=DateTimeTZRange(at, None)).values_list("place", flat=True)
    )
    place = next((number for number in range(1, unit.places + 1) if number not in taken), None)
    if place is None:
        raise NoPlace
    return Stay.objects.create(unit=unit, place=place, period=DateTimeTZRange(at, None), ref=ref)


def release(ref: UUID, at: datetime) -> None:
    """Give back what a process holds, from a moment on. A place held for no time at all leaves no trace."""
    for stay in Stay.objects.select_for_update().filter(ref=ref, period__upper_inf=True):
        if stay.period.lower >= at:
            stay.delete()
        else:
            stay.period = DateTimeTZRange(stay.period.lower, at)
            stay.save(update_fields=["period"])


def places_in_use(unit_id: int, at: datetime) -> int:
    """The highest number of a place that is taken now or later; a unit cannot have fewer places. None taken: 0."""
    stays = Stay.objects.filter(unit=unit_id, period__overlap=DateTimeTZRange(at, None))
    return stays.aggregate(most=Max("place"))["most"] or 0
