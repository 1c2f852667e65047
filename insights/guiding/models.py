"""Lessons: what was learned of a measure, without anybody in it, and what was done with each."""

from __future__ import annotations

import uuid
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from access import clock
from access.models import Post, User, append_only
from access.wall import Side
from access.wall.declaration import APPEND, WRITE, Shared
from insights.guiding.policy import APPROVES
from workflows.guidance.words import Measure


class State(models.TextChoices):
    """How a lesson stands."""

    DRAFT = "draft", _("Draft")
    ASKED = "asked", _("Approval asked")
    SHARED = "shared", _("Shared")
    RETURNED = "returned", _("Returned")


class Act(models.TextChoices):
    """What is done with a lesson."""

    WRITE = "write", _("Written")
    CHANGE = "change", _("Changed")
    ASK = "ask", _("Approval asked")
    APPROVE = "approve", _("Approved and shared")
    SEND_BACK = "send_back", _("Returned")
    WITHDRAW = "withdraw", _("No longer shared")


class LessonQuerySet(models.QuerySet[Any]):
    """Lessons: the only door to their rows."""

    def for_post(self, post: Post) -> Self:
        """Shared ones for everybody; one's own; and for who may approve, those for which approval was asked."""
        open_ = Q(state=State.SHARED) | Q(writer=post.user_id)
        if post.role in APPROVES:
            open_ |= Q(state=State.ASKED)
        return self.filter(open_, side__in=post.side.sees)


class Lesson(models.Model):
    """A lesson. It lies on the side of who wrote it, until somebody else approves it: then it is common ground.

    What a navigator writes stays on the care side until somebody read it who did not write it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    side = models.CharField(max_length=20, choices=Side)
    measure = models.CharField(_("measure"), max_length=15, choices=Measure)
    title = models.CharField(_("title"), max_length=120)
    tried = models.TextField(_("what was tried"))
    seen = models.TextField(_("what was seen"))
    advice = models.TextField(_("what we would do again, or not"))
    state = models.CharField(_("how it stands"), max_length=10, choices=State, default=State.DRAFT)
    writer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("written by"))
    approver = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("approved by")
    )
    changed_at = models.DateTimeField(_("changed"), default=clock.now)
    shared_at = models.DateTimeField(_("shared"), null=True)
    version = models.PositiveIntegerField(default=1)

    objects = LessonQuerySet.as_manager()
    wall = Shared(WRITE)

    class Meta:
        verbose_name, verbose_name_plural = _("lesson"), _("lessons")
        indexes = [models.Index(fields=["state", "-changed_at"], name="guiding_lesson_state")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="shared")
                | Q(side="common", approver__isnull=False, shared_at__isnull=False) & ~Q(approver=F("writer")),
                name="guiding_lesson_approved_by_another",
            )
        ]


class LessonStep(models.Model):
    """What was done with a lesson, by whom and why. Appended only."""

    side = models.CharField(max_length=20, choices=Side)
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField(_("at"), default=clock.now)
    act = models.CharField(_("what"), max_length=10, choices=Act)
    user = models.ForeignKey(User, on_delete=models.PROTECT, db_index=False, related_name="+")
    reason = models.TextField(_("why"), blank=True)

    wall = Shared(APPEND)

    class Meta:
        ordering = ["id"]
        verbose_name, verbose_name_plural = _("step of a lesson"), _("steps of lessons")
        triggers = [append_only()]
