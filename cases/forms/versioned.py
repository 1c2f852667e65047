"""Forms that change a row and notice that somebody else did so in the meantime."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cases.models import Case, Person
from cases.tongues import country_name, language_names
from cases.versions import save_changes

SALT = "cases.forms.versioned"
SECRET_FIELDS = {"name", "alias"}
"""Fields whose values the timeline does not repeat: it may be read where the name must not be."""


@dataclass(frozen=True)
class Change:
    """What somebody else changed in a field; `yours` is what was typed here, if that is something else again."""

    label: str
    before: str
    now: str
    yours: str = ""


class VersionedForm(forms.ModelForm):
    """A form for a row with a version; the row was locked when the form is bound.

    It carries what its reader saw. When the row is another by the time it is saved, nothing is saved: `changes`
    says what is new, fields that only the other touched show the new value, what was typed here stays typed, and
    saving once more goes through.
    """

    instance: Any
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.changes: list[Change] = []
        self.before = snapshot(self.instance, self._meta.fields)
        self.initial["version"] = self.instance.version
        self.initial["seen"] = signing.dumps(self.before, salt=SALT, compress=True)

    @property
    def lost_race(self) -> bool:
        """Whether somebody else was first."""
        return bool(self.changes)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("version") != self.instance.version:
            self._compare(cleaned)
        return cleaned

    def _compare(self, cleaned: dict[str, Any]) -> None:
        try:
            seen = signing.loads(cleaned.get("seen", ""), salt=SALT)
        except signing.BadSignature:
            seen = {}
        data = self.data.copy()
        for name, now in self.before.items():
            if seen.get(name) == now:
                continue
            before = seen.get(name)
            typed = plain_value(cleaned[name]) if name in cleaned else None
            label = str(self.fields[name].label)
            if name in cleaned and typed in (before, now):
                put(data, name, self.fields[name], getattr(self.instance, name))
                self.changes.append(Change(label, self.shown(name, before), self.shown(name, now)))
            else:
                yours = self.shown(name, typed) if name in cleaned else ""
                self.changes.append(Change(label, self.shown(name, before), self.shown(name, now), yours))
        if self.changes:
            data[self.add_prefix("version")] = str(self.instance.version)
            data[self.add_prefix("seen")] = signing.dumps(self.before, salt=SALT, compress=True)
            self.data = data
            raise ValidationError(
                _("Somebody else changed this in the meantime. Below is what is new; look at it and save again."),
                code="lost_race",
            )

    def shown(self, name: str, value: Any) -> str:
        """A stored value as a reader knows it."""
        return shown(self._meta.model, name, value)

    def save(self, commit: bool = True) -> Any:
        """Write the fields that changed, if any, and count the version up; `changed_now` names them afterwards."""
        after = snapshot(self.instance, self._meta.fields)
        self.changed_now = [name for name, value in after.items() if value != self.before[name]]
        if self.changed_now:
            save_changes(self.instance, self.changed_now)
        return self.instance

    def change_record(self) -> dict[str, Any]:
        """What this form changed, for the timeline: ``{"of": model, "fields": {name: [before, after] or None}}``."""
        after = snapshot(self.instance, self._meta.fields)
        return {
            "of": self._meta.model.__name__,
            "fields": {
                name: None if name in SECRET_FIELDS else [self.before[name], after[name]] for name in self.changed_now
            },
        }


def snapshot(row: Any, names: Any) -> dict[str, Any]:
    """Values of a row as JSON knows them."""
    return {name: plain_value(getattr(row, name)) for name in names}


def plain_value(value: Any) -> Any:
    """A value as JSON knows it: days as ISO, rows by their key."""
    if isinstance(value, date):
        return value.isoformat()
    return value.pk if isinstance(value, Model) else value


def shown(model: type[Case] | type[Person], name: str, value: Any) -> str:
    """A value that `plain_value` made, in the reader's words; a dash for nothing."""
    from access.models import Region

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


def put(data: Any, name: str, field: forms.Field, value: Any) -> None:
    """Put a value into the data of a form as if it had been typed."""
    if isinstance(field, forms.BooleanField):
        data.pop(name, None)
        if value:
            data[name] = "on"
        return
    prepared = field.prepare_value(value)
    if isinstance(prepared, list):
        data.setlist(name, prepared)
    else:
        data[name] = "" if prepared is None else str(prepared)
