"""What the steps of a referral ask."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from access.models import Organisation
from shelters.models import Kind
from workflows.engine.forms import ReasonForm, StepForm


class AcceptForm(StepForm):
    """Accept the case; say whether shelter is needed and which kind."""

    shelter = forms.BooleanField(label=_("Shelter is needed"), required=False)
    shelter_kind = forms.ChoiceField(label=_("Kind of shelter"), choices=Kind, required=False, initial=Kind.CRISIS)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("shelter") and not cleaned.get("shelter_kind"):
            self.add_error("shelter_kind", _("Say which kind of shelter is needed."))
        return cleaned


class OnwardForm(ReasonForm):
    """To whom the case is referred onward: an organisation in Loods, or another by name."""

    organisation = forms.ModelChoiceField(
        label=_("Organisation"), queryset=Organisation.objects.none(), required=False, empty_label=_("Not in the list")
    )
    name = forms.CharField(label=_("Name, when it is not in the list"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.machine.acting is not None:
            own = self.machine.acting.organisation_id
            choices = Organisation.objects.for_post(self.machine.acting).active().exclude(pk=own)
            self.fields["organisation"].queryset = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("organisation") and not cleaned.get("name", "").strip():
            raise ValidationError(_("Choose the organisation, or fill in its name."), code="no_organisation")
        return cleaned


class NotTraffickingForm(StepForm):
    """Why this is not trafficking: a code that is counted, and words."""

    GROUNDS = [
        ("no_exploitation", _("No sign of exploitation")),
        ("smuggling", _("Smuggling, without exploitation")),
        ("employment_dispute", _("A conflict about work, without coercion")),
        ("other_offence", _("Another offence")),
        ("double", _("Registered twice")),
    ]
    ground = forms.ChoiceField(label=_("Why it is not trafficking"), choices=GROUNDS)
    reason = forms.CharField(label=_("Explanation"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
