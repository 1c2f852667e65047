"""Values of persons and cases: as JSON knows them, and in the reader's words."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Model
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from access.models import Region
from access.tongues import country_name, language_names
from cases.models import Case, Person

MODELS: dict[str, type[Case] | type[Person]] = {"Case": Case, "Person": Person}
NOT_REPEATED = {"name", "alias", "safety_notes", "safe_contact", "region"}
"""Fields of which a line of the timeline says only that they changed: secrets, and what is too long to repeat."""


def plain_value(value: Any) -> Any:
    """A value as JSON knows it: days as ISO, rows by their key."""
    if isinstance(value, date):
        return value.isoformat()
    return value.pk if isinstance(value, Model) else value


def snapshot(row: Case | Person, names: Any) -> dict[str, Any]:
    """Values of a row by field name, as JSON knows them."""
    return {name: plain_value(getattr(row, name)) for name in names}


def label(model: type[Case] | type[Person], name: str) -> str:
    """What a field is called."""
    text = str(model._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    return text[:1].upper() + text[1:]


def shown(model: type[Case] | type[Person], name: str, value: Any) -> str:
    """A value that `plain_value` made, in the reader's words; a dash for nothing."""
    field: Any = model._meta.get_field(name)
    if value is None or value == "" or value == []:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "languages":
        return language_names(value)
    if name == "nationality":
        return country_name(value)
    if name == "birth_date":
        return date_format(date.fromisoformat(value), "j F Y")
    if name == "region":
        region = Region.objects.filter(pk=value).first()
        return region.name if region else "–"
    labels = dict(getattr(field, "base_field", field).flatchoices)
    if isinstance(value, list):
        return ", ".join(str(labels.get(code, code)) for code in value)
    return str(labels.get(value, value))


def change_record(row: Case | Person, before: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """What changed of a row, for the timeline: ``{"of": model, "fields": {name: [before, after]}}``."""
    after = snapshot(row, names)
    fields = {name: [] if name in NOT_REPEATED else [before[name], after[name]] for name in names}
    return {"of": type(row).__name__, "fields": fields}


def change_told(record: dict[str, Any]) -> tuple[str, str]:
    """A change record in words: which fields, and line by line from what to what."""
    model = MODELS[record["of"]]
    labels = [label(model, name) for name in record["fields"]]
    lines = [
        f"{label(model, name)}: {shown(model, name, values[0])} → {shown(model, name, values[1])}"
        for name, values in record["fields"].items()
        if values
    ]
    return ", ".join(labels), "\n".join(lines)
