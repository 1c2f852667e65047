"""What of the picture somebody wants to see."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from access import clock
from access.models import Region
from access.words import PROBLEMS, Exploitation
from insights.cuts import CUTS, PEOPLE
from insights.definitions import FIGURES, SUPPLY
from shelters.models import schemes
from shelters.words import Kind, Measure

EARLIEST = date(2015, 1, 1)


def _any(label: Any, choices: Any) -> Any:
    return [("", label), *((str(code), code.label) for code in choices)]


class PictureForm(forms.Form):
    """Day, other day, cut, and limits; what makes no sense in the address limits nothing."""

    columns = True

    day = forms.DateField(label=pgettext_lazy("day", "On"), required=False)
    other = forms.DateField(label=_("Compared with"), required=False)
    by = forms.ChoiceField(label=_("Cut by"), choices=[(cut.key, cut.label) for cut in CUTS], required=False)
    figure = forms.ChoiceField(label=_("On the map"), required=False)
    region = forms.TypedChoiceField(label=_("Region"), coerce=int, required=False, empty_value=None)
    kind = forms.ChoiceField(label=_("Kind"), choices=_any(_("All kinds"), Kind), required=False)
    scheme = forms.ChoiceField(label=_("Scheme"), required=False)
    form = forms.ChoiceField(
        label=_("Form of exploitation"), choices=_any(_("All forms"), Exploitation), required=False
    )
    gender = forms.ChoiceField(label=_("For"), choices=_any(_("Everybody"), PEOPLE), required=False)
    problem = forms.ChoiceField(label=_("With"), choices=_any(_("Whatever the problem"), PROBLEMS), required=False)
    multiple = forms.BooleanField(label=_("Multiple problems"), required=False)
    children = forms.BooleanField(label=_("Children along"), required=False)
    minor = forms.BooleanField(label=_("Under 18"), required=False)

    def __init__(self, query: QueryDict, regions: list[Region], whole: bool) -> None:
        given = query.copy()
        for name, value in (("day", clock.today().isoformat()), ("by", "region"), ("figure", "free")):
            if not given.get(name):
                given[name] = value
        super().__init__(given)
        self.fields["region"].choices = [("", _("All regions")), *((r.pk, r.name) for r in regions)]  # type: ignore[attr-defined]
        known = [("", _("All schemes")), *((row.code, str(row)) for row in schemes())]
        self.fields["scheme"].choices = known  # type: ignore[attr-defined]
        shown = FIGURES.values() if whole else SUPPLY
        self.fields["figure"].choices = [(figure.key, figure.label) for figure in shown]  # type: ignore[attr-defined]
        for name in ("day", "other"):
            self.fields[name].widget.attrs |= {"max": str(_latest()), "min": str(EARLIEST)}

    def clean_day(self) -> date | None:
        return self._within("day")

    def clean_other(self) -> date | None:
        return self._within("other")

    def _within(self, name: str) -> date | None:
        day: date | None = self.cleaned_data[name]
        if day is not None and not EARLIEST <= day <= _latest():
            raise ValidationError(
                _("Choose a day from %(first)s to %(last)s."),
                params={"first": date_format(EARLIEST, "j F Y"), "last": date_format(_latest(), "j F Y")}, code="far",
            )  # fmt: skip
        return day

    def asked(self) -> dict[str, Any]:
        """What was asked, as far as it makes sense; the day is today unless another was asked for."""
        self.is_valid()
        given = dict(self.cleaned_data)
        given["day"] = given.get("day") or clock.today()
        return given

    @staticmethod
    def limits(given: dict[str, Any]) -> dict[str, Any]:
        """The limits among what was asked, by key of a cut."""
        keys = ("region", "kind", "scheme", "form", "gender", "problem", "multiple", "children", "minor")
        return {key: given[key] for key in keys if given.get(key)}

    def chosen(self, given: dict[str, Any]) -> list[tuple[str, str]]:
        """The limits among what was asked, in words: what they limit, and to what."""
        told = []
        for key, value in self.limits(given).items():
            field = self.fields[key]
            name = dict(getattr(field, "choices", ())).get(value, "")
            told.append((str(field.label), str(name) or _yes()))
        return told


class _Part(PictureForm):
    """What of the picture has an effect on a page of its own."""

    KEPT: tuple[str, ...] = ()

    def __init__(self, query: QueryDict, regions: list[Region], whole: bool) -> None:
        super().__init__(query, regions, whole)
        for name in [name for name in self.fields if name not in self.KEPT]:
            del self.fields[name]


class YearsForm(_Part):
    """What of ten years somebody wants to see."""

    KEPT = ("day", "region", "kind")

    def __init__(self, query: QueryDict, regions: list[Region], whole: bool) -> None:
        super().__init__(query, regions, whole)
        self.fields["day"].label = _("Up to")
        # Ambulatory help has no places; its caseload is not counted in this series.
        beds = [kind for kind in Kind if kind.measure is Measure.PLACES]
        self.fields["kind"].choices = _any(_("All kinds"), beds)  # type: ignore[attr-defined]


class WhyForm(_Part):
    """Of which requests somebody wants to see what came of them; nobody asks for a place of a scheme."""

    KEPT = ("day", "region", "kind", "form", "gender", "problem", "multiple", "children", "minor")


def _latest() -> date:
    return date(clock.today().year + 1, 12, 31)


def _yes() -> str:
    return gettext("yes")
