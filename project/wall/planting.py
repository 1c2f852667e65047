"""Rows to be hidden: for every table and every side a row whose every text bears a mark, and a twin that is not there.

A mark says in itself who may read it: after the secret of this run comes one hexadecimal digit in which each side has
a bit. So any byte that comes out anywhere can be judged without knowing where it came from.
"""

from __future__ import annotations

import re
import secrets
import string
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

import psycopg
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.fields.ranges import DateRangeField, DateTimeRangeField, RangeField
from django.core.exceptions import FieldDoesNotExist
from django.db import connection, models
from django.utils import timezone
from psycopg import sql

from access.wall import Side
from access.wall.declaration import Declared, Ground, Own, declared, own_models
from workflows.engine.machine import Machine, registry
from workflows.engine.models import Process

LETTERS = string.ascii_lowercase + string.digits
CROWD = 12
"""Copies of a row whose values are not unique, so that the planner's statistics know them."""

Variant = dict[str, str]
"""What tells the planted rows of one table apart: the columns that say whose a row is."""


def bit(side: Side) -> int:
    """The bit of a side in a mark."""
    return 1 << list(Side).index(side)


class Marks:
    """Makes the marks of a run and finds them again."""

    def __init__(self) -> None:
        self.secret = "z" + "".join(secrets.choice(LETTERS) for _ in range(3))
        self._found = re.compile(self.secret.encode() + rb"([0-9a-f])[a-z0-9]{5}", re.IGNORECASE)

    def new(self, readers: frozenset[Side]) -> str:
        """A mark that `readers` may see; with no readers, the mark of what is nowhere."""
        rest = "".join(secrets.choice(LETTERS) for _ in range(5))
        return f"{self.secret}{sum(map(bit, readers)):x}{rest}"

    def out(self, text: bytes, side: Side | None, ground: bool = False) -> bytes:
        """The first mark in `text` that `side` may not read (no side: any mark), with what stands before it.

        `ground`: marks that every side may read are no secret, whoever reads them.
        """
        own = bit(side) if side else 0
        free = sum(map(bit, Side)) if ground else -1
        found = (o for o in self._found.finditer(text) if not int(o[1], 16) & own and int(o[1], 16) != free)
        return next((text[max(0, one.start() - 60) : one.end()] for one in found), b"")


@dataclass(frozen=True)
class Column:
    """One value of a planted row, as PostgreSQL writes it, and what the twin has there instead.

    `often`: it stands in the table more than once, so that the planner remembers it.
    """

    name: str
    hidden: str
    absent: str
    often: bool = False


@dataclass
class Row:
    """A planted row: who may read it, its key, the columns that are like no other row's."""

    table: str
    readers: frozenset[Side]
    variant: Variant
    model: type[models.Model]
    values: dict[str, Any]
    columns: list[Column] = field(default_factory=list)

    @property
    def key(self) -> Any:
        """Its primary key."""
        return self.values[self.key_column]

    @property
    def key_column(self) -> str:
        """Where the primary key stands."""
        return str(self.model._meta.pk.column)  # type: ignore[union-attr]


def readers(what: Declared | None, values: dict[str, Any]) -> frozenset[Side]:
    """The sides that may read a row, as the declaration has it."""
    if what is None:
        return frozenset()
    may = frozenset(side for side in Side if "SELECT" in what.verbs(side))
    if isinstance(what, Ground | Own):
        return may
    if "from_side" in values:
        return may & {Side(values["from_side"]), Side(values["to_side"])}
    return frozenset(side for side in may if Side(values["side"]) in side.sees)


def variants(model: type[models.Model], what: Declared | None) -> list[Variant]:
    """Which rows to plant in a table: one for each side that can have its own."""
    names = {f.attname for f in model._meta.concrete_fields}
    if "from_side" in names:
        return [
            {"from_side": a.value, "to_side": b.value} for a, b in permutations(Side, 2) if Side.COMMON not in (a, b)
        ]
    if isinstance(what, Own):
        return [{"side": what.side.value}]
    return [{"side": side.value} for side in Side]


class Planting:
    """Plants a row of every model for every side, as the administrator, with triggers and foreign keys asleep."""

    def __init__(self, admin: psycopg.Connection[Any], marks: Marks) -> None:
        self.admin, self.marks = admin, marks
        self.rows: list[Row] = []
        self.refused: dict[str, str] = {}
        self._number = 7_000_000
        self._kind: type[Machine] | None = None
        self._process: Row | None = None

    def all(self) -> None:
        """Plant everything. What could not be planted stands in `refused`, with what the database said."""
        self.admin.execute("SET session_replication_role = replica")
        for model in _in_order(list(own_models())):
            if self._present(model._meta.db_table) and model._meta.db_table not in ONE_ROW:
                for variant in variants(model, declared(model)):
                    try:
                        self._plant(model, variant)
                    except psycopg.Error as error:
                        self.refused[model._meta.db_table] = str(error).splitlines()[0]
        self.admin.execute("ANALYZE")
        self.admin.execute("SET session_replication_role = origin")

    def of(self, model: type[models.Model], variant: Variant) -> Row | None:
        """The planted row of a model that belongs to the same as `variant`, or to one side of it, or else any."""
        own = [row for row in self.rows if row.model is model]
        same = [row for row in own if row.variant == variant]
        near = [row for row in own if set(row.variant.values()) & set(variant.values())]
        return next(iter(same or near or own), None)

    def _present(self, table: str) -> bool:
        return self.admin.execute("SELECT to_regclass(%s) IS NOT NULL", [f'public."{table}"']).fetchone() == (True,)

    def _plant(self, model: type[models.Model], variant: Variant) -> None:
        self._process = None
        if machine := _machines().get(model):  # the record of a machine stands beside a process of its own kind
            self._kind = machine
            self._plant(Process, variant)
            self._kind, self._process = None, self.rows[-1]
        who = readers(declared(model), variant | self._facts(model, variant))
        values, telling = self._values(model, variant, who)
        twin, _ = self._values(model, variant, frozenset(), nowhere=True)
        row = Row(model._meta.db_table, who, variant, model, values)
        absent = self._as_text(model, twin)
        hidden = self._as_text(model, values, keep=True)
        often = self._crowd(model, values, who)
        row.columns = [
            Column(name, hidden[name], absent[name], name in often)
            for name in telling
            if hidden[name] is not None and absent[name] is not None and hidden[name] != absent[name]
        ]
        self.rows.append(row)

    def _as_text(self, model: type[models.Model], values: dict[str, Any], keep: bool = False) -> dict[str, str]:
        """Insert a row and read it back as text; undone unless it is to be kept."""
        with self.admin.transaction(force_rollback=not keep):
            key = str(model._meta.pk.column)  # type: ignore[union-attr]
            self._insert(model, values)
            given = self.admin.execute(
                sql.SQL("SELECT {} FROM {} WHERE {} = {}").format(
                    sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(name)) for name in values),
                    sql.Identifier(model._meta.db_table),
                    sql.Identifier(key),
                    sql.Literal(values[key]),
                )
            ).fetchone()
        assert given is not None
        return dict(zip(values, given, strict=True))

    def _insert(self, model: type[models.Model], values: dict[str, Any]) -> None:
        self.admin.execute(
            sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ({})").format(
                sql.Identifier(model._meta.db_table),
                sql.SQL(", ").join(map(sql.Identifier, values)),
                sql.SQL(", ").join(sql.Placeholder() for _ in values),
            ),
            list(values.values()),
        )

    def _crowd(self, model: type[models.Model], values: dict[str, Any], who: frozenset[Side]) -> set[str]:
        """Copies of a row with other keys; not where a value may stand only once. Out: the columns that are alike."""
        key = model._meta.pk
        assert key is not None
        if any(f.unique and not f.primary_key for f in model._meta.concrete_fields) or key.remote_field:
            return set()
        try:
            with self.admin.transaction():
                for _ in range(CROWD):
                    self._insert(model, values | {str(key.column): self._value(key, {}, who, False)[0]})
        except psycopg.errors.IntegrityError:
            return set()
        ranges = {f.column for f in model._meta.concrete_fields if isinstance(f, RangeField)}  # remembered by bounds
        return set(values) - {key.column} - ranges

    def _facts(self, model: type[models.Model], variant: Variant) -> Variant:
        """The columns of the variant that the table has."""
        return {name: value for name, value in variant.items() if _has(model, name)}

    def _values(
        self, model: type[models.Model], variant: Variant, who: frozenset[Side], nowhere: bool = False
    ) -> tuple[dict[str, Any], list[str]]:
        """Values for a row by column, and the columns whose value is like no other row's."""
        values: dict[str, Any] = {}
        telling = []
        fixed = self._facts(model, variant) | {k: v(self, variant) for k, v in FACTS.get(model._meta.label, {}).items()}
        for each in model._meta.concrete_fields:
            if getattr(each, "generated", False):
                continue
            if each.attname in fixed:
                value, tells = fixed[each.attname], False
            else:
                value, tells = self._value(each, variant, who, nowhere)
            column = str(each.column)
            values[column] = each.get_db_prep_save(value, connection) if value is not None else None
            if tells:
                telling.append(column)
        return values, telling

    def _value(self, each: Any, variant: Variant, who: frozenset[Side], nowhere: bool) -> tuple[Any, bool]:
        """A value for a field, and whether it is like no other's."""
        self._number += 1
        if each.remote_field is not None:
            own = self._process if each.remote_field.model is Process and each.one_to_one else None
            target = own or self.of(each.remote_field.model, variant)
            if nowhere or (target is None and not each.null):
                return self._value(each.target_field, variant, who, nowhere)
            return (target.key, isinstance(declared(target.model), Own)) if target else (None, False)
        if each.choices:
            return next(value for value, _label in each.flatchoices if value not in ("", None)), False
        if each.null and isinstance(each, models.DateField | models.DurationField):
            return None, False  # what has not happened yet: a row that is open
        for kind, make in MAKERS:
            if isinstance(each, kind):
                return make(self, each, who)
        raise TypeError(f"no value is known for {each}")

    def text(self, each: Any, who: frozenset[Side]) -> tuple[str, bool]:
        """A text with a mark, as far as it fits."""
        mark = self.marks.new(who)
        if isinstance(each, models.EmailField):
            return f"{mark}@example.invalid", True
        if each.max_length and each.max_length < len(mark):
            return mark[-each.max_length :], each.max_length > 3
        return mark, True

    def number(self, each: Any) -> tuple[int, bool]:
        """A number no other field has, as far as it fits."""
        if isinstance(each, models.SmallIntegerField | models.PositiveSmallIntegerField):
            return 1 + self._number % 30_000, False
        return self._number, True

    def moment(self) -> datetime:
        """A moment no other field has, later than the ones before it."""
        return timezone.now() + timedelta(seconds=self._number - 7_000_000)

    def array(self, each: Any, who: frozenset[Side]) -> tuple[list[Any], bool]:
        """One item, unless the field says what its items may be."""
        if isinstance(each.base_field, models.IntegerField):
            return [1], False  # days of the week, numbers of a list
        value, tells = self._value(each.base_field, {}, who, False)
        return [value], tells

    def span(self, each: Any) -> tuple[Any, bool]:
        """A year from now on."""
        start = self.day() if isinstance(each, DateRangeField) else self.moment()
        return each.range_type(start, start + timedelta(days=365)), True

    def runs(self, variant: Variant) -> tuple[str, str]:
        """Kind and state of the process that is planted: of the machine whose record follows, or of its side's."""
        return (self._kind.kind, str(self._kind.initial)) if self._kind else RUNS[variant["side"]]

    def case_number(self) -> str:
        """The number of a case, as numbers are written."""
        self._number += 1
        return f"L-2099-{self._number % 1_000_000:06d}"

    def day(self) -> date:
        """A day no other field has."""
        return date(2100, 1, 1) + timedelta(days=self._number - 7_000_000)


Maker = Callable[[Planting, Any, frozenset[Side]], tuple[Any, bool]]
MAKERS: list[tuple[Any, Maker]] = [
    (models.UUIDField, lambda p, f, who: (uuid.uuid4(), True)),
    (models.DateTimeField, lambda p, f, who: (p.moment(), True)),
    (models.DateField, lambda p, f, who: (p.day(), True)),
    (models.TimeField, lambda p, f, who: (time(9, 30), False)),
    (models.DurationField, lambda p, f, who: (timedelta(seconds=p._number), True)),
    (models.BooleanField, lambda p, f, who: (False, False)),
    (models.JSONField, lambda p, f, who: ({"mark": p.marks.new(who)}, True)),
    (ArrayField, lambda p, f, who: p.array(f, who)),
    ((DateRangeField, DateTimeRangeField), lambda p, f, who: p.span(f)),
    (models.BinaryField, lambda p, f, who: (p.marks.new(who).encode(), True)),
    (models.GenericIPAddressField, lambda p, f, who: (f"10.{p._number % 250}.{p._number // 250 % 250}.7", False)),
    (models.DecimalField, lambda p, f, who: (Decimal(1), False)),
    (models.FloatField, lambda p, f, who: (float(p._number), True)),
    (models.IntegerField, lambda p, f, who: p.number(f)),
    ((models.CharField, models.TextField), lambda p, f, who: p.text(f, who)),
]

RUNS = {
    "care": ("referral", "triage"),
    "determination": ("committee", "requested"),
    "justice": ("investigation_led", "requested"),
    "common": ("supply_adjustment", "proposed"),
}
ROLES = {
    "care": "care_coordinator", "determination": "committee_secretary", "justice": "investigator",
    "common": "action_owner",
}  # fmt: skip
HOUSES = {"care": "care_coordination", "determination": "committee", "justice": "police", "common": "ministry"}
"""By side: a process that runs there, a role and a kind of organisation that are found there."""

TELEPHONE = "0699887766"
"""Of every person who is planted; by it a person is found at intake."""

FACTS: dict[str, dict[str, Callable[[Planting, Variant], Any]]] = {
    "cases.CaseNumber": {"year": lambda p, v: 2026, "last": lambda p, v: 1},
    "cases.Document": {"removed_reason": lambda p, v: ""},
    "capacity_statement.Statement": {"version": lambda p, v: 1, "corrects_id": lambda p, v: None},
    "cases.Consent": {"recipient_id": lambda p, v: None},
    "cases.Merge": {"merged_id": lambda p, v: uuid.uuid4()},
    "access.Deputy": {"deputy_id": lambda p, v: p._number},
    "engine.Process": {
        "kind": lambda p, v: p.runs(v)[0],
        "state": lambda p, v: p.runs(v)[1],
        "waiting_on": lambda p, v: "",
    },
    "engine.StepLog": {
        "action": lambda p, v: "open",
        "from_state": lambda p, v: "",
        "to_state": lambda p, v: RUNS[v["side"]][1],
    },
    "engine.Notice": {"rung": lambda p, v: 1, "key": lambda p, v: ""},
    "access.Organisation": {"kind": lambda p, v: HOUSES[v["side"]]},
    "access.Post": {"role": lambda p, v: ROLES[v["side"]]},
    "access.User": {"is_active": lambda p, v: True},
    "engine.Delivery": {"state": lambda p, v: "uncertain"},
    "supply_adjustment.Adjustment": {
        "form": lambda p, v: "labour",
        "problem": lambda p, v: "",
        "gender": lambda p, v: "",
    },
    "determination.Determination": {"design": lambda p, v: "committee"},
    "cases.Person": {"safe_contact": lambda p, v: TELEPHONE, "match_keys": lambda p, v: [f"p:{TELEPHONE[-8:]}"]},
    "cases.Case": {"closing_reason": lambda p, v: "", "number": lambda p, v: p.case_number()},
    "guidance.Guidance": {"deputy_id": lambda p, v: None},
    "guidance.Measurement": {"score": lambda p, v: 3},
    "guidance.NewExploitation": {"answer": lambda p, v: "yes"},
    "placement.Turn": {"outcome": lambda p, v: ""},
    "placement.PlacementRecord": {
        "asked_at": lambda p, v: timezone.now() - timedelta(days=1),
        "unit_id": lambda p, v: None,
    },
    "determination.Hearing": {"wish": lambda p, v: "declined"},
}
"""Values that a constraint of the table asks for."""

ONE_ROW = {"access_configuration"}
"""Tables that have their one row already."""


def _machines() -> dict[type[models.Model], type[Machine]]:
    """By the model of its record, a machine that has one."""
    return {machine.record_model: machine for machine in registry.values() if machine.record_model}


def _has(model: type[models.Model], name: str) -> bool:
    try:
        return bool(model._meta.get_field(name))
    except FieldDoesNotExist:
        return False


def _in_order(found: list[type[models.Model]]) -> Iterator[type[models.Model]]:
    """Models after those they point to; where they point in a circle, as they come."""
    waiting = list(found)
    while waiting:
        ready = [m for m in waiting if not (_targets(m) & set(waiting) - {m})] or waiting[:1]
        yield from ready
        waiting = [m for m in waiting if m not in ready]


def _targets(model: type[models.Model]) -> set[Any]:
    return {f.remote_field.model for f in model._meta.concrete_fields if f.remote_field}
