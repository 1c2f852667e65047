"""What only a placement process knows."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from access.wall import Side
from access.wall.declaration import APPEND, WRITE, Own
from shelters.models import Kind, Unit
from workflows.engine.models import Process


class PlacementRecord(models.Model):
    """The row of one placement process: what is asked for and, once offered, where."""

    process = models.OneToOneField(Process, on_delete=models.PROTECT, primary_key=True, related_name="+")
    kind = models.CharField(_("kind of shelter"), max_length=20, choices=Kind, default=Kind.CRISIS)
    needs = ArrayField(models.CharField(max_length=40), verbose_name=_("needs"), default=list)
    wanted_from = models.DateField(_("wanted from"), null=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("unit"))
    arrived_at = models.DateTimeField(_("arrived"), null=True)
    planned_until = models.DateField(_("planned until"), null=True)
    left_to = models.CharField(_("left to"), max_length=30, blank=True)
    unmet_reason = models.CharField(_("why there is no place"), max_length=40, blank=True)

    wall = Own(Side.CARE, WRITE)


class Refusal(models.Model):
    """That a unit declined, and why: unmet demand is counted from these. Appended only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))
    at = models.DateTimeField(_("at"))
    reason = models.CharField(_("reason"), max_length=40)
    remark = models.TextField(_("remark"), blank=True)

    wall = Own(Side.CARE, APPEND)
