"""Forms for what is put in a file: notes, consents, documents."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from access.models import Organisation, Post
from cases import filetypes
from cases.fields import PastMomentField, long_text
from cases.words import ConsentForm as How
from cases.words import ConsentState, DocumentKind, EntryKind, Purpose


class NoteForm(forms.Form):
    """A line for the timeline."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=EntryKind.manual, widget=forms.RadioSelect, initial=EntryKind.NOTE
    )
    text = long_text(_("Text"), rows=6)
    at = PastMomentField(label=_("When"))


class ConsentForm(forms.Form):
    """What the person says about sharing with a recipient for a purpose."""

    recipient = forms.ModelChoiceField(
        label=_("Recipient"), queryset=Organisation.objects.none(), required=False, empty_label=_("Not in the list")
    )
    recipient_name = forms.CharField(
        label=_("Name of the recipient"), max_length=200, required=False, help_text=_("When it is not in the list.")
    )
    purpose = forms.ChoiceField(label=_("Purpose"), choices=[("", _("Choose a purpose")), *Purpose.choices])
    state = forms.ChoiceField(
        label=_("Answer"),
        choices=[(s.value, s.label) for s in (ConsentState.GIVEN, ConsentState.REFUSED)],
        widget=forms.RadioSelect,
        help_text=_("A refusal is an answer too and closes nothing."),
    )
    form = forms.ChoiceField(label=_("How"), choices=How.choices, widget=forms.RadioSelect, initial=How.ORAL)
    given_at = PastMomentField(label=_("When"))
    note = long_text(
        _("Explanation"), rows=2, most=2_000, required=False, help_text=_("For example what may not be shared.")
    )

    def __init__(self, *args: Any, acting: Post, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        near, across = Organisation.objects.for_post(acting), Organisation.objects.across(acting.side)
        organisations = (near | across).active().order_by("name")
        self.fields["recipient"].queryset = organisations  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        chosen, typed = cleaned.get("recipient"), cleaned.get("recipient_name")
        if chosen and typed:
            self.add_error("recipient_name", _("Choose a recipient or type a name, not both."))
        elif not chosen and not typed and "recipient" not in self.errors:
            self.add_error("recipient", _("Choose the recipient, or type its name below."))
        return cleaned


class WithdrawConsent(forms.Form):
    """That a consent is withdrawn."""

    given_at = PastMomentField(label=_("When did the person say so?"))
    form = forms.ChoiceField(label=_("How"), choices=How.choices, widget=forms.RadioSelect, initial=How.ORAL)
    note = long_text(_("Explanation"), rows=2, most=2_000, required=False)


class DocumentForm(forms.Form):
    """A document to keep. The file comes last: what was typed before it is kept when the file is too large."""

    title = forms.CharField(label=_("Title"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    kind = forms.ChoiceField(label=_("Kind of document"), choices=DocumentKind.choices)
    file = forms.FileField(
        label=_("File"),
        max_length=None,
        help_text=_("Allowed: %(types)s.") % {"types": filetypes.LABELS},
        widget=forms.FileInput(attrs={"accept": filetypes.ACCEPT}),
        error_messages={"required": _("Choose a file."), "empty": _("This file is empty.")},
    )

    def __init__(self, *args: Any, refused: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit = settings.DOCUMENT_MAX_BYTES
        self.fields["file"].widget.attrs["data-max-bytes"] = limit
        if refused:
            self.fields["file"].error_messages["required"] = _(
                "The file is larger than %(size)s and was not taken. Make it smaller, or split it, and choose it again."
            ) % {"size": filesizeformat(limit)}

    def clean_file(self) -> UploadedFile:
        """The file, with `content` and `type` as attributes for whoever stores it."""
        file = self.cleaned_data["file"]
        content = file.read()
        found = filetypes.of_content(content)
        extension = PurePath(file.name or "").suffix.lower().lstrip(".")
        if found is None:
            raise ValidationError(
                _("The content of this file is of a kind that is not kept. Allowed: %(types)s."),
                params={"types": filetypes.LABELS},
                code="kind",
            )
        if extension not in found.extensions:
            raise ValidationError(
                _("The content of this file is %(type)s, but its name ends in “%(extension)s”. Is it the right file?"),
                params={"type": found.label, "extension": f".{extension}" if extension else "–"},
                code="extension",
            )
        file.content, file.type = content, found
        return file


class RemoveDocument(forms.Form):
    """That a document is removed for good, and why."""

    reason = forms.CharField(
        label=_("Why is it removed?"), max_length=500, help_text=_("The file is destroyed; this line stays.")
    )
