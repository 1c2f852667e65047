"""Querysets of break-glass, and what was read while the glass was broken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject

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


class TriedQuerySet(models.QuerySet[Any]):
    """Days of attempts that opened nothing."""

    def for_post(self, post: Post) -> Self:
        """Included if, and only if, the post oversees them: as attempts (`AttemptQuerySet.for_post`), but never one's
        own; the national desk those that fell to it.
        """
        if post.side is not Side.CARE:
            return self.none()
        rows = self.exclude(user=post.user_id)
        if post.role == Role.PRIVACY_OFFICER:
            return rows
        if post.role == Role.SUPERVISOR:
            at = post.organisation_id
            return rows.filter(Q(post__organisation=at) | Q(post__organisation__parent=at))
        if post.role == Role.NATIONAL_DESK:
            return rows.filter(process__owner_role=post.role, process__owner_organisation=post.organisation_id)
        return self.none()


@dataclass(frozen=True)
class Opened:
    """A use of break-glass as the page of its case shows it."""

    pk: UUID
    user_id: int
    who: str
    organisation: str
    reason: str
    opened_at: datetime
    until: datetime

    @property
    def lasts(self) -> bool:
        """Whether the case is still open by it."""
        return self.until > clock.now()


def column() -> ArraySubquery:
    """The uses on a case, the oldest first, to be read along with the case, as ``glass``."""
    uses = apps.get_model("break_glass", "Use").objects.filter(case=OuterRef("pk"), access__isnull=False)
    told = JSONObject(
        pk="process_id", user_id="post__user_id", who="post__user__name", organisation="post__organisation__name",
        reason="reason", opened_at="opened_at", until="access__until",
    )  # fmt: skip
    return ArraySubquery(uses.order_by("opened_at").values(told=told))


def on(case: Case) -> list[Opened]:
    """Every use on a case which the reader sees already, the oldest first. A case open to all shows none."""
    if not case.restricted:
        return []
    rows = case.__dict__.get("glass")
    if rows is None:
        rows = type(case)._default_manager.filter(pk=case.pk).values_list(column(), flat=True).get()
    return [
        Opened(**row | {name: datetime.fromisoformat(row[name]) for name in ("opened_at", "until")})
        for row in rows
    ]  # fmt: skip


def running_on(case: Case) -> list[Opened]:
    """Those of `on` that still last."""
    return [use for use in on(case) if use.lasts]


def read_during(use: Use) -> list[AccessRecord]:
    """Lines of the access log of who broke the glass about the person of the case, in the time it lasted."""
    until = use.access.until if use.access is not None and use.access.until is not None else clock.now()
    lines = AccessRecord.objects.filter(
        subject=use.case.person_id, user=use.post.user_id, at__gte=use.opened_at, at__lte=until
    ).exclude(object_kind="break_glass")
    return list(lines.order_by("at", "pk")[:READ_MOST])
