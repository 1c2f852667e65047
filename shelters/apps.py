"""The room `shelters`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SheltersConfig(AppConfig):
    name = "shelters"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Shelter")
