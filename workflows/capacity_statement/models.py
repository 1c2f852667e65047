"""What only a capacity statement knows: its period, a line for each unit, and stays that last too long."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access.models import Organisation, Post, Region
from access.wall import Side
from access.wall.declaration import ALL, WRITE, Own
from shelters.models import Scheme, Unit
from shelters.words import Kind, LongStayReason, OutReason, Source
from workflows.capacity_statement.queries import LineQuerySet, StatementQuerySet
from workflows.engine.models import Process


def _sealed(published: str) -> pgtrigger.Trigger:
    """A trigger by which the database refuses to change what belongs to a published statement."""
    return pgtrigger.Trigger(
        name="sealed",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete | pgtrigger.Insert,
        func=(
            f"IF {published} THEN RAISE EXCEPTION 'a published statement does not change'; END IF; "
            "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;"
        ),
    )


_OF_PUBLISHED = (
    "EXISTS (SELECT FROM capacity_statement_statement s WHERE s.published_at IS NOT NULL "
    "AND s.process_id = COALESCE(OLD.statement_id, NEW.statement_id))"
)


class Statement(models.Model):
    """The row of one statement: a region, a rhythm, a period, a version. Published, it never changes again."""

    process = models.OneToOneField(Process, on_delete=models.PROTECT, primary_key=True, related_name="+")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("region"))
    rhythm = models.CharField(_("stated"), max_length=10, choices=Scheme.Rhythm)
    period = DateRangeField(_("period"))
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="corrected_by", verbose_name=_("corrects")
    )
    why = models.TextField(_("why it is corrected"), blank=True)
    expires_on = models.DateField(_("open until"))  # not included: from that day on the period is locked
    revision = models.PositiveIntegerField(default=1)  # raised by every change of its lines
    submitted_at = models.DateTimeField(_("submitted"), null=True)
    submitted_by = models.ForeignKey(
        Post, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("submitted by"), db_index=False
    )
    first_submitted_at = models.DateTimeField(null=True)  # a question sent back does not make it late
    published_at = models.DateTimeField(_("published"), null=True)
    late = models.BooleanField(_("too late"), default=False)
    questions = models.TextField(_("questions"), blank=True)

    objects = StatementQuerySet.as_manager()
    wall = Own(Side.CARE, WRITE)

    class Meta:
        verbose_name, verbose_name_plural = _("capacity statement"), _("capacity statements")
        constraints = [
            models.UniqueConstraint(fields=["region", "rhythm", "period", "version"], name="capacity_statement_once"),
            models.CheckConstraint(
                condition=Q(version=1, corrects=None) | Q(version__gt=1, corrects__isnull=False),
                name="capacity_statement_correction",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="immutable",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.published_at IS NOT NULL"),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]


FIGURES = ("places", "occupied", "reserved", "out_of_service", "placeable", "waiting")
"""The figures of a line that somebody states."""


class Line(models.Model):
    """What was stated of a unit. None is missing and 0 is zero; what the unit was for is frozen with it.

    `live_…` is what the inventory said at the same time; the two stand side by side.
    """

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="lines")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("provider")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    scheme = models.ForeignKey(
        Scheme, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("scheme")
    )
    forms = ArrayField(models.CharField(max_length=20), default=list)
    genders = ArrayField(models.CharField(max_length=10), default=list)
    problems = ArrayField(models.CharField(max_length=40), default=list)
    children = models.BooleanField(default=False)
    minors = models.BooleanField(default=False)

    places = models.PositiveSmallIntegerField(_("places"), null=True)
    occupied = models.PositiveSmallIntegerField(_("occupied"), null=True)
    reserved = models.PositiveSmallIntegerField(_("reserved"), null=True)
    out_of_service = models.PositiveSmallIntegerField(_("out of service"), null=True)
    placeable = models.PositiveSmallIntegerField(_("placeable now"), null=True)
    waiting = models.PositiveSmallIntegerField(_("waiting"), null=True)
    out_reason = models.CharField(_("why out of service"), max_length=20, choices=OutReason, blank=True)
    out_until = models.DateField(_("out of service until"), null=True)

    live_places = models.PositiveSmallIntegerField(null=True)
    live_occupied = models.PositiveSmallIntegerField(null=True)
    live_reserved = models.PositiveSmallIntegerField(null=True)
    live_out_of_service = models.PositiveSmallIntegerField(null=True)

    as_of = models.DateField(_("as of"))
    source = models.CharField(_("source"), max_length=20, choices=Source, default=Source.OWN_COUNT)
    remark = models.CharField(_("remark"), max_length=500, blank=True)
    carried = models.BooleanField(_("carried over"), default=True)
    untouched = models.PositiveSmallIntegerField(default=0)  # periods in a row before this one without a confirmation
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    confirmed_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    question = models.CharField(_("question"), max_length=500, blank=True)

    objects = LineQuerySet.as_manager()
    wall = Own(Side.CARE, ALL)  # of a published statement the database lets nothing go

    class Meta:
        verbose_name, verbose_name_plural = _("line of a statement"), _("lines of statements")
        constraints = [models.UniqueConstraint(fields=["statement", "unit"], name="capacity_statement_line_once")]
        triggers = [_sealed(_OF_PUBLISHED)]

    @property
    def free(self) -> int | None:
        """Places left by what was stated, never below zero; None when something of it is missing."""
        parts = [self.places, self.occupied, self.reserved, self.out_of_service]
        if any(part is None for part in parts):
            return None
        places, *used = [int(part) for part in parts if part is not None]
        return max(places - sum(used), 0)

    def stated(self) -> dict[str, Any]:
        """The stated figures by name."""
        return {name: getattr(self, name) for name in FIGURES}


class LongStay(models.Model):
    """A stay that lasts longer than its scheme is meant for, and why. The stay is named by its key alone."""

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="long_stays")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    stay = models.UUIDField()
    since = models.DateField(_("since"))
    reason = models.CharField(_("reason"), max_length=20, choices=LongStayReason, blank=True)
    remark = models.CharField(_("remark"), max_length=300, blank=True)

    objects = LineQuerySet.as_manager()
    wall = Own(Side.CARE, ALL)  # of a published statement the database lets nothing go

    class Meta:
        ordering = ["since"]
        constraints = [models.UniqueConstraint(fields=["statement", "stay"], name="capacity_statement_long_stay_once")]
        triggers = [_sealed(_OF_PUBLISHED)]
