"""Recording what a person says about sharing, and telling at once who shares on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from access.models import Post
from cases.models import Case, Consent
from cases.words import ConsentState

withdrawn: list[Callable[[list[UUID]], None]] = []
"""Told in the same transaction when a consent does not stand any more: keys of the rows in which it was given. Rooms in
which something is shared on a consent put themselves here."""


def lock(case_id: UUID) -> None:
    """Hold the case, so that a consent is not withdrawn while something is shared on it, nor the other way round."""
    Case.objects.select_for_update(no_key=True).filter(pk=case_id).values_list("pk").first()


def record(case: Case, acting: Post, **said: Any) -> Consent:
    """Write what the person said; when it takes a consent back, whoever shares on it is told."""
    lock(case.pk)
    consent: Consent = Consent.objects.create(case=case, person=case.person, recorded_by=acting, **said)
    given = [row.pk for row in _same(consent) if row.state == ConsentState.GIVEN]
    if given and not stands(consent):
        for tell in withdrawn:
            tell(given)
    return consent


def stands(consent: Consent) -> bool:
    """Whether what was said last to the same recipient for the same purpose is yes."""
    last = Consent.objects.filter(case=consent.case_id).said_last()
    return any(row.state == ConsentState.GIVEN for row in _of_group(last, consent))


def _same(consent: Consent) -> list[Consent]:
    return _of_group(Consent.objects.filter(case=consent.case_id), consent)


def _of_group(rows: Any, consent: Consent) -> list[Consent]:
    return list(
        rows.filter(
            recipient=consent.recipient_id, recipient_name__iexact=consent.recipient_name, purpose=consent.purpose
        )
    )
