"""Where somebody can be moved to: the free places of the unit they are in, and of units of the same provider that fit.

What is offered here is asked again when it is chosen, under the locks (`moves.change`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.utils.translation import gettext as _

from access.models import Post
from shelters.models import Stay, Unit
from shelters.planner import moves as planning
from shelters.planner.timeline import local
from shelters.policy import may_ask
from workflows.placement.machine import HERE, S
from workflows.providers import moves
from workflows.providers.forms import Choice, Partner
from workflows.providers.showing import name_of

MOST_UNITS = 20


def choices_for(post: Post, stay: Any, mates: Iterable[Any], now: datetime) -> list[Choice]:
    """The unit somebody is in first, then the other units of the provider; five queries, one with one unit.

    In: `mates`, who takes another place of the unit now (as `guests` gives them).
    """
    ahead = planning.ahead_of(stay, now)
    day = local(ahead.lower)
    others_there = Stay.objects.filter(unit=OuterRef("pk"), period__overlap=ahead).exclude(pk=stay.pk)
    asked = Unit.objects.for_post(post).on(day).filter(organisation=stay.unit.organisation_id)
    rows: Any = asked.annotate(taken=ArraySubquery(others_there.order_by().values("place"))).order_by("name", "pk")
    units = {unit.pk: unit for unit in rows}
    here = units.pop(stay.unit_id, None)
    own = {*_free(here), stay.place} if here is not None else {stay.place}
    found = [Choice(stay.unit_id, stay.unit.name, tuple(sorted(own)), others=_partners(stay, mates, now))]
    others = [unit for unit in units.values() if unit.active and unit.kind == stay.unit.kind][:MOST_UNITS]
    asked_only = (stay.guest or {}).get("state") not in (None, S.ACCEPTED, *HERE)
    if not others or asked_only:  # a request is answered by the unit that was asked
        return found
    failing = moves.failing(stay.ref, stay.unit.kind, [unit.pk for unit in others], post, day)
    for unit in others:
        if unit.exclusive and not may_ask(post, unit.exclusive):
            why = _("Only CoMensha places people here")
        elif rules := failing.get(unit.pk, []):
            why = _("Does not fit: %(why)s") % {"why": moves.because(rules)}
        else:
            why = ""
        found.append(Choice(unit.pk, unit.name, tuple(_free(unit)), why))
    return found


def _partners(stay: Any, mates: Iterable[Any], now: datetime) -> tuple[Partner, ...]:
    """With whom somebody who takes a place now could change places."""
    if now not in stay.period:
        return ()
    return tuple(Partner(other.pk, other.place, name_of(other), planning.mark(other)) for other in mates)


def _free(unit: Any) -> list[int]:
    """The places of a unit (read with `taken`) that nobody takes."""
    taken = set(unit.taken)
    return [number for number in range(1, unit.places + 1) if number not in taken]
