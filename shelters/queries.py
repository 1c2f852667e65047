"""Querysets of the shelter room."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Count, F, IntegerField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from access.roles import Role

if TYPE_CHECKING:
    from access.models import Post


class UnitQuerySet(models.QuerySet[Any]):
    """Units."""

    def for_post(self, post: Post) -> Self:
        """Included if, and only if: a provider's own organisation runs it, or the post is another on the care side.

        Whoever places people may know of every unit in the country, at region level.
        """
        if post.role == Role.SHELTER_PROVIDER:
            return self.filter(organisation=post.organisation_id)
        return self.all() if post.side == "care" else self.none()

    def with_free(self, at: datetime) -> Self:
        """Adds `taken` and `free`: places taken at a moment, and left. Derived from the stays, never a counter.

        Counted for each unit by itself, so that a page of a long list counts only what it shows.
        """
        stays = apps.get_model("shelters", "Stay").objects.filter(unit=OuterRef("pk"), period__contains=at)
        counted = stays.order_by().values("unit").annotate(n=Count("pk")).values("n")
        taken = Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))
        return self.annotate(taken=taken).annotate(free=F("places") - F("taken"))

    def with_room(self, at: datetime) -> Self:
        """Included if, and only if, the unit has at least one free place at a moment; adds what `with_free` adds."""
        return self.with_free(at).filter(free__gt=0)
