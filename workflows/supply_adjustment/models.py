"""What only an adjustment of the supply knows: the gap, what is to be done about it, and what came of it."""

from __future__ import annotations

from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from access.models import Region
from access.wall.declaration import READ, WRITE, Ground
from access.words import PROBLEMS, Exploitation, Gender
from shelters.words import Financing, Kind
from workflows.engine.models import Process


class Adjustment(models.Model):
    """The row of one action. The gap is kept as its cut, so that the picture can be asked for it again at any time.

    `unmet` is None where the number was too small to be shown to who opened the action.
    """

    process = models.OneToOneField(Process, on_delete=models.PROTECT, primary_key=True, related_name="+")
    title = models.CharField(_("what is done"), max_length=200)
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("region")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    form = models.CharField(_("form of exploitation"), max_length=20, choices=Exploitation, blank=True)
    gender = models.CharField(_("gender"), max_length=10, choices=Gender, blank=True)
    problem = models.CharField(
        _("problem"), max_length=40, choices=[(str(need), need.label) for need in PROBLEMS], blank=True
    )
    children = models.BooleanField(_("children along"), default=False)
    minor = models.BooleanField(_("under 18"), default=False)

    as_of = models.DateField(_("gap as of"))
    without = models.PositiveSmallIntegerField(_("regions without a place"), default=0)
    full = models.PositiveSmallIntegerField(_("regions with none free"), default=0)
    unmet = models.PositiveIntegerField(_("requests not met"), null=True)

    holder = models.CharField(_("who owns it"), max_length=200, blank=True)
    parties = models.CharField(_("parties"), max_length=500, blank=True)
    target_places = models.PositiveSmallIntegerField(_("places wanted"), null=True, validators=[MinValueValidator(1)])
    target_on = models.DateField(_("by"), null=True)
    cost = models.DecimalField(_("cost in euros"), max_digits=11, decimal_places=2, null=True)
    payer = models.CharField(_("who pays"), max_length=20, choices=Financing, blank=True)
    realised = models.PositiveSmallIntegerField(_("places realised"), default=0)
    result = models.TextField(_("result"), blank=True)
    realised_on = models.DateField(_("realised on"), null=True)

    wall = Ground(common=WRITE, others=READ)

    class Meta:
        verbose_name, verbose_name_plural = _("adjustment of the supply"), _("adjustments of the supply")

    @property
    def limits(self) -> tuple[tuple[str, Any], ...]:
        """The cut of the gap beside its kind, as the national picture limits itself."""
        given = {name: getattr(self, name) for name in ("gender", "problem", "form", "children", "minor")}
        return tuple((name, value) for name, value in given.items() if value)

    @property
    def share(self) -> int:
        """How much of what is wanted is realised, in per cent."""
        return min(100, round(100 * self.realised / self.target_places)) if self.target_places else 0
