"""The engine's application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EngineConfig(AppConfig):
    name = "workflows.engine"
    label = "engine"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Engine")

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from workflows.engine import checks  # noqa: F401
        from workflows.engine.terms import load_declared

        post_migrate.connect(load_declared, sender=self)
