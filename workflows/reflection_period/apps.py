"""The process `reflection_period`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReflectionPeriodConfig(AppConfig):
    name = "workflows.reflection_period"
    label = "reflection_period"
    verbose_name = _("Reflection period")

    def ready(self) -> None:
        from workflows.reflection_period import machine  # noqa: F401
