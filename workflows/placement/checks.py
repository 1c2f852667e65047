"""A system check: placement waits neither for a criminal complaint nor for a determination of victimhood.

placement.E001: something that finds or gives a place names a table of justice, of the determination, of the reflection
period, or of what was reported to the police; or a step of the placement is made or held back by another process than
a placement. The database says the same: the role under which placement runs has no right to the tables of the other
sides (`tests/workflows/test_placing_independence.py`).
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register
from django.db import models

from access.wall import Side
from access.wall.declaration import Own, declared
from workflows.engine.machine import Machine, registry

OURS = ("shelters", "workflows.placement", "workflows.matching")
"""What finds and gives a place."""
NEVER = ("determination", "investigation_led", "reflection_period", "guidance")
"""Apps whose tables say whether somebody complained, was determined to be a victim, or is willing to report."""
HELP = frozenset({"placement"})
"""Kinds of processes that may close or hold back a placement."""


@register()
def waits_for_neither(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """placement.E001."""
    return [Error(text, id="placement.E001") for text in reached()]


def reached() -> Iterator[str]:
    """Sentences about what placement would wait for."""
    for name, module in list(sys.modules.items()):
        if any(name == one or name.startswith(f"{one}.") for one in OURS):
            yield from named_by(name, vars(module))
    for label in ("shelters", "placement", "matching"):
        for model in apps.get_app_config(label).get_models():
            for field in model._meta.get_fields():
                other = getattr(field, "related_model", None)
                if not field.auto_created and other is not None and _is_model(other) and _forbidden(other):
                    yield f"{model._meta.label}.{field.name} reads {other._meta.label}."
    for machine in registry.values():
        if machine.kind not in HELP and any("placement" in moot.kinds for moot in machine.moots):
            yield f"{machine.kind} closes a placement."


def named_by(where: str, names: dict[str, Any]) -> Iterator[str]:
    """What a module's names reach that placement must not know."""
    for value in list(names.values()):
        if _is_model(value) and _forbidden(value):
            yield f"{where} names {value._meta.label}."
        elif inspect.isclass(value) and issubclass(value, Machine) and value.__module__.split(".")[1] in NEVER:
            yield f"{where} names the machine {value.kind}."
        elif inspect.ismodule(value) and value.__name__.startswith(tuple(f"workflows.{app}" for app in NEVER)):
            yield f"{where} names {value.__name__}."


def _is_model(value: Any) -> bool:
    known = inspect.isclass(value) and issubclass(value, models.Model) and hasattr(value, "_meta")
    return known and not value._meta.abstract


def _forbidden(model: type[models.Model]) -> bool:
    place = declared(model)
    elsewhere = isinstance(place, Own) and place.side not in (Side.CARE, Side.COMMON)
    return elsewhere or model._meta.app_label in NEVER
