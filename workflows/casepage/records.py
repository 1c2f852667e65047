"""Reading processes together with the rows of their own tables, whatever their kinds, in one query.

A page shows many processes, and each kind keeps its own table. A query per kind would make a page dearer with every
process that Loods learns, so each row comes along as a JSON object and becomes a model instance again here.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Case, F, JSONField, Model, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import JSONObject

from access.models import Post
from workflows.engine.machine import Machine, registry
from workflows.engine.models import Process

_RECORD = "_record"


def with_records(processes: QuerySet[Process], post: Post) -> QuerySet[Process]:
    """Adds to each process the row of its machine's table and the relations it shows; read by `machine_for`.

    Only tables of sides the post sees take part: the others may not even be named in its query.
    """
    whens = [
        When(kind=machine.kind, then=Subquery(_row(machine, machine.record_model)))
        for machine in registry.values()
        if machine.record_model is not None and machine.side in post.side.sees
    ]
    if not whens:
        return processes
    return processes.annotate(**{_RECORD: Case(*whens, default=None, output_field=JSONField())})


def machine_for(process: Process, post: Post, now: Any) -> Machine:
    """The machine over a process read `with_records`: its record is there without another query."""
    machine = registry[process.kind](process, post, now)
    row = getattr(process, _RECORD, None)
    if row is not None and machine.record_model is not None:
        record = _instance(machine.record_model, row)
        record.process = process
        machine.__dict__["record"] = record
    return machine


def _row(machine: type[Machine], model: type[Model]) -> QuerySet[Any, Any]:
    parts: dict[str, Any] = {name: F(name) for name in _columns(model)}
    for name in machine.record_with:
        related = _related(model, name)
        parts[f"_{name}"] = JSONObject(**{column: F(f"{name}__{column}") for column in _columns(related)})
    return model._default_manager.filter(process=OuterRef("pk")).order_by().values(row=JSONObject(**parts))


def _instance(model: type[Model], row: dict[str, Any]) -> Any:
    values = {f.attname: f.to_python(row[f.attname]) for f in model._meta.concrete_fields}
    made = model.from_db("default", list(values), list(values.values()))
    for key, nested in row.items():
        name = key[1:]
        if key.startswith("_") and getattr(made, f"{name}_id") is not None:
            setattr(made, name, _instance(_related(model, name), nested))
    return made


def _columns(model: type[Model]) -> list[str]:
    return [f.attname for f in model._meta.concrete_fields]


def _related(model: type[Model], name: str) -> type[Model]:
    return model._meta.get_field(name).related_model  # type: ignore[return-value]
