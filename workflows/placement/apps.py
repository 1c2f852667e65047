"""The process `placement`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from access.wall.sides import Side

GATE = frozenset({Side.CARE, Side.COMMON})
"""Sums per region; the common side is where pages for everybody read, and it leaves out what is too small to show."""


class PlacementConfig(AppConfig):
    name = "workflows.placement"
    label = "placement"
    verbose_name = _("Placement")
    functions = {  # see `workflows.placement.functions`
        "placement_demand(date, date, text[], jsonb)": GATE,
        "placement_reasons(date, date, text[], jsonb)": GATE,
        "placement_stays(date, text[], jsonb)": GATE,
        "placement_unmet_requests(date, date, text[], jsonb)": GATE,
    }

    def ready(self) -> None:
        from cases import versions
        from workflows.placement import asks, checks, machine  # noqa: F401

        versions.followers.append(asks.follow_person)
