"""Units and what they offer when; who stays in them; what is out of service. A place is never given twice.

What a unit offers and who stays there are intervals with two times: when it holds, and when we knew
(`shelters.history`). What is free on a day is a question to them (`shelters.queries`), never a counter.
"""

from __future__ import annotations

import uuid
from typing import Any

from dateutil.relativedelta import relativedelta
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from access import configuration
from access.models import Organisation, Post, Region, append_only, raise_stamp
from access.wall import Side
from access.wall.declaration import APPEND, WRITE, Ground, Own
from access.words import PROBLEMS, Exploitation, Gender, Need
from shelters.history import Known, Past, remember
from shelters.queries import OfUnitsQuerySet, UnitQuerySet
from shelters.words import (
    Figure,
    Financing,
    Kind,
    OutReason,
    Reach,
    Residence,
    Route,
    Security,
    Source,
    Staffing,
    Takes,
)

SAYS = (Need.CHILDREN, Need.PREGNANT, Need.COUPLE, Need.PETS, Need.WHEELCHAIR, *PROBLEMS)
"""The needs of which a unit says yes, no or in consultation, each in a field of that name."""


def _same(field: str, kind: str = "int8range") -> tuple[Any, str]:
    """Equality for an exclusion constraint: ranges of one number, so that no extension of PostgreSQL is needed."""
    return (Func(F(field), F(field), Value("[]"), function=kind), RangeOperators.OVERLAPS)


class Scheme(models.Model):
    """Under which arrangement places exist: what it asks of placing, staying and counting. Data, with its source."""

    class Rhythm(models.TextChoices):
        WEEK = "week", _("Weekly")
        MONTH = "month", _("Monthly")

    code = models.CharField(_("code"), max_length=40, primary_key=True)
    name_nl = models.CharField(_("name in Dutch"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120)
    exclusive = models.BooleanField(_("only CoMensha places"), default=False)
    maximum_months = models.PositiveSmallIntegerField(_("longest stay in months"), null=True, blank=True)
    stated_every = models.CharField(_("stated every"), max_length=10, choices=Rhythm, default=Rhythm.MONTH)
    source = models.CharField(_("source"), max_length=300)
    as_of = models.DateField(_("as of"))
    order = models.PositiveSmallIntegerField(_("place in lists"), default=100)

    wall = Ground()

    class Meta:
        ordering = ["order", "code"]
        verbose_name, verbose_name_plural = _("scheme"), _("schemes")
        triggers = [raise_stamp()]

    def __str__(self) -> str:
        return self.name_nl if (get_language() or "nl").startswith("nl") else self.name_en


def schemes() -> list[Scheme]:
    """Every scheme in its order, from memory."""
    return configuration.remembered("schemes", lambda: list(Scheme.objects.all()))  # type: ignore[no-any-return]


def longest_stay(days: int | None, scheme: Scheme | None) -> relativedelta | None:
    """How long somebody may stay in a unit: so many `days` as its line says, else as its scheme; None: no limit."""
    if days is not None:
        return relativedelta(days=days)
    months = scheme.maximum_months if scheme is not None else None
    return relativedelta(months=months) if months is not None else None


OTHER_SCHEME = "other"
"""The scheme of a unit of which none is said."""


class PublishedFigure(models.Model):
    """A figure that others published. Figures get revised, so each stands with where, when and as of which day."""

    key = models.CharField(_("figure"), max_length=60, choices=Figure)
    scheme = models.ForeignKey(
        Scheme, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("scheme")
    )
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    number = models.PositiveIntegerField(_("number"))
    detail_nl = models.CharField(_("remark in Dutch"), max_length=300, blank=True)
    detail_en = models.CharField(_("remark in English"), max_length=300, blank=True)
    source = models.CharField(_("source"), max_length=300)
    as_of = models.DateField(_("as of"))
    published_on = models.DateField(_("published on"), null=True, blank=True)

    wall = Ground()

    class Meta:
        ordering = ["key", "scheme", "year", "-as_of"]
        verbose_name, verbose_name_plural = _("published figure"), _("published figures")
        constraints = [
            models.UniqueConstraint(
                fields=["key", "scheme", "year", "source", "as_of"],
                name="shelters_published_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        about = [str(self.scheme)] if self.scheme_id else []
        about += [str(self.year)] if self.year else []
        return f"{self.get_key_display()} ({', '.join(about)}): {self.number}" if about else self.get_key_display()


class Unit(models.Model):
    """A group of like places of one provider in one region. It has no address: nothing finer than the region.

    What it offers is dated (`Capacity`); read it with `Unit.objects.on(day)`.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("provider")
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("region"))
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)

    objects = UnitQuerySet.as_manager()
    wall = Own(Side.CARE, WRITE)

    class Meta:
        ordering = ["region__name", "name"]
        verbose_name, verbose_name_plural = _("unit"), _("units")

    def __str__(self) -> str:
        return self.name


class CapacityFacts(models.Model):
    """What a unit offers from a day until (not including) another: the capacity line of the sector.

    Empty means that nobody has said; for the lists (genders, forms, residence) it means: no distinction made.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="%(class)s", verbose_name=_("unit"))
    holds = DateRangeField(_("holds"))
    scheme = models.ForeignKey(
        Scheme, on_delete=models.PROTECT, default=OTHER_SCHEME, related_name="+", verbose_name=_("scheme"),
        db_index=False,
    )  # fmt: skip
    places = models.PositiveSmallIntegerField(_("places"))
    active = models.BooleanField(_("active"), default=True)
    forms = ArrayField(
        models.CharField(max_length=20, choices=Exploitation), verbose_name=_("forms of exploitation"), default=list,
        blank=True,
    )  # fmt: skip
    genders = ArrayField(
        models.CharField(max_length=10, choices=Gender), verbose_name=_("for whom"), default=list, blank=True
    )
    age_from = models.PositiveSmallIntegerField(
        _("youngest age"), null=True, blank=True, validators=[MaxValueValidator(120)]
    )
    age_to = models.PositiveSmallIntegerField(
        _("oldest age"), null=True, blank=True, validators=[MaxValueValidator(120)]
    )
    children = models.CharField(_("children along"), max_length=8, choices=Takes, blank=True)
    pregnant = models.CharField(_("pregnant"), max_length=8, choices=Takes, blank=True)
    couple = models.CharField(_("couples"), max_length=8, choices=Takes, blank=True)
    pets = models.CharField(_("pets"), max_length=8, choices=Takes, blank=True)
    wheelchair = models.CharField(_("wheelchair"), max_length=8, choices=Takes, blank=True)
    psychiatric = models.CharField(_("psychiatric problems"), max_length=8, choices=Takes, blank=True)
    addiction = models.CharField(_("addiction"), max_length=8, choices=Takes, blank=True)
    mild_intellectual_disability = models.CharField(
        _("mild intellectual disability"), max_length=8, choices=Takes, blank=True
    )
    somatic = models.CharField(_("medical care"), max_length=8, choices=Takes, blank=True)
    behaviour = models.CharField(_("behaviour that asks for more guidance"), max_length=8, choices=Takes, blank=True)
    residence = ArrayField(
        models.CharField(max_length=20, choices=Residence), verbose_name=_("residence status"), default=list, blank=True
    )
    contra_indications = models.CharField(_("contra-indications"), max_length=300, blank=True)
    security = models.CharField(_("security"), max_length=20, choices=Security, blank=True)
    languages = ArrayField(models.CharField(max_length=8), verbose_name=_("languages"), default=list, blank=True)
    staff_day = models.CharField(_("staff by day"), max_length=10, choices=Staffing, blank=True)
    staff_night = models.CharField(_("staff at night"), max_length=10, choices=Staffing, blank=True)
    treatment = models.CharField(_("treatment"), max_length=10, choices=Reach, blank=True, db_default="", default="")
    school = models.CharField(_("school"), max_length=10, choices=Reach, blank=True, db_default="", default="")
    financing = models.CharField(_("financing"), max_length=20, choices=Financing, blank=True)
    route = models.CharField(_("way in"), max_length=20, choices=Route, blank=True)
    waiting_list = models.PositiveSmallIntegerField(_("people on the waiting list"), null=True, blank=True)
    intake_days = ArrayField(
        models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(7)]),
        verbose_name=_("intake on"),  # days of the week, Monday is 1
        default=list,
        blank=True,
    )
    maximum_stay_days = models.PositiveSmallIntegerField(_("longest stay in days"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=20, choices=Source, default=Source.OWN_COUNT)
    as_of = models.DateField(_("as of"), null=True, blank=True)
    remark = models.CharField(_("why it was changed"), max_length=300, blank=True, db_default="")
    entered_by = models.ForeignKey(
        Post, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("entered by"),
        db_index=False,
    )  # fmt: skip

    class Meta:
        abstract = True


_ABOUT_THE_LINE = ("unit", "holds", "remark", "entered_by")
OFFERED = tuple(f.attname for f in CapacityFacts._meta.local_fields if f.name not in _ABOUT_THE_LINE)
"""Names of everything a capacity line says of what is offered (of relations, of the key)."""
_CAPACITY_COLUMNS = tuple(str(f.column) for f in CapacityFacts._meta.local_fields)


class Capacity(CapacityFacts, Known):
    """The capacity line as we know it now. Two of one unit never hold on the same day."""

    objects = OfUnitsQuerySet.as_manager()
    wall = Own(Side.CARE, WRITE)

    class Meta:
        verbose_name, verbose_name_plural = _("capacity line"), _("capacity lines")
        constraints = [
            ExclusionConstraint(
                name="shelters_capacity_once", expressions=[_same("unit"), ("holds", RangeOperators.OVERLAPS)]
            ),
            models.CheckConstraint(condition=Q(holds__lower_inf=False), name="shelters_capacity_begins"),
            models.CheckConstraint(
                condition=Q(age_from=None) | Q(age_to=None) | Q(age_to__gte=F("age_from")),
                name="shelters_capacity_ages",
            ),
        ]
        triggers = remember("shelters_capacitypast", _CAPACITY_COLUMNS)


class CapacityPast(CapacityFacts, Past):
    """What a capacity line said before."""

    of = models.BigIntegerField()

    objects = OfUnitsQuerySet.as_manager()
    wall = Own(Side.CARE, APPEND)

    class Meta:
        triggers = [append_only()]


class OutFacts(models.Model):
    """Places of a unit that cannot be used from a day until (not including) another, and why."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="%(class)s", verbose_name=_("unit"))
    period = DateRangeField(_("period"))
    places = models.PositiveSmallIntegerField(_("places"), validators=[MinValueValidator(1)])
    reason = models.CharField(_("reason"), max_length=20, choices=OutReason)
    remark = models.CharField(_("remark"), max_length=300, blank=True)
    entered_by = models.ForeignKey(
        Post, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        abstract = True


class OutOfService(OutFacts, Known):
    """Places out of service, as we know it now; it has an end, which may be revised."""

    objects = OfUnitsQuerySet.as_manager()
    wall = Own(Side.CARE, WRITE)

    class Meta:
        ordering = ["period"]
        verbose_name, verbose_name_plural = _("out of service"), _("out of service")
        constraints = [
            models.CheckConstraint(condition=Q(period__upper_inf=False), name="shelters_out_has_an_end"),
            models.CheckConstraint(condition=Q(places__gt=0), name="shelters_out_some_places"),
        ]
        triggers = remember(
            "shelters_outofservicepast", ("unit_id", "period", "places", "reason", "remark", "entered_by_id")
        )


class OutOfServicePast(OutFacts, Past):
    """What was known of places out of service before."""

    of = models.BigIntegerField()

    objects = OfUnitsQuerySet.as_manager()
    wall = Own(Side.CARE, APPEND)

    class Meta:
        triggers = [append_only()]


class Placeable(models.Model):
    """A person's word that so many free places of a unit take somebody now: cleaned, staffed. Appended only.

    Kept beside what is free: a place that was left is free at once and takes somebody when a person says so.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="words", verbose_name=_("unit"))
    at = models.DateTimeField(_("at"))
    places = models.PositiveSmallIntegerField(_("places"))
    remark = models.CharField(_("remark"), max_length=300, blank=True)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    objects = OfUnitsQuerySet.as_manager()
    wall = Own(Side.CARE, APPEND)

    class Meta:
        ordering = ["-at"]
        verbose_name, verbose_name_plural = _("word on placeable places"), _("words on placeable places")
        indexes = [models.Index(fields=["at"], name="shelters_placeable_at")]
        triggers = [append_only()]


def ends_at(period: str) -> models.Func:
    """When a period ends, never for one that is open: by it the stays of a unit that are not over are found."""
    return models.Func(period, template="COALESCE(upper(%(expressions)s), 'infinity')")


class StayFacts(models.Model):
    """A place of a unit, taken from one moment until (not including) another, for whatever `ref` names.

    `ref` is the key of the process that asked: this room does not know persons. Until somebody arrived it is a
    reservation; one with an end expires by itself, since its period is over. A stay that never was has an empty period.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="%(class)ss")
    place = models.PositiveSmallIntegerField(_("place"))
    period = DateTimeRangeField(_("period"))
    arrived_at = models.DateTimeField(_("arrived"), null=True, blank=True)
    planned_until = models.DateField(_("planned until"), null=True, blank=True)
    ref = models.UUIDField(db_index=True)

    class Meta:
        abstract = True


class Stay(StayFacts, Known):
    """A stay or reservation as we know it now. The database refuses two in one place at one time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    objects = OfUnitsQuerySet.as_manager()
    wall = Own(Side.CARE, WRITE)

    class Meta:
        verbose_name, verbose_name_plural = _("stay"), _("stays")
        indexes = [
            # With what is counted of who is there, so that the rows themselves need not be read.
            GistIndex(fields=["period"], include=["unit", "arrived_at"], name="shelters_stay_period"),
            models.Index("unit", ends_at("period"), name="shelters_stay_end"),
        ]
        constraints = [
            ExclusionConstraint(
                name="shelters_stay_place_once",
                expressions=[_same("unit"), _same("place", "int4range"), ("period", RangeOperators.OVERLAPS)],
            )
        ]
        triggers = remember("shelters_staypast", ("unit_id", "place", "period", "arrived_at", "planned_until", "ref"))


class StayPast(StayFacts, Past):
    """What was known of a stay before."""

    of = models.UUIDField()

    objects = OfUnitsQuerySet.as_manager()
    wall = Own(Side.CARE, APPEND)

    class Meta:
        indexes = [GistIndex(fields=["period"], name="shelters_staypast_period")]
        triggers = [append_only()]
