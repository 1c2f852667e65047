"""Reading processes together with the rows of their own tables, whatever their kinds, in one query.

A page shows many processes, and each kind keeps its own table. A query per kind would make a page dearer with every
process that Loods learns, so each row comes along as a JSON object and becomes a model instance again here.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.contrib.postgres.fields import RangeField
from django.db.models import JSONField, Model, QuerySet
from django.db.models.expressions import RawSQL

from access.models import Post
from access.wall import Side
from workflows.engine.machine import Machine, registry
from workflows.engine.models import Process

_RECORD = "_record"


def with_records(processes: QuerySet[Process], post: Post) -> QuerySet[Process]:
    """Adds to each process the row of its machine's table and the relations it shows; read by `machine_for`.

    Only tables of sides the post sees take part: the others may not even be named in its query.
    """
    return processes.annotate(**{_RECORD: RawSQL(_rows(post.side.sees), [], output_field=JSONField())})  # noqa: S611


def machine_for(process: Process, post: Post, now: Any) -> Machine:
    """The machine over a process read `with_records`: its record is there without another query."""
    machine = registry[process.kind](process, post, now)
    row = getattr(process, _RECORD, None)
    if row is not None and machine.record_model is not None:
        record = _instance(machine.record_model, row)
        record.process = process
        machine.__dict__["record"] = record
    return machine


@lru_cache(maxsize=16)
def _rows(sides: tuple[Side, ...]) -> str:
    """The SQL that gives a process's own row: one sub-select for each kind, of which only the fitting one runs.

    Made of names of our own tables and columns, once for every side: composing it anew took as long as running it.
    """
    parts = [
        f"WHEN '{kind}' THEN ({_row(machine, machine.record_model)})"
        for kind, machine in sorted(registry.items())
        if machine.record_model is not None and machine.side in sides
    ]
    return f'CASE "engine_process"."kind" {" ".join(parts)} END' if parts else "NULL::jsonb"


def _row(machine: type[Machine], model: type[Model]) -> str:
    """A row as JSON, with each relation the machine shows nested under its name."""
    row, joins = "to_jsonb(own.*)", ""
    for name in machine.record_with:
        column, table = model._meta.get_field(name).column, _related(model, name)._meta  # type: ignore[union-attr]
        joins += f' LEFT JOIN "{table.db_table}" "{name}" ON "{name}"."{table.pk.column}" = own."{column}"'  # type: ignore[union-attr]
        row += f" || jsonb_build_object('_{name}', to_jsonb(\"{name}\".*))"
    return f'SELECT {row} FROM "{model._meta.db_table}" own{joins} WHERE own.process_id = "engine_process"."id"'  # noqa: S608


def _instance(model: type[Model], row: dict[str, Any]) -> Any:
    values = {f.attname: _value(f, row[str(f.column)]) for f in model._meta.concrete_fields}
    made = model.from_db("default", list(values), list(values.values()))
    for key, nested in row.items():
        name = key[1:]
        if key.startswith("_") and getattr(made, f"{name}_id") is not None:
            setattr(made, name, _instance(_related(model, name), nested))
    return made


def _value(field: Any, value: Any) -> Any:
    """A value as JSON gives it; of a range, as PostgreSQL writes it, since Django reads its own writing alone."""
    if isinstance(field, RangeField) and isinstance(value, str):
        if value == "empty":
            return field.range_type(empty=True)
        kind: Any = field.base_field
        ends = [kind.to_python(end.strip('"')) if end else None for end in value[1:-1].split(",")]
        return field.range_type(*ends, bounds=value[0] + value[-1])
    return field.to_python(value)


def _related(model: type[Model], name: str) -> type[Model]:
    return model._meta.get_field(name).related_model  # type: ignore[return-value]
