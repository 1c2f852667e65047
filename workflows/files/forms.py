"""What the pages of a file ask."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from access import clock
from access.fields import LanguagesField
from access.models import Region
from workflows.determination.models import File, MemberProfile, SourceConsent
from workflows.determination.words import (
    NEEDS_NO_CONSENT,
    About,
    ConsentState,
    Expertise,
    Readers,
    Source,
)

PERSON = ("name", "alias", "birth_date", "birth_estimated", "shown_adult", "languages", "contact", "safe_contact",
          "guardian_name", "guardian_contact")  # fmt: skip
REQUEST = ("capacity", "requester_name", "requester_contact", "region", "agreed", "story")


class FileForm(forms.ModelForm):
    """A request: who asks, who it is about, and how to reach them. Nothing of the police is asked anywhere."""

    languages = LanguagesField(label=_("Languages"), required=False, help_text=_("Put commas between languages."))

    class Meta:
        model = File
        fields = (*REQUEST[:3], *PERSON, *REQUEST[3:])
        widgets = {"story": forms.Textarea(attrs={"rows": 8})}
        help_texts = {
            "name": _("A name or what the person wants to be called is enough."),
            "birth_estimated": _("Then the person counts as a minor until shown otherwise."),
            "safe_contact": _("For example: call before noon, never leave a message."),
            "agreed": _("It can come later; nobody is determined a victim against their will."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = Region.objects.care()  # type: ignore[attr-defined]
        self.fields["capacity"].initial = "person"

    def clean_birth_date(self) -> Any:
        """Not to come."""
        day = self.cleaned_data["birth_date"]
        if day is not None and day > clock.today():
            raise ValidationError(_("This day is still to come."), code="future")
        return day

    def clean(self) -> dict[str, Any]:
        """Somebody it is about, and a way to say that it was decided."""
        given = self.cleaned_data
        if not given.get("name") and not given.get("alias"):
            self.add_error("name", _("Give a name, or what the person wants to be called."))
        if given.get("shown_adult") and given.get("guardian_name"):
            self.add_error("guardian_name", _("An adult has no guardian; leave one of the two empty."))
        return given


class DayForm(forms.Form):
    """A day on which something happened."""

    on = forms.DateField(label=_("On which day"))

    def __init__(self, *args: Any, file: File, **kwargs: Any) -> None:
        self.file = file
        super().__init__(*args, **kwargs)


class NothingForm(DayForm):
    """Asks nothing but whether it is so."""

    on = None  # type: ignore[assignment]


class ConsentForm(NothingForm):
    """Which source the person is asked about, and for what."""

    about = forms.ChoiceField(label=_("For what"), choices=About.choices, widget=forms.RadioSelect)
    source = forms.ChoiceField(label=_("Kind of source"), choices=[
        (source.value, source.label) for source in Source if source not in NEEDS_NO_CONSENT])  # fmt: skip
    name = forms.CharField(label=_("Which source"), max_length=200)


class AnswerForm(forms.Form):
    """How the person, or the guardian of a minor, answered; each answer is as good as the other."""

    answer = forms.ChoiceField(label=_("Answer"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, consent: SourceConsent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = consent.state == ConsentState.ASKED
        can = (ConsentState.GIVEN, ConsentState.REFUSED) if asked else (ConsentState.WITHDRAWN,)
        self.fields["answer"].choices = [(state.value, state.label) for state in can]  # type: ignore[attr-defined]
        if not asked:
            self.fields["answer"].initial = ConsentState.WITHDRAWN


class EvidenceForm(NothingForm):
    """A piece: from which source, of when, what it says, who may read it."""

    consent = forms.ModelChoiceField(
        label=_("From a source that may be asked"), queryset=SourceConsent.objects.none(), required=False,
        empty_label=_("From the person, or a public source"),
    )  # fmt: skip
    public = forms.BooleanField(label=_("Everybody can read it (a public source)"), required=False)
    title = forms.CharField(label=_("What it is"), max_length=200)
    dated = forms.DateField(label=_("Date of the piece"), required=False)
    text = forms.CharField(label=_("What it says"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 10}))
    readers = forms.ChoiceField(label=_("Who may read it"), choices=Readers.choices, initial=Readers.PANEL)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stands = self.file.consents.filter(state=ConsentState.GIVEN, about=About.ASK)
        self.fields["consent"].queryset = stands  # type: ignore[attr-defined]
        self.fields["consent"].label_from_instance = (  # type: ignore[attr-defined]
            lambda row: f"{row.name} ({row.get_source_display()})"
        )

    def clean_dated(self) -> Any:
        """Not to come."""
        day = self.cleaned_data["dated"]
        if day is not None and day > clock.today():
            raise ValidationError(_("This day is still to come."), code="future")
        return day

    def clean(self) -> dict[str, Any]:
        """A piece is of one source."""
        if self.cleaned_data.get("consent") and self.cleaned_data.get("public"):
            self.add_error("public", _("A piece of a source that was asked is not public; choose one of the two."))
        return self.cleaned_data

    def piece(self) -> dict[str, Any]:
        """What `acts.add_evidence` takes."""
        given = self.cleaned_data
        consent = given["consent"]
        plain = Source.PUBLIC if given["public"] else Source.PERSON
        facts = {name: given[name] for name in ("title", "dated", "text", "readers")}
        return {"source": consent.source if consent else plain, "consent": consent, **facts}


class LinkForm(NothingForm):
    """Another file of the same exploitation. Each is decided on its own."""

    number = forms.CharField(label=_("Number of the other file"), max_length=20)
    name = forms.CharField(
        label=_("Name among ourselves"), max_length=100, help_text=_("No name of a person; other files see it too.")
    )


class ProfileForm(forms.ModelForm):
    """What a member knows about, and when not to be asked."""

    expertise = forms.MultipleChoiceField(
        label=_("Expertise"), choices=Expertise.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = MemberProfile
        fields = ("expertise", "away_from", "away_until")

    def clean(self) -> dict[str, Any]:
        """An absence begins before it ends."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = given.get("away_from"), given.get("away_until")
        if until is not None and (since is None or until <= since):
            self.add_error("away_until", _("This is before the absence begins."))
        return given
