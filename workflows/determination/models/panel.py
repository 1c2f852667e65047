"""Who decides: members, what they declared, what each found on their own, and the hearing."""

from __future__ import annotations

import uuid

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from access import clock
from access.models import Post, append_only
from access.wall import Side
from access.wall.declaration import APPEND, WRITE, Own
from workflows.determination.models.decision import Determination
from workflows.determination.queries import OfDeterminationQuerySet, OpinionQuerySet, ProfileQuerySet
from workflows.determination.words import Care, Expertise, Finding, Interest, Vote, Wish


class MemberProfile(models.Model):
    """What a committee member knows about, and when not to be asked."""

    post = models.OneToOneField(Post, on_delete=models.PROTECT, primary_key=True, related_name="+")
    expertise = ArrayField(models.CharField(max_length=20, choices=Expertise), verbose_name=_("expertise"))
    away_from = models.DateField(_("not available from"), null=True, blank=True)
    away_until = models.DateField(_("not available until"), null=True, blank=True)

    objects = ProfileQuerySet.as_manager()
    wall = Own(Side.DETERMINATION, WRITE)

    class Meta:
        verbose_name, verbose_name_plural = _("profile of a member"), _("profiles of members")


class PanelMember(models.Model):
    """A member in one stage of one determination. Who stood down stays written, and sees the file no more.

    `vote` is what the member said of the draft that lies before the panel; a new draft is voted on anew.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    determination = models.ForeignKey(Determination, on_delete=models.PROTECT, related_name="panel")
    stage = models.CharField(_("stage"), max_length=30)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+", verbose_name=_("member"))
    expertise = models.CharField(_("expertise"), max_length=20, choices=Expertise)
    named_at = models.DateTimeField(_("named"), default=clock.now)
    checked_at = models.DateTimeField(_("checked"), null=True)
    interest = models.CharField(_("conflict of interest"), max_length=10, choices=Interest, blank=True)
    interest_why = models.CharField(_("which"), max_length=300, blank=True)
    declared_at = models.DateTimeField(_("declared"), null=True)
    vote = models.CharField(_("vote"), max_length=10, choices=Vote, blank=True)
    vote_why = models.TextField(_("why"), blank=True)
    stood_down_at = models.DateTimeField(_("stood down"), null=True)
    stood_down_why = models.CharField(_("why"), max_length=300, blank=True)

    objects = OfDeterminationQuerySet.as_manager()
    wall = Own(Side.DETERMINATION, WRITE)

    class Meta:
        ordering = ["named_at", "pk"]
        verbose_name, verbose_name_plural = _("member of a panel"), _("members of panels")
        constraints = [
            models.UniqueConstraint(
                fields=["determination", "stage", "post"],
                condition=Q(stood_down_at=None),
                name="determination_member_once",
            )
        ]
        indexes = [models.Index(fields=["post"], name="determination_member_sits", condition=Q(stood_down_at=None))]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    @property
    def sits(self) -> bool:
        """Whether the member has not stood down."""
        return self.stood_down_at is None


class Opinion(models.Model):
    """What one member finds, alone. Nobody else of the panel reads it before all are in; it never changes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    determination = models.ForeignKey(Determination, on_delete=models.PROTECT, related_name="opinions")
    stage = models.CharField(_("stage"), max_length=30)
    member = models.OneToOneField(PanelMember, on_delete=models.PROTECT, related_name="opinion")
    finding = models.CharField(_("finding"), max_length=20, choices=Finding)
    indicators = models.JSONField(_("indicators and their weight"), default=dict)  # code of an Indicator: a Weight
    reasons = models.TextField(_("reasons"))
    submitted_at = models.DateTimeField(_("submitted"))

    objects = OpinionQuerySet.as_manager()
    wall = Own(Side.DETERMINATION, APPEND)

    class Meta:
        ordering = ["submitted_at", "pk"]
        verbose_name, verbose_name_plural = _("opinion"), _("opinions")
        triggers = [append_only()]


class Hearing(models.Model):
    """Whether the person wanted to be heard, and if so by whom and how. Declining says nothing about the case."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    determination = models.ForeignKey(Determination, on_delete=models.PROTECT, related_name="hearings")
    stage = models.CharField(_("stage"), max_length=30)
    wish = models.CharField(_("wish of the person"), max_length=10, choices=Wish)
    held_on = models.DateField(_("held"), null=True)
    first = models.ForeignKey(PanelMember, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    second = models.ForeignKey(PanelMember, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    language = models.CharField(_("language"), max_length=10, blank=True)
    interpreter = models.CharField(_("interpreter"), max_length=200, blank=True)
    support = models.CharField(_("support person"), max_length=200, blank=True)
    checklist = ArrayField(
        models.CharField(max_length=20, choices=Care), default=list, verbose_name=_("what was taken care of")
    )
    report = models.TextField(_("report"), blank=True)
    recorded_at = models.DateTimeField(default=clock.now)

    objects = OfDeterminationQuerySet.as_manager()
    wall = Own(Side.DETERMINATION, APPEND)

    class Meta:
        ordering = ["recorded_at", "pk"]
        verbose_name, verbose_name_plural = _("hearing"), _("hearings")
        constraints = [
            models.CheckConstraint(
                condition=Q(wish=Wish.DECLINED)
                | (Q(held_on__isnull=False, first__isnull=False, second__isnull=False) & ~Q(first=F("second"))),
                name="determination_hearing_by_two",
            )
        ]
        triggers = [append_only()]
