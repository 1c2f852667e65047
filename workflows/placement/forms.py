"""What the steps of a placement ask."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from access import clock
from access.models import Post
from cases.words import Need
from shelters.models import Kind, Unit
from shelters.policy import may_ask
from workflows.engine.forms import OpeningForm, StepForm


class RefusalReason(models.TextChoices):
    """Why a provider declines; counted as unmet demand."""

    FULL = "full", _("Full")
    ADDICTION = "addiction", _("Contra-indication: addiction")
    PSYCHIATRIC = "psychiatric", _("Contra-indication: psychiatric problems")
    BEHAVIOUR = "behaviour", _("Contra-indication: behaviour")
    CHILDREN = "children", _("No place for children")
    GENDER = "gender", _("Not for this gender")
    AGE = "age", _("Not for this age")
    SAFETY = "safety", _("Not safe here for this person")
    ACCESSIBILITY = "accessibility", _("Not accessible")
    OTHER = "other", _("Another reason")


class UnmetReason(models.TextChoices):
    """Why no place was found."""

    NO_FREE = "no_free", _("No free place of this kind")
    REFUSED = "refused", _("Refused everywhere")
    NO_SUCH_PLACE = "no_such_place", _("No place that fits what is needed")
    OUTSIDE_REGION = "outside_region", _("Only free where it is not safe")
    OTHER = "other", _("Another reason")


class Destination(models.TextChoices):
    """Where somebody goes who leaves the place."""

    OWN_HOME = "own_home", _("A home of their own")
    MOVE_ON = "move_on", _("Move-on shelter")
    LONG_STAY = "long_stay", _("Long-stay shelter")
    FAMILY = "family", _("Family or friends")
    RETURN = "return", _("Return to the country of origin")
    CARE = "care", _("Care institution")
    UNKNOWN = "unknown", _("Unknown destination")


class PlacementRequestForm(OpeningForm):
    """Ask for shelter: which kind, from when, and what the place must offer."""

    field_order = ("kind", "urgent", "wanted_from", "needs")

    kind = forms.ChoiceField(label=_("Kind of shelter"), choices=Kind, initial=Kind.CRISIS)
    wanted_from = forms.DateField(
        label=_("Wanted from"), required=False, widget=forms.DateInput, help_text=_("Empty means: as soon as possible.")
    )
    needs = forms.MultipleChoiceField(
        label=_("Needs"), choices=Need, required=False, widget=forms.CheckboxSelectMultiple(attrs={"class": "many"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["needs"].initial = self.case_needs

    def clean_wanted_from(self) -> date | None:
        """Not in the past, and not so far ahead that it must be a slip."""
        day: date | None = self.cleaned_data["wanted_from"]
        if day and day < clock.today():
            raise ValidationError(_("This day has passed. Choose today or a later day."), code="past")
        if day and day > clock.today() + timedelta(days=366):
            raise ValidationError(_("This is more than a year ahead."), code="far")
        return day

    def record(self) -> dict[str, Any]:
        """Kind, day and needs."""
        return {name: self.cleaned_data[name] for name in ("kind", "wanted_from", "needs")}


ONLY_COMENSHA = _(
    "Only CoMensha places people in this unit. Choose “Ask CoMensha”, and the national desk asks the unit."
)


class UnitSelect(forms.Select):
    """A list of units; those that the post may not ask are named and cannot be chosen."""

    acting: Post | None = None

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """An option of the list."""
        option = super().create_option(name, value, *args, **kwargs)
        unit = getattr(value, "instance", None)
        if unit is not None and self.acting is not None and not may_ask(self.acting, unit.exclusive):
            option["attrs"]["disabled"] = True
        return option


class OfferForm(StepForm):
    """Which unit is asked; where only CoMensha places people, the national desk alone asks."""

    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none(), widget=UnitSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        acting, now = self.machine.acting, self.machine.now or clock.now()
        if acting is not None:
            units = Unit.objects.for_post(acting).with_room(now).select_related("region")
            near = models.Case(models.When(region=self.machine.process.region_id, then=0), default=1)
            fit = models.Case(models.When(kind=self.machine.record.kind, then=0), default=1)
            last = () if may_ask(acting, exclusive=True) else ("exclusive",)
            units = units.order_by(*last, near, fit, "region__name", "name")
            self.fields["unit"].queryset = units  # type: ignore[attr-defined]
            self.fields["unit"].label_from_instance = self.choice  # type: ignore[attr-defined]
            self.fields["unit"].widget.acting = acting  # type: ignore[attr-defined]
            self.fields["unit"].error_messages["invalid_choice"] = _(
                "This unit has no free place any more. Choose another."
            )

    def choice(self, unit: Any) -> str:
        """How a unit reads in the list: region, name, kind, places free, and that it is asked through CoMensha."""
        text = f"{unit.region} – {unit.name} ({unit.get_kind_display()}) · " + _("%(n)s free") % {"n": unit.free}
        asked = self.machine.acting is None or may_ask(self.machine.acting, unit.exclusive)
        return text if asked else f"{text} · " + _("through CoMensha")

    def clean_unit(self) -> Any:
        """A unit that the post may ask."""
        unit = self.cleaned_data["unit"]
        if self.machine.acting is not None and not may_ask(self.machine.acting, unit.exclusive):
            raise ValidationError(ONLY_COMENSHA, code="only_comensha")
        return unit


class DeclineForm(StepForm):
    """Why the provider declines."""

    ground = forms.ChoiceField(label=_("Why not"), choices=RefusalReason)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("ground") == RefusalReason.OTHER and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("Say which reason."))
        return cleaned


class ArriveForm(StepForm):
    """When the person came, and until when they are expected to stay."""

    arrived_at = forms.DateTimeField(label=_("Arrived"), required=False, help_text=_("Empty means now."))
    planned_until = forms.DateField(label=_("Planned until"), required=False)

    def clean_arrived_at(self) -> datetime:
        """Not in the future, and not before the place was asked for."""
        now = self.machine.now or clock.now()
        arrived: datetime = self.cleaned_data["arrived_at"] or now
        if arrived > now + timedelta(minutes=1):
            raise ValidationError(_("The arrival cannot be in the future."), code="future")
        if arrived < self.machine.process.opened_at - timedelta(minutes=1):
            raise ValidationError(_("The arrival cannot be before the placement was requested."), code="before_request")
        return arrived

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        arrived, until = cleaned.get("arrived_at"), cleaned.get("planned_until")
        if arrived and until and until <= arrived.astimezone(clock.AMSTERDAM).date():
            self.add_error("planned_until", _("The planned end must be after the arrival."))
        return cleaned


class LeaveForm(StepForm):
    """Where the person goes."""

    left_to = forms.ChoiceField(label=_("Where to"), choices=Destination)


class NoPlaceForm(StepForm):
    """Why there is no place; the reason is counted."""

    ground = forms.ChoiceField(label=_("Why there is no place"), choices=UnmetReason)
    reason = forms.CharField(label=_("Explanation"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
