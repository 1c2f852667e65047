"""Querysets of the access room: who holds which post when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import connection, models
from django.db.models import Q

from access.wall import Side

if TYPE_CHECKING:
    from access.models import Post


def named_rows(statement: str, parameters: Sequence[Any]) -> list[dict[str, Any]]:
    """The rows of a statement by the names of their columns: what a function of the database gives."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def valid_on(day: date, prefix: str = "", start: str = "starts_on", end: str = "ends_on") -> Q:
    """Rows whose half-open interval contains `day`."""
    return Q(**{f"{prefix}{start}__lte": day}) & (Q(**{f"{prefix}{end}": None}) | Q(**{f"{prefix}{end}__gt": day}))


class RegionQuerySet(models.QuerySet[Any]):
    """Regions."""

    def care(self) -> Self:
        """The areas in which care is coordinated."""
        return self.filter(level="care")

    def valid_on(self, day: date) -> Self:
        """Regions that exist on `day`."""
        return self.filter(valid_on(day, start="valid_from", end="valid_until"))

    def for_post(self, post: Post) -> Self:
        """Included if, and only if, the post works there; a national post works everywhere."""
        return self.all() if post.national else self.filter(posts=post)


class OrganisationQuerySet(models.QuerySet[Any]):
    """Organisations."""

    def active(self) -> Self:
        """Organisations that still work with Loods."""
        return self.filter(active=True)

    def for_post(self, post: Post) -> Self:
        """Included if, and only if, the organisation stands on the side of the post or on the common ground."""
        return self.filter(side__in=post.side.sees)

    def across(self, side: Side) -> Self:
        """Organisations on another side of the wall, to which something can be handed over; their names are no secret.

        The common ground is no side to hand over to: nobody works with files there.
        """
        return self.exclude(side__in=[side, Side.COMMON])


class PostQuerySet(models.QuerySet[Any]):
    """Posts."""

    def held_on(self, day: date) -> Self:
        """Included if, and only if, the post is held on `day` by somebody active at an active organisation."""
        return self.filter(valid_on(day), user__is_active=True, organisation__active=True)

    def for_post(self, post: Post) -> Self:
        """Included if, and only if, it is a colleague's: the same organisation, or one that answers to it."""
        return self.filter(Q(organisation=post.organisation_id) | Q(organisation__parent=post.organisation_id))


class DeputyQuerySet(models.QuerySet[Any]):
    """Deputies."""

    def acting_on(self, day: date) -> Self:
        """Included if, and only if, the deputy acts on `day`."""
        return self.filter(valid_on(day))

    def for_post(self, post: Post) -> Self:
        """Included if, and only if, it is the post's own arrangement or one within its organisation."""
        return self.filter(Q(absent=post) | Q(deputy=post) | Q(absent__organisation=post.organisation_id))
