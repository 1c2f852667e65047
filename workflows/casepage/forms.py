"""What the acts that every process knows ask: a reason, a colleague, a moment."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count, IntegerField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from access import clock
from access.models import Post
from access.roles import Role
from workflows.engine.models import Process

MORNING = time(9, 0)


class ActForm(forms.Form):
    """An act that asks nothing but, if somebody wants to say something, a remark."""

    reason = forms.CharField(
        label=_("Remark"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, process: Process, acting: Post, **kwargs: Any) -> None:
        self.process, self.acting = process, acting
        super().__init__(*args, **kwargs)


class AskNothing(forms.Form):
    """An act that is done by pressing its button."""

    def __init__(self, *args: Any, process: Process, acting: Post, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class BecauseForm(ActForm):
    """An act that needs a reason."""

    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class PauseForm(BecauseForm):
    """Why the clock stops."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The clock stops until somebody resumes. The end of the term moves by as long as the pause lasts."),
    )


class HandOverForm(ActForm):
    """Which colleague takes it, with a remark."""

    to = forms.ModelChoiceField(
        label=_("Colleague"),
        queryset=Post.objects.none(),
        error_messages={"invalid_choice": _("This colleague does not do this work here. Choose another.")},
    )
    field_order = ("to", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = colleagues(self.process, self.acting)  # type: ignore[attr-defined]
        self.fields["to"].label_from_instance = self.choice  # type: ignore[attr-defined]

    @staticmethod
    def choice(post: Any) -> str:
        """How a colleague reads in the list: name, and how much work they have already taken."""
        return _("%(name)s · %(n)s in hand") % {"name": post.user.name, "n": post.in_hand}


def colleagues(process: Process, acting: Post) -> Any:
    """Posts that may do this work now and do not have it yet, with how many processes each has `in_hand`."""
    rows = (
        Post.objects.for_post(acting)
        .held_on(clock.today())
        .filter(role=process.owner_role, organisation=process.owner_organisation_id)
    )
    if process.assignee_id is not None:
        rows = rows.exclude(pk=process.assignee_id)
    role = Role(process.owner_role)
    if process.region_id is not None and not role.national and role is not Role.SHELTER_PROVIDER:
        rows = rows.filter(regions=process.region_id)
    return rows.select_related("user").annotate(in_hand=_in_hand(acting)).order_by("user__name", "pk")


def _in_hand(acting: Post) -> Any:
    taken = Process.objects.for_post(acting).open().filter(assignee=OuterRef("pk")).order_by()
    counted = taken.values("assignee").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


class SnoozeForm(forms.Form):
    """Until when it is put away: a day, at nine in the morning, or a time on it."""

    day = forms.DateField(label=_("Until which day"))
    hour = forms.TimeField(label=_("Time"), required=False, help_text=_("Empty means nine o'clock in the morning."))

    def __init__(self, *args: Any, process: Process, acting: Post, **kwargs: Any) -> None:
        self.process, self.acting = process, acting
        super().__init__(*args, **kwargs)
        self.fields["day"].initial = clock.today() + timedelta(days=1)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        day = cleaned.get("day")
        if day is not None:
            moment = datetime.combine(day, cleaned.get("hour") or MORNING, clock.AMSTERDAM)
            if moment <= clock.now():
                raise ValidationError({"day": _("Choose a moment that is still to come.")})
            if self.process.due_at is not None and moment >= self.process.due_at:
                raise ValidationError({"day": _("You cannot put this away beyond the end of its term.")})
            cleaned["until"] = moment
        return cleaned
