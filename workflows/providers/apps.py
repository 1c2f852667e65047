"""The pages for providers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProvidersConfig(AppConfig):
    name = "workflows.providers"
    label = "providers"
    verbose_name = _("For providers")
