"""Forms about a case: its facts, closing, and who may open it."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django import forms as f  # a case has a field of the name forms
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy as _

from access.clock import AMSTERDAM
from access.models import Post, User
from cases.fields import DayAheadField, RegionField, long_text, many
from cases.forms.versioned import VersionedForm
from cases.models import Case
from cases.restricting import colleagues
from cases.words import ClosingReason, Exploitation, Need

CASE = ["region", "forms", "safety_level", "safety_notes", "needs", "children_along"]


class CaseFields(f.ModelForm):
    """The fields of a case, for the forms that ask for one."""

    region = RegionField(label=_("Region"), empty_label=_("Choose a region"))
    forms = many(Exploitation.choices, _("Forms of exploitation"), _("As far as is known; several are possible."))
    safety_notes = long_text(
        _("Safety notes"), rows=3, most=4_000, required=False,
        help_text=_("What a colleague must know before doing anything."),
    )  # fmt: skip
    needs = many(Need.choices, _("Needs"))
    children_along = f.IntegerField(
        label=_("Children along"), required=False, min_value=0, validators=[MaxValueValidator(20)], initial=0
    )

    class Meta:
        model = Case
        fields = CASE
        widgets = {"safety_level": f.RadioSelect}


class CaseForm(VersionedForm, CaseFields):
    """Changing the facts of a case."""

    class Meta(CaseFields.Meta):
        pass

    def __init__(self, *args: Any, acting: Post, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].works_for(acting, also=self.instance.region_id)  # type: ignore[attr-defined]

    def clean_children_along(self) -> int:
        return self.cleaned_data["children_along"] or 0


class CloseCase(f.Form):
    """Closing a case, with the reason."""

    reason = f.ChoiceField(
        label=_("Reason"), choices=ClosingReason.choices, widget=f.RadioSelect,
        error_messages={"required": _("Choose why the case is closed.")},
    )  # fmt: skip
    explanation = long_text(_("Explanation"), rows=3, most=2_000, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("reason") == ClosingReason.OTHER and not cleaned.get("explanation"):
            self.add_error("explanation", _("Say which other reason it is."))
        return cleaned


class ReopenCase(f.Form):
    """Opening a closed case again."""

    reason = long_text(_("Why is it opened again?"), rows=3, most=2_000)


class RestrictForm(f.Form):
    """Restricting a case to named people."""

    reason = long_text(_("Why may only named people look?"), rows=2, most=1_000)


class EndRestriction(f.Form):
    """Ending the restriction."""

    reason = long_text(_("Why may all colleagues of the region look again?"), rows=2, most=1_000)


class NameForm(f.Form):
    """Naming somebody for a restricted case."""

    user = f.ModelChoiceField(
        label=_("Who"), queryset=User.objects.none(), empty_label=_("Choose a colleague"),
        error_messages={"invalid_choice": _("This person does not work with cases in this region.")},
    )  # fmt: skip
    until = DayAheadField(label=_("Last day"), required=False, help_text=_("Leave empty for as long as it is needed."))

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = colleagues(case).order_by("name")  # type: ignore[attr-defined]

    def clean_until(self) -> datetime | None:
        """The end of the day chosen."""
        day = self.cleaned_data["until"]
        return datetime.combine(day, time.max, AMSTERDAM) if day else None
