"""The answer on which a choice rests: what was asked, by which rules, and what was seen. Appended only."""

from __future__ import annotations

import uuid
from typing import Any, Self

from django.db import models
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
    """That somebody chose a unit for a case from an answer of the matching, and everything the answer rested on."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", verbose_name=_("case file"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"), db_index=False)
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
        triggers = [append_only()]
