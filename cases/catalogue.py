"""What is kept about people and what each field is for; a field without a purpose does not belong in the file.

A test holds the catalogue complete. The page *What we keep and why* shows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.words import LegalGround


class DataClass(models.TextChoices):
    """How the GDPR looks at a field."""

    NONE = "none", _("Not about a person")
    PERSONAL = "personal", _("Personal data")
    SPECIAL = "special", _("Special category (art. 9)")
    CRIMINAL = "criminal", _("Criminal data (art. 10)")


@dataclass(frozen=True)
class Field:
    """What a field is for and how sensitive it is."""

    purpose: str | Promise
    data: DataClass


_P, _S, _C, _N = DataClass.PERSONAL, DataClass.SPECIAL, DataClass.CRIMINAL, DataClass.NONE
_KEY = Field(_("Ties rows together; tells nothing"), _N)
_WHEN = Field(_("Order of events and proof of when it was recorded"), _N)
_WHO = Field(_("Who answers for it"), _P)
_CASE = Field(_("The case it belongs to"), _P)

CATALOGUE: dict[str, dict[str, Field]] = {
    "Person": {
        "id": _KEY,
        "name": Field(_("To address the person and to recognise them when they are reported again"), _P),
        "alias": Field(_("To speak of the person where the name is a danger"), _P),
        "use_alias": Field(_("Whether the name is a danger"), _P),
        "birth_date": Field(_("Whether the person is a minor, and to recognise them"), _P),
        "birth_date_estimated": Field(_("How sure the date of birth is"), _P),
        "adult_confirmed": Field(_("Whether the presumption of minority was answered"), _P),
        "gender": Field(_("A place that fits"), _P),
        "nationality": Field(_("Rights of residence, and schemes that depend on it"), _P),
        "languages": Field(_("An interpreter and a place where the person is understood"), _P),
        "interpreter_needed": Field(_("Whether to order an interpreter"), _P),
        "safe_contact": Field(_("How to reach the person without danger"), _P),
        "merged_into": Field(_("That two registrations were one person"), _P),
        "match_keys": Field(_("To find a person reported before under a name spelled otherwise"), _P),
        "version": _KEY,
        "created_at": _WHEN,
    },
    "Case": {
        "id": _KEY,
        "number": Field(_("To speak of a case without a name"), _P),
        "person": Field(_("Whom the case is about"), _P),
        "region": Field(_("Which region coordinates the care"), _P),
        "forms": Field(_("Which help and which schemes fit"), _C),
        "safety_level": Field(_("How careful everybody must be"), _P),
        "safety_notes": Field(_("What a colleague must know before doing anything"), _C),
        "needs": Field(_("What a place must offer"), _S),
        "children_along": Field(_("Room for the children"), _P),
        "restricted": Field(_("Whether only named people may look"), _P),
        "opened_at": _WHEN,
        "closed_at": _WHEN,
        "closing_reason": Field(_("Why no more is done, also for the yearly figures"), _C),
        "version": _KEY,
    },
    "CaseNumber": {
        "year": Field(_("To number cases"), _N),
        "last": Field(_("To number cases"), _N),
    },
    "CaseAccess": {
        "id": _KEY,
        "case": _CASE,
        "user": Field(_("Who may open a restricted case"), _P),
        "granted_by": _WHO,
        "granted_at": _WHEN,
        "until": Field(_("When the access ends"), _N),
    },
    "Search": {
        "id": _KEY,
        "user": Field(_("Whose search it is; nobody else may open it"), _P),
        "text": Field(_("To show the results again without the name in the address; kept for a day"), _P),
        "made_at": _WHEN,
    },
    "Referral": {
        "id": _KEY,
        "case": _CASE,
        "source_kind": Field(_("Who reports, also for the yearly figures"), _P),
        "source_organisation": Field(_("Whom to answer"), _P),
        "source_name": Field(_("Whom to answer"), _P),
        "received_at": Field(_("When the terms began to run"), _N),
        "urgent": Field(_("Whether hours count instead of days"), _P),
        "legal_ground": Field(_("Why the source was allowed to share this"), _P),
        "story": Field(_("What is known, so that the person need not tell it again"), _C),
        "contact_name": Field(_("Whom to ask"), _P),
        "contact_details": Field(_("How to reach whom to ask"), _P),
        "registered_by": _WHO,
        "registered_at": _WHEN,
    },
    "Consent": {
        "id": _KEY,
        "person": Field(_("Who said it"), _P),
        "case": _CASE,
        "recipient": Field(_("Who may receive"), _P),
        "recipient_name": Field(_("Who may receive"), _P),
        "purpose": Field(_("What for; nothing else is allowed with it"), _P),
        "state": Field(_("What the person wants"), _P),
        "given_at": _WHEN,
        "form": Field(_("Proof of the consent"), _P),
        "note": Field(_("Limits the person set"), _P),
        "recorded_by": _WHO,
        "recorded_at": _WHEN,
    },
    "Document": {
        "id": _KEY,
        "case": _CASE,
        "title": Field(_("To find the document"), _P),
        "kind": Field(_("To find the document"), _S),
        "content_type": Field(_("To open the document"), _N),
        "size": Field(_("To open the document"), _N),
        "sha256": Field(_("Proof that the content did not change"), _N),
        "stored_name": _KEY,
        "uploaded_by": _WHO,
        "uploaded_at": _WHEN,
        "removed_at": _WHEN,
        "removed_by": _WHO,
        "removed_reason": Field(_("Why a document is not there any more"), _P),
    },
    "Merge": {
        "id": _KEY,
        "kept": Field(_("Which registration went on"), _P),
        "merged": Field(_("Which registration ended"), _P),
        "by": _WHO,
        "at": _WHEN,
        "reason": Field(_("Why they are one person"), _P),
        "moved": Field(_("To undo the merging exactly"), _S),
        "undone_at": _WHEN,
        "undone_by": _WHO,
    },
    "TimelineEntry": {
        "id": _KEY,
        "case": _CASE,
        "at": _WHEN,
        "kind": Field(_("To find what was written"), _P),
        "text": Field(_("What a colleague must know to go on"), _C),
        "detail": Field(_("Which act left the line"), _C),
        "by": _WHO,
        "written_at": _WHEN,
    },
}


@dataclass(frozen=True)
class Source:
    """Where a legal ground stands; `verified` is None until a lawyer looked at it."""

    text: str
    as_of: date
    verified: date | None = None


GROUNDS: dict[LegalGround, Source] = {
    LegalGround.CONSENT: Source("AVG art. 6(1)(a), art. 9(2)(a)", date(2018, 5, 25)),
    LegalGround.DUTY_TO_REPORT: Source("Vreemdelingencirculaire 2000 (B), B8/3; AVG art. 6(1)(c)", date(2018, 5, 25)),
    LegalGround.JUSTIFIED_INTEREST: Source("AVG art. 6(1)(f), art. 9(2)(f)", date(2018, 5, 25)),
    LegalGround.VITAL_INTEREST: Source("AVG art. 6(1)(d), art. 9(2)(c)", date(2018, 5, 25)),
}
"""Sources of the grounds; general knowledge until verified, so the page names them as such."""
