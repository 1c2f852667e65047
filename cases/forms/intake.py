"""The intake: person, case and referral on one page, quick enough for a night."""

from __future__ import annotations

from copy import deepcopy
from typing import Any
from uuid import UUID

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from access.models import Organisation, Post
from cases.fields import PastMomentField, long_text
from cases.forms.case import CASE, CaseFields
from cases.forms.person import PERSON, PersonFields, check_person
from cases.intake import CaseClosed, Likeness, possible_duplicates, take_in
from cases.models import Case, Person, Referral
from cases.words import LegalGround, SourceKind

REFERRAL = [
    "urgent",
    "source_kind",
    "source_organisation",
    "source_name",
    "received_at",
    "legal_ground",
    "story",
    "contact_name",
    "contact_details",
]
DUTY_BOUND = {SourceKind.POLICE, SourceKind.KMAR, SourceKind.NLA}
"""Who must report to CoMensha anyway (Vreemdelingencirculaire 2000 (B), B8/3): their ground need not be asked."""

NEW = "new"


class ReferralFields(forms.ModelForm):
    """The fields of a referral."""

    urgent = forms.BooleanField(
        label=_("This is an emergency"), required=False, help_text=_("Danger now: hours count, not days.")
    )
    source_kind = forms.ChoiceField(
        label=_("Who reports?"),
        choices=[("", _("Choose who reports")), *SourceKind.choices],
        error_messages={"required": _("Choose who reports.")},
    )
    source_organisation = forms.ModelChoiceField(
        label=_("Organisation that reports"),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=_("Not in the list"),
    )
    received_at = PastMomentField(label=_("Received"))
    legal_ground = forms.ChoiceField(
        label=_("Legal ground"),
        error_messages={"required": _("Choose why the reporter may share this.")},
        choices=[("", _("Choose a ground")), *LegalGround.choices],
        help_text=_("Why may the reporter share this? Police, KMar and Labour Authority have a duty to report."),
    )
    story = long_text(_("What is known?"), rows=5, required=False)

    class Meta:
        model = Referral
        fields = REFERRAL


class IntakeForm(forms.Form):
    """Everything a referral brings. `save()` writes it; opening a process is for who calls it.

    When somebody in the file may be the same person, the form is not valid until its reader said who it is: a radio
    ``same_as`` with ``new``, ``person:<key>`` or ``case:<key>`` for each of `duplicates`.
    """

    def __init__(self, *args: Any, acting: Post, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.acting = acting
        self.duplicates: list[Likeness] = []
        for part in (ReferralFields, PersonFields, CaseFields):
            self.fields.update(deepcopy(part.base_fields))  # type: ignore[attr-defined]
        self.fields["region"].works_for(acting)  # type: ignore[attr-defined]
        organisations = Organisation.objects.for_post(acting).active().order_by("name")
        self.fields["source_organisation"].queryset = organisations  # type: ignore[attr-defined]
        kind = self.data.get("source_kind") if self.is_bound else SourceKind.OTHER
        self.fields["legal_ground"].required = bool(kind) and kind not in DUTY_BOUND

    # -- What the page shows ------------------------------------------------------------------------------------
    @property
    def referral_fields(self) -> list[BoundField]:
        """Fields about the report itself."""
        return self._bound("urgent", "region", "source_kind", "source_organisation", "source_name", "legal_ground")

    @property
    def story_fields(self) -> list[BoundField]:
        """Fields about what is known and whom to ask."""
        return self._bound("story", "forms", "received_at", "contact_name", "contact_details")

    @property
    def person_fields(self) -> list[BoundField]:
        """Fields about who it is."""
        return self._bound(*(name for name in PERSON if name != "safe_contact"))

    @property
    def safety_fields(self) -> list[BoundField]:
        """Fields about danger and what is needed."""
        return self._bound("safety_level", "safety_notes", "safe_contact", "needs", "children_along")

    @property
    def same_as(self) -> str:
        """What was answered to the possible duplicates."""
        return str(self.data.get("same_as", ""))

    @property
    def shown_keys(self) -> str:
        """The possible duplicates shown, for a hidden field ``shown``: an answer holds for these only."""
        return ",".join(str(likeness.person.pk) for likeness in self.duplicates)

    def _bound(self, *names: str) -> list[BoundField]:
        return [self[name] for name in names]

    # -- What it means ------------------------------------------------------------------------------------------
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        check_person(self, cleaned)
        cleaned["children_along"] = cleaned.get("children_along") or 0
        if not cleaned.get("legal_ground") and cleaned.get("source_kind") in DUTY_BOUND:
            cleaned["legal_ground"] = LegalGround.DUTY_TO_REPORT
        if not self.errors:
            self._ask_who_it_is(cleaned)
        return cleaned

    def _ask_who_it_is(self, cleaned: dict[str, Any]) -> None:
        self.duplicates = possible_duplicates(cleaned, self.acting)
        answers: dict[str, Person | Case | None] = {NEW: None}
        for likeness in self.duplicates:
            answers[f"person:{likeness.person.pk}"] = likeness.person
            answers |= {f"case:{case.pk}": case for case in likeness.cases if case.is_open}
        shown = set(filter(None, str(self.data.get("shown", "")).split(",")))
        all_shown = {str(likeness.person.pk) for likeness in self.duplicates} <= shown
        if not self.duplicates:
            self.known: Person | Case | None = None
        elif self.same_as in answers and all_shown:
            self.known = answers[self.same_as]
        else:
            self.add_error(None, _("Perhaps we know this person already. Look below and say who it is."))

    def save(self, key: UUID | None = None) -> Referral:
        """Write referral, case and person in the caller's transaction. Only after `is_valid()`.

        `key` becomes the key of the referral, so that the same page sent twice cannot write it twice.
        """
        data = self.cleaned_data
        person = {name: data[name] for name in PERSON}
        case = {name: data[name] for name in CASE}
        referral = {name: data[name] for name in REFERRAL} | ({"id": key} if key else {})
        news = {"news_of_person": person, "news_of_case": case}
        if isinstance(self.known, Case):
            try:
                return take_in(self.acting, person=self.known.person, case=self.known, referral=referral, **news)
            except CaseClosed:
                self.known = self.known.person
        if isinstance(self.known, Person):
            return take_in(self.acting, person=self.known, case=case, referral=referral, **news)
        return take_in(self.acting, person=person, case=case, referral=referral)
