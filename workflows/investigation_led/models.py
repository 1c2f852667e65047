"""What only a recognition led by the investigation knows."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from access.wall import Side
from access.wall.declaration import WRITE, Own
from workflows.engine.models import Process
from workflows.investigation_led.queries import InvestigationQuerySet


class Cooperation(models.TextChoices):
    """How somebody cooperates with the criminal case."""

    COMPLAINT = "complaint", _("Criminal complaint")
    OTHER = "other", _("Other cooperation")
    HARDSHIP = "hardship", _("None asked: hardship pathway")


class CaseOutcome(models.TextChoices):
    """What became of the criminal case, as far as recognition hangs on it."""

    PROSECUTED = "prosecuted", _("Prosecuted")
    CONVICTED = "convicted", _("Conviction")
    DISMISSED = "dismissed", _("Dismissed")
    ACQUITTED = "acquitted", _("Acquitted")


class Investigation(models.Model):
    """The row of one request: by which number justice knows it, how the person cooperates, what became of the case.

    `handover` is the key of what was handed over to justice, if anything was.
    """

    process = models.OneToOneField(Process, on_delete=models.PROTECT, primary_key=True, related_name="+")
    reference = models.CharField(_("number at the police"), max_length=40, blank=True)
    handover = models.UUIDField(_("handover"), null=True)
    cooperation = models.CharField(_("cooperation"), max_length=20, choices=Cooperation, blank=True)
    cooperated_on = models.DateField(_("registered on"), null=True)
    came_of_it = models.CharField(_("outcome of the case"), max_length=20, choices=CaseOutcome, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True)

    objects = InvestigationQuerySet.as_manager()
    wall = Own(Side.JUSTICE, WRITE)

    class Meta:
        verbose_name, verbose_name_plural = _("recognition in a criminal case"), _("recognitions in criminal cases")
        indexes = [models.Index(fields=["handover"], name="investigation_led_handover")]
