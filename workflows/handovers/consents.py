"""Consents of the care side: whether one stands for a handover, and what ends when it is withdrawn."""

from __future__ import annotations

from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from access.models import Organisation
from access.text import plain
from cases import consenting
from cases.models import Consent
from cases.words import ConsentState
from cases.words import Purpose as Asked
from workflows.handovers import acts
from workflows.handovers.words import Purpose

FOR: dict[str, Asked] = {
    Purpose.REQUEST_DETERMINATION: Asked.DETERMINATION,
    Purpose.EVIDENCE: Asked.DETERMINATION,
    Purpose.OUTCOME: Asked.DETERMINATION,
    Purpose.POLICE_CONTACT: Asked.INVESTIGATION,
    Purpose.NAVIGATOR: Asked.CARE,
    Purpose.SHELTER: Asked.SHELTER,
}
"""For what the person must have consented; another purpose may rest on any consent for the receiver."""


def stands(key: UUID, subject: UUID, to: Organisation) -> bool:
    """Whether the person said yes to this receiver, and has not taken it back. Holds the case."""
    consenting.lock(subject)
    consent = Consent.objects.filter(pk=key, case=subject, state=ConsentState.GIVEN).first()
    if consent is None:
        return False
    named = consent.recipient_id == to.pk or (
        consent.recipient_id is None and plain(consent.recipient_name) == plain(to.name)
    )
    return named and consenting.stands(consent)


def fits(key: UUID, purpose: str) -> bool:
    """Whether a consent was given for what something is handed over for."""
    consents = Consent.objects.filter(pk=key)
    return (consents.filter(purpose=FOR[purpose]) if purpose in FOR else consents).exists()


def withdrawn(keys: list[UUID]) -> None:
    """End at once what was handed over on consents that do not stand any more."""
    with translation.override("nl"):
        why = _("The person withdrew the consent.")
    for key in keys:
        acts.end_with_consent(key, why)
