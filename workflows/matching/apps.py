"""Where cases and shelters meet: matching for a person."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MatchingConfig(AppConfig):
    name = "workflows.matching"
    label = "matching"
    verbose_name = _("Matching")
