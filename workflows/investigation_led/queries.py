"""Querysets of recognition led by the investigation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models

if TYPE_CHECKING:
    from access.models import Post


class InvestigationQuerySet(models.QuerySet[Any]):
    """Requests for recognition in a criminal case."""

    def for_post(self, post: Post) -> Self:
        """Included if, and only if, the process is (see `ProcessQuerySet.for_post`)."""
        return self.filter(process__in=apps.get_model("engine", "Process").objects.for_post(post).values("pk"))
