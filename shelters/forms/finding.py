"""Forms that ask: which units, on which day, as known when."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from access import clock, configuration
from access.models import Post, Region
from access.words import PROBLEMS, Gender, Need
from shelters.models import schemes
from shelters.queries import last_moment
from shelters.words import Kind, Takes

FIRST, YEARS_AHEAD = date(2000, 1, 1), 10
"""No day before is asked for, nor one so many years away: it is a slip of the finger."""


def check_day(day: date | None) -> date | None:
    """A day that can be meant. Errors: ValidationError."""
    if day is not None and (day < FIRST or day.year > clock.today().year + YEARS_AHEAD):
        raise ValidationError(_("Is this the day you mean? It lies too far away."), code="far")
    return day


def moment_of(day: date) -> datetime:
    """Which moment of a day a question is about: now for today, the last one for any other."""
    return clock.now() if day == clock.today() else last_moment(day)


def care_regions(day: date) -> list[tuple[int, str]]:
    """Key and name of the care regions of a day; from memory."""
    rows = Region.objects.care().valid_on(day).order_by("name").values_list("pk", "name")
    return configuration.remembered(f"care_regions {day}", lambda: list(rows))  # type: ignore[no-any-return]


class UnitFilter(forms.Form):
    """Which units are listed, and as they stand on which day."""

    region = forms.ChoiceField(label=_("Region"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("All kinds")), *Kind.choices], required=False)
    scheme = forms.ChoiceField(label=_("Scheme"), required=False)
    gender = forms.ChoiceField(
        label=_("For whom"),
        choices=[("", _("Everybody")), *((g.value, g.label) for g in Gender if g is not Gender.UNKNOWN)],
        required=False,
    )
    problem = forms.ChoiceField(
        label=_("Takes people with"),
        choices=[("", _("No matter")), *((need.value, need.label) for need in PROBLEMS)],
        required=False,
    )
    day = forms.DateField(label=_("Free on"), required=False)
    children = forms.BooleanField(label=_("Children along"), required=False)
    free = forms.BooleanField(label=_("Only with a free place"), required=False)

    def __init__(self, query: QueryDict, acting: Post) -> None:
        query = query.copy()
        # A post of one region begins with its own; who wants all says so.
        if "region" not in query and len(acting.region_ids) == 1 and not acting.national:
            query["region"] = str(next(iter(acting.region_ids)))
        if not query.get("day"):
            query["day"] = clock.today().isoformat()
        super().__init__(query)
        self.schemes = {scheme.pk: scheme for scheme in schemes()}
        self.fields["region"].choices = [("", _("All regions")), *care_regions(clock.today())]  # type: ignore[attr-defined]
        self.fields["scheme"].choices = [  # type: ignore[attr-defined]
            ("", _("All schemes")), *((code, str(scheme)) for code, scheme in self.schemes.items())
        ]  # fmt: skip

    def clean_day(self) -> date | None:
        return check_day(self.cleaned_data["day"])

    @property
    def chosen(self) -> dict[str, Any]:
        """What was asked; what makes no sense asks for nothing."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def on(self) -> date:
        """The day asked about."""
        day: date = self.chosen.get("day") or clock.today()
        return day

    @property
    def narrows(self) -> bool:
        """Whether anything but a day was asked."""
        return bool(self.chosen.keys() - {"day"})

    @property
    def of_line(self) -> bool:
        """Whether anything is asked of what a unit offers, and not of the unit itself."""
        return bool(self.chosen.keys() & {"scheme", "gender", "problem", "children"})

    @property
    def condition(self) -> Q:
        """What units (read with `line_on`) must be to answer, whether or not something is free.

        Who takes "in consultation" counts as taking; of whom nobody said anything does not. One condition, since each
        filter by itself would look for the line of the day again.
        """
        chosen, found = self.chosen, Q()
        takes = [str(Need.CHILDREN)] if chosen.get("children") else []
        for need in [*takes, *([chosen["problem"]] if chosen.get("problem") else [])]:
            found &= Q(**{f"line__{need}__in": (Takes.YES, Takes.CONSULT)})
        if gender := chosen.get("gender"):
            found &= Q(line__genders=[]) | Q(line__genders__contains=[gender])
        for name in ("region", "kind"):
            if chosen.get(name):
                found &= Q(**{name: chosen[name]})
        return found & Q(line__scheme=chosen["scheme"]) if chosen.get("scheme") else found


class SeenForm(forms.Form):
    """On which day a unit is looked at, and as it was known on which."""

    day = forms.DateField(label=_("Free on"), required=False)
    known = forms.DateField(label=_("As it was known on"), required=False, help_text=_("Empty: as we know it now."))

    def __init__(self, query: QueryDict) -> None:
        query = query.copy()
        if not query.get("day"):
            query["day"] = clock.today().isoformat()
        super().__init__(query)

    def clean_day(self) -> date | None:
        return check_day(self.cleaned_data["day"])

    def clean_known(self) -> date | None:
        day = check_day(self.cleaned_data["known"])
        if day is not None and day > clock.today():
            raise ValidationError(_("What will be known on a day to come, nobody knows."), code="future")
        return day

    @property
    def on(self) -> date:
        """The day looked at; today when none that makes sense was asked."""
        day: date | None = self.cleaned_data.get("day") if self.is_valid() or hasattr(self, "cleaned_data") else None
        return day or clock.today()

    @property
    def known_at(self) -> datetime | None:
        """The moment as of which we look; None: as we know it now."""
        day: date | None = self.cleaned_data.get("known") if self.is_valid() or hasattr(self, "cleaned_data") else None
        return moment_of(day) if day is not None and day < clock.today() else None
