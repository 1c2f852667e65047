"""Finding the post that acts: one query a request, which also brings what the program must know of changes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, TypedDict

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, DurationField, OuterRef, QuerySet
from django.db.models.expressions import RawSQL

from access import clock, configuration
from access.models import Deputy, Post, User

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


class Needed(TypedDict):
    """What a request needs of a post beyond its row: regions, absent posts it acts for, and news of changes."""

    held_regions: list[int]
    held_absent: list[int]
    stamp: int
    clock_offset: timedelta


def held_posts(user: User) -> QuerySet[WithAnnotations[Post, Needed]]:
    """The posts a person holds today, with what a request needs of them."""
    today = clock.today()
    regions = Post.regions.through.objects.filter(post=OuterRef("pk")).values("region")
    absent = Deputy.objects.acting_on(today).filter(deputy=OuterRef("pk")).values("absent")
    return (
        Post.objects.held_on(today)
        .filter(user=user)
        .select_related("organisation")
        .annotate(
            held_regions=ArraySubquery(regions),
            held_absent=ArraySubquery(absent),
            stamp=RawSQL("SELECT stamp FROM access_configuration", [], output_field=BigIntegerField()),
            clock_offset=RawSQL("SELECT clock_offset FROM access_configuration", [], output_field=DurationField()),
        )
        .order_by("pk")
    )


def acting_post(user: User, chosen: int | None) -> Post | None:
    """The post that acts: the chosen one if still held, the only one if there is one, else None (ask)."""
    posts = list(held_posts(user))
    if not posts:
        return None
    configuration.seen(posts[0].stamp, posts[0].clock_offset)
    user.held_posts = posts  # type: ignore[attr-defined]
    user._administers = any(p.role == "administrator" for p in posts)
    post = next((p for p in posts if p.pk == chosen), posts[0] if len(posts) == 1 else None)
    if post is not None:
        post.user = user
    return post
