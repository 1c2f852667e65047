"""What was done with checklists on a case. Rows are added, never changed: the newest one counts."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access import clock
from access.models import Post
from access.wall import Side
from access.wall.declaration import APPEND, Own
from cases.sealed import SealedTextField
from workflows.advice.queries import EditionQuerySet, MarkQuerySet
from workflows.advice.words import OF_LIST, WITH_REASON, State, Subject
from workflows.guidance.models import Guidance


class Edition(models.Model):
    """The points of a checklist as they were when somebody first ticked one, so that a later text can be compared.

    `points` is a list of ``{"id": key, "nl": [text, why], "en": [text, why]}``. The digest is of all of it, so that an
    edit that forgot to raise the version is an edition too.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.CharField(_("about"), max_length=12, choices=Subject)
    version = models.PositiveIntegerField(_("version"))
    digest = models.CharField(max_length=32)
    points = models.JSONField(_("points"), default=list)
    kept_at = models.DateTimeField(_("kept"), default=clock.now)

    objects = EditionQuerySet.as_manager()
    wall = Own(Side.CARE, APPEND)

    class Meta:
        verbose_name, verbose_name_plural = _("text of a checklist"), _("texts of checklists")
        constraints = [models.UniqueConstraint(fields=["subject", "digest"], name="advice_edition_once")]


class Mark(models.Model):
    """That a point was ticked, set aside or opened again; without `point`, that a list was added or put away."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    guidance = models.ForeignKey(Guidance, on_delete=models.PROTECT, db_index=False, related_name="+")
    subject = models.CharField(_("about"), max_length=12, choices=Subject)
    point = models.CharField(_("point"), max_length=60, blank=True)
    digest = models.CharField(max_length=32, blank=True)  # of the point as it was
    state = models.CharField(_("state"), max_length=8, choices=State)
    reason = SealedTextField(_("reason"), blank=True)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, db_index=False, related_name="+")
    by = models.ForeignKey(Post, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"), default=clock.now)

    objects = MarkQuerySet.as_manager()
    wall = Own(Side.CARE, APPEND | {"UPDATE"})  # updated by a change of keys alone

    class Meta:
        verbose_name, verbose_name_plural = _("mark on a checklist"), _("marks on checklists")
        indexes = [models.Index(fields=["guidance", "subject", "point", "-at"], name="advice_mark_newest")]
        constraints = [
            models.CheckConstraint(condition=~Q(state__in=WITH_REASON) | ~Q(reason=""), name="advice_mark_reason"),
            models.CheckConstraint(
                condition=Q(state__in=OF_LIST, point="") | ~Q(state__in=OF_LIST) & ~Q(point=""),
                name="advice_mark_point",
            ),
        ]
