"""Where the person stands on reporting, and what was tried.

Nothing outside the guidance reads these tables: help, shelter and determination go on as they are
(`workflows.guidance.checks`).
"""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from access import clock
from access.models import Post
from access.wall import Side
from access.wall.declaration import APPEND, WRITE, Own
from cases.sealed import SealedTextField
from workflows.guidance.models.course import Guidance
from workflows.guidance.queries import OfGuidanceQuerySet
from workflows.guidance.words import Measure, Obstacle, Stand


class Willingness(models.Model):
    """Where the person stood from a day on, and what they said was in the way. A change is another row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    guidance = models.ForeignKey(Guidance, on_delete=models.PROTECT, related_name="stands")
    on_day = models.DateField(_("day"))
    stand = models.CharField(_("where the person stands"), max_length=15, choices=Stand)
    obstacles = ArrayField(models.CharField(max_length=15, choices=Obstacle), default=list, blank=True)
    words = SealedTextField(_("what the person said"), blank=True)
    by = models.ForeignKey(Post, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("by"))
    written_at = models.DateTimeField(_("written"), default=clock.now)

    objects = OfGuidanceQuerySet.as_manager()
    wall = Own(Side.CARE, APPEND | {"UPDATE"})  # updated by a change of keys alone

    class Meta:
        verbose_name, verbose_name_plural = _("willingness to report"), _("willingness to report")
        indexes = [  # with what is counted of them (`insights.guiding.functions`)
            models.Index(
                fields=["guidance", "on_day", "written_at"],
                include=["stand", "obstacles"],
                name="guidance_willing_told",
            )
        ]

    @property
    def obstacle_labels(self) -> list[str]:
        """What was in the way, in words."""
        return [str(Obstacle(code).label) for code in self.obstacles]


class MeasureTried(models.Model):
    """That a measure was offered, and what became of it. `criminal`: for somebody exploited in crime."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    guidance = models.ForeignKey(Guidance, on_delete=models.PROTECT, related_name="measures")
    measure = models.CharField(_("measure"), max_length=15, choices=Measure)
    other = models.CharField(_("which"), max_length=200, blank=True)
    offered_on = models.DateField(_("offered"))
    tried_on = models.DateField(_("tried"), null=True, blank=True)
    declined = models.BooleanField(_("the person did not want it"), default=False)
    criminal = models.BooleanField(_("criminal exploitation"), default=False)
    by = models.ForeignKey(Post, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("by"))

    objects = OfGuidanceQuerySet.as_manager()
    wall = Own(Side.CARE, WRITE)

    class Meta:
        verbose_name, verbose_name_plural = _("measure tried"), _("measures tried")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(tried_on=None) | models.Q(tried_on__gte=models.F("offered_on")),
                name="guidance_measure_offered_first",
            )
        ]
