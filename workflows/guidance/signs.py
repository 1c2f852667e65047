"""Asking whether there are signs of new exploitation: at a check-in, in aftercare, at the end, or in between."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access import clock
from access.models import Post
from access.words import Exploitation
from cases.fields import many
from workflows.guidance.models import Guidance, NewExploitation
from workflows.guidance.words import Signs


class SignsFields(forms.Form):
    """Three questions that go with others; without an answer to the first nothing is written.

    `must`: an answer is asked, and “not known” is one. Not known is never taken for a no.
    """

    must = False
    signs = forms.ChoiceField(
        label=_("Signs of new exploitation"), choices=[("", _("Not asked")), *Signs.choices], required=False,
        help_text=_("Stays on the care side, and changes nothing in help."),
    )  # fmt: skip
    signs_forms = many(Exploitation.choices, _("If so, which form"))
    signs_on = forms.DateField(
        label=_("Known since"), required=False, help_text=_("When you heard of it. Empty: the day of this contact.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.must:
            field: Any = self.fields["signs"]
            field.choices, field.required = [("", _("Choose")), *Signs.choices], True

    def about(self) -> Guidance:
        """The guidance in which it is asked."""
        raise NotImplementedError

    def day(self, cleaned: dict[str, Any]) -> date:
        """The day on which it was asked; today unless the form asks when."""
        at = cleaned.get("at")
        return at.astimezone(clock.AMSTERDAM).date() if at else clock.today()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("signs") != Signs.YES and cleaned.get("signs_forms"):
            self.add_error("signs", _("You named a form. Are there signs, then? Choose “yes”, or name no form."))
        known, first = cleaned.get("signs_on"), self.about().first_contact_at
        if known and known > clock.today():
            self.add_error("signs_on", _("This day is still to come."))
        elif known and first and known < first.astimezone(clock.AMSTERDAM).date():
            self.add_error("signs_on", _("New means after the first contact. Choose a later day."))
        if cleaned.get("signs") and not known:
            cleaned["signs_on"] = self.day(cleaned)
        return cleaned


def keep(guidance: Guidance, by: Post, facts: dict[str, Any]) -> NewExploitation | None:
    """Write what was answered. In: what `SignsFields` cleaned; None where nothing was answered."""
    if not facts.get("signs"):
        return None
    said = {"answer": facts["signs"], "forms": facts["signs_forms"], "by": by, "written_at": clock.now()}
    return NewExploitation.objects.update_or_create(guidance=guidance, known_on=facts["signs_on"], defaults=said)[0]
