"""The secret address of a navigator's calendar."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from access import clock
from access.models import Post
from access.wall import Side
from access.wall.declaration import Own
from workflows.guidance.queries import OwnQuerySet


class CalendarFeed(models.Model):
    """The address of one navigator's calendar: its digest alone is kept, so that the table opens nothing."""

    post = models.OneToOneField(Post, on_delete=models.PROTECT, primary_key=True, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(_("made"), default=clock.now)

    objects = OwnQuerySet.as_manager()
    wall = Own(Side.CARE)

    class Meta:
        verbose_name, verbose_name_plural = _("calendar address"), _("calendar addresses")
