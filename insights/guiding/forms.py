"""Over which period, and how people are told apart; what embedding would cost; what a lesson says."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from insights.guiding.definitions import NAVIGATOR, SPLITS, Question
from insights.guiding.identifying import certain, perhaps
from insights.periods import PeriodForm
from workflows.guidance.words import Measure


class AskedForm(PeriodForm):
    """The period, and how people are told apart."""

    by = forms.ChoiceField(label=_("Cut by"), required=False)

    def __init__(self, given: Any, question: Question | None = None) -> None:
        cuts = dict(SPLITS)
        if question is not None and question.compared:
            cuts["navigator"] = NAVIGATOR
        self.cut = given["by"] if given.get("by", "") in cuts else "all"
        super().__init__({"years": given.get("years", ""), "by": self.cut})
        self.fields["by"].choices = list(cuts.items())  # type: ignore[attr-defined]
        if question is None or question.key == "wellbeing":
            del self.fields["by"]


def _amount(label: Any, help_text: Any, *, most: int, required: bool = True, places: int = 2) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, help_text=help_text, min_value=Decimal(0), max_value=Decimal(most), decimal_places=places,
        required=required, localize=True,
    )  # fmt: skip


class CostForm(forms.Form):
    """What embedding rests on. Nothing is filled in beforehand: Loods knows no price, and a guess would be believed."""

    persons = _amount(_("People guided in a year"), _("How many new people get a navigator."), most=100_000, places=0)
    months = _amount(_("Months that one is guided"), _("On average, aftercare included."), most=120, places=1)
    hours = _amount(
        _("Hours a month for one person"), _("With travel, consultation and writing down."), most=300, places=1
    )
    rate = _amount(_("Cost of an hour, in euros"), _("What the employer pays, with premiums and overhead."), most=1000)
    year = _amount(
        _("Hours a navigator works with people in a year"),
        _("What is left after leave, illness, training and meetings."), most=2500, places=0,
    )  # fmt: skip
    beside = _amount(
        _("Other cost for each navigator a year, in euros"), _("Training, supervision, a car, a telephone."),
        most=1_000_000, required=False,
    )  # fmt: skip
    direct = _amount(
        _("Other cost for each person, in euros"), _("Interpreters, travel of the person, small needs."),
        most=1_000_000, required=False,
    )  # fmt: skip
    margin = _amount(
        _("How unsure is this, in per cent"), _("Shown as a lowest and a highest amount."), most=100, required=False,
        places=0,
    )  # fmt: skip

    def clean_year(self) -> Decimal:
        """Not nought: it divides."""
        value: Decimal = self.cleaned_data["year"]
        if not value:
            raise forms.ValidationError(_("Give more than nought: a navigator who works no hours guides nobody."))
        return value


# -- Lessons -----------------------------------------------------------------------------------------------------------


def _text(label: Any, help_text: Any) -> forms.CharField:
    return forms.CharField(label=label, help_text=help_text, max_length=3000, widget=forms.Textarea(attrs={"rows": 4}))


class LessonForm(forms.Form):
    """What was learned of a measure. What points to a person is refused; what may be a name is asked about."""

    measure = forms.ChoiceField(label=_("Measure"), choices=Measure.choices)
    title = forms.CharField(label=_("The lesson in one sentence"), max_length=120)
    tried = _text(_("What was tried"), _("The situation in general words: no names, numbers, places or dates."))
    seen = _text(_("What was seen"), _("What changed, and what did not."))
    advice = _text(_("What you would do again, or not"), "")
    no_names = forms.BooleanField(label=_("None of these words is the name of a person"), required=False)

    def __init__(self, *args: Any, known: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        if not self.is_bound:
            del self.fields["no_names"]

    def clean(self) -> dict[str, Any]:
        """Refuses what points to a person, field by field, and asks about words that may be names."""
        data = super().clean() or self.cleaned_data
        maybe: list[str] = []
        for field in ("title", "tried", "seen", "advice"):
            text = data.get(field, "")
            for found in certain(text):
                self.add_error(
                    field,
                    _(
                        "“%(piece)s” looks like %(what)s. A lesson is read by other services: leave it "
                        "out, or say it in general words."
                    )
                    % {"piece": found.piece, "what": found.what},
                )
            maybe += [word for word in perhaps(text, self.known) if word not in maybe]
        if not maybe:
            self.fields.pop("no_names", None)
        elif not data.get("no_names"):
            self.add_error(
                "no_names",
                _("May these be names of people: %(words)s? If so, leave them out. If none of them is, say so here.")
                % {"words": ", ".join(maybe)},
            )
        return data


class ApprovalForm(forms.Form):
    """That somebody else read it for what could point to a person."""

    nobody = forms.BooleanField(
        label=_("I have read it: nobody can be recognised in it, also not by who knows the case"),
        error_messages={"required": _("Read it for that first. It is shared with police and prosecution.")},
    )  # fmt: skip


class WhyForm(forms.Form):
    """Why it goes back."""

    reason = forms.CharField(label=_("Why"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))

    def clean_reason(self) -> str:
        """Without what points to a person."""
        text: str = self.cleaned_data["reason"]
        for found in certain(text):
            raise forms.ValidationError(
                _("“%(piece)s” looks like %(what)s. Say it in general words.")
                % {"piece": found.piece, "what": found.what}
            )
        return text
