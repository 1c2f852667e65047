"""Units and the places in them, in a first form: a list per region. A place is never given twice."""

from __future__ import annotations

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from access.models import Organisation, Region
from access.wall import Side
from access.wall.declaration import Own
from shelters.queries import UnitQuerySet


class Kind(models.TextChoices):
    """What kind of shelter a unit gives."""

    EMERGENCY = "emergency", _("Emergency bed")
    CRISIS = "crisis", _("Crisis shelter")
    LONG_STAY = "long_stay", _("Long-stay shelter")
    MOVE_ON = "move_on", _("Move-on shelter")
    SUPERVISED = "supervised", _("Supervised living")
    AMBULATORY = "ambulatory", _("Ambulatory help")


class Unit(models.Model):
    """A group of like places of one provider in one region. It has no address: nothing finer than the region."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("provider")
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("region"))
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    scheme = models.CharField(_("scheme"), max_length=40, blank=True)
    places = models.PositiveSmallIntegerField(_("places"))
    genders = ArrayField(models.CharField(max_length=10), verbose_name=_("for whom"), default=list, blank=True)
    takes = ArrayField(models.CharField(max_length=40), verbose_name=_("can care for"), default=list, blank=True)
    active = models.BooleanField(_("active"), default=True)

    objects = UnitQuerySet.as_manager()
    wall = Own(Side.CARE)

    class Meta:
        ordering = ["region__name", "name"]
        verbose_name, verbose_name_plural = _("unit"), _("units")
        indexes = [models.Index(fields=["region"], name="shelters_unit_region", condition=Q(active=True))]

    def __str__(self) -> str:
        return self.name


class Stay(models.Model):
    """A place of a unit, taken from one moment until (not including) another, for whatever `ref` names.

    `ref` is the key of the process that asked: this room does not know persons. The database refuses two stays
    in one place at one time.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="stays")
    place = models.PositiveSmallIntegerField(_("place"))
    period = DateTimeRangeField(_("period"))
    ref = models.UUIDField(db_index=True)

    wall = Own(Side.CARE)

    class Meta:
        verbose_name, verbose_name_plural = _("stay"), _("stays")
        constraints = [
            # Ranges of one number stand in for equality, so that no extension of PostgreSQL is needed.
            ExclusionConstraint(
                name="shelters_stay_place_once",
                expressions=[
                    (Func(F("unit"), F("unit"), Value("[]"), function="int8range"), RangeOperators.OVERLAPS),
                    (Func(F("place"), F("place"), Value("[]"), function="int4range"), RangeOperators.OVERLAPS),
                    ("period", RangeOperators.OVERLAPS),
                ],
            )
        ]
