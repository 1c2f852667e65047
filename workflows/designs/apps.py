"""The designs of the procedure."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DesignsConfig(AppConfig):
    name = "workflows.designs"
    label = "designs"
    verbose_name = _("Designs of the procedure")
