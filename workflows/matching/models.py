"""What was asked for a case, by which rules, and what was seen: kept with a choice, or without one for later.

Appended only; what was said last holds on (`workflows.matching.asking.known_of`).
"""

from __future__ import annotations

import uuid
from typing import Any, Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.fields.json import KeyTransform
from django.utils.translation import gettext_lazy as _

from access import clock
from access.models import Post, append_only
from access.wall import Side
from access.wall.declaration import APPEND, Own
from cases.models import Case
from shelters.models import Unit


class ChoiceQuerySet(models.QuerySet[Any]):
    """Choices."""

    def for_post(self, post: Post) -> Self:
        """Included if, and only if, the case is (see `CaseQuerySet.for_post`)."""
        return self.filter(case__in=Case.objects.for_post(post).values("pk"))


class Choice(models.Model):
    """What somebody asked for a case, everything the answer rested on, and the unit chosen from it if one was.

    `wanted` besides names as `avoid` the cases whose people must not be met: requests come and go, they stay.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", verbose_name=_("case file"))
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("unit"), db_index=False
    )
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("at"), default=clock.now)
    rules = models.CharField(_("version of the rules"), max_length=12)
    wanted = models.JSONField(_("asked"))
    weights = models.JSONField(_("weights"))
    seen = models.JSONField(_("seen"))

    objects = ChoiceQuerySet.as_manager()
    wall = Own(Side.CARE, APPEND)

    class Meta:
        ordering = ["-at"]
        verbose_name, verbose_name_plural = _("choice from the matching"), _("choices from the matching")
        indexes = [GinIndex(KeyTransform("avoid", "wanted"), name="matching_choice_avoid")]
        triggers = [append_only()]
