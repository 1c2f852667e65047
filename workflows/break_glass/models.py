"""Every attempt at break-glass, and what only the review of one that opened a case knows."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from access import clock
from access.models import Post, User, append_only
from access.wall import Side
from access.wall.declaration import APPEND, WRITE, Own
from cases.models import Case, CaseAccess
from workflows.break_glass.queries import AttemptQuerySet, TriedQuerySet, UseQuerySet
from workflows.engine.models import Process


class Attempt(models.Model):
    """That somebody asked to open a case by its number, with the reason, and whether it opened. Appended only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+", verbose_name=_("who"))
    number = models.CharField(_("case number"), max_length=13)
    reason = models.TextField(_("reason"))
    at = models.DateTimeField(_("at"), default=clock.now)
    opened = models.BooleanField(_("opened"))

    objects = AttemptQuerySet.as_manager()
    wall = Own(Side.CARE, APPEND)

    class Meta:
        verbose_name, verbose_name_plural = _("attempt at break-glass"), _("attempts at break-glass")
        indexes = [models.Index(fields=["-at", "-id"], name="break_glass_attempt_at")]
        triggers = [append_only()]

    def __str__(self) -> str:
        return str(self.pk)


class Use(models.Model):
    """A case that was opened: by whom, why, and until when. `access` is the naming by which it is open."""

    process = models.OneToOneField(Process, on_delete=models.PROTECT, primary_key=True, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", verbose_name=_("case file"))
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+", verbose_name=_("who"))
    reason = models.TextField(_("reason"))
    opened_at = models.DateTimeField(_("from"), default=clock.now)
    access = models.OneToOneField(CaseAccess, on_delete=models.PROTECT, null=True, related_name="+")

    objects = UseQuerySet.as_manager()
    wall = Own(Side.CARE, WRITE)

    class Meta:
        verbose_name, verbose_name_plural = _("use of break-glass"), _("uses of break-glass")

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def lasts(self) -> bool:
        """Whether the case is still open by it."""
        return self.access is not None and self.access.until is not None and self.access.until > clock.now()


class Tried(models.Model):
    """That somebody tried on a day and nothing opened: looked at once for all attempts of the day."""

    process = models.OneToOneField(Process, on_delete=models.PROTECT, primary_key=True, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+", verbose_name=_("who"))
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    on = models.DateField(_("on"))

    objects = TriedQuerySet.as_manager()
    wall = Own(Side.CARE, WRITE)

    class Meta:
        verbose_name, verbose_name_plural = _("day of attempts at break-glass"), _("days of attempts at break-glass")
        constraints = [models.UniqueConstraint(fields=["user", "on"], name="break_glass_tried_once_a_day")]

    def __str__(self) -> str:
        return str(self.pk)
