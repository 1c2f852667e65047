"""Querysets of placements: which requests, refusals and searches without result a post may see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models

from access.roles import Role
from workflows.placement.words import OPEN_TO_ITS_PROVIDER

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


class TurnQuerySet(OfPlacementQuerySet):
    """Units that are asked, in their order."""

    def for_post(self, post: Post) -> Self:
        """Included if, and only if, the process is; a shelter provider besides sees what its own units were asked,
        until it declines, unless the case is for named people only.
        """
        if post.role != Role.SHELTER_PROVIDER:
            return super().for_post(post)
        told = models.Q(outcome__in=["", *OPEN_TO_ITS_PROVIDER])
        return self.filter(
            told, unit__organisation=post.organisation_id, asked_at__isnull=False, process__restricted=False
        )

    def to_ask(self) -> Self:
        """Units whose turn is still to come."""
        return self.filter(asked_at=None, ended_at=None)
