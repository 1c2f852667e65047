"""Which connection does what: the owner migrates, the program's login does everything else."""

from __future__ import annotations

from typing import Any


class OwnerMigrates:
    """Tables are made and changed through the connection ``owner`` alone."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "owner"
