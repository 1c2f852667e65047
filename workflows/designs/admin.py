"""The administration of designs: which holds where and when."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from access import clock
from access.administration import AGREEMENTS, Administered, ReasonForm
from access.models import Region
from access.policy import Policy
from workflows.designs.declaration import registry
from workflows.designs.models import DesignBinding


def designs() -> list[tuple[str, Any]]:
    """Every design with its name."""
    return [(code, design.label) for code, design in registry.items()]


class BindingForm(ReasonForm):
    """That a design holds in a region for a time."""

    columns = True

    design = forms.ChoiceField(label=_("Design"), choices=designs)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        begins, ends = data.get("valid_from"), data.get("valid_until")
        if begins and ends and ends <= begins:
            self.add_error("valid_until", _("The end lies after the beginning."))
        return data


@admin.register(DesignBinding)
class BindingAdmin(Administered):
    """Bindings of designs."""

    section, policy = AGREEMENTS, Policy(DesignBinding)
    lead = _("Which design of the determination holds where and when. A file that runs keeps the one it began with.")
    form = BindingForm
    fields = ["region", "design", "valid_from", "valid_until", "why"]
    list_display = ["where", "named", "valid_from", "valid_until"]
    list_select_related = ["region"]

    @admin.display(description=_("Region"))
    def where(self, row: DesignBinding) -> str:
        """The region, or everywhere."""
        return str(row.region or _("Everywhere"))

    @admin.display(description=_("Design"))
    def named(self, row: DesignBinding) -> str:
        """The design by name; its code when it is no longer there."""
        return str(registry[row.design].label) if row.design in registry else row.design

    def name_of(self, row: DesignBinding) -> str:
        return f"{self.named(row)}, {self.where(row)}"

    def choices(self, db_field: Any, request: HttpRequest) -> QuerySet[Any]:
        return Region.objects.care().valid_on(clock.today())
