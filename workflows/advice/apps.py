"""Advice beside guidance: content in files, and what was done with it on a case."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AdviceConfig(AppConfig):
    name = "workflows.advice"
    label = "advice"
    verbose_name = _("Advice")

    def ready(self) -> None:
        from workflows.advice import checks  # noqa: F401
