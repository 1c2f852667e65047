"""System checks of the access room."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register

from access.wall.declaration import Shared, declared, own_models


@register()
def every_table_is_declared(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """`access.E001`: a table without a place on the wall; `access.E002`: a shared table without a column side."""
    found: list[CheckMessage] = []
    for model in own_models():
        what = declared(model)
        if what is None:
            found.append(
                Error(
                    f"Table {model._meta.db_table} has no place on the wall.",
                    hint="Give the model an attribute `wall` (access.wall.declaration).",
                    obj=model,
                    id="access.E001",
                )
            )
        elif isinstance(what, Shared) and "side" not in {f.name for f in model._meta.get_fields()}:
            found.append(Error("A shared table needs a column side.", obj=model, id="access.E002"))
    return found
