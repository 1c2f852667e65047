"""The process `supply_adjustment`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SupplyAdjustmentConfig(AppConfig):
    name = "workflows.supply_adjustment"
    label = "supply_adjustment"
    verbose_name = _("Adjustment of the supply")

    def ready(self) -> None:
        from workflows.supply_adjustment import machine  # noqa: F401
