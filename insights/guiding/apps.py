"""What was learned of guidance."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from access.wall.sides import Side

GATE = frozenset({Side.COMMON, Side.CARE})
"""Sums of the care side: for who studies figures, and for the national desk, which stands on the care side itself."""


class GuidingConfig(AppConfig):
    name = "insights.guiding"
    label = "guiding"
    verbose_name = _("What was learned of guidance")
    functions = {  # see `insights.guiding.functions`
        "guiding_curves(date, date, integer, text, text)": GATE,
        "guiding_figures(date, date, integer, text, text[])": GATE,
        "guiding_measures(date, date, text)": GATE,
        "guiding_wellbeing(date, date, integer)": GATE,
    }
