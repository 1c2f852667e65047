"""Recognition led by the investigation."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InvestigationLedConfig(AppConfig):
    name = "workflows.investigation_led"
    label = "investigation_led"
    verbose_name = _("Recognition led by the investigation")

    def ready(self) -> None:
        from workflows.designs.declaration import declare
        from workflows.investigation_led import designs, machine  # noqa: F401

        declare(designs.INVESTIGATION_LED)
