"""What a place must be, filled in from the case; whoever asks may say it otherwise."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from access import clock
from access.models import Region
from access.words import Exploitation, Gender, Need
from cases.models import Case
from shelters.forms.finding import check_day
from shelters.matching.wanted import Dates, Wanted
from shelters.words import Kind, Residence, Security
from workflows.matching.asking import ages_on, needs_of


def _many() -> django_forms.CheckboxSelectMultiple:
    return django_forms.CheckboxSelectMultiple(attrs={"class": "many"})


class WantedForm(django_forms.Form):
    """Requirements first, then wishes."""

    since = django_forms.DateField(label=_("From"))
    until = django_forms.DateField(label=_("Until"), required=False, help_text=_("Empty: for as long as it takes."))
    kinds = django_forms.MultipleChoiceField(label=_("Kind of shelter"), choices=Kind, required=False, widget=_many())
    gender = django_forms.ChoiceField(label=_("Gender"), choices=Gender)
    forms = django_forms.MultipleChoiceField(
        label=_("Forms of exploitation"), choices=Exploitation, required=False, widget=_many()
    )
    needs = django_forms.MultipleChoiceField(label=_("Needs"), choices=Need, required=False, widget=_many())
    places = django_forms.IntegerField(label=_("Places at the same time"), min_value=1, max_value=12, initial=1)
    residence = django_forms.ChoiceField(
        label=_("Residence status"), choices=[("", _("Not known")), *Residence.choices], required=False
    )
    security = django_forms.ChoiceField(
        label=_("Security"), choices=[("", _("No matter")), *Security.choices], required=False
    )
    unsafe = django_forms.TypedMultipleChoiceField(label=_("Regions that are unsafe"), coerce=int, required=False)
    near = django_forms.TypedMultipleChoiceField(label=_("Wish: in one of these regions"), coerce=int, required=False)
    far = django_forms.TypedMultipleChoiceField(label=_("Wish: away from these regions"), coerce=int, required=False)

    def __init__(self, data: Any, case: Case) -> None:
        self.case = case
        initial = {
            "since": clock.today(), "gender": case.person.gender, "forms": case.forms, "needs": needs_of(case),
            "places": 1,
        }  # fmt: skip
        super().__init__(data, initial=initial)
        regions = list(Region.objects.care().valid_on(clock.today()).order_by("name").values_list("pk", "name"))
        for name in ("unsafe", "near", "far"):
            self.fields[name].choices = regions  # type: ignore[attr-defined]

    def clean_since(self) -> Any:
        """Not so far away that it must be a slip, and not past."""
        day = check_day(self.cleaned_data["since"])
        if day is not None and day < clock.today():
            raise ValidationError(_("This day has passed. Choose today or a later day."), code="past")
        return day

    def clean_until(self) -> Any:
        """Not so far away that it must be a slip."""
        return check_day(self.cleaned_data["until"])

    def asked(self) -> tuple[Wanted, Dates]:
        """What was asked, once the form was found valid (or, unbound, what the case says)."""
        said = self.cleaned_data if self.is_bound else self.initial
        dates = Dates(said["since"], said.get("until"))
        lowest, highest = ages_on(self.case.person, dates.since)
        lists: dict[str, Any] = {
            name: frozenset(said.get(name) or ()) for name in ("kinds", "forms", "needs", "unsafe", "near", "far")
        }
        wanted = Wanted(
            gender=said["gender"], lowest_age=lowest, highest_age=highest, residence=said.get("residence") or "",
            security=said.get("security") or "", places=said["places"],
            languages=frozenset(self.case.person.languages), **lists,
        )  # fmt: skip
        return wanted, dates
