"""Forms that say what a unit offers: a new one, and a change from a day on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models.functions import Lower
from django.http import QueryDict
from django.utils.crypto import salted_hmac
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access import clock
from access.fields import LanguagesField
from access.models import Organisation, Post, Region
from access.roles import Role
from shelters import inventory, offer
from shelters.door import places_in_use
from shelters.forms.finding import check_day, moment_of
from shelters.models import OFFERED, OTHER_SCHEME, Capacity, OutOfService, Unit, schemes
from shelters.words import Kind, Measure, Route, Source

MOST = 500
"""More places than any unit has: a number beyond it is a slip of the finger."""

LIMITS = {"places": (0, MOST), "age_from": (0, 120), "age_to": (0, 120), "waiting_list": (0, 9999),
          "maximum_stay_days": (1, 3660)}  # fmt: skip
"""Smallest and largest number that makes sense in a field."""

EMPTY_LINE: dict[str, Any] = {
    name: Capacity._meta.get_field(name).get_default() or None  # type: ignore[union-attr]
    for name in OFFERED
} | {"active": True, "scheme_id": OTHER_SCHEME, "source": Source.OWN_COUNT}


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """A group of fields on the page; `short` tells in a line what they say, `open` whether they are shown at once."""

    key: str
    title: Any
    fields: list[forms.BoundField]
    short: str
    open: bool


class OfferForm(forms.Form):
    """Every field of a capacity line. In: who acts, and what the line says to begin with (`line`, by field)."""

    ALWAYS_OPEN = ("places",)

    def __init__(self, data: QueryDict | None, *, acting: Post, line: dict[str, Any], kind: str = "") -> None:
        self.acting, self.line, self.of_kind = acting, line, kind
        self.schemes = {scheme.pk: scheme for scheme in schemes()}
        super().__init__(data, initial={**line, "as_of": clock.today(), "source": self._source(line)})
        for name in OFFERED:
            self.fields[name] = self._field(name)

    def _source(self, line: dict[str, Any]) -> str:
        if self.acting.role == Role.SHELTER_PROVIDER:
            return Source.PROVIDER
        return line["source"] or Source.OWN_COUNT

    def _field(self, name: str) -> forms.Field:
        column: Any = Capacity._meta.get_field(name)
        given: dict[str, Any] = {"label": offer.label(name, self.of_kind), "required": False}
        if name == "active":
            closed = _("Out of use: nobody new is placed here. Who is there stays.")
            return forms.BooleanField(**given, help_text=closed)
        if name == "scheme_id":
            named = [(code, str(scheme)) for code, scheme in self.schemes.items()]
            return forms.ChoiceField(**given | {"required": True}, choices=named)
        if name == "languages":
            return LanguagesField(**given, help_text=_("Languages the staff speaks, with commas between."))
        if name == "intake_days":
            days = [(day + 1, text) for day, text in WEEKDAYS.items()]
            boxes = forms.CheckboxSelectMultiple(attrs={"class": "many"})
            return forms.TypedMultipleChoiceField(**given, coerce=int, choices=days, widget=boxes)
        if name == "as_of":
            return forms.DateField(**given, help_text=_("The day on which these facts were checked."))
        if name in LIMITS:
            least, most = LIMITS[name]
            given |= {"required": name == "places", "help_text": self._help(name)}
            field = forms.IntegerField(**given)
            field.widget.attrs |= {"min": least, "max": most}
            return field
        if name == "contra_indications":
            text = _("Who cannot be taken. Nothing about a person.")
            return forms.CharField(**given, max_length=column.max_length, help_text=text)
        if hasattr(column, "base_field"):
            boxes = forms.CheckboxSelectMultiple(attrs={"class": "many"})
            choices = [c for c in column.base_field.choices if c[0] != "unknown"]
            none = _("None chosen: no distinction is made.")
            return forms.MultipleChoiceField(**given, choices=choices, widget=boxes, help_text=none)
        if name == "source":
            return forms.ChoiceField(**given | {"required": True}, choices=column.choices)
        return forms.ChoiceField(**given, choices=[("", _("Not said")), *column.choices])

    def _help(self, name: str) -> Any:
        if name != "places":
            return ""
        if self.of_kind and Kind(self.of_kind).measure is Measure.CASELOAD:
            return _("How many people can be helped at the same time.")
        if self.of_kind:
            return _("How many people can stay at the same time.")
        return _("How many people can stay, or be helped, at the same time.")

    # -- the page ------------------------------------------------------------------------------------------------

    @property
    def groups(self) -> Iterator[FieldGroup]:
        """The fields in their groups; one with a fault, or with something just typed, is open."""
        names = {code: str(scheme) for code, scheme in self.schemes.items()}
        for group in offer.GROUPS:
            fields = [self[name] for name in group.names if name in self.fields]
            told = [
                f"{offer.label(n, self.of_kind)}: {offer.words(n, self.line[n], names)}"
                for n in group.names
                if self.line[n] not in (None, "", [])
            ]
            opened = group.key in self.ALWAYS_OPEN or any(field.errors for field in fields) or self._typed(group.names)
            yield FieldGroup(group.key, group.title, fields, " · ".join(told), opened)

    def _typed(self, names: tuple[str, ...]) -> bool:
        if not self.is_bound:
            return False
        return any(name in self.cleaned_data and self.cleaned_data[name] != self.initial.get(name) for name in names)

    # -- what cannot be ---------------------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name, (least, most) in LIMITS.items():
            if cleaned.get(name) is not None and not least <= cleaned[name] <= most:
                self.add_error(name, self._beyond(name, least, most))
        places = self.cleaned_data.get("places")
        if places == 0 and cleaned.get("active"):
            self.add_error("places", _("A unit in use has at least one. Is it closed? Then take it out of use."))
        youngest, oldest = self.cleaned_data.get("age_from"), self.cleaned_data.get("age_to")
        if youngest is not None and oldest is not None and oldest < youngest:
            self.add_error("age_to", _("The oldest age lies below the youngest."))
        if cleaned.get("as_of") and cleaned["as_of"] > clock.today():
            self.add_error("as_of", _("This day is still to come; nobody can have checked anything on it."))
        self._clean_route()
        return self.cleaned_data

    def _beyond(self, name: str, least: int, most: int) -> str:
        if name == "places" and self.cleaned_data[name] > most:
            return gettext("So many no unit has. Is it a slip?")
        return gettext("A number from %(least)d to %(most)d.") % {"least": least, "most": most}

    def _clean_route(self) -> None:
        scheme, route = self.schemes.get(self.cleaned_data.get("scheme_id", "")), self.cleaned_data.get("route")
        if scheme and scheme.exclusive and route not in ("", None, Route.EXCLUSIVE):
            text = _("In %(scheme)s only CoMensha places; there is no other way in.")
            self.add_error("route", ValidationError(text, params={"scheme": str(scheme)}, code="exclusive"))

    @property
    def facts(self) -> dict[str, Any]:
        """What was said, by field of the line."""
        return {name: self.cleaned_data[name] for name in OFFERED}


def clean_name(form: Any, house: Any, region: Any, name: str | None, but: int = 0) -> None:
    """Say it when a provider has a unit of that name in the region already."""
    if house and region and name:
        same = Unit.objects.filter(organisation=house, region=region).annotate(low=Lower("name"))
        if same.filter(low=name.lower()).exclude(pk=but).exists():
            form.add_error("name", _("This provider has a unit of that name in the region already."))


def providers(acting: Post) -> Any:
    """Organisations that can run a unit."""
    found = Organisation.objects.for_post(acting).active().filter(kind=Organisation.Kind.SHELTER)
    return found.order_by("name")


SECRET = _("A name that tells nobody where it is. No address is kept: addresses of shelters are secret.")


class NewUnitForm(OfferForm):
    """A unit that was not there yet, with what it offers from a day on. It has no address, on purpose."""

    region = forms.ModelChoiceField(
        label=_("Region"), queryset=Region.objects.none(),
        error_messages={"invalid_choice": _("Choose a region you work in.")},
    )  # fmt: skip
    organisation = forms.ModelChoiceField(label=_("Provider"), queryset=Organisation.objects.none())
    name = forms.CharField(label=_("Name"), max_length=120, help_text=SECRET)
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", "—"), *Kind.choices])
    since = forms.DateField(label=_("There from"), help_text=_("The first day on which it takes people."))

    HEAD = ("region", "organisation", "name", "kind", "since")

    def __init__(self, data: QueryDict | None, *, acting: Post) -> None:
        super().__init__(data, acting=acting, line=EMPTY_LINE)
        regions = Region.objects.care().valid_on(clock.today()).for_post(acting).order_by("name")
        self.fields["region"].queryset = regions  # type: ignore[attr-defined]
        if len(acting.region_ids) == 1:
            self.fields["region"].initial = next(iter(acting.region_ids))
        self.fields["organisation"].queryset = providers(acting)  # type: ignore[attr-defined]
        self.fields["since"].initial = clock.today()
        del self.fields["active"]

    @property
    def head(self) -> list[forms.BoundField]:
        """The fields before the groups."""
        return [self[name] for name in self.HEAD]

    def clean_since(self) -> date | None:
        return check_day(self.cleaned_data["since"])

    def clean(self) -> dict[str, Any]:
        self.cleaned_data["active"] = True
        cleaned = super().clean()
        clean_name(self, cleaned.get("organisation"), cleaned.get("region"), cleaned.get("name"))
        return cleaned

    def save(self) -> Unit:
        """Add the unit."""
        said = self.cleaned_data
        identity = {name: said[name] for name in self.HEAD}
        return inventory.add_unit(**identity, **self.facts, acting=self.acting)


class ChangeForm(OfferForm):
    """A change of what a unit offers, from a day on. Only what was changed here changes; all else stays as it is.

    `changed_by_other`: somebody changed the unit since it was read; what they changed and this form did not is then
    taken over, so that saving once more changes only what was meant.
    """

    since = forms.DateField(label=_("Holds from"))
    until = forms.DateField(label=_("Until (not including)"), required=False)
    remark = forms.CharField(label=_("Why"), required=False, max_length=300)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    HEAD = ("since", "until", "remark")

    def __init__(self, data: QueryDict | None, *, acting: Post, unit: Unit) -> None:
        self.unit = unit
        self.lines = list(Capacity.objects.filter(unit=unit, holds__isempty=False).order_by("holds"))
        line = {name: getattr(self._begins_with(), name) for name in OFFERED}
        self.changed_by_other = False
        self.mark = _mark(self.lines)
        super().__init__(data, acting=acting, line=line, kind=unit.kind)
        self.initial = {**self.initial, "since": clock.today(), "seen": self._as_seen()}
        self.fields["until"].help_text = _("Empty: until further notice, or until the next change that is planned.")
        self.fields["remark"].help_text = _(
            "Asked when it holds from a day that has passed: that is a correction. What was known before stays visible."
        )
        self.shown = self._shown(data)

    def _begins_with(self) -> Capacity:
        """The line that holds today; before the unit is there the first, afterwards the last."""
        today = clock.today()
        holding = [line for line in self.lines if today in line.holds]
        coming = [line for line in self.lines if line.holds.lower > today]
        return (holding or coming or self.lines[-1:] or [Capacity(unit=self.unit, places=0)])[0]

    def _as_seen(self) -> str:
        return json.dumps({"mark": self.mark, "line": self.line}, cls=DjangoJSONEncoder)

    def _shown(self, data: QueryDict | None) -> dict[str, Any]:
        """What the page showed when it was filled in, as JSON gives it."""
        try:
            seen = json.loads(data.get("seen", "")) if data is not None else None
        except ValueError:
            seen = None
        fresh = json.loads(self._as_seen())
        good = isinstance(seen, dict) and isinstance(seen.get("line"), dict) and seen["line"].keys() == self.line.keys()
        return seen if seen is not None and good else {**fresh, "mark": fresh["mark"] if data is None else ""}

    @property
    def head(self) -> list[forms.BoundField]:
        """The fields before the groups."""
        return [self[name] for name in self.HEAD]

    def clean_since(self) -> date | None:
        return check_day(self.cleaned_data["since"])

    def clean_until(self) -> date | None:
        return check_day(self.cleaned_data["until"])

    @property
    def changed(self) -> dict[str, Any]:
        """The facts that were changed here, by field."""
        said = {name: self.cleaned_data[name] for name in OFFERED if name in self.cleaned_data}
        as_json = json.loads(json.dumps(said, cls=DjangoJSONEncoder))
        return {name: value for name, value in said.items() if as_json[name] != self.shown["line"][name]}

    @property
    def correction(self) -> bool:
        """Whether it holds from a day that has passed."""
        since = self.cleaned_data.get("since")
        return since is not None and since < clock.today()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.shown["mark"] != self.mark:
            self._take_over()
            self.changed_by_other = True
            raise ValidationError(
                _("Somebody else changed this unit in the meantime. Look at it and save again."), code="race"
            )
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until <= since:
            self.add_error("until", _("The end must lie after the beginning."))
        elif since:
            self._clean_days(since, until)
        if self.correction and not cleaned.get("remark"):
            self.add_error("remark", _("This is a correction of the past. Say why."))
        return self.cleaned_data

    def _clean_days(self, since: date, until: date | None) -> None:
        places = self.cleaned_data.get("places")
        ahead = [line.holds.lower for line in self.lines if line.holds.lower > since]
        self.span = DateRange(since, until or (min(ahead) if ahead else None))
        if places is None or ("places" not in self.changed and not self.gap):
            return
        end = moment_of(self.span.upper) if self.span.upper else None
        begin = moment_of(since)
        taken = places_in_use(self.unit.pk, begin, end) if end is None or begin < end else 0
        if places < taken:
            text = _("Place %(least)s is taken then, so there cannot be fewer than %(least)s.")
            self.add_error("places", ValidationError(text, params={"least": taken}, code="taken"))
        day, out = most_out(self.unit.pk, self.span)
        if out > places:
            text = _("On %(day)s %(out)s are out of service, so there cannot be fewer than that.")
            params = {"out": out, "day": date_format(day, "j F Y") if day else ""}
            self.add_error("places", ValidationError(text, params=params, code="out"))

    @property
    def gap(self) -> bool:
        """Whether nothing was known of a part of the days, so that everything must be said of them."""
        covered: date | None = self.span.lower
        for line in self.lines:
            if covered is not None and line.holds.lower <= covered and (line.holds.upper or date.max) > covered:
                covered = line.holds.upper
        return covered is not None and (self.span.upper is None or covered < self.span.upper)

    def _take_over(self) -> None:
        """Show what others changed, keep what was changed here."""
        mine, sent = self.changed, cast("QueryDict", self.data)
        data: Any = sent.copy()
        for name in OFFERED:
            if name not in mine and name not in self.errors:
                value = self[name].field.prepare_value(self.line[name]) if name == "languages" else self.line[name]
                if isinstance(value, list):
                    data.setlist(name, value)
                elif value is False:
                    data.pop(name, None)
                else:
                    data[name] = "" if value is None else value
        data["seen"] = self._as_seen()
        self.data = data

    def save(self) -> dict[str, Any]:
        """Write what was changed. Out: the facts that were, by field; none when everything stays as it was."""
        facts = self.facts if self.gap else self.changed
        said = self.cleaned_data
        if facts:
            inventory.change(
                self.unit, facts, since=said["since"], until=said["until"], acting=self.acting, remark=said["remark"]
            )
        return facts


def most_out(unit: int, span: DateRange, but: int = 0) -> tuple[date | None, int]:
    """The most places of a unit that are out of service at once in a span of days, and on which day first."""
    rows = list(OutOfService.objects.filter(unit=unit, period__overlap=span).exclude(pk=but))
    days = sorted({span.lower, *(row.period.lower for row in rows if row.period.lower in span)})
    counted = [(sum(row.places for row in rows if day in row.period), day) for day in days]
    most = max((n for n, _day in counted), default=0)
    return next((day for n, day in counted if n == most), None), most


def _mark(lines: list[Capacity]) -> str:
    """A sign by which it shows that a unit's lines were changed since somebody read them."""
    said = [[line.pk, str(line.holds), *(getattr(line, name) for name in OFFERED)] for line in lines]
    return salted_hmac("shelters.unit", json.dumps(said, cls=DjangoJSONEncoder)).hexdigest()[:20]
