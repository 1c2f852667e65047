"""What the steps of a capacity statement ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from shelters import sheets
from workflows.capacity_statement import importing
from workflows.engine.forms import StepForm


class ReturnForm(StepForm):
    """What must be answered before the statement can be published: about all of it, or at single lines.

    A question about a line is sent as `question-<key of the line>`; the grid asks for them, a dialog need not.
    """

    questions = forms.CharField(
        label=_("Questions"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 2000}),
        help_text=_("The coordinator sees them above the lines; what you ask at a line stands there."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["lines"] = asked = questions_in(self.data)
        if not asked and not cleaned.get("questions", "").strip() and "questions" not in self.errors:
            self.add_error("questions", _("Say what must be answered."))
        return cleaned


MOST_ASKED = 500
"""Characters of a question about one line."""


def questions_in(data: Mapping[str, str]) -> dict[int, str]:
    """The questions about single lines in what was sent, by key of the line."""
    found = {}
    for name, text in data.items():
        kind, _dash, key = name.partition("-")
        if kind == "question" and key.isdecimal() and text.strip():
            found[int(key)] = text.strip()[:MOST_ASKED]
    return found


class CorrectForm(forms.Form):
    """Why a published statement is corrected."""

    reason = forms.CharField(
        label=_("What was wrong, and how is it known now?"), max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 2000}),
    )  # fmt: skip


class ImportForm(forms.Form):
    """A file, or what was copied from a spreadsheet program; `sheet` is the table in it."""

    file = forms.FileField(
        label=_("File"), required=False, help_text=_("XLSX or CSV, for instance the export of this statement."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv", "data-max-bytes": sheets.MOST_BYTES}),
    )  # fmt: skip
    text = forms.CharField(
        label=_("Or paste the cells here"), required=False, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Copy the cells in the spreadsheet, the row with the titles included."),
    )  # fmt: skip
    sheet: sheets.Sheet

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        given, text = cleaned.get("file"), cleaned.get("text", "")
        if not given and not text.strip():
            raise ValidationError(_("Choose a file, or paste cells."), code="nothing")
        try:
            # One byte more than may be is enough to know that a file is too large.
            is_head = importing.is_head
            self.sheet = (
                sheets.read(given.read(sheets.MOST_BYTES + 1), is_head) if given else sheets.pasted(text, is_head)
            )
        except sheets.Unreadable as wrong:
            self.add_error("file" if given else "text", str(wrong))
        return cleaned
