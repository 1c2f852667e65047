"""Querysets of break-glass, and what was read while the glass was broken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Q

from access import clock
from access.models import AccessRecord
from access.roles import Role
from access.wall import Side

if TYPE_CHECKING:
    from access.models import Post
    from cases.models import Case
    from workflows.break_glass.models import Use

READ_MOST = 500


class UseQuerySet(models.QuerySet[Any]):
    """Uses of break-glass."""

    def for_post(self, post: Post) -> Self:
        """Included if, and only if: the post reviews them (privacy officer); or supervises the organisation of who
        broke the glass, or the level above it; or is held by who broke it.
        """
        if post.side is not Side.CARE:
            return self.none()
        if post.role == Role.PRIVACY_OFFICER:
            return self.all()
        own = Q(post__user=post.user_id)
        if post.role == Role.SUPERVISOR:
            at = post.organisation_id
            own |= Q(post__organisation=at) | Q(post__organisation__parent=at)
        # Where nobody is privacy officer the process falls to the national desk, which then reviews.
        if post.role == Role.NATIONAL_DESK:
            own |= Q(process__owner_role=post.role, process__owner_organisation=post.organisation_id)
        return self.filter(own)

    def running(self) -> Self:
        """Included if, and only if, the access still lasts."""
        return self.filter(access__until__gt=clock.now())


class AttemptQuerySet(models.QuerySet[Any]):
    """Attempts at break-glass."""

    def for_post(self, post: Post) -> Self:
        """Included if, and only if: as uses of break-glass (`UseQuerySet.for_post`), but the desk's own alone."""
        if post.side is not Side.CARE:
            return self.none()
        if post.role == Role.PRIVACY_OFFICER:
            return self.all()
        own = Q(post__user=post.user_id)
        if post.role == Role.SUPERVISOR:
            at = post.organisation_id
            own |= Q(post__organisation=at) | Q(post__organisation__parent=at)
        return self.filter(own)


def running_on(case: Case) -> list[Any]:
    """Break-glass that lasts on a case which the reader sees already."""
    uses = apps.get_model("break_glass", "Use").objects.filter(case=case).running()
    return list(uses.select_related("post__user", "access").order_by("opened_at"))


def read_during(use: Use) -> list[AccessRecord]:
    """Lines of the access log of who broke the glass about the person of the case, in the time it lasted."""
    until = use.access.until if use.access is not None and use.access.until is not None else clock.now()
    lines = AccessRecord.objects.filter(
        subject=use.case.person_id, user=use.post.user_id, at__gte=use.opened_at, at__lte=until
    ).exclude(object_kind="break_glass")
    return list(lines.order_by("at", "pk")[:READ_MOST])
