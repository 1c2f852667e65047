"""What the secretary does with a file beside the steps of its machine; the page offers what fits the file now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.models import Post
from workflows.determination import acts
from workflows.determination.models import File
from workflows.engine.machine import Text
from workflows.files.forms import ConsentForm, DayForm, EvidenceForm, LinkForm, NothingForm

DONE = gettext_lazy("Written down.")


@dataclass(frozen=True)
class Deed:
    """A deed: what it is called, what its page says, its form, on which tab it stands, when it fits, what it does.

    `do` takes the file, who acts and the form. Errors: `acts.Refused`.
    """

    name: str
    label: Text
    lead: Text
    form: type[NothingForm] | type[DayForm]
    do: Callable[[File, Post, Any], object]
    tab: str = "page"
    fits: Callable[[File], bool] = lambda file: True
    icon: str = "note"
    done: Text = DONE


def _consent(file: File, post: Post, form: Any) -> object:
    given = form.cleaned_data
    return acts.ask_consent(file, post, given["source"], given["name"], given["about"])


def _link(file: File, post: Post, form: Any) -> object:
    number = form.cleaned_data["number"].strip()
    other = File.objects.for_post(post).filter(number__iexact=number).exclude(pk=file.pk).first()
    if other is None:
        raise acts.Refused(_("There is no other file with this number."))
    return acts.link([file, other], post, form.cleaned_data["name"])


ALL = {
    deed.name: deed
    for deed in (
        Deed(
            "consent", gettext_lazy("Ask about a source"),
            gettext_lazy("No source is asked, and nobody is told the outcome, unless the person agrees. No is as good "
                         "as yes."),
            ConsentForm, _consent, tab="evidence", icon="check",
            done=gettext_lazy("The question is written down; write the answer down when it comes."),
        ),
        Deed(
            "evidence", gettext_lazy("Add a piece"),
            gettext_lazy("What it says stays as it is written here, and is read as long as the consent stands."),
            EvidenceForm, lambda file, post, form: acts.add_evidence(file, post, **form.piece()), tab="evidence",
            icon="plus",
        ),
        Deed(
            "out-of-sight", gettext_lazy("The person is out of sight"),
            gettext_lazy("Everything stands still from now on, and nothing follows from it for the person."),
            DayForm, lambda file, post, form: acts.out_of_sight(file, post, form.cleaned_data["on"]),
            fits=lambda file: file.disappeared_since is None and file.deceased_on is None, icon="pause",
        ),
        Deed(
            "back-in-sight", gettext_lazy("The person is back in sight"),
            gettext_lazy("Everything goes on where it stood; its terms end later by the time that passed."),
            NothingForm, lambda file, post, form: acts.back_in_sight(file, post),
            fits=lambda file: file.disappeared_since is not None, icon="check",
        ),
        Deed(
            "died", gettext_lazy("The person has died"),
            gettext_lazy("It can still matter to those who stay behind: the determination goes on unless you stop it."),
            DayForm, lambda file, post, form: acts.died(file, post, form.cleaned_data["on"]),
            fits=lambda file: file.deceased_on is None, icon="info",
        ),
        Deed(
            "link", gettext_lazy("Link a file of the same exploitation"),
            gettext_lazy("Linked files show each other's numbers to you. Each is decided on its own."),
            LinkForm, _link, icon="link",
        ),
    )
}  # fmt: skip


def fitting(file: File, tab: str) -> list[Deed]:
    """The deeds that fit a file now, of one tab."""
    return [deed for deed in ALL.values() if deed.tab == tab and deed.fits(file)]
