"""What making and ending a handover asks."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from access import clock
from access.models import Organisation
from access.wall import Side
from cases.fields import DayAheadField, long_text, many
from cases.models import Case, Consent
from cases.words import ConsentState
from workflows.handovers import facts
from workflows.handovers.words import LegalGround, Purpose

USUAL = timedelta(days=90)
"""Proposed as the end; whoever hands over says how long it is needed."""

LONGEST = timedelta(days=730)
"""Longer is asked for again: working agreement of Loods."""

EXPLAINED = {LegalGround.LEGAL_DUTY, LegalGround.PUBLIC_TASK, LegalGround.VITAL_INTEREST}
"""Grounds that need the article of law or an explanation."""


class _How(forms.Form):
    """To whom, for what, on which ground, until when."""

    to = forms.ModelChoiceField(label=_("To whom"), queryset=Organisation.objects.none(), empty_label=_("Choose"))
    purpose = forms.ChoiceField(label=_("For what"))
    ground = forms.ChoiceField(label=_("On which ground"))
    legal_ref = forms.CharField(
        label=_("Article of law or explanation"),
        max_length=300,
        required=False,
        help_text=_("Needed for a legal duty, a public task or a vital interest."),
    )
    until = DayAheadField(label=_("Until"), help_text=_("The receiver reads it up to and including this day."))

    not_for: tuple[Purpose, ...] = (Purpose.OUTCOME,)
    grounds: tuple[LegalGround, ...] = tuple(LegalGround)

    def __init__(self, *args: Any, side: Side, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["to"].queryset = Organisation.objects.across(side).active().order_by("side", "name")
        fields["to"].label_from_instance = lambda o: f"{o.name} ({o.get_side_display()})"
        purposes = [(p.value, p.label) for p in Purpose if p not in self.not_for]
        fields["purpose"].choices = [("", _("Choose a purpose")), *purposes]
        fields["ground"].choices = [("", _("Choose a ground")), *((g.value, g.label) for g in self.grounds)]
        fields["until"].initial = clock.today() + USUAL

    def clean_until(self) -> datetime:
        """The end of the day in the Netherlands."""
        day = self.cleaned_data["until"]
        if day > clock.today() + LONGEST:
            raise ValidationError(_("At most two years; hand it over again when it is needed longer."), code="long")
        return datetime.combine(day + timedelta(days=1), time(0), clock.AMSTERDAM)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("ground") in EXPLAINED and not cleaned.get("legal_ref", "").strip():
            self.add_error("legal_ref", _("Name the article of law, or explain."))
        return cleaned


def _story(**more: Any) -> forms.CharField:
    return long_text(
        _("In words, for this purpose"),
        rows=5,
        most=5_000,
        help_text=_("What the person wants to be known. It is handed over as you write it here."),
        **more,
    )


class HandOverForm(_How):
    """From a case: also on which consent, and which facts."""

    consent = forms.ModelChoiceField(
        label=_("Consent"),
        queryset=Consent.objects.none(),
        required=False,
        empty_label=_("None"),
        help_text=_("Only with the ground consent. When the person withdraws it, reading stops at once."),
    )
    facts = many([], _("What is handed over"), _("Tick only what this purpose needs."))
    story = _story(required=False)
    field_order = ["to", "purpose", "ground", "consent", "legal_ref", "until", "facts", "story"]

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        self.case = case
        self.known = facts.of_case(case)
        super().__init__(*args, side=case.wall.side, **kwargs)
        given = Consent.objects.filter(case=case).said_last().filter(state=ConsentState.GIVEN)
        self.fields["consent"].queryset = given.select_related("recipient").order_by("-given_at")  # type: ignore[attr-defined]
        self.fields["consent"].label_from_instance = _consent_in_words  # type: ignore[attr-defined]
        self.fields["facts"].choices = [(code, _with_value(code, value)) for code, value in self.known.items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        ground, consent = cleaned.get("ground"), cleaned.get("consent")
        if ground == LegalGround.CONSENT and consent is None and "consent" not in self.errors:
            self.add_error("consent", _("Choose the consent it rests on, or record it in the case first."))
        if ground and ground != LegalGround.CONSENT and consent is not None:
            self.add_error("consent", _("It rests on another ground; choose no consent."))
        if not self.chosen() and "facts" not in self.errors:
            self.add_error("facts", _("Choose what is handed over, or write it below."))
        return cleaned

    def chosen(self) -> dict[str, Any]:
        """Exactly what would be handed over, by code."""
        ticked = {code: self.known[code] for code in self.cleaned_data.get("facts", []) if code in self.known}
        story = self.cleaned_data.get("story", "").strip()
        return ticked | ({facts.STORY: story} if story else {})


class WriteForm(_How):
    """From a side without a case file: what goes is what is typed here, and nothing else.

    What rests on consent goes from the file in which the consent stands.
    """

    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    alias = forms.CharField(label=_("Alias"), max_length=200, required=False)
    safe_contact = forms.CharField(label=_("How to reach the person safely"), max_length=500, required=False)
    story = _story()

    not_for = (Purpose.OUTCOME, Purpose.REQUEST_DETERMINATION)
    grounds = tuple(ground for ground in LegalGround if ground is not LegalGround.CONSENT)
    field_order = ["to", "purpose", "ground", "legal_ref", "until", "name", "alias", "safe_contact", "story"]

    def chosen(self) -> dict[str, Any]:
        """Exactly what is handed over, by code."""
        typed = {code: self.cleaned_data[code].strip() for code in ("name", "alias", "safe_contact", facts.STORY)}
        return {code: text for code, text in typed.items() if text}


class EndForm(forms.Form):
    """Why a handover ends. Both sides read it, so it holds no facts of the person."""

    why = forms.CharField(
        label=_("Why"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500}),
        help_text=_("The receiver reads this too: write nothing about the person."),
    )


def _consent_in_words(consent: Consent) -> str:
    return f"{consent.to}: {consent.get_purpose_display()}, {date_format(consent.given_at, 'j F Y')}"


def _with_value(code: str, value: Any) -> str:
    text = facts.registry[code].show(value)
    return f"{facts.label(code)}: {text if len(text) <= 80 else text[:80].rstrip() + '…'}"
