"""The administration of this room: schemes, and figures that others published."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from access import clock
from access.administration import SHELTER, Administered, ReasonForm, select
from access.policy import Policy
from shelters.models import PublishedFigure, Scheme
from shelters.words import Figure


class _AsOfForm(ReasonForm):
    """What is kept here holds as of a day that has come."""

    columns = True

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("as_of", "published_on"):
            if data.get(name) and data[name] > clock.today():
                self.add_error(name, _("This day is still to come."))
        return data


class SchemeForm(_AsOfForm):
    """A scheme. Its code is set once: capacity lines and statements name it."""

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("maximum_months") == 0:
            self.add_error("maximum_months", _("At least one month, or empty when there is no such end."))
        return data


@admin.register(Scheme)
class SchemeAdmin(Administered):
    """Schemes."""

    section, policy = SHELTER, Policy(Scheme)
    lead = _(
        "Under which arrangements places exist: who places, how long a stay is meant to be, how often it is stated."
    )
    form = SchemeForm
    fields = [
        "code", "name_nl", "name_en", "exclusive", "maximum_months", "stated_every", "source", "as_of", "order",
    ]  # fmt: skip
    list_display = ["__str__", "exclusive", "maximum_months", "stated_every", "as_of"]
    list_filter = [select("exclusive"), select("stated_every")]
    sortable_by = ()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [] if obj is None else ["code"]


class FigureForm(_AsOfForm):
    """A published figure. One that was revised is a new row beside the old, with its own source."""

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("key") == Figure.PLACES and not data.get("scheme"):
            self.add_error("scheme", _("Say of which scheme."))
        if data.get("key") == Figure.REGISTERED and not data.get("year"):
            self.add_error("year", _("Say of which year."))
        return data


@admin.register(PublishedFigure)
class PublishedFigureAdmin(Administered):
    """Published figures."""

    section, policy = SHELTER, Policy(PublishedFigure)
    lead = _("Figures that others published, to hold beside ours. A revised figure is a new row: the old one stays.")
    form = FigureForm
    fields = ["key", "scheme", "year", "number", "detail_nl", "detail_en", "source", "as_of", "published_on"]
    list_display = ["key", "scheme", "year", "number", "source", "as_of", "published_on"]
    list_filter = [select("key"), select("scheme")]
    list_select_related = ["scheme"]
    search_fields = ["source"]
