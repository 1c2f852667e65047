"""The room `access`."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


def _build_wall(sender: AppConfig, using: str, **kwargs: Any) -> None:
    from access.wall.apply import build

    if using == "owner":
        build(connections[using])


class AccessConfig(AppConfig):
    name = "access"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Access"

    def ready(self) -> None:
        from access import checks  # noqa: F401

        post_migrate.connect(_build_wall, sender=self)
