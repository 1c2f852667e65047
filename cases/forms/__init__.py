"""The forms of the file."""

from cases.forms.case import CaseForm, CloseCase, EndRestriction, NameForm, ReopenCase, RestrictForm
from cases.forms.intake import IntakeForm
from cases.forms.papers import ConsentForm, DocumentForm, NoteForm, RemoveDocument, WithdrawConsent
from cases.forms.person import MergeForm, PersonForm, UnmergeForm
from cases.forms.register import RegisterFilter, SearchForm

__all__ = [
    "CaseForm",
    "CloseCase",
    "ConsentForm",
    "DocumentForm",
    "EndRestriction",
    "IntakeForm",
    "MergeForm",
    "NameForm",
    "NoteForm",
    "PersonForm",
    "RegisterFilter",
    "RemoveDocument",
    "ReopenCase",
    "RestrictForm",
    "SearchForm",
    "UnmergeForm",
    "WithdrawConsent",
]
