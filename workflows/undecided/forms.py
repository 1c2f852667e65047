"""A decision on one or more mails."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from workflows.engine.outbox import Decision


class DecisionForm(forms.Form):
    """Which mails, and what is decided about them."""

    chosen = forms.TypedMultipleChoiceField(
        coerce=int, error_messages={"required": _("Select the mails you want to decide on.")}
    )
    decision = forms.ChoiceField(choices=Decision, error_messages={"required": _("Say what you decide.")})

    def __init__(self, *args: object, ids: list[int], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["chosen"].choices = [(pk, pk) for pk in ids]  # type: ignore[attr-defined]
