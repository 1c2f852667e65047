"""Reading notices: those that still press first, and how many they are.

A notice presses as long as the person has not seen it, the process is still in the stay the notice is about, and it is
not too old to be news. So a step made takes its notices along, whoever made it. Only what tells how something went
(`TOLD`) stays until it was seen: it asks for nothing, and nobody else can have done it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.db.models.fields import BooleanField

from access import clock, keyset
from access.models import Post
from workflows.engine.models import TOLD, Notice, NoticeSeen

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

NEWS_FOR = timedelta(days=30)
ORDER = [keyset.Key("at", True, datetime), keyset.Key("id", True, int)]


class Pressing(TypedDict):
    """What a row of a page says beyond the notice itself."""

    pressing: bool


@dataclass
class Page:
    """Notices of a page, those that press first, and cursors to the pages around it (empty: there is none)."""

    notices: list[Notice] = field(default_factory=list)
    after: str = ""
    before: str = ""


def parts_of(post: Post, fresh: datetime) -> list[QuerySet[WithAnnotations[Notice, Pressing]]]:
    """A post's notices in parts; each row says whether it is `pressing`."""
    wrapped = ExpressionWrapper(_presses(post, fresh), output_field=BooleanField())
    return [leg.annotate(pressing=wrapped) for leg in Notice.objects.legs_of(post)]


def _presses(post: Post, fresh: datetime) -> Q:
    seen = NoticeSeen.objects.filter(notice=OuterRef("pk"), user=post.user_id)
    present = Q(process__closed_at=None, process__episode=F("episode")) | Q(key__startswith=TOLD)
    return Q(at__gt=fresh) & Q(~Exists(seen)) & present


def pressing(post: Post, fresh: datetime) -> list[QuerySet[Notice]]:
    """The part of `parts_of` that presses."""
    return [leg.filter(_presses(post, fresh)) for leg in Notice.objects.legs_of(post)]


def fresh_from(now: datetime) -> datetime:
    """From when on a notice is still news."""
    return now - NEWS_FOR


def page(post: Post, now: datetime, size: int, *, after: str = "", before: str = "") -> Page:
    """A page of a post's notices, forward from a cursor, backward to one, or from the beginning.

    Errors: ValueError when a cursor is none of this list.
    """
    place = keyset.read(after or before, ORDER) if after or before else None
    if place is not None and place.part not in (0, 1):
        raise ValueError("no such part")
    backward = bool(before)
    way = [0, 1] if place is None else ([0, 1][place.part :] if not backward else [1, 0][1 - place.part :])
    order = [key.back() for key in ORDER] if backward else ORDER
    by = [key.order for key in order]
    found: list[Notice] = []
    for part in way:
        legs = []
        for leg in parts_of(post, fresh_from(now)):
            rows = leg.filter(pressing=part == 0)
            if place is not None and place.part == part:
                rows = rows.filter(keyset.beyond(order, place.values))
            legs.append(rows.order_by(*by)[: size + 1])
        found += legs[0].union(*legs[1:], all=True).order_by(*by)[: size + 1 - len(found)]
        if len(found) > size:
            break
    more, found = len(found) > size, found[:size]
    if backward:
        found.reverse()
    result = Page(found)
    if found:
        if backward or more:
            result.after = _at(found[-1])
        if place is not None if not backward else more:
            result.before = _at(found[0])
    return result


def _at(notice: Notice) -> str:
    part = 0 if notice.pressing else 1  # type: ignore[attr-defined]
    return keyset.cursor_at(notice, ORDER, part).written()


def mark_seen(post: Post, keys: Sequence[int] | None, up_to: int | None = None) -> int:
    """Mark notices of a post as seen by its holder: those with these keys, or all that press up to one. Out: how many.

    `up_to` is the newest notice the page showed: what came in meanwhile stays unseen.
    """
    if keys is not None:
        rows = list(Notice.objects.for_post(post).filter(pk__in=keys).only("side"))
    else:
        newest = {"pk__lte": up_to} if up_to is not None else {}
        rows = [row for leg in pressing(post, fresh_from(clock.now())) for row in leg.filter(**newest).only("side")]
    now = clock.now()
    NoticeSeen.objects.bulk_create(
        [NoticeSeen(side=row.side, notice=row, user_id=post.user_id, at=now) for row in rows], ignore_conflicts=True
    )
    return len(rows)
