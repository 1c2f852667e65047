"""The process `capacity_statement`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from access.wall.sides import Side


class CapacityStatementConfig(AppConfig):
    name = "workflows.capacity_statement"
    label = "capacity_statement"
    verbose_name = _("Capacity statement")
    functions = {  # a gate: per region when it was stated last, no unit and no figure of one
        "capacity_statement_freshness(date)": frozenset(Side),
    }

    def ready(self) -> None:
        from shelters import freshness
        from workflows.capacity_statement import checking, machine  # noqa: F401

        freshness.also.append(checking.last_seen)
