"""What the steps of a placement ask."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import formats
from django.utils.translation import gettext_lazy as _

from access import clock
from access.models import Post, Region
from cases.words import Need
from shelters import door
from shelters.models import Kind, Unit
from shelters.policy import may_ask
from shelters.words import LongStayReason, Wish
from workflows.engine.forms import OpeningForm, ReasonForm, StepForm
from workflows.placement import moving_on
from workflows.placement.words import PRESSING, CameOf, Urgency


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
    OTHER_PLACE = "other_place", _("Another place of shelter")
    UNKNOWN = "unknown", _("Unknown destination")


NEXT = [("", _("Not known yet")), *(one for one in Destination.choices if one[0] != Destination.UNKNOWN)]
"""Where somebody can be planned to go; nobody is planned to disappear."""


class PlacementRequestForm(OpeningForm):
    """Ask for shelter: which kind, from when, and what the place must offer."""

    urgent = None  # type: ignore[assignment]  # the class of urgency says it
    field_order = ("kind", "urgency", "wanted_from", "needs", "wishes")

    kind = forms.ChoiceField(label=_("Kind of shelter"), choices=Kind, initial=Kind.CRISIS)
    wanted_from = forms.DateField(
        label=_("Wanted from"), required=False, widget=forms.DateInput, help_text=_("Empty means: as soon as possible.")
    )
    urgency = forms.ChoiceField(
        label=_("How urgent"), choices=Urgency, required=False, initial=Urgency.NORMAL,
        help_text=_("Each class has terms of its own. Shelter waits neither for a complaint nor for a determination."),
    )  # fmt: skip
    needs = forms.MultipleChoiceField(
        label=_("Needs"), choices=Need, required=False, widget=forms.CheckboxSelectMultiple(attrs={"class": "many"})
    )
    wishes = forms.MultipleChoiceField(
        label=_("Wishes"), choices=Wish, required=False, widget=forms.CheckboxSelectMultiple(attrs={"class": "many"}),
        help_text=_("What would be good to have. A place without it is not left out; it comes later in the list."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["needs"].initial = self.case_needs
        self.fields["urgency"].required = not self.is_bound or "urgency" in self.data  # a process that asks says less

    def clean_wanted_from(self) -> date | None:
        """Not in the past, and not so far ahead that it must be a slip."""
        day: date | None = self.cleaned_data["wanted_from"]
        if day and day < clock.today():
            raise ValidationError(_("This day has passed. Choose today or a later day."), code="past")
        if day and day > clock.today() + timedelta(days=366):
            raise ValidationError(_("This is more than a year ahead."), code="far")
        return day

    def clean(self) -> dict[str, Any]:
        """What contradicts itself is said now, and not when nothing is found."""
        cleaned = super().clean() or {}
        urgency = cleaned.get("urgency") or (Urgency.URGENT if self.data.get("urgent") else Urgency.NORMAL)
        day = cleaned.get("wanted_from")
        if urgency != Urgency.NORMAL and day and day > clock.today():
            self.add_error("wanted_from", _("An emergency is for today. Choose “Normal”, or leave the day empty."))
        if {Need.GENDER_SPECIFIC, Need.COUPLE} <= set(cleaned.get("needs") or ()):
            self.add_error(
                "needs", _("A place for the own gender only and a place together with a partner exclude each other.")
            )
        return cleaned | {"urgency": urgency, "urgent": urgency in PRESSING}

    def record(self) -> dict[str, Any]:
        """Kind, urgency, day and needs."""
        return {name: self.cleaned_data[name] for name in ("kind", "urgency", "wanted_from", "needs", "wishes")}


ONLY_COMENSHA = _(
    "Only CoMensha places people in this unit. Choose “Ask CoMensha”, and the national desk asks the unit."
)


LIST = ("unit", "second", "third")
"""The fields of a choice of units, in the order in which they are asked."""


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
    """Which unit is asked, and which after it; where only CoMensha places people, the national desk alone asks."""

    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none(), widget=UnitSelect)
    second = forms.ModelChoiceField(
        label=_("If it declines or does not answer, then"), queryset=Unit.objects.none(), widget=UnitSelect,
        required=False, empty_label=_("Nobody: I choose again myself"),
        help_text=_("The next unit is asked by itself. Only one place is held at a time."),
    )  # fmt: skip
    third = forms.ModelChoiceField(
        label=_("And after that"), queryset=Unit.objects.none(), widget=UnitSelect, required=False,
        empty_label=_("Nobody: I choose again myself"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        acting, now = self.machine.acting, self.machine.now or clock.now()
        if acting is not None:
            units = Unit.objects.for_post(acting).with_room(now).select_related("region")
            near = models.Case(models.When(region=self.machine.process.region_id, then=0), default=1)
            fit = models.Case(models.When(kind=self.machine.record.kind, then=0), default=1)
            last = () if may_ask(acting, exclusive=True) else ("exclusive",)
            units = units.order_by(*last, near, fit, "region__name", "name")
            for name in LIST:
                self.fields[name].queryset = units  # type: ignore[attr-defined]
                self.fields[name].label_from_instance = self.choice  # type: ignore[attr-defined]
                self.fields[name].widget.acting = acting  # type: ignore[attr-defined]
                self.fields[name].error_messages["invalid_choice"] = _(
                    "This unit has no free place any more. Choose another."
                )
            if not self.is_bound and not units.exists():
                self.fields["unit"].help_text = _(
                    "No unit has a free place now. “Find a place” shows what nearly fits and who could lift "
                    "what stands in the way; or say that no place was found, so that it counts."
                )

    def choice(self, unit: Any) -> str:
        """How a unit reads in the list: region, name, kind, places free, and that it is asked through CoMensha."""
        text = f"{unit.region} – {unit.name} ({unit.get_kind_display()}) · " + _("%(n)s free") % {"n": unit.free}
        asked = self.machine.acting is None or may_ask(self.machine.acting, unit.exclusive)
        return text if asked else f"{text} · " + _("through CoMensha")

    def clean_unit(self) -> Any:
        """A unit that the post may ask."""
        return self._allowed("unit")

    def clean_second(self) -> Any:
        """A unit that the post may ask."""
        return self._allowed("second")

    def clean_third(self) -> Any:
        """A unit that the post may ask."""
        return self._allowed("third")

    def _allowed(self, name: str) -> Any:
        unit = self.cleaned_data[name]
        if unit is not None and self.machine.acting is not None and not may_ask(self.machine.acting, unit.exclusive):
            raise ValidationError(ONLY_COMENSHA, code="only_comensha")
        return unit

    def clean(self) -> dict[str, Any]:
        """The order, without gaps; every unit once."""
        cleaned = super().clean() or {}
        chosen = [cleaned[name] for name in LIST if cleaned.get(name) is not None]
        if len({unit.pk for unit in chosen}) < len(chosen):
            self.add_error("second", _("You chose the same unit twice."))
        return cleaned | {"then": chosen[1:]}


class UrgencyForm(ReasonForm):
    """How urgent it is now, and why that changed."""

    urgency = forms.ChoiceField(
        label=_("How urgent"), choices=[one for one in Urgency.choices if one[0] != Urgency.POLICE_BED],
        help_text=_("The term moves with it: raised, it counts from now and never ends later than it would have."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now: str = self.machine.urgency  # type: ignore[attr-defined]
        field: Any = self.fields["urgency"]
        field.choices = [one for one in field.choices if one[0] != now]


class QuestionForm(StepForm):
    """What a provider needs to know before it can answer."""

    reason = None  # type: ignore[assignment]  # the question says it
    question = forms.CharField(
        label=_("What do you need to know?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The place stays reserved and your time to answer stands still. Ask only what a place depends on."),
    )  # fmt: skip


class AnswerForm(StepForm):
    """The answer to a provider's question."""

    reason = None  # type: ignore[assignment]  # the answer says it
    answer = forms.CharField(
        label=_("Answer"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The provider reads this. Say what a shelter must know, and no more."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        turn = self.machine.record.turn
        if turn is not None and turn.question:
            self.fields["answer"].label = turn.question


class TakeBackForm(ReasonForm):
    """Why a unit is no longer asked, and whether the next one is."""

    go_on = forms.BooleanField(
        label=_("Ask the next unit of the list"), required=False, help_text=_("Otherwise the list ends here.")
    )


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
    planned_until = forms.DateField(
        label=_("Planned until"), required=False,
        help_text=_("From the first day on somebody thinks of the next step; it is asked for thirty days before."),
    )  # fmt: skip
    next_step = forms.ChoiceField(label=_("Next step"), choices=NEXT, required=False)
    left_other = forms.BooleanField(
        label=_("They left the other place for this one: end that stay"), required=False,
        help_text=_("Loods has this person in another place too. Nobody can be in two places."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not moving_on.elsewhere(self.machine.record).exists():
            del self.fields["left_other"]

    def clean_left_other(self) -> bool:
        """Nobody is in two places."""
        if not self.cleaned_data["left_other"]:
            raise ValidationError(
                _("This person is registered in another place. Tick this if they left it, or find out what is right."),
                code="double",
            )
        return True

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
        elif arrived and until:
            unit = self.machine.record.unit_id
            longest = door.last_day(unit, arrived.astimezone(clock.AMSTERDAM).date()) if unit else None
            _not_beyond(self, until, longest)
        return cleaned


def _not_beyond(form: forms.Form, until: date, longest: date | None) -> None:
    if longest is not None and until > longest:
        day = formats.date_format(longest, "DATE_FORMAT")
        form.add_error(
            "planned_until",
            _("The longest stay here is until %(day)s. Beyond it a reason is asked, period by period: “Stays longer”.")
            % {"day": day},
        )


class PlanForm(StepForm):
    """Until when somebody stays, and where to then."""

    planned_until = forms.DateField(label=_("Planned until"))
    next_step = forms.ChoiceField(label=_("Next step"), choices=NEXT[1:])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        record = self.machine.record
        self.initial = {"planned_until": record.planned_until, "next_step": record.next_step, **(self.initial or {})}

    def clean_planned_until(self) -> date:
        """Still to come, and after the arrival."""
        day: date = self.cleaned_data["planned_until"]
        arrived = self.machine.record.arrived_at
        if day <= clock.today() or (arrived is not None and day <= arrived.astimezone(clock.AMSTERDAM).date()):
            raise ValidationError(_("Choose a day that is still to come."), code="past")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        record, until = self.machine.record, cleaned.get("planned_until")
        if until:
            _not_beyond(self, until, record.longer_until or record.longest_until)
        return cleaned


class LongerForm(StepForm):
    """Why somebody stays longer than was meant; asked again for every period."""

    ground = forms.ChoiceField(label=_("Why longer"), choices=LongStayReason)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("ground") == LongStayReason.OTHER and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("Say which reason."))
        return cleaned


class RegionForm(ReasonForm):
    """Which region is asked to take over, and why."""

    region = forms.ModelChoiceField(label=_("Region"), queryset=Region.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regions = (
            Region.objects.care()
            .valid_on(clock.today())
            .exclude(pk__in=[self.machine.process.region_id] if self.machine.process.region_id else [])
        )
        self.fields["region"].queryset = regions.order_by("name")  # type: ignore[attr-defined]


class LeaveForm(StepForm):
    """Where the person goes."""

    left_to = forms.ChoiceField(
        label=_("Where to"), choices=Destination,
        help_text=_("If nobody knows where to, somebody looks after their safety. It has no other consequence."),
    )  # fmt: skip


class FoundForm(StepForm):
    """What came of looking for somebody who left for an unknown destination."""

    came_of = forms.ChoiceField(label=_("What came of looking"), choices=CameOf)
    reason = forms.CharField(
        label=_("What was done"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Who was called, where was looked. It is kept with the case."),
    )  # fmt: skip


class NoPlaceForm(StepForm):
    """Why there is no place; the reason is counted."""

    ground = forms.ChoiceField(label=_("Why there is no place"), choices=UnmetReason)
    reason = forms.CharField(label=_("Explanation"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
