"""A system check: willingness to report changes nothing outside the guidance.

guidance.E001: a process of help, shelter or determination names a table of guidance. The linter holds the same for
imports (`pyproject.toml`); this check also sees what is reached through a relation.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register
from django.db.models import Model

from workflows.engine.machine import registry

OURS = "guidance"
HELP = ("shelters", "placement", "referral", "reflection_period", "determination", "investigation_led")
"""Apps of help, shelter and determination."""


@register()
def nothing_depends_on_willingness(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """guidance.E001."""
    return [Error(text, id="guidance.E001") for text in _reached()]


def _reached() -> Iterator[str]:
    for label in HELP:
        config = apps.get_app_config(label)
        for model in config.get_models():
            for field in model._meta.get_fields():
                other = getattr(field, "related_model", None)
                if inspect.isclass(other) and issubclass(other, Model) and _ours(other) and not field.auto_created:
                    yield f"{model._meta.label}.{field.name} reads {other._meta.label}."
        for name, module in list(sys.modules.items()):
            if name == config.name or name.startswith(f"{config.name}."):
                for value in list(vars(module).values()):
                    if inspect.isclass(value) and issubclass(value, Model) and _ours(value):
                        yield f"{name} names {value._meta.label}."
    for machine in registry.values():
        if machine.__module__.split(".")[1] in HELP and machine.record_model and _ours(machine.record_model):
            yield f"{machine.kind} keeps its row in a table of guidance."


def _ours(model: type[Model]) -> bool:
    return not model._meta.abstract and model._meta.app_label == OURS
