"""The file: person, case, referral, consent, documents, timeline."""

from cases.models.case import Case, CaseAccess, CaseNumber, Search
from cases.models.consent import Consent
from cases.models.document import Document
from cases.models.person import Merge, Person
from cases.models.referral import Referral
from cases.models.timeline import TimelineEntry

__all__ = [
    "Case",
    "CaseAccess",
    "CaseNumber",
    "Consent",
    "Document",
    "Merge",
    "Person",
    "Referral",
    "Search",
    "TimelineEntry",
]
