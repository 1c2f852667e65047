"""What only a referral process knows."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from access.models import Organisation
from access.wall import Side
from access.wall.declaration import WRITE, Own
from cases.models import Referral as Report
from workflows.engine.models import Process


class ReferralRecord(models.Model):
    """The row of one referral process: the report it came from, and to whom it was referred onward."""

    process = models.OneToOneField(Process, on_delete=models.PROTECT, primary_key=True, related_name="+")
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="+", verbose_name=_("report"))
    onward_to = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("referred onward to")
    )
    onward_name = models.CharField(_("referred onward to"), max_length=200, blank=True)

    wall = Own(Side.CARE, WRITE)
