"""The process `placement`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlacementConfig(AppConfig):
    name = "workflows.placement"
    label = "placement"
    verbose_name = _("Placement")

    def ready(self) -> None:
        from workflows.placement import machine  # noqa: F401
