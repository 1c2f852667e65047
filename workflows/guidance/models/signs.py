"""Whether there are signs that somebody is exploited anew, as asked on a day."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access import clock
from access.models import Post
from access.wall import Side
from access.wall.declaration import WRITE, Own
from access.words import Exploitation
from workflows.guidance.models.course import Guidance
from workflows.guidance.queries import OfGuidanceQuerySet
from workflows.guidance.words import Signs


class NewExploitation(models.Model):
    """An answer and since when it is known. Written again about the same day, it takes the place of the first.

    Like willingness to report it opens and closes nothing: what help is needed is decided where help is decided.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    guidance = models.ForeignKey(Guidance, on_delete=models.PROTECT, related_name="signs")
    known_on = models.DateField(_("known on"))
    answer = models.CharField(_("signs of new exploitation"), max_length=10, choices=Signs)
    forms = ArrayField(
        models.CharField(max_length=10, choices=Exploitation), verbose_name=_("form"), default=list, blank=True
    )
    by = models.ForeignKey(Post, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("by"))
    written_at = models.DateTimeField(_("written"), default=clock.now)

    objects = OfGuidanceQuerySet.as_manager()
    wall = Own(Side.CARE, WRITE)

    class Meta:
        verbose_name, verbose_name_plural = _("sign of new exploitation"), _("signs of new exploitation")
        constraints = [
            models.UniqueConstraint(fields=["guidance", "known_on"], name="guidance_signs_once_a_day"),
            models.CheckConstraint(condition=Q(forms=[]) | Q(answer=Signs.YES), name="guidance_signs_forms_of_a_yes"),
        ]

    @property
    def form_labels(self) -> list[str]:
        """The forms, in words."""
        return [str(Exploitation(code).label) for code in self.forms]
