"""The calendar of a navigator as a feed by a secret address. It says when, for how long and what for, and nothing of
whom.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from access import clock
from access.models import Post
from workflows.guidance.models import Appointment, CalendarFeed, PoliceContact
from workflows.guidance.words import KIND_OF, Kind, PoliceEvent

BACK, AHEAD = timedelta(days=30), timedelta(days=180)


def make(post: Post) -> str:
    """A new address for a post; an older one opens nothing any more. Out: the secret part, which is kept nowhere."""
    secret = secrets.token_urlsafe(32)
    CalendarFeed.objects.update_or_create(post=post, defaults={"digest": digest(secret), "made_at": clock.now()})
    return secret


def digest(secret: str) -> str:
    """What is kept of an address."""
    return hashlib.sha256(secret.encode()).hexdigest()


def post_of(secret: str) -> Post | None:
    """Whose calendar an address opens; nobody's once the post is no longer held."""
    feed = CalendarFeed.objects.filter(digest=digest(secret)).select_related("post__user", "post__organisation").first()
    if feed is None or not feed.post.organisation.active or not feed.post.held_on(clock.today()):
        return None
    return feed.post


def text(post: Post, base: str) -> str:
    """The feed (RFC 5545): appointments and contacts with the authorities of those the post guides."""
    now = clock.now()
    window = {"gte": now - BACK, "lt": now + AHEAD}
    mine = {"guidance__navigator": post.pk, "guidance__process__closed_at": None, "cancelled_at": None}
    appointments = Appointment.objects.for_post(post).filter(at__gte=window["gte"], at__lt=window["lt"], **mine)
    contacts = PoliceContact.objects.for_post(post).filter(
        process__assignee=post.pk, process__state="planned", planned_at__gte=window["gte"], planned_at__lt=window["lt"]
    )
    events = list(appointments.order_by("at", "pk").values_list("pk", "at", "minutes", "kind"))  # notes stay closed
    events += [
        (pk, at, 60, KIND_OF.get(PoliceEvent(event), Kind.OTHER))
        for pk, at, event in contacts.order_by("planned_at", "pk").values_list("pk", "planned_at", "event")
    ]
    return _calendar(events, now, base)


def _calendar(events: Iterable[tuple[UUID, datetime, int, str]], now: datetime, base: str) -> str:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Loods//Guidance//NL", "METHOD:PUBLISH"]
    for key, at, minutes, kind in events:
        what = _("Appointment") if kind == Kind.OTHER else f"{_('Appointment')}: {Kind(kind).label}"
        lines += [
            "BEGIN:VEVENT",
            f"UID:{hashlib.sha256(key.bytes).hexdigest()[:32]}@loods.invalid",
            f"DTSTAMP:{_stamp(now)}",
            f"DTSTART:{_stamp(at)}",
            f"DTEND:{_stamp(at + timedelta(minutes=minutes))}",
            f"SUMMARY:{what}",
            f"URL:{base}",
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            f"DESCRIPTION:{what}",
            "TRIGGER:-PT1H",
            "END:VALARM",
            "END:VEVENT",
        ]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
