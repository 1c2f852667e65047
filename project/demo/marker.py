"""Whether this database holds demonstration data, and how far its making got.

The mark is the comment on the table of cases: no row that a page could show, no table only for this, and only the
owner of the tables can write it.
"""

from __future__ import annotations

import json
from typing import Any

from django.db import connections
from psycopg import sql

from cases.models import Case

_TABLE = Case._meta.db_table
_BEGINS = "Loods demonstration "


def read(using: str = "owner") -> dict[str, Any] | None:
    """What was written by `write()`, or None in a database without demonstration data."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT obj_description(%s::regclass, 'pg_class')", [_TABLE])
        text = cursor.fetchone()[0] or ""
    return json.loads(text.removeprefix(_BEGINS)) if text.startswith(_BEGINS) else None


def write(using: str = "owner", **facts: Any) -> None:
    """Mark the database: `made` says whether the data is whole."""
    text = _BEGINS + json.dumps(facts)
    with connections[using].cursor() as cursor:
        statement = sql.SQL("COMMENT ON TABLE {} IS {}").format(sql.Identifier(_TABLE), sql.Literal(text))
        cursor.execute(statement.as_string(connections[using].connection))
