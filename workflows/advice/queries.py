"""Querysets of advice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models

from access.doors import CASE_WORKERS
from access.wall import Side
from workflows.guidance.queries import OfGuidanceQuerySet

if TYPE_CHECKING:
    from access.models import Post


class EditionQuerySet(models.QuerySet[Any]):
    """Former and present texts."""

    def for_post(self, post: Post) -> Self:
        """Included if, and only if, the post's role works with cases: a text is about nobody."""
        return self if post.side is Side.CARE and post.role in CASE_WORKERS else self.none()


class MarkQuerySet(OfGuidanceQuerySet):
    """What was ticked or set aside; `for_post` goes with the guidance."""

    def standing(self) -> Self:
        """Of each point, and of each list as a whole, the newest."""
        return self.order_by("guidance", "subject", "point", "-at").distinct("guidance", "subject", "point")
