"""The room `cases`."""

from __future__ import annotations

from django.apps import AppConfig
from django.contrib.postgres.indexes import OpClass
from django.db.models.expressions import OrderBy
from django.db.models.functions import Collate
from django.db.models.indexes import IndexExpression

from access.wall.sides import Side


class CasesConfig(AppConfig):
    name = "cases"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Cases"
    functions = {"cases_named(bigint, bigint[], timestamptz)": frozenset({Side.CARE})}  # see `cases.functions`

    def ready(self) -> None:
        # What django.contrib.postgres would do, without the rest of that app: operator classes in index expressions.
        IndexExpression.register_wrappers(OrderBy, OpClass, Collate)
        from cases import checks  # noqa: F401
