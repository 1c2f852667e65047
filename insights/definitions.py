"""Every figure of the national picture, declared once: what it is called, what it means, whether it is about persons.

Table heads, the page of definitions, exports, reports and docs/national-picture.md come from here.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise
PLAN = _("Action plan Samen tegen mensenhandel, page 25")
INVENTORY = _("Inventory of Loods")


@dataclass(frozen=True)
class Figure:
    """A figure. `persons`: small numbers of it could point to somebody, so that they are left out for some readers.

    `with_` names figures from which it could be worked out: they are left out together.
    """

    key: str
    label: Text
    means: Text
    unit: Text
    persons: bool = False
    adds_up: bool = True
    source: Text = INVENTORY


PLACES = _("places")
PEOPLE = _("persons")
REQUESTS = _("requests")
DAYS = _("days")
STAYS = _("stays")
ASKED = _("Placement requests in Loods")

SUPPLY: tuple[Figure, ...] = (
    Figure("units", _("Units"), _("Groups of like places of one provider in one region, in the inventory on the day."),
           _("units")),
    Figure("places", _("Places"),
           _("Places there are on the day, those out of service included. Ambulatory help has no places; its caseload "
             "is counted apart and never added."), PLACES),
    Figure("occupied", _("Occupied"),
           _("Places in which somebody stays at the end of the day. Whoever leaves on a day is not counted on it."),
           PLACES, persons=True),
    Figure("reserved", _("Reserved"), _("Places that are held for somebody who has not arrived yet."), PLACES,
           persons=True),
    Figure("out_of_service", _("Out of service"), _("Places that cannot be used on the day, with a reason and an end."),
           PLACES),
    Figure("free", _("Free"),
           _("Places neither occupied, reserved nor out of service, in units that take new people. Counted for each "
             "unit: one that is too full takes nothing away from another."), PLACES, persons=True),
    Figure("placeable", _("Placeable"),
           _("Free places of which somebody said in the last seven days that they take a person now. Empty: nobody "
             "said so, which is not zero."), PLACES, persons=True),
)  # fmt: skip
DEMAND: tuple[Figure, ...] = (
    Figure("asked", _("Requests"), _("Placement requests made in the twelve months up to the day."), REQUESTS,
           persons=True, source=ASKED),
    Figure("persons", _("Persons"),
           _("The people those requests are for. A person counts once, however many requests, reports or forms of "
             "exploitation there are."), PEOPLE, persons=True, adds_up=False, source=ASKED),
    Figure("unmet", _("Not met"), _("Requests of these for which it was said that there is no place, and that is how "
                                    "it stands on the day."), REQUESTS, persons=True, source=ASKED),
    Figure("refused", _("Refused"), _("Requests of these that at least one unit refused, whatever came of them."),
           REQUESTS, persons=True, source=ASKED),
    Figure("waiting", _("Waiting"), _("Requests for which nobody has come to a place on the day."), REQUESTS,
           persons=True, source=ASKED),
    Figure("waiting_days", _("Waiting time"),
           _("Median days from the request, or from the day a place was wanted if that is later, to the arrival."),
           DAYS, persons=True, adds_up=False, source=ASKED),
    Figure("overstay", _("Longer than meant"),
           _("Stays that have reached the longest stay of their unit or scheme, in the region where the person is."),
           STAYS, persons=True, source=ASKED),
    Figure("blocked", _("Blocked outflow"), _("Of these, stays of people for whom another place was asked for."), STAYS,
           persons=True, source=ASKED),
    Figure("outside", _("Not fitting"),
           _("Stays in a place of another kind than was asked for, or that said not to take what was asked."), STAYS,
           persons=True, source=ASKED),
)  # fmt: skip
FIGURES: dict[str, Figure] = {figure.key: figure for figure in (*SUPPLY, *DEMAND)}
