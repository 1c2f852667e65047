"""Forms that change a row and notice that somebody else did so in the meantime."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from cases.values import change_record, plain_value, shown, snapshot
from cases.versions import save_changes

SALT = "cases.forms.versioned"


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
        self.changed_now: list[str] = []
        self.before = snapshot(self.instance, self._meta.fields)
        self.initial = {**self.initial, "version": self.instance.version, "seen": self._sealed()}

    @property
    def lost_race(self) -> bool:
        """Whether somebody else was first."""
        return bool(self.changes)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        seen = self._seen(cleaned)
        if cleaned.get("version") != self.instance.version or seen is None:
            self._compare(cleaned, seen or {})
        return cleaned

    def save(self, commit: bool = True) -> Any:
        """Write the fields that changed, if any, and count the version up; `changed_now` names them afterwards."""
        after = snapshot(self.instance, self._meta.fields)
        self.changed_now = [name for name, value in after.items() if value != self.before[name]]
        if self.changed_now:
            save_changes(self.instance, self.changed_now)
        return self.instance

    def change_record(self) -> dict[str, Any]:
        """What this form changed, for the timeline."""
        return change_record(self.instance, self.before, self.changed_now)

    def _sealed(self) -> str:
        """What the reader sees, and of which row: after a merging a case has another person behind the same page."""
        return signing.dumps([str(self.instance.pk), self.before], salt=SALT, compress=True)

    def _seen(self, cleaned: dict[str, Any]) -> dict[str, Any] | None:
        try:
            key, values = signing.loads(cleaned.get("seen", ""), salt=SALT)
        except (signing.BadSignature, ValueError):
            return None
        return values if key == str(self.instance.pk) else None

    def _compare(self, cleaned: dict[str, Any], seen: dict[str, Any]) -> None:
        data = cast(QueryDict, self.data).copy()
        for name, now in self.before.items():
            if name in seen and seen[name] == now:
                continue
            before = seen.get(name)
            typed = plain_value(cleaned.get(name))
            told = (str(self.fields[name].label), self._shown(name, before), self._shown(name, now))
            if name in cleaned and name in seen and typed in (before, now):
                put(data, name, self.fields[name], getattr(self.instance, name))
                self.changes.append(Change(*told))
            elif name not in cleaned or typed != now:
                self.changes.append(Change(*told, self._shown(name, typed) if name in cleaned else ""))
        if self.changes:
            data["version"], data["seen"] = str(self.instance.version), self._sealed()
            self.data = data
            raise ValidationError(
                _("Somebody else changed this in the meantime. Look at what is new and save again."),
                code="lost_race",
            )

    def _shown(self, name: str, value: Any) -> str:
        return shown(self._meta.model, name, value)


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
