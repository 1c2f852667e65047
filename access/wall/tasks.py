"""Jobs take a side, like requests do."""

from __future__ import annotations

from typing import Any

from celery import Task
from django.db import transaction

from access import configuration
from access.wall.sides import Side, taken


class SideTask(Task):
    """A job that runs in one transaction for one side: its attribute ``side``, given where the job is declared."""

    abstract = True
    side: Side | None = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.side is None:
            raise RuntimeError(f"Job {self.name} has not said for which side it works.")
        with taken(self.side), transaction.atomic():
            configuration.refresh()
            return super().__call__(*args, **kwargs)
