"""Querysets of guidance: rows go with their process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Q, Sum

from access.doors import CASE_WORKERS
from access.wall import Side

if TYPE_CHECKING:
    from access.models import Post


def _processes(post: Post) -> Any:
    return apps.get_model("engine", "Process").objects.for_post(post)


class OfProcessQuerySet(models.QuerySet[Any]):
    """The rows of machines."""

    def for_post(self, post: Post) -> Self:
        """Included if, and only if, the process is (see `ProcessQuerySet.for_post`)."""
        return self.filter(process__in=_processes(post).values("pk"))


class GuidanceQuerySet(OfProcessQuerySet):
    """Guidances."""

    def running(self) -> Self:
        """Those that are not over."""
        return self.filter(process__closed_at=None)

    def carried(self) -> models.QuerySet[Any, Any]:
        """How much each navigator carries (`load`): the weights of what runs, by the key of the post."""
        rows = self.running().exclude(navigator=None).order_by()
        return rows.values("navigator").annotate(load=Sum("weight")).values_list("navigator", "load")


class OfGuidanceQuerySet(models.QuerySet[Any]):
    """What was written down in a guidance."""

    def for_post(self, post: Post) -> Self:
        """Included if, and only if, the post's role works with cases and it sees the process of the guidance."""
        if post.side is not Side.CARE or post.role not in CASE_WORKERS:
            return self.none()
        return self.filter(guidance__in=_processes(post).values("pk"))


class OwnQuerySet(models.QuerySet[Any]):
    """What belongs to a post."""

    def for_post(self, post: Post) -> Self:
        """Included if, and only if, it is the post's own."""
        return self.filter(post=post)


class NavigatorQuerySet(models.QuerySet[Any]):
    """What navigators can do."""

    def for_post(self, post: Post) -> Self:
        """Included if, and only if, the post's role works with cases, and the navigator works in one of its regions or
        at its organisation; a national post sees all.
        """
        if post.side is not Side.CARE or post.role not in CASE_WORKERS:
            return self.none()
        if post.national:
            return self
        near = Q(regions__in=sorted(post.region_ids)) | Q(organisation=post.organisation_id)
        return self.filter(post__in=apps.get_model("access", "Post").objects.filter(near).values("pk"))


class ConflictQuerySet(models.QuerySet[Any]):
    """What stands between a navigator and a case."""

    def for_post(self, post: Post) -> Self:
        """Included if, and only if, the case is (see `CaseQuerySet.for_post`)."""
        return self.filter(case__in=apps.get_model("cases", "Case").objects.for_post(post).values("pk"))
