"""What the steps of a determination ask."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from access import clock
from access.clock import AMSTERDAM
from workflows.determination import conflicts, rules
from workflows.determination.models import MemberProfile, PanelMember, Requirement
from workflows.determination.words import (
    OF_JUSTICE,
    Care,
    Expertise,
    Finding,
    Ground,
    Indicator,
    Interest,
    Missing,
    Service,
    Source,
    Vote,
    Weight,
    Why,
)
from workflows.engine.forms import StepForm

LONG = 20_000


def area(label: Any, *, rows: int = 6, most: int = LONG, **more: Any) -> forms.CharField:
    """A field for long text."""
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows}), **more)


class MissingForm(StepForm):
    """What the request lacks; nothing of the justice side can be asked for."""

    what = forms.MultipleChoiceField(
        label=_("What is missing"), choices=Missing.choices, widget=forms.CheckboxSelectMultiple
    )
    from_whom = forms.ChoiceField(
        label=_("From whom"),
        choices=[(s.value, s.label) for s in Source if s not in OF_JUSTICE],
        initial=Source.PERSON,
        help_text=_("Nothing of police or prosecution can be required."),
    )
    remark = forms.CharField(label=_("Explanation"), max_length=300, required=False)


class SuppliedForm(StepForm):
    """What has come in, or is no longer needed."""

    supplied = forms.ModelMultipleChoiceField(
        label=_("What has come in"),
        queryset=Requirement.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = self.machine.record.file.requirements.filter(supplied_at=None)  # type: ignore[attr-defined]
        self.fields["supplied"].queryset = asked  # type: ignore[attr-defined]
        self.fields["supplied"].label_from_instance = lambda row: row.get_what_display()  # type: ignore[attr-defined]


class NotAdmissibleForm(StepForm):
    """Why the request is not admissible, and how that can be mended."""

    reason = area(_("Why it is not admissible"), rows=4, most=2000)
    how_to_mend = area(_("How this can be mended"), rows=4, most=2000)


class ComposeForm(StepForm):
    """Who joins the panel: available, of different expertise, an odd number in all, nobody with a conflict."""

    members = forms.ModelMultipleChoiceField(
        label=_("Members"), queryset=MemberProfile.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        machine: Any = self.machine
        self.seated = list(machine.panel)
        found = MemberProfile.objects.available(clock.today()).filter(post__organisation=machine.committee)
        seated = {seat.post_id for seat in self.seated}
        found = found.exclude(post__in=seated | machine.posts_of_before).select_related("post__user")
        self.fields["members"].queryset = found  # type: ignore[attr-defined]
        self.fields["members"].label_from_instance = _member  # type: ignore[attr-defined]
        self.fields["members"].help_text = _("An odd number in all, at least %(n)d.") % {
            "n": machine.record.declared_stage.panel
        }

    def clean_members(self) -> list[MemberProfile]:
        """An odd number with those who sit already, at least as many as the design asks, and nobody with a conflict."""
        machine: Any = self.machine
        chosen = list(self.cleaned_data["members"])
        if not rules.panel_fits(len(chosen) + len(self.seated), machine.record.declared_stage.panel):
            raise ValidationError(self.fields["members"].help_text, code="number")
        clashing = conflicts.conflicted(machine.record.file, [profile.post for profile in chosen])
        if clashing:
            names = ", ".join(profile.post.user.name for profile in chosen if profile.post_id in clashing)
            raise ValidationError(
                _("%(names)s has to do with this case and cannot sit on the panel."), code="conflict",
                params={"names": names},
            )  # fmt: skip
        return chosen


def _member(profile: MemberProfile) -> str:
    knows = ", ".join(str(Expertise(code).label) for code in profile.expertise)
    return f"{profile.post.user.name} ({knows})"


class DeclareForm(StepForm):
    """A member declares whether there is a conflict of interest."""

    interest = forms.ChoiceField(
        label=_("Conflict of interest"),
        choices=[(i.value, i.label) for i in Interest if i != Interest.OPEN],
        widget=forms.RadioSelect,
    )
    which = forms.CharField(label=_("Which"), max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        """A conflict is named."""
        if self.cleaned_data.get("interest") == Interest.CONFLICT and not self.cleaned_data.get("which"):
            self.add_error("which", _("Say which; no more than is needed."))
        return self.cleaned_data


class SeatField(forms.ModelChoiceField):
    """A member of the panel by name."""

    def label_from_instance(self, obj: PanelMember) -> str:  # type: ignore[override]
        """The member's name and expertise."""
        return f"{obj.post.user.name} ({obj.get_expertise_display()})"


class _OfPanel(StepForm):
    """A form that chooses among who sits."""

    seats: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        record: Any = self.machine.record
        sitting = record.panel.filter(stage=record.stage).sitting().select_related("post__user")
        for name in self.seats:
            self.fields[name].queryset = sitting  # type: ignore[attr-defined]


class StandDownForm(_OfPanel):
    """Which member leaves the panel, and why."""

    seats = ("member",)
    member = SeatField(label=_("Member"), queryset=PanelMember.objects.none())
    reason = forms.CharField(label=_("Why"), max_length=300)


class OpinionForm(StepForm):
    """What a member finds on their own: a weight for each indicator, the finding, and the reasons."""

    finding = forms.ChoiceField(label=_("Finding"), choices=Finding.choices, widget=forms.RadioSelect)
    reasons = area(_("Reasons"), rows=8)
    reason = None  # type: ignore[assignment]  # what a member finds stands in the opinion, not in the log

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for indicator in Indicator:
            self.fields[f"weight_{indicator.value}"] = forms.TypedChoiceField(
                label=indicator.label, choices=Weight.choices, coerce=int, initial=Weight.NONE.value, required=False,
                empty_value=Weight.NONE.value,  # type: ignore[arg-type]
            )  # fmt: skip
        self.order_fields([*(f"weight_{i.value}" for i in Indicator), "finding", "reasons"])

    def indicators(self) -> dict[str, int]:
        """The weight of each indicator that was seen."""
        given = {i.value: int(self.cleaned_data.get(f"weight_{i.value}") or 0) for i in Indicator}
        return {code: weight for code, weight in given.items() if weight}

    def clean(self) -> dict[str, Any]:
        """Gives the indicators as one value."""
        return {**self.cleaned_data, "indicators": self.indicators()}


class HearingForm(_OfPanel):
    """That the person was heard: by which two members, in which language, with whom beside them, and how."""

    seats = ("first", "second")
    held_on = forms.DateField(label=_("Heard on"))
    first = SeatField(label=_("Member"), queryset=PanelMember.objects.none())
    second = SeatField(label=_("Second member"), queryset=PanelMember.objects.none())
    language = forms.CharField(label=_("Language"), max_length=10, required=False)
    interpreter = forms.CharField(label=_("Interpreter"), max_length=200, required=False)
    support = forms.CharField(label=_("Support person"), max_length=200, required=False)
    checklist = forms.MultipleChoiceField(
        label=_("What was taken care of"), choices=Care.choices, widget=forms.CheckboxSelectMultiple, required=False,
        help_text=_("What could not be done is a signal to improve, not an obstacle."),
    )  # fmt: skip
    report = area(_("Report"), rows=10)
    reason = None  # type: ignore[assignment]

    def clean_held_on(self) -> date:
        """Not in the future."""
        return _past(self.cleaned_data["held_on"])

    def clean(self) -> dict[str, Any]:
        """Two different members hear somebody."""
        first, second = self.cleaned_data.get("first"), self.cleaned_data.get("second")
        if first is not None and first == second:
            self.add_error("second", _("Two different members hear the person."))
        return self.cleaned_data


def _past(day: date) -> date:
    if day > clock.today():
        raise ValidationError(_("This day is still to come."), code="future")
    return day


class DraftForm(StepForm):
    """The draft: outcome and reasons in words the person understands."""

    outcome = forms.ChoiceField(label=_("Outcome"), choices=Finding.choices, widget=forms.RadioSelect)
    reasons = area(
        _("Reasons"), rows=14,
        help_text=_("Plain language: short sentences, no articles of law without what they mean."),
    )  # fmt: skip
    reason = None  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        record: Any = self.machine.record
        self.initial.setdefault("outcome", record.draft_outcome)
        self.initial.setdefault("reasons", record.draft_reasons)


class VoteForm(StepForm):
    """What a member says of the draft, and why when it is not what the member decides."""

    vote = forms.ChoiceField(
        label=_("Your vote"),
        choices=[(v.value, v.label) for v in Vote if v != Vote.OPEN],
        widget=forms.RadioSelect,
        help_text=_("What more than half of the panel decides is the decision. It does not change any more."),
    )
    why = area(_("Why not"), rows=4, most=2000, required=False)
    reason = None  # type: ignore[assignment]

    def clean(self) -> dict[str, Any]:
        """Who votes against says why: the draft is mended with it."""
        if self.cleaned_data.get("vote") == Vote.AGAINST and not self.cleaned_data.get("why", "").strip():
            self.add_error("why", _("Say why; the draft is mended with it."))
        return self.cleaned_data


class GroundsForm(StepForm):
    """Whether there are reasonable grounds, with reasons."""

    outcome = forms.ChoiceField(
        label=_("Reasonable grounds"),
        choices=[(Finding.PLAUSIBLE.value, _("There are")), (Finding.NOT_PLAUSIBLE.value, _("There are none"))],
        widget=forms.RadioSelect,
    )
    reasons = area(_("Reasons"), rows=8)
    reason = None  # type: ignore[assignment]


class CorrectForm(StepForm):
    """A mistake in the text, found before it was served: the whole text anew."""

    reasons = area(_("Reasons"), rows=14)
    reason = forms.CharField(label=_("What was wrong"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        last: Any = self.machine.last_decision  # type: ignore[attr-defined]
        if last is not None:
            self.initial.setdefault("reasons", last.reasons)


class ServeForm(StepForm):
    """When and how the decision reached the person; the term for a reconsideration runs from that day."""

    served_on = forms.DateField(label=_("Served on"))
    how = forms.ChoiceField(label=_("How"), choices=Service.choices)

    def clean_served_on(self) -> date:
        """Not before the decision, not in the future."""
        day = _past(self.cleaned_data["served_on"])
        last: Any = self.machine.last_decision  # type: ignore[attr-defined]
        if last is not None and day < last.decided_at.astimezone(AMSTERDAM).date():
            raise ValidationError(_("A decision cannot be served before it was made."), code="early")
        return day


class AgainForm(StepForm):
    """On what a reconsideration is asked, and when it was asked."""

    why = forms.ChoiceField(label=_("On what"), choices=Why.choices, widget=forms.RadioSelect)
    ground = area(_("What is new, or what was not followed"), rows=6)
    asked_on = forms.DateField(label=_("Asked on"), required=False, help_text=_("Empty: today."))

    def clean_asked_on(self) -> date | None:
        """Between service and today."""
        day: date | None = self.cleaned_data["asked_on"]
        last: Any = self.machine.last_decision  # type: ignore[attr-defined]
        if day is not None and last is not None and day < last.served_on:
            raise ValidationError(_("That was before the decision was served."), code="early")
        return _past(day) if day is not None else None


class StopForm(StepForm):
    """Why it stops without a finding."""

    ground = forms.ChoiceField(label=_("Why it stops"), choices=Ground.choices)
    reasons = area(_("What the person is told"), rows=4, most=2000)
    reason = None  # type: ignore[assignment]
