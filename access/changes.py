"""The change log: every change to what administrators keep, with what it was, what it became, and why."""

from __future__ import annotations

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Field, Model

from access import clock
from access.models import Change, Post

LEFT_OUT = frozenset({"id", "password", "last_login", "created_at"})


def facts(row: Model | None) -> dict[str, Any]:
    """The fields of a row as the log keeps them; relations by name and key, secrets and moments of sign-in left out."""
    if row is None:
        return {}
    values = {f.name: _fact(row, f) for f in row._meta.concrete_fields if f.name not in LEFT_OUT}
    if row.pk is not None:
        values |= {f.name: sorted(map(_named, getattr(row, f.name).all())) for f in row._meta.many_to_many}
    return plain(values)


def _fact(row: Model, field: Field[Any, Any]) -> Any:
    related = getattr(row, field.name) if field.is_relation else None
    return _named(related) if related is not None else getattr(row, field.attname)


def _named(row: Model) -> str:
    return f"{row} (#{row.pk})"


def plain(values: dict[str, Any]) -> dict[str, Any]:
    """The same values as JSON gives them back, so that before and after can be held against each other."""
    return json.loads(json.dumps(values, cls=DjangoJSONEncoder))  # type: ignore[no-any-return]


def difference(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Only what differs, as (before, after); what one of them does not have is left out of it."""
    names = [n for n in {**before, **after} if n not in before or n not in after or before[n] != after[n]]
    return {n: before[n] for n in names if n in before}, {n: after[n] for n in names if n in after}


def change(
    row: Model, *, before: dict[str, Any], after: dict[str, Any], reason: str, by: Post | None, key: object = None
) -> Change:
    """A line of the change log, not yet written.

    In: the row that was changed, `facts()` of it before and after (empty when there was none), why, and the post that
    acted (None: somebody at the console). `key` names the row where its primary key would tell a reader nothing.
    """
    old, new = difference(before, after)
    return Change(
        at=clock.now(),
        user_id=by.user_id if by else None,
        post=by,
        object_kind=row._meta.label_lower,
        object_key=str(row.pk if key is None else key)[:60],
        object_name=str(row)[:300],
        before=old,
        after=new,
        reason=reason.strip(),
    )
