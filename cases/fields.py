"""Form fields that understand how people type."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from access import clock
from access.models import Post, Region

OLDEST = 120
"""Years; nobody reported is older."""


class YearOnly(date):
    """The first of January of a year of which nothing more is known."""


class BirthDateField(forms.DateField):
    """A date of birth, or the year alone, which gives a `YearOnly`. Never in the future, nor over 120 years ago."""

    widget = forms.TextInput(attrs={"autocomplete": "off"})
    default_error_messages = {
        "invalid": _("Type a date such as 31-12-1999, or the year alone."),
        "future": _("The date of birth is in the future."),
        "too_old": _("The date of birth is more than 120 years ago."),
    }

    def to_python(self, value: Any) -> date | None:
        text = str(value or "").strip()
        born = YearOnly(int(text), 1, 1) if re.fullmatch(r"[12]\d{3}", text) else super().to_python(value)
        if born is None:
            return None
        today = clock.today()
        if born > today:
            raise ValidationError(self.error_messages["future"], code="future")
        if born.year < today.year - OLDEST:
            raise ValidationError(self.error_messages["too_old"], code="too_old")
        return born

    def prepare_value(self, value: Any) -> Any:
        return date_format(value, "d-m-Y") if isinstance(value, date) else value


class RegionField(forms.ModelChoiceField):
    """A care region that a post works in; `also` is one it may keep although it works there no longer."""

    default_error_messages = {
        "required": _("Choose the region."),
        "invalid_choice": _("This region does not exist."),
        "not_yours": _("You do not work in %(region)s. Refer the case onward to that region instead."),
    }

    def __init__(self, **kwargs: Any) -> None:
        for name in ("limit_choices_to", "blank"):
            kwargs.pop(name, None)
        super().__init__(**{"queryset": Region.objects.none(), **kwargs})

    def works_for(self, post: Post, also: int | None = None) -> None:
        """Offer the regions of a post; the only one is chosen already."""
        regions = Region.objects.care().valid_on(clock.today()).for_post(post)
        if also is not None:
            regions = Region.objects.filter(pk__in=regions.values("pk")) | Region.objects.filter(pk=also)
        self.queryset = regions.order_by("name")
        if len(post.region_ids) == 1 and not post.national:
            self.initial = next(iter(post.region_ids))

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except ValidationError:
            known = str(value).isdigit() and Region.objects.care().filter(pk=int(value)).first()
            if known:
                raise ValidationError(
                    self.error_messages["not_yours"], params={"region": known.name}, code="not_yours"
                ) from None
            raise


class PastMomentField(forms.DateTimeField):
    """A moment that has been; now unless somebody types another."""

    default_error_messages = {
        "required": _("Say when."),
        "invalid": _("Type a date and a time, such as 31-12-2025 14:30."),
        "future": _("This moment is in the future."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"initial": clock.now, **kwargs})

    def clean(self, value: Any) -> Any:
        moment = super().clean(value)
        # The page gives whole minutes, so the present minute has not been yet by a few seconds.
        if moment is not None and moment.replace(second=0, microsecond=0) > clock.now():
            raise ValidationError(self.error_messages["future"], code="future")
        return moment


class DayAheadField(forms.DateField):
    """A day after today."""

    default_error_messages = {"past": _("Choose a day after today.")}

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day is not None and day <= clock.today():
            raise ValidationError(self.error_messages["past"], code="past")
        return day


def many(choices: Any, label: Any, help_text: Any = "") -> forms.MultipleChoiceField:
    """Checkboxes for a closed list of which any number holds."""
    widget = forms.CheckboxSelectMultiple(attrs={"class": "many"})
    return forms.MultipleChoiceField(choices=choices, label=label, help_text=help_text, required=False, widget=widget)


def long_text(
    label: Any, *, rows: int = 4, most: int = 10_000, required: bool = True, help_text: Any = ""
) -> forms.CharField:
    """A field for sentences."""
    widget = forms.Textarea(attrs={"rows": rows})
    return LongTextField(label=label, widget=widget, max_length=most, required=required, help_text=help_text)


class LongTextField(forms.CharField):
    """Sentences, with a limit that is told only to whoever goes beyond it."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """As usual, without the limit: a page full of limits hides what is asked."""
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs
