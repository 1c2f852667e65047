"""The only way across the wall."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HandoversConfig(AppConfig):
    name = "workflows.handovers"
    label = "handovers"
    verbose_name = _("Handovers")

    def ready(self) -> None:
        from access.wall import Side
        from cases import consenting
        from workflows.handovers import acts, consents

        consenting.withdrawn.append(consents.withdrawn)
        acts.consents[Side.CARE] = consents.stands
        acts.purposes[Side.CARE] = consents.fits
