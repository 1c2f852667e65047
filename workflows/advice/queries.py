"""Querysets of advice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models

from workflows.guidance.queries import OfGuidanceQuerySet

if TYPE_CHECKING:
    from access.models import Post


class EditionQuerySet(models.QuerySet[Any]):
    """Former and present texts."""

    def for_post(self, post: Post) -> Self:
        """Included if, and only if, the post sees a mark that was made in it: which texts others ticked is theirs."""
        return self.filter(pk__in=apps.get_model("advice", "Mark").objects.for_post(post).values("edition"))


class MarkQuerySet(OfGuidanceQuerySet):
    """What was ticked or set aside; `for_post` goes with the guidance."""

    def standing(self) -> Self:
        """Of each point, and of each list as a whole, the newest."""
        return self.order_by("guidance", "subject", "point", "-at").distinct("guidance", "subject", "point")
