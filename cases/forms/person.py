"""Forms about a person."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access import clock, tongues
from access.fields import LanguagesField
from cases.fields import BirthDateField, YearOnly, long_text
from cases.forms.versioned import VersionedForm
from cases.models import Person

PERSON = [
    "name",
    "alias",
    "use_alias",
    "birth_date",
    "birth_date_estimated",
    "adult_confirmed",
    "gender",
    "nationality",
    "languages",
    "interpreter_needed",
    "safe_contact",
]


class PersonFields(forms.ModelForm):
    """The fields of a person and the rules between them, for the forms that ask for a person."""

    birth_date = BirthDateField(
        label=_("Date of birth"),
        required=False,
        help_text=_("Such as 31-12-1999. Only the year is known? Type the year."),
    )
    nationality = forms.ChoiceField(label=_("Nationality"), required=False, choices=tongues.country_choices)
    languages = LanguagesField(
        label=_("Languages"),
        required=False,
        help_text=_("With commas between, for example: English, Tigrinya."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    safe_contact = long_text(
        _("Safe contact"),
        rows=3,
        most=2_000,
        required=False,
        help_text=_("Ways and hours that are safe, and what is not."),
    )

    class Meta:
        model = Person
        fields = PERSON
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "off"}),
            "alias": forms.TextInput(attrs={"autocomplete": "off"}),
        }


def check_person(form: forms.BaseForm, cleaned: dict[str, Any]) -> None:
    """Rules between the fields of a person; errors go to their field."""
    born = cleaned.get("birth_date")
    if isinstance(born, YearOnly):
        cleaned["birth_date"] = born = date(born.year, 1, 1)
        cleaned["birth_date_estimated"] = True
    if born is None:
        cleaned["birth_date_estimated"] = False
    if cleaned.get("use_alias") and not cleaned.get("alias"):
        form.add_error("alias", _("Type the alias that is shown instead of the name."))
    certain = born is not None and not cleaned.get("birth_date_estimated")
    if cleaned.get("adult_confirmed") and certain and Person(birth_date=born).is_minor_on(clock.today()):
        form.add_error("adult_confirmed", _("The date of birth says that the person is a minor."))


class PersonForm(VersionedForm, PersonFields):
    """Changing a person."""

    columns = True

    class Meta(PersonFields.Meta):
        pass

    def clean(self) -> dict[str, Any]:
        check_person(self, self.cleaned_data)
        return super().clean()


class MergeForm(forms.Form):
    """That two registrations are one person: which goes on, and why."""

    kept = forms.ChoiceField(
        label=_("Which registration goes on?"),
        widget=forms.RadioSelect,
        help_text=_("What is empty there is filled from the other. All cases come under it."),
        error_messages={"required": _("Choose which registration goes on.")},
    )
    reason = long_text(_("Why are they one person?"), rows=3, most=1_000)

    def __init__(self, *args: Any, persons: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kept"].choices = persons  # type: ignore[attr-defined]


class UnmergeForm(forms.Form):
    """That a merging is undone, and why."""

    reason = long_text(_("Why is it undone?"), rows=3, most=1_000)
