"""What a place must be, filled in from the case; whoever asks may say it otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from access import clock
from access.models import Post
from access.words import Exploitation, Gender, Need
from cases.models import Case
from shelters.forms.finding import care_regions, check_day
from shelters.matching.wanted import Dates, Wanted
from shelters.words import Kind, Residence, Security, Wish
from workflows.matching.asking import ages_on, known_of, needs_of, requests_of

LISTS = ("kinds", "forms", "needs", "wishes", "unsafe", "near", "far")


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
    wishes = django_forms.MultipleChoiceField(
        label=_("Wishes"), choices=Wish, required=False, widget=_many(),
        help_text=_("What would be good to have. A place without it is not left out; it comes later in the list."),
    )  # fmt: skip
    near = django_forms.TypedMultipleChoiceField(label=_("Wish: in one of these regions"), coerce=int, required=False)
    far = django_forms.TypedMultipleChoiceField(label=_("Wish: away from these regions"), coerce=int, required=False)

    def __init__(self, data: Any, case: Any, post: Post) -> None:
        """In: the case as `with_said` reads it. What was kept last is filled in again, and what the request wished."""
        self.case, self.post = case, post
        self.known = known = known_of(case, clock.today())
        self.avoided: dict[UUID, str] = {}
        self.unnamed = self._name_avoided(known["avoid"]) | known["avoided_by"]
        initial = {
            "since": clock.today(), "gender": case.person.gender, "forms": case.forms,
            "needs": sorted({*needs_of(case), *known["needs"]}),
            "wishes": sorted({*(case.wished or ()), *known["wishes"]}),
            "avoid": ", ".join(sorted(self.avoided.values())),
            **{name: sorted(known[name]) for name in ("unsafe", "near", "far")},
            **{name: known[name] for name in ("places", "residence", "security")},
        }  # fmt: skip
        super().__init__(data, initial=initial)
        if self.unnamed:
            self.fields["avoid"].help_text = _(
                "Case numbers, with commas between. Others are kept apart as well: in their case this one was named."
            )
        lowest, highest = ages_on(case.person, clock.today())
        if lowest == highest:
            del self.fields["age"]  # the file knows it
        regions = care_regions(clock.today())
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

    def _name_avoided(self, cases: Iterable[UUID]) -> frozenset[UUID]:
        """Keep the numbers of cases that the post may see. Out: those it may not; they are kept apart all the same."""
        keys = frozenset(cases)
        if keys:
            self.avoided = dict(Case.objects.for_post(self.post).filter(pk__in=keys).values_list("pk", "number"))
        return keys - self.avoided.keys()

    def clean_avoid(self) -> frozenset[UUID]:
        """The cases that are meant. A number that leads nowhere is an error: nothing is left out in silence."""
        numbers = {number.strip().upper() for number in self.cleaned_data["avoid"].split(",") if number.strip()}
        if self.case.number in numbers:
            raise ValidationError(_("This is the case itself."), code="own")
        if not numbers:
            return frozenset()
        known = dict(Case.objects.for_post(self.post).filter(number__in=numbers).values_list("number", "pk"))
        if unknown := sorted(numbers - set(known)):
            raise ValidationError(
                _("There is no case here with number %(numbers)s."), params={"numbers": ", ".join(unknown)}, code="case"
            )
        return frozenset(known.values())

    @property
    def apart_from(self) -> frozenset[UUID]:
        """The cases whose people must not be met: those named, those that the post may not see, those that said it."""
        named = self.cleaned_data["avoid"] if self.is_bound else self.avoided
        return frozenset(named) | self.unnamed

    def asked(self) -> tuple[Wanted, Dates]:
        """What was asked, once the form was found valid (or, unbound, what the case says)."""
        said = self.cleaned_data if self.is_bound else self.initial
        dates = Dates(said["since"], said.get("until"))
        lowest, highest = (self.known[name] for name in ("lowest_age", "highest_age"))
        if self.is_bound:
            lowest, highest = ages_on(self.case.person, dates.since)
        if (age := said.get("age")) is not None:
            lowest, highest = max(lowest, age * 12), min(highest, age * 12 + 11)
        lists: dict[str, Any] = {name: frozenset(said.get(name) or ()) for name in LISTS}
        wanted = Wanted(
            gender=said["gender"], lowest_age=lowest, highest_age=highest, residence=said.get("residence") or "",
            security=said.get("security") or "", places=said["places"],
            languages=self.known["languages"], apart=requests_of(self.apart_from), **lists,
        )  # fmt: skip
        return wanted, dates
