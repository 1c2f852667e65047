"""Forms of the bed planner: which weeks are shown, and where somebody goes, until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from access import clock
from shelters.forms.finding import check_day
from shelters.models import Stay
from shelters.planner import moves
from shelters.planner.timeline import Window
from workflows.providers.moves import Where


class WeeksForm(forms.Form):
    """From which week on the planner is shown."""

    day = forms.DateField(label=_("Weeks from"), required=False)

    def clean_day(self) -> date | None:
        """A day that can be meant."""
        return check_day(self.cleaned_data["day"])

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data if data.get("day") else None, initial={"day": clock.today()})
        self.window = Window.around(clock.today())
        if self.is_valid() and self.cleaned_data["day"]:
            self.window = Window.around(self.cleaned_data["day"])


@dataclass(frozen=True, slots=True)
class Partner:
    """Who is in another place of the unit; `seen`: the mark of their stay as it is shown."""

    stay: UUID
    place: int
    name: str
    seen: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A unit somebody can be moved to, with its free places, and with whom they could change places; `why_not` when it
    does not fit."""

    unit: int
    name: str
    places: tuple[int, ...]
    why_not: str = ""
    others: tuple[Partner, ...] = ()


SWAP = "swap"


def swap_code(stay: UUID, seen: str) -> str:
    """What a form sends to let somebody change places with who is in a stay, as it was shown."""
    return f"{SWAP}:{stay}:{seen}"


class PlaceSelect(forms.Select):
    """A list of places by unit; units that do not fit are named with the reason and cannot be chosen."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """An option of the list."""
        option = super().create_option(name, value, *args, **kwargs)
        if str(value).startswith("no:"):
            option["attrs"]["disabled"] = True
        return option


class MoveForm(forms.Form):
    """Move to which place, and until when. Sent by the page of a stay and by the bars of the planner."""

    to = forms.ChoiceField(label=_("Place"), widget=PlaceSelect)
    until = forms.DateField(
        label=_("Planned until"), required=False,
        help_text=_("The first day the place is free again. Empty: nobody knows yet."),
    )  # fmt: skip
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: QueryDict | None, stay: Stay, choices: list[Choice]) -> None:
        self.stay = stay
        here = f"{stay.unit_id}:{stay.place}"
        super().__init__(data, initial={"to": here, "until": stay.planned_until, "seen": moves.mark(stay)})
        groups: list[Any] = []
        for choice in choices:
            text = _("Place %(n)d")
            own: list[Any] = [(f"{choice.unit}:{n}", text % {"n": n}) for n in choice.places]
            if choice.why_not:
                own = [(f"no:{choice.unit}", choice.why_not)]
            elif not own:
                own = [(f"no:{choice.unit}", _("No place is free"))]
            groups.append((choice.name, own))
            if choice.others:
                text = _("Place %(n)d: %(name)s")
                swaps = [(swap_code(p.stay, p.seen), text % {"n": p.place, "name": p.name}) for p in choice.others]
                groups.append((_("Change places with"), swaps))
        self.partners = {p.stay: p for choice in choices for p in choice.others}
        self.fields["to"].choices = groups  # type: ignore[attr-defined]
        self.fields["to"].error_messages["invalid_choice"] = _("That place is not free any more. Choose another.")
        if stay.arrived_at is None:  # until when is said on arrival
            del self.fields["until"]

    def clean_to(self) -> Where:
        """A place that was offered. Errors: ValidationError for the name of a unit that does not fit."""
        unit, _colon, place = self.cleaned_data["to"].partition(":")
        if unit == "no":
            raise ValidationError(_("Choose a place."), code="none")
        if unit == SWAP:
            key, _colon, seen = place.partition(":")
            return Where(self.stay.unit_id, self.partners[UUID(key)].place, UUID(key), seen)
        return Where(int(unit), int(place))

    def clean_until(self) -> date | None:
        """Not so far away that it must be a slip, and not past when it is another day than it was."""
        day: date | None = check_day(self.cleaned_data["until"])
        if day is not None and day != self.stay.planned_until and day < clock.today():
            raise ValidationError(_("This day has passed. Choose today or a later day."), code="past")
        return day
