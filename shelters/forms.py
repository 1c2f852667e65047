"""Forms about units: finding them, and saying what there is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models.functions import Lower
from django.http import QueryDict
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from access import clock
from access.models import Organisation, Post, Region
from shelters import inventory
from shelters.door import places_in_use
from shelters.models import Unit
from shelters.words import Kind

MOST = 500
"""More places than any unit has: a number beyond it is a slip of the finger."""


class UnitFilter(forms.Form):
    """Which units are listed."""

    region = forms.ModelChoiceField(
        label=_("Region"), queryset=Region.objects.none(), required=False, empty_label=_("All regions")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("All kinds")), *Kind.choices], required=False)
    free = forms.BooleanField(label=_("Only with a free place"), required=False)

    def __init__(self, query: QueryDict, acting: Post) -> None:
        # A post of one region begins with its own; who wants all says so.
        if "region" not in query and len(acting.region_ids) == 1 and not acting.national:
            query = query.copy()
            query["region"] = str(next(iter(acting.region_ids)))
        super().__init__(query)
        regions = Region.objects.care().valid_on(clock.today()).order_by("name")
        self.fields["region"].queryset = regions  # type: ignore[attr-defined]

    def narrowed(self, units: Any) -> Any:
        """The units (read with `with_free`) that answer; what makes no sense in the address narrows nothing."""
        chosen = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        if chosen.get("region"):
            units = units.filter(region=chosen["region"])
        if chosen.get("kind"):
            units = units.filter(kind=chosen["kind"])
        return units.filter(free__gt=0) if chosen.get("free") else units


class UnitForm(forms.ModelForm):
    """A unit and what it offers from today on. It has no address, on purpose: nothing finer than the region is kept.

    `unit` is the unit as it stands today (read with `Unit.objects.with_free`), or None for a new one.
    """

    places = forms.IntegerField(label=_("Places"), help_text=_("How many people can stay at the same time."))
    active = forms.BooleanField(
        label=_("In use"),
        required=False,
        initial=True,
        help_text=_("Out of use: nobody new is placed here. Who is there stays."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Unit
        fields = ["region", "organisation", "name", "kind"]
        help_texts = {
            "name": _("A name that tells nobody where it is. No address is kept: addresses of shelters are secret."),
        }

    def __init__(self, data: QueryDict | None, *, acting: Post, unit: Any = None) -> None:
        super().__init__(data, instance=unit)
        self.acting = acting
        self.changed_by_other = False
        if unit is not None:
            # Who stays there stays in the region: a unit does not move.
            del self.fields["region"]
            self.initial.update(seen=fingerprint(unit), places=unit.places, active=unit.active)
        else:
            del self.fields["active"]
            regions = Region.objects.care().valid_on(clock.today()).for_post(acting).order_by("name")
            self.fields["region"].queryset = regions  # type: ignore[attr-defined]
            if len(acting.region_ids) == 1:
                self.fields["region"].initial = next(iter(acting.region_ids))
            self.fields["region"].error_messages["invalid_choice"] = _("Choose a region you work in.")
        providers = Organisation.objects.for_post(acting).active().filter(kind=Organisation.Kind.SHELTER)
        self.fields["organisation"].queryset = providers.order_by("name")  # type: ignore[attr-defined]
        self.fields["organisation"].label = _("Provider")
        self.fields["places"].widget.attrs |= {"min": 1, "max": MOST}

    def clean_places(self) -> int:
        """At least one, not absurdly many, and never fewer than are taken."""
        places: int = self.cleaned_data["places"]
        if places < 1:
            raise ValidationError(_("A unit has at least one place."), code="none")
        if places > MOST:
            raise ValidationError(_("So many places a unit does not have. Is it a slip?"), code="many")
        least = places_in_use(self.instance.pk, clock.now()) if self.instance.pk else 0
        if places < least:
            raise ValidationError(
                _("Place %(least)s is taken, so there cannot be fewer than %(least)s."),
                params={"least": least},
                code="taken",
            )
        return places

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.instance.pk and cleaned.get("seen") != fingerprint(as_it_stands(self.instance.pk)):
            self.changed_by_other = True
            raise ValidationError(
                _("Somebody else changed this unit in the meantime. Look at the numbers and save again."), code="race"
            )
        region = cleaned.get("region") or getattr(self.instance, "region", None)
        name, house = cleaned.get("name"), cleaned.get("organisation")
        if region and name and house:
            same = Unit.objects.filter(organisation=house, region=region).annotate(low=Lower("name"))
            if same.filter(low=name.lower()).exclude(pk=self.instance.pk).exists():
                self.add_error("name", _("This provider has a unit of that name in the region already."))
        return cleaned

    def save(self, commit: bool = True) -> Unit:
        """Write the unit and, where it changed, what it offers from today on."""
        said = self.cleaned_data
        if self.instance.pk is None:
            identity = {name: said[name] for name in ("organisation", "region", "name", "kind")}
            return inventory.add_unit(**identity, places=said["places"], acting=self.acting)
        unit: Unit = super().save(commit)
        facts = {"places": said["places"], "active": said["active"]}
        inventory.change(unit, facts, since=clock.today(), acting=self.acting)
        return unit


def as_it_stands(pk: int) -> Any:
    """A unit with what it offers now. Errors: Unit.DoesNotExist when it is gone."""
    return Unit.objects.with_free(clock.now()).select_related("organisation", "region").get(pk=pk)


def fingerprint(unit: Any) -> str:
    """A sign by which it shows that a unit was changed since somebody read it."""
    values = [unit.pk, unit.organisation_id, unit.name, unit.kind, unit.places, unit.active]
    return salted_hmac("shelters.unit", "|".join(map(str, values))).hexdigest()[:20]
