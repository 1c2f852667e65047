"""The comparison of designs."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from access.wall.sides import Side

GATE = frozenset({Side.COMMON})
"""Sums per design; only who studies figures reads them, and leaves out what is too small to show."""


class ComparisonConfig(AppConfig):
    name = "insights.comparison"
    label = "comparison"
    verbose_name = _("Comparison of designs")
    functions = {  # see `insights.comparison.functions`
        "comparison_figures(date, date, text[], integer)": GATE,
        "comparison_agreement(date, date)": GATE,
    }
