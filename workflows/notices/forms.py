"""How a person wants to be told, and who acts while they are away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from access import clock
from access.models import Deputy, Post, User
from workflows.worklist.people import Colleague


class WishesForm(forms.ModelForm):
    """Mail, quiet hours, language and shortcuts."""

    columns = True

    class Meta:
        model = User
        fields = ["digest", "digest_at", "quiet_from", "quiet_until", "language", "shortcuts"]
        widgets = {
            "digest": forms.RadioSelect,
            "digest_at": forms.TimeInput(format="%H:%M"),
            "quiet_from": forms.TimeInput(format="%H:%M"),
            "quiet_until": forms.TimeInput(format="%H:%M"),
        }
        help_texts = {
            "digest": _(
                "A mail holds a case number and a link, nothing else. In the program you always see everything."
            ),
            "quiet_until": _("Nothing is lost: what falls in these hours is mailed at their end."),
            "shortcuts": _("Single letters such as j and k; the quick exit works in any case."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["digest_at"].required = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("quiet_from"), cleaned.get("quiet_until")
        if (start is None) != (end is None) and not {"quiet_from", "quiet_until"} & self.errors.keys():
            self.add_error("quiet_until" if end is None else "quiet_from", _("Fill in both hours, or neither."))
        if start is not None and start == end:
            self.add_error("quiet_until", _("Quiet hours end at another time than they begin."))
        if not cleaned.get("digest_at"):
            if cleaned.get("digest") == User.Digest.DAILY and "digest_at" not in self.errors:
                self.add_error("digest_at", _("Fill in at what time the daily mail comes."))
            cleaned["digest_at"] = cleaned.get("digest_at") or self.initial.get("digest_at") or self.instance.digest_at
        return cleaned


class AbsenceForm(forms.Form):
    """Away from a day until the day of return, and who acts meanwhile."""

    columns = True
    starts_on = forms.DateField(label=_("Away from"), widget=forms.DateInput)
    ends_on = forms.DateField(
        label=_("Back on"), widget=forms.DateInput, help_text=_("The first day you are there again.")
    )
    deputy = forms.TypedChoiceField(label=_("Who acts for you"), coerce=int)

    def __init__(self, *args: Any, post: Post, people: Sequence[Colleague], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.post, self.people = post, {person.pk: person for person in people}
        names = [(person.pk, person.name) for person in people]
        self.fields["deputy"].choices = [("", _("Choose a colleague")), *names]  # type: ignore[attr-defined]

    def clean_starts_on(self) -> date:
        day: date = self.cleaned_data["starts_on"]
        if day < clock.today():
            raise ValidationError(_("This day has passed."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end, deputy = cleaned.get("starts_on"), cleaned.get("ends_on"), cleaned.get("deputy")
        if not (start and end):
            return cleaned
        if end <= start:
            self.add_error("ends_on", _("You come back after you went away."))
            return cleaned
        if (end - start).days > 366:
            self.add_error("ends_on", _("Arrange at most a year at once."))
        overlapping = Deputy.objects.for_post(self.post).filter(starts_on__lt=end, ends_on__gt=start)
        if overlapping.filter(absent=self.post).exists():
            raise ValidationError(_("In these days somebody acts for you already. End that arrangement first."))
        if deputy and overlapping.filter(absent=deputy).exists():
            self.add_error("deputy", _("This colleague is away in these days. Choose another one."))
        elif deputy and not self.people[deputy].held_on(end):
            self.add_error("deputy", _("This colleague leaves before you are back. Choose another one."))
        return cleaned
