"""What a place must be, filled in from the case; whoever asks may say it otherwise."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from access import clock
from access.models import Post, Region
from access.words import Exploitation, Gender, Need
from cases.models import Case
from shelters.forms.finding import check_day
from shelters.matching.wanted import Dates, Wanted
from shelters.words import Kind, Residence, Security
from workflows.engine.models import Process
from workflows.matching.asking import ages_on, needs_of
from workflows.placement.machine import Placement


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
    age = django_forms.IntegerField(
        label=_("Age in years"), min_value=0, max_value=120, required=False,
        help_text=_("As far as you can tell. Where it stays open, only places fit that take every age it could be."),
    )  # fmt: skip
    avoid = django_forms.CharField(
        label=_("Must not meet the people of these cases"), max_length=400, required=False,
        help_text=_("Case numbers, with commas between. Loods does not know this by itself: ask."),
    )  # fmt: skip
    unsafe = django_forms.TypedMultipleChoiceField(label=_("Regions that are unsafe"), coerce=int, required=False)
    near = django_forms.TypedMultipleChoiceField(label=_("Wish: in one of these regions"), coerce=int, required=False)
    far = django_forms.TypedMultipleChoiceField(label=_("Wish: away from these regions"), coerce=int, required=False)

    def __init__(self, data: Any, case: Case, post: Post) -> None:
        self.case, self.post = case, post
        initial = {
            "since": clock.today(), "gender": case.person.gender, "forms": case.forms, "needs": needs_of(case),
            "places": 1,
        }  # fmt: skip
        super().__init__(data, initial=initial)
        lowest, highest = ages_on(case.person, clock.today())
        if lowest == highest:
            del self.fields["age"]  # the file knows it
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

    def clean_avoid(self) -> frozenset[UUID]:
        """The requests of these cases. A number that leads nowhere is an error: nothing is left out in silence."""
        numbers = {number.strip().upper() for number in self.cleaned_data["avoid"].split(",") if number.strip()}
        if not numbers:
            return frozenset()
        known = dict(Case.objects.for_post(self.post).filter(number__in=numbers).values_list("number", "pk"))
        if unknown := sorted(numbers - set(known)):
            raise ValidationError(
                _("There is no case here with number %(numbers)s."), params={"numbers": ", ".join(unknown)}, code="case"
            )
        requests = Process.objects.filter(case_id__in=known.values(), kind=Placement.kind)
        return frozenset(requests.values_list("pk", flat=True))

    def asked(self) -> tuple[Wanted, Dates]:
        """What was asked, once the form was found valid (or, unbound, what the case says)."""
        said = self.cleaned_data if self.is_bound else self.initial
        dates = Dates(said["since"], said.get("until"))
        lowest, highest = ages_on(self.case.person, dates.since)
        if (age := said.get("age")) is not None:
            lowest, highest = max(lowest, age * 12), min(highest, age * 12 + 11)
        lists: dict[str, Any] = {
            name: frozenset(said.get(name) or ()) for name in ("kinds", "forms", "needs", "unsafe", "near", "far")
        }
        wanted = Wanted(
            gender=said["gender"], lowest_age=lowest, highest_age=highest, residence=said.get("residence") or "",
            security=said.get("security") or "", places=said["places"],
            languages=frozenset(self.case.person.languages), apart=frozenset(said.get("avoid") or ()), **lists,
        )  # fmt: skip
        return wanted, dates
