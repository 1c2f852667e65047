"""Querysets of placements: which requests, refusals and searches without result a post may see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models

if TYPE_CHECKING:
    from access.models import Post


class OfPlacementQuerySet(models.QuerySet[Any]):
    """Rows that belong to a placement process."""

    def for_post(self, post: Post) -> Self:
        """Included if, and only if, the process is (see `ProcessQuerySet.for_post`)."""
        return self.filter(process__in=apps.get_model("engine", "Process").objects.for_post(post).values("pk"))


class AskQuerySet(OfPlacementQuerySet):
    """Requests for a place."""

    def waiting(self, at: Any) -> Self:
        """Included if, and only if, a place was asked for at a moment: nobody came to one yet and nobody withdrew."""
        asked = models.Q(asked_at__lte=at)
        arrived = models.Q(arrived_at=None) | models.Q(arrived_at__gt=at)
        stopped = models.Q(stopped_at=None) | models.Q(stopped_at__gt=at)
        return self.filter(asked & arrived & stopped)
