"""The processes `guidance`, `safety_plan` and `police_contact`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from access.wall.sides import Side


class GuidanceConfig(AppConfig):
    name = "workflows.guidance"
    label = "guidance"
    verbose_name = _("Guidance")

    def ready(self) -> None:
        from workflows.guidance import checks, machine, police, receiving, safety  # noqa: F401
        from workflows.handovers import acts as handovers
        from workflows.handovers.words import Purpose

        handovers.receivers[(Side.CARE, Purpose.NAVIGATOR)] = receiving.request
