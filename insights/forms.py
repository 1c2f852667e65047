"""What of the picture somebody wants to see."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from access import clock
from access.models import Region
from access.words import PROBLEMS, Exploitation
from insights.cuts import CUTS, PEOPLE
from insights.definitions import FIGURES, SUPPLY
from shelters.models import schemes
from shelters.words import Kind

EARLIEST = date(2015, 1, 1)


def _any(label: Any, choices: Any) -> Any:
    return [("", label), *((str(code), code.label) for code in choices)]


class PictureForm(forms.Form):
    """Day, other day, cut, and limits; what makes no sense in the address limits nothing."""

    columns = True

    day = forms.DateField(label=_("On"), required=False)
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
        self.fields["day"].widget.attrs |= {"max": f"{clock.today().year + 1}-12-31", "min": str(EARLIEST)}

    def asked(self) -> dict[str, Any]:
        """What was asked, as far as it makes sense; the day is today unless another was asked for."""
        self.is_valid()
        given = dict(self.cleaned_data)
        day = given.get("day")
        if day is None or not EARLIEST <= day <= date(clock.today().year + 1, 12, 31):
            given["day"] = clock.today()
        return given

    @staticmethod
    def limits(given: dict[str, Any]) -> dict[str, Any]:
        """The limits among what was asked, by key of a cut."""
        keys = ("region", "kind", "scheme", "form", "gender", "problem", "children", "minor")
        return {key: given[key] for key in keys if given.get(key)}
