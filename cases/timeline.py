"""What happened on a case, in one line of time: referrals, consents, documents, notes, and what rooms above add."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access.models import Post
from cases import file
from cases.models import Case, Consent, Document, Referral, TimelineEntry
from cases.values import change_told
from cases.words import ClosingReason, ConsentState, EntryKind

ICONS = {
    EntryKind.NOTE: "note",
    EntryKind.CONTACT: "phone",
    EntryKind.CONSULTATION: "chat",
    EntryKind.SAFETY: "shield",
    EntryKind.CHANGED: "note",
    EntryKind.CLOSED: "check",
    EntryKind.REOPENED: "undo",
    EntryKind.RESTRICTED: "lock",
    EntryKind.OPENED_UP: "eye",
    EntryKind.MERGED: "merge",
    EntryKind.UNMERGED: "undo",
}


@dataclass(frozen=True)
class Event:
    """Something that happened; `icon` is one of the face's, `link` an address or empty, texts are for the reader."""

    at: datetime
    kind: str
    icon: str
    title: str | Promise
    text: str | Promise = ""
    by: str = ""
    organisation: str = ""
    link: str = ""


Source = Callable[[Case, Post], Iterable[Event]]

sources: list[Source] = []
"""Functions of rooms above that add their own events to a case's timeline."""


def entries(case: Case, acting: Post, newest_first: bool = True) -> list[Event]:
    """Everything that happened on a case that `acting` sees, in order of time."""
    found = file.read(case)
    events = [
        *(_referral(r) for r in found.referrals),
        *(_consent(c) for c in found.consents),
        *(e for d in found.documents for e in _document(d)),
        *(_entry(e) for e in found.entries),
        *(e for source in sources for e in source(case, acting)),
    ]
    return sorted(events, key=lambda event: event.at, reverse=newest_first)


def _by(post: Post) -> dict[str, Any]:
    return {"by": post.user.name, "organisation": post.organisation.name}


def _referral(referral: Referral) -> Event:
    title = _("Emergency reported by %(source)s") if referral.urgent else _("Reported by %(source)s")
    return Event(
        referral.received_at,
        "referral",
        "siren" if referral.urgent else "case",
        title % {"source": referral.source},
        **_by(referral.registered_by),
    )


def _consent(consent: Consent) -> Event:
    titles = {
        ConsentState.GIVEN: _("Consent given: %(to)s"),
        ConsentState.REFUSED: _("Consent refused: %(to)s"),
        ConsentState.WITHDRAWN: _("Consent withdrawn: %(to)s"),
    }
    return Event(
        consent.given_at,
        "consent",
        "check" if consent.state == ConsentState.GIVEN else "cross",
        titles[ConsentState(consent.state)] % {"to": consent.to},
        consent.get_purpose_display(),
        **_by(consent.recorded_by),
    )


def _document(document: Document) -> Iterable[Event]:
    here = document.removed_at is None
    yield Event(
        document.uploaded_at,
        "document",
        "document",
        _("Document added: %(title)s") % {"title": document.title},
        link=reverse("cases:document", args=[document.pk]) if here else "",
        **_by(document.uploaded_by),
    )
    if document.removed_at is not None:
        title = _("Document removed: %(title)s") % {"title": document.title}
        yield Event(document.removed_at, "document", "bin", title, document.removed_reason)


def _entry(entry: TimelineEntry) -> Event:
    title: str | Promise = entry.get_kind_display()
    if entry.kind == EntryKind.CLOSED and entry.detail.get("reason") in ClosingReason.values:
        title = _("Case closed: %(reason)s") % {"reason": ClosingReason(entry.detail["reason"]).label}
    elif entry.kind == EntryKind.REOPENED:
        title = _("Case reopened")
    text = entry.text
    if entry.kind == EntryKind.CHANGED and "fields" in entry.detail:
        fields, text = change_told(entry.detail)
        title = _("Changed: %(fields)s") % {"fields": fields}
    return Event(entry.at, "entry", ICONS[EntryKind(entry.kind)], title, text, **_by(entry.by))
