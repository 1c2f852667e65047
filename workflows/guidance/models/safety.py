"""The safety plan: its process, and every version that was written."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from access import clock
from access.models import Post
from access.wall import Side
from access.wall.declaration import APPEND, WRITE, Own
from cases.sealed import SealedTextField
from workflows.engine.models import Process
from workflows.guidance.models.course import Guidance
from workflows.guidance.queries import OfGuidanceQuerySet, OfProcessQuerySet


class SafetyPlan(models.Model):
    """The row of the process that keeps a safety plan young."""

    process = models.OneToOneField(Process, on_delete=models.PROTECT, primary_key=True, related_name="+")
    guidance = models.ForeignKey(Guidance, on_delete=models.PROTECT, related_name="safety_plans")
    written_at = models.DateTimeField(_("gone through"), null=True)

    objects = OfProcessQuerySet.as_manager()
    wall = Own(Side.CARE, WRITE)

    class Meta:
        verbose_name, verbose_name_plural = _("safety plan"), _("safety plans")


class SafetyPlanVersion(models.Model):
    """What the plan says. A plan that was gone through and is unchanged is a version too."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    guidance = models.ForeignKey(Guidance, on_delete=models.PROTECT, related_name="plan_versions")
    at = models.DateTimeField(_("when"), default=clock.now)
    contacts = SealedTextField(_("contact people"), blank=True)
    safe_hours = SealedTextField(_("safe hours and ways"), blank=True)
    code_words = SealedTextField(_("code words"), blank=True)
    threats = SealedTextField(_("threats"), blank=True)
    what_to_do = SealedTextField(_("what to do"), blank=True)
    by = models.ForeignKey(Post, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("by"))

    objects = OfGuidanceQuerySet.as_manager()
    wall = Own(Side.CARE, APPEND | {"UPDATE"})  # updated by a change of keys alone

    class Meta:
        verbose_name, verbose_name_plural = _("version of a safety plan"), _("versions of safety plans")
        indexes = [models.Index(fields=["guidance", "-at"], name="guidance_plan_version_at")]
