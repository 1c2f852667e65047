"""Which design holds where and when."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from access.models import Region
from access.queries import valid_on
from access.wall import Side
from access.wall.declaration import Ground
from workflows.designs.declaration import Design, registry

if TYPE_CHECKING:
    from access.models import Post


class BindingQuerySet(models.QuerySet[Any]):
    """Bindings."""

    def for_post(self, post: Post) -> Self:
        """All of them: which design holds where is no secret."""
        return self.all()

    def valid_on(self, day: date) -> Self:
        """Included if, and only if, it holds on a day."""
        return self.filter(valid_on(day, start="valid_from", end="valid_until"))


class DesignBinding(models.Model):
    """That a design holds in a region (empty: everywhere) from a day until, not including, another.

    A file that runs keeps the design it began with.
    """

    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("region")
    )
    design = models.CharField(_("design"), max_length=40)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    why = models.CharField(_("why"), max_length=300, blank=True)

    objects = BindingQuerySet.as_manager()
    wall = Ground()

    class Meta:
        ordering = ["-valid_from", "pk"]
        verbose_name, verbose_name_plural = _("binding of a design"), _("bindings of designs")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")), name="designs_binding_dates"
            )
        ]

    def __str__(self) -> str:
        return f"{self.design} – {self.region or '*'}"


def bound(side: Side, region_id: int | None, day: date) -> Design:
    """The design that holds on a side for a region on a day: the region's own binding, else one for everywhere, else
    the design its side brings as default. Of several the one that began last.

    Errors: LookupError when the side has no design at all.
    """
    of_side = {code: design for code, design in registry.items() if design.side is side}
    rows = DesignBinding.objects.valid_on(day).filter(design__in=of_side)
    found = rows.filter(Q(region=None) | Q(region=region_id)).order_by(F("region").desc(nulls_last=True), "-valid_from")
    if binding := found.first():
        return of_side[binding.design]
    for design in of_side.values():
        if design.default:
            return design
    raise LookupError(f"No design on the side {side}")
