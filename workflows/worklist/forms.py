"""What handing over, snoozing and naming a view ask."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from access.clock import AMSTERDAM
from workflows.engine.calendars import next_working_day
from workflows.worklist.people import Colleague

MORNING = time(8, 30)
LATER_TODAY = timedelta(hours=3)


class HandOverForm(forms.Form):
    """To whom, and why."""

    to = forms.TypedChoiceField(label=_("To whom"), coerce=int)
    reason = forms.CharField(
        label=_("What must your colleague know?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, people: Sequence[Colleague], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(person.pk, person.name) for person in people]
        self.fields["to"].choices = [("", _("Choose a colleague")), *names]  # type: ignore[attr-defined]


class SnoozeForm(forms.Form):
    """Until when: one of a few usual moments, or another."""

    OTHER = "other"
    when = forms.ChoiceField(label=_("Until when"), widget=forms.RadioSelect)
    moment = forms.DateTimeField(
        label=_("Another moment"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )

    def __init__(self, *args: Any, now: datetime, due_at: datetime | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now, self.due_at = now, due_at
        self.moments = {name: moment for name, moment in presets(now).items() if due_at is None or moment < due_at}
        labels = {"later": _("Later today"), "tomorrow": _("Tomorrow"), "working_day": _("Next working day")}
        choices = [(name, labels[name]) for name in self.moments]
        self.fields["when"].choices = [*choices, (self.OTHER, _("Another moment"))]  # type: ignore[attr-defined]
        self.fields["when"].initial = choices[0][0] if choices else self.OTHER

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        choice = cleaned.get("when")
        moment = cleaned.get("moment") if choice == self.OTHER else self.moments.get(choice or "")
        if choice == self.OTHER and moment is None and "moment" not in self.errors:
            self.add_error("moment", _("Fill in until when."))
        if moment is not None:
            problem = None
            if moment <= self.now:
                problem = ValidationError(_("Choose a moment that is still to come."))
            elif self.due_at is not None and moment >= self.due_at:
                problem = ValidationError(_("You cannot put this away beyond the end of its term."))
            if problem is not None:
                self.add_error("moment" if choice == self.OTHER else "when", problem)
        cleaned["until"] = moment
        return cleaned


def presets(now: datetime) -> dict[str, datetime]:
    """The usual moments to look at something again, as seen from `now` (aware)."""
    here = now.astimezone(AMSTERDAM)
    later = (here + LATER_TODAY).replace(minute=0, second=0, microsecond=0)
    tomorrow = here.date() + timedelta(days=1)
    working_day = next_working_day(tomorrow)
    found = {}
    if later.date() == here.date():
        found["later"] = later
    found["tomorrow"] = datetime.combine(tomorrow, MORNING, AMSTERDAM)
    if working_day != tomorrow:
        found["working_day"] = datetime.combine(working_day, MORNING, AMSTERDAM)
    return found


class ViewForm(forms.Form):
    """A name for the filters that are on now."""

    name = forms.CharField(label=_("Name"), max_length=60)
    default = forms.BooleanField(label=_("Open my work with this view"), required=False)
