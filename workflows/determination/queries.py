"""Querysets of the determination: the only door to its rows.

The secretary sees the files of the committee, a member those of the panels they sit on, a supervisor of the committee
its files without what is in them (`content`). Nobody else sees any.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import F, Q

from access import clock
from access.queries import valid_on
from access.roles import Role
from access.wall import Side
from workflows.determination.words import ConsentState, Readers

if TYPE_CHECKING:
    from access.models import Post


def panels_of(post: Post) -> models.QuerySet[Any]:
    """Seats of a post on panels of the stage that runs, without those it stood down from: who decided on the grounds
    alone has nothing to do with what is told and gathered for the conclusive decision.

    A seat is personal: it was this member who was found to have nothing to do with the case. Whoever deputises for
    an absent member sits nowhere by that, and sees nothing; the secretary lets the member stand down and names another.
    """
    seats = apps.get_model("determination", "PanelMember")._default_manager
    return seats.filter(post=post.pk, stood_down_at=None, stage=F("determination__stage"))


def done_by(post: Post) -> Q:
    """A condition on `Process`: a member has done what the present step asks of each member, and others have not."""
    seats = panels_of(post).filter(determination=models.OuterRef("pk"))
    return (
        Q(state="declaring") & Q(models.Exists(seats.exclude(interest="")))
        | Q(state="opinions") & Q(models.Exists(seats.exclude(opinion=None)))
        | Q(state="deciding") & Q(models.Exists(seats.exclude(vote="")))
    )


def sits_on(post: Post) -> Q:
    """A condition on `Process`: the determinations on whose panel a post sits."""
    return Q(pk__in=panels_of(post).values("determination"))


SITS_ON = """EXISTS (
    SELECT FROM determination_panelmember s
        JOIN determination_determination d ON d.process_id = s.determination_id AND d.stage = s.stage
    WHERE s.determination_id = t.process_id AND s.post_id = h.id AND s.stood_down_at IS NULL
)"""
"""The same as `sits_on`, for mails about notices."""


class FileQuerySet(models.QuerySet[Any]):
    """Files."""

    def for_post(self, post: Post) -> Self:
        """Included if, and only if: for a secretary or supervisor, the file is of their committee; for a member, they
        sit on a panel of it.
        """
        if post.side is not Side.DETERMINATION:
            return self.none()
        if post.role in (Role.COMMITTEE_SECRETARY, Role.SUPERVISOR):
            return self.filter(organisation=post.organisation_id)
        if post.role == Role.COMMITTEE_MEMBER:
            return self.filter(pk__in=panels_of(post).values("determination__file"))
        return self.none()


def _files(post: Post) -> Any:
    return apps.get_model("determination", "File").objects.for_post(post).values("pk")


class OfFileQuerySet(models.QuerySet[Any]):
    """Rows that belong to a file."""

    def for_post(self, post: Post) -> Self:
        """Included if, and only if, the file is, and the post is secretary or member: a supervisor sees what has to be
        done by when and not what it is about.
        """
        if post.role not in (Role.COMMITTEE_SECRETARY, Role.COMMITTEE_MEMBER):
            return self.none()
        return self.filter(file__in=_files(post))


class DecisionQuerySet(OfFileQuerySet):
    """Decisions."""

    def current(self) -> Self:
        """Included if, and only if, no later version of it was made."""
        later = self.model._default_manager.filter(
            determination=models.OuterRef("determination"),
            stage=models.OuterRef("stage"),
            version__gt=models.OuterRef("version"),
        )
        return self.exclude(models.Exists(later))


class EvidenceQuerySet(OfFileQuerySet):
    """Evidence."""

    def readable(self) -> Self:
        """Included if, and only if, it needs no consent, the consent for its source stands, or the handover by which it
        came is in force.
        """
        handed = apps.get_model("handovers", "Handover").objects.in_force().values("pk")
        own = Q(consent=None, handover=None)
        return self.filter(own | Q(consent__state=ConsentState.GIVEN) | Q(consent=None, handover__in=handed))

    def for_post(self, post: Post) -> Self:
        """Included if, and only if, the file is, its consent stands, and the post may read it."""
        rows = super().for_post(post).readable()
        return rows.filter(readers=Readers.PANEL) if post.role == Role.COMMITTEE_MEMBER else rows


class OfDeterminationQuerySet(models.QuerySet[Any]):
    """Rows that belong to a determination."""

    def for_post(self, post: Post) -> Self:
        """Included if, and only if, the post is secretary or member, and the file is."""
        if post.role not in (Role.COMMITTEE_SECRETARY, Role.COMMITTEE_MEMBER):
            return self.none()
        return self.filter(determination__file__in=_files(post))

    def sitting(self) -> Self:
        """Members that did not stand down."""
        return self.filter(stood_down_at=None)


class OpinionQuerySet(OfDeterminationQuerySet):
    """Opinions."""

    def for_post(self, post: Post) -> Self:
        """Included if, and only if, the file is, and it is the post's own or every member of its panel has given one.

        Not even the secretary reads one before all are in.
        """
        members = apps.get_model("determination", "PanelMember")._default_manager
        open_seats = members.filter(
            determination=models.OuterRef("determination"),
            stage=models.OuterRef("stage"),
            stood_down_at=None,
            opinion=None,
        )
        return super().for_post(post).filter(Q(member__post=post.pk) | ~models.Exists(open_seats))


class ProfileQuerySet(models.QuerySet[Any]):
    """Profiles of members."""

    def for_post(self, post: Post) -> Self:
        """Included if, and only if: for a secretary or supervisor, the member is of their committee; a member's own."""
        if post.role in (Role.COMMITTEE_SECRETARY, Role.SUPERVISOR) and post.side is Side.DETERMINATION:
            return self.filter(post__organisation=post.organisation_id)
        return self.filter(post=post.pk)

    def available(self, day: date | None = None) -> Self:
        """Included if, and only if, the post is held on a day and the member is not away."""
        day = day or clock.today()
        held = valid_on(day, prefix="post__") & Q(post__user__is_active=True, post__organisation__active=True)
        away = Q(away_from__lte=day) & (Q(away_until=None) | Q(away_until__gt=day))
        return self.filter(held, post__role=Role.COMMITTEE_MEMBER).exclude(away).order_by(F("post__user__name"))
