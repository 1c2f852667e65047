"""Rows of the peers: those the engine writes, with the same indexes and keys, and what the peer itself keeps.

A step of a case is only done when the worklist shows who must act by when, so a peer's step writes that as well.
"""

from __future__ import annotations

import copy
from typing import Any

from django.db import models
from django_fsm import FSMField, transition

from access.wall.declaration import ALL, Ground
from workflows.engine.models import Process, StepLog


def _like(model: type[models.Model], name: str, **also: models.Field[Any, Any]) -> type[models.Model]:
    """A model with the columns, indexes and keys of another in a table of its own, and columns of its own."""
    fields = {f.name: copy.deepcopy(f) for f in model._meta.local_fields} | also
    for field in fields.values():
        if field.remote_field:
            field.remote_field.related_name = "+"
    indexes = [
        models.Index(fields=index.fields, condition=index.condition, name=f"{name.lower()}_{n}")
        for n, index in enumerate(model._meta.indexes)
    ]
    meta = type("Meta", (), {"app_label": "peers", "indexes": indexes})
    return type(name, (models.Model,), {"__module__": __name__, "wall": Ground(ALL, ALL), "Meta": meta, **fields})


FsmRow = _like(Process, "FsmRow", state=FSMField(default="received"))
SpiffItem = _like(Process, "SpiffItem", workflow=models.TextField(default=""))
"""A process whose workflow SpiffWorkflow keeps as JSON."""
PeerLog = _like(StepLog, "PeerLog", process=models.UUIDField(db_index=True))
"""A line of a log, as every peer writes it; of which table its process is differs."""


class FsmItem(FsmRow):  # type: ignore[misc,valid-type]
    """A process under django-fsm-2."""

    class Meta:
        proxy = True

    @transition(field="state", source="received", target="triage", permission=lambda item, user: user is not None)
    def begin_triage(self) -> None:
        """Nothing but the change of state."""
