"""Querysets of capacity statements, and the questions other pages ask of them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from access.roles import Role
from access.wall import Side

if TYPE_CHECKING:
    from access.models import Post


class StatementQuerySet(models.QuerySet[Any]):
    """Statements."""

    def for_post(self, post: Post) -> Self:
        """Included if, and only if: the post is on the care side, is no provider, and works in the region.

        A provider sees its own lines and not the statement of the region.
        """
        if post.side != Side.CARE or post.role == Role.SHELTER_PROVIDER:
            return self.none()
        return self.all() if post.national else self.filter(region__in=sorted(post.region_ids))

    def in_force(self) -> Self:
        """Published, and not replaced by a published correction."""
        return self.filter(published_at__isnull=False).exclude(corrected_by__published_at__isnull=False)


class LineQuerySet(models.QuerySet[Any]):
    """Lines of statements, and long stays named in them."""

    def for_post(self, post: Post) -> Self:
        """Included if, and only if, the statement is; a provider sees those of its own units."""
        if post.side != Side.CARE:
            return self.none()
        if post.role == Role.SHELTER_PROVIDER:
            return self.filter(unit__organisation=post.organisation_id)
        return self.all() if post.national else self.filter(statement__region__in=sorted(post.region_ids))

    def published_before(self, day: date) -> Self:
        """Of statements in force whose period began before a day."""
        current = Q(statement__published_at__isnull=False) & ~Q(statement__corrected_by__published_at__isnull=False)
        return self.filter(current, statement__period__startswith__lt=day)
