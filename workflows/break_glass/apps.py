"""The process `break_glass`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BreakGlassConfig(AppConfig):
    name = "workflows.break_glass"
    label = "break_glass"
    verbose_name = _("Break-glass")

    def ready(self) -> None:
        from cases import timeline
        from workflows.break_glass import history, machine  # noqa: F401

        timeline.sources.append(history.events)
