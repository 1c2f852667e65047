"""What changed lately in the units that concern a post, and what others changed there."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from access import clock
from access.doors import acting, door
from access.models import Post
from access.roles import Role
from access.wall import Side
from shelters import changes, policy
from shelters.models import Unit

LATELY = timedelta(days=90)
MOST = 60
"""Moments on a page; fewer lines when only those of others are asked."""


@door(*policy.LOOK, side=Side.CARE)
@require_safe
def recent(request: HttpRequest) -> HttpResponse:
    """What changed in the last three months, the latest first; `by=others` leaves out the own organisation's."""
    post = acting(request)
    before = _moment(request.GET.get("before", ""))
    others = request.GET.get("by") == "others"
    pairs = changes.recent(_units(post), since=clock.now() - LATELY, before=before, most=MOST + 1)
    more, pairs = len(pairs) > MOST, pairs[:MOST]
    keys = {unit for unit, _at in pairs}
    units = list(Unit.objects.filter(pk__in=keys).select_related("organisation", "region"))
    wanted = set(pairs)
    events = [
        event
        for event in changes.story(units, changes.remembered(keys), post)
        if (event.unit, event.at) in wanted and (event.other or not others)
    ]
    by_key = {unit.pk: unit for unit in units}
    context = {
        "events": [(event, by_key[event.unit]) for event in events],
        "others": others,
        "last": pairs[-1][1].isoformat() if more else "",
        "paged": before is not None,
        "crumbs": [(_("Shelter"), reverse("shelters:list")), (_("What changed"), "")],
    }
    return render(request, "shelters/changes.html", context)


def _units(post: Post) -> Any:
    """The units that concern a post: of its regions, a provider's own, for the whole country all."""
    rows = Unit.objects.for_post(post)
    if post.national or post.role == Role.SHELTER_PROVIDER:
        return rows
    return rows.filter(region__in=sorted(post.region_ids))


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
