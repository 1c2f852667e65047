"""The file of one person whose victimhood is to be determined; it belongs to the committee and to nobody else."""

from __future__ import annotations

import uuid
from datetime import date

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access import clock
from access.models import Organisation, Post, Region
from access.wall import Side
from access.wall.declaration import WRITE, Own
from workflows.determination.queries import FileQuerySet, OfFileQuerySet
from workflows.determination.words import OF_JUSTICE, Capacity, Missing, Source

ADULT = 18


class FileNumber(models.Model):
    """The last number given out in a year."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField()

    wall = Own(Side.DETERMINATION, WRITE)


class Exploitation(models.Model):
    """One exploitation of several persons. Their files are linked by it; each is decided on its own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name among ourselves"), max_length=100)
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+", db_index=False)

    wall = Own(Side.DETERMINATION, WRITE)

    class Meta:
        verbose_name, verbose_name_plural = _("exploitation of several persons"), _("exploitations of several persons")

    def __str__(self) -> str:
        return self.name


class File(models.Model):
    """Who it is about, who asked for it, and how to reach the person safely.

    Somebody of unknown age counts as a minor until shown otherwise. `handover` is the key of what was handed over when
    the request came from another side; no file of that side is named.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(_("number"), max_length=20, unique=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("committee")
    )
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("region")
    )
    name = models.CharField(_("name"), max_length=200, blank=True)
    alias = models.CharField(_("name the person wants to be called by"), max_length=200, blank=True)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    birth_estimated = models.BooleanField(_("date of birth is an estimate"), default=False)
    shown_adult = models.BooleanField(_("shown to be of age"), default=False)
    guardian_name = models.CharField(_("guardian"), max_length=200, blank=True)
    guardian_contact = models.CharField(_("how to reach the guardian"), max_length=300, blank=True)
    languages = ArrayField(models.CharField(max_length=10), default=list, blank=True, verbose_name=_("languages"))
    contact = models.CharField(_("how to reach the person"), max_length=300, blank=True)
    safe_contact = models.CharField(_("what is safe, and what is not"), max_length=500, blank=True)
    story = models.TextField(_("what happened, in the person's own words"), blank=True)

    capacity = models.CharField(_("asked by"), max_length=20, choices=Capacity)
    requester_name = models.CharField(_("name of who asks"), max_length=200, blank=True)
    requester_contact = models.CharField(_("how to reach who asks"), max_length=300, blank=True)
    requester_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    agreed = models.BooleanField(_("the person agrees with the request"), default=False)
    handover = models.UUIDField(_("handover"), null=True, unique=True)
    received_at = models.DateTimeField(_("received"), default=clock.now)

    exploitation = models.ForeignKey(
        Exploitation, on_delete=models.PROTECT, null=True, blank=True, related_name="files"
    )
    disappeared_since = models.DateField(_("out of sight since"), null=True, blank=True)
    deceased_on = models.DateField(_("died"), null=True, blank=True)

    objects = FileQuerySet.as_manager()
    wall = Own(Side.DETERMINATION, WRITE)

    class Meta:
        ordering = ["-received_at", "-pk"]
        verbose_name, verbose_name_plural = _("determination file"), _("determination files")
        constraints = [
            models.CheckConstraint(condition=~Q(name="") | ~Q(alias=""), name="determination_file_named"),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.number

    @property
    def called(self) -> str:
        """The name to call the person by."""
        return self.alias or self.name

    def minor_on(self, day: date) -> bool:
        """Whether the person counts as a minor: under 18, or of an age that nobody has shown."""
        if self.shown_adult:
            return False
        if self.birth_date is None or self.birth_estimated:
            return True
        before = (day.month, day.day) < (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - before < ADULT

    @property
    def minor(self) -> bool:
        """Whether the person counts as a minor today."""
        return self.minor_on(clock.today())


class Requirement(models.Model):
    """Something the request lacks: what, asked when, supplied when. Nothing of the justice side can be asked for."""

    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="requirements")
    what = models.CharField(_("what is missing"), max_length=20, choices=Missing)
    remark = models.CharField(_("explanation"), max_length=300, blank=True)
    source = models.CharField(_("from whom"), max_length=20, choices=Source, default=Source.PERSON)
    asked_at = models.DateTimeField(_("asked"), default=clock.now)
    supplied_at = models.DateTimeField(_("supplied"), null=True)

    objects = OfFileQuerySet.as_manager()
    wall = Own(Side.DETERMINATION, WRITE)

    class Meta:
        ordering = ["asked_at", "pk"]
        verbose_name, verbose_name_plural = _("missing part"), _("missing parts")
        constraints = [
            models.CheckConstraint(
                condition=~Q(source__in=[str(s) for s in OF_JUSTICE]), name="determination_nothing_of_justice_required"
            )
        ]
