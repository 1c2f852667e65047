"""Forms of the smaller acts: places out of service, the end of a unit, its name, and a word on what takes somebody."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateRange
from django.http import QueryDict
from django.utils.crypto import salted_hmac
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from access import clock
from access.models import Organisation, Post
from shelters import inventory
from shelters.door import places_in_use
from shelters.forms.finding import check_day
from shelters.forms.offering import MOST, SECRET, clean_name, most_out, providers
from shelters.models import Capacity, OutOfService, Stay, Unit
from shelters.queries import last_moment
from shelters.words import Kind, OutReason

LONGEST = timedelta(days=3 * 366)
"""Out of service for longer is no repair: then a unit has fewer places."""


class _Raced(forms.Form):
    """A form that knows whether somebody else changed what it is about; `changed_by_other` tells."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: QueryDict | None, *, mark: str, initial: dict[str, Any]) -> None:
        super().__init__(data, initial={**initial, "seen": mark})
        self.mark, self.changed_by_other = mark, False

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("seen") != self.mark:
            self.changed_by_other = True
            data = cast("QueryDict", self.data).copy()
            data["seen"] = self.mark
            self.data = data
            raise ValidationError(
                _("Somebody else changed this in the meantime. Look at it and save again."), code="race"
            )
        return cleaned


class OutForm(_Raced):
    """Places that cannot be used for some time, and why. `row` is what is revised, None for a new one."""

    places = forms.IntegerField(label=_("How many places"))
    since = forms.DateField(label=_("From"))
    until = forms.DateField(label=_("Usable again on"), help_text=_("The first day they can be used again."))
    reason = forms.ChoiceField(label=_("Reason"), choices=[("", "—"), *OutReason.choices])
    remark = forms.CharField(label=_("Remark"), required=False, max_length=300, help_text=_("Nothing about a person."))

    def __init__(self, data: QueryDict | None, *, acting: Post, unit: Unit, row: OutOfService | None = None) -> None:
        initial: dict[str, Any] = {"since": clock.today()}
        if row is not None:
            initial = {
                "places": row.places, "since": row.period.lower, "until": row.period.upper, "reason": row.reason,
                "remark": row.remark,
            }  # fmt: skip
        mark = salted_hmac("shelters.out", repr(sorted(map(str, initial.items())))).hexdigest()[:20] if row else ""
        super().__init__(data, mark=mark, initial=initial)
        self.acting, self.unit, self.row = acting, unit, row
        self.fields["places"].widget.attrs |= {"min": 1, "max": MOST}

    def clean_places(self) -> int:
        places: int = self.cleaned_data["places"]
        if not 1 <= places <= MOST:
            raise ValidationError(_("At least one."), code="none")
        return places

    def clean_since(self) -> date | None:
        return check_day(self.cleaned_data["since"])

    def clean_until(self) -> date | None:
        return check_day(self.cleaned_data["until"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until <= since:
            self.add_error("until", _("The end must lie after the beginning."))
        elif since and until and until - since > LONGEST:
            self.add_error("until", _("So long is no repair. Say instead that the unit offers fewer places."))
        elif since and until and cleaned.get("places"):
            self._clean_room(DateRange(since, until), cleaned["places"])
        return self.cleaned_data

    def _clean_room(self, span: DateRange, places: int) -> None:
        covered: date | None = span.lower
        lines = Capacity.objects.filter(unit=self.unit, holds__overlap=span).order_by("holds")
        for line in lines:
            if covered is None or line.holds.lower > covered:
                break
            covered = line.holds.upper
            part = DateRange(max(line.holds.lower, span.lower), min(line.holds.upper or span.upper, span.upper))
            day, out = most_out(self.unit.pk, part, self.row.pk if self.row else 0)
            if places + out > line.places:
                text = _("On %(day)s there are %(places)s, of which %(out)s are out of service already.")
                params = {"day": date_format(day or part.lower, "j F Y"), "places": line.places, "out": out}
                raise ValidationError({"places": ValidationError(text, params=params, code="many")})
        if covered is not None and covered < span.upper:
            text = _("On %(day)s the unit is not there.")
            raise ValidationError(
                {"since": ValidationError(text, params={"day": date_format(covered, "j F Y")}, code="gone")}
            )

    def save(self) -> OutOfService:
        """Take the places out of service, or revise what was said."""
        said = self.cleaned_data
        facts = {name: said[name] for name in ("places", "reason", "remark")}
        if self.row is None:
            return inventory.take_out(self.unit, **facts, since=said["since"], until=said["until"], acting=self.acting)
        period = DateRange(said["since"], said["until"])
        inventory.revise_out(self.row, self.acting, period=period, **facts)
        return self.row

    @property
    def crowded(self) -> int:
        """How many more people are there, on the first day, than places are left. For a warning, after saving."""
        day = max(self.cleaned_data["since"], clock.today())
        line = Capacity.objects.filter(unit=self.unit, holds__contains=day).first()
        taken = Stay.objects.filter(unit=self.unit, period__contains=last_moment(day)).count()
        _day, out = most_out(self.unit.pk, DateRange(day, day + timedelta(days=1)))
        return max(0, taken + out - line.places) if line else 0


class EndForm(forms.Form):
    """From which day a unit is there no more."""

    day = forms.DateField(label=_("Not there any more from"), help_text=_("The first day it takes nobody."))
    remark = forms.CharField(label=_("Why"), required=False, max_length=300)

    def __init__(self, data: QueryDict | None, *, acting: Post, unit: Unit) -> None:
        super().__init__(data, initial={"day": clock.today()})
        self.acting, self.unit = acting, unit

    def clean_day(self) -> date:
        day: date = check_day(self.cleaned_data["day"])  # type: ignore[assignment]
        after = Capacity.objects.filter(unit=self.unit, holds__endswith__gt=day)
        open_end = Capacity.objects.filter(unit=self.unit, holds__upper_inf=True)
        if not after.exists() and not open_end.exists():
            raise ValidationError(_("On that day the unit is not there any more already."), code="gone")
        if day <= clock.today() and (taken := places_in_use(self.unit.pk, last_moment(day))):
            raise ValidationError(
                ngettext_lazy(
                    "A place of it is still taken. Nobody may stay in a unit that is not there: take it out of use "
                    "until they have left.",
                    "Places of it are still taken, up to place %(taken)d. Nobody may stay in a unit that is not "
                    "there: take it out of use until they have left.",
                    "taken",
                )
                % {"taken": taken},
                code="taken",
            )
        return day

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("day") and cleaned["day"] < clock.today() and not cleaned.get("remark"):
            self.add_error("remark", _("This is a correction of the past. Say why."))
        return cleaned

    def save(self) -> None:
        """End the unit."""
        inventory.end(self.unit, self.cleaned_data["day"], self.acting, self.cleaned_data["remark"])


class NameForm(_Raced):
    """What a unit is called; and its provider and kind, as long as nobody ever stayed there.

    These have no dates: a change holds for all the past too. So it mends a slip and is nothing else.
    """

    name = forms.CharField(label=_("Name"), max_length=120, help_text=SECRET)
    organisation = forms.ModelChoiceField(label=_("Provider"), queryset=Organisation.objects.none())
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices)

    def __init__(self, data: QueryDict | None, *, acting: Post, unit: Unit) -> None:
        initial = {"name": unit.name, "organisation": unit.organisation_id, "kind": unit.kind}
        mark = salted_hmac("shelters.name", repr(sorted(map(str, initial.items())))).hexdigest()[:20]
        super().__init__(data, mark=mark, initial=initial)
        self.unit = unit
        self.lived_in = Stay.objects.filter(unit=unit).exists()
        if self.lived_in:
            del self.fields["organisation"], self.fields["kind"]
        else:
            self.fields["organisation"].queryset = providers(acting)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        house = cleaned.get("organisation", self.unit.organisation_id)
        clean_name(self, house, self.unit.region_id, cleaned.get("name"), self.unit.pk)
        return cleaned

    def save(self) -> list[str]:
        """Write it. Out: names of the fields that changed."""
        changed = [name for name in self.changed_data if name != "seen"]
        for name in changed:
            setattr(self.unit, name, self.cleaned_data[name])
        if changed:
            self.unit.save(update_fields=changed)
        return changed


class WordForm(forms.Form):
    """A person's word that so many places take somebody now. In: how many are free at this moment."""

    number = forms.IntegerField(label=_("Placeable now"))
    remark = forms.CharField(label=_("Remark"), required=False, max_length=300)
    free = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: QueryDict | None, *, free: int) -> None:
        super().__init__(data, initial={"number": free, "free": free})
        self.now_free, self.changed_by_other = free, False
        self.fields["number"].widget.attrs |= {"min": 0, "max": free}

    def clean_number(self) -> int:
        number: int = self.cleaned_data["number"]
        if number < 0:
            raise ValidationError(_("Zero or more."), code="negative")
        return number

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        number = cleaned.get("number")
        if number is not None and number > self.now_free:
            self.changed_by_other = cleaned.get("free") is not None and cleaned["free"] != self.now_free
            data = cast("QueryDict", self.data).copy()
            data["free"] = str(self.now_free)
            self.data = data
            text = ngettext_lazy(
                "Only %(free)d is free now. What is not free takes nobody.",
                "Only %(free)d are free now. What is not free takes nobody.",
                "free",
            )
            self.add_error("number", ValidationError(text % {"free": self.now_free}, code="free"))
        return cleaned
