"""The outcome goes to whoever handed the request over, and only if the person agreed that they are told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from access.clock import AMSTERDAM
from access.models import Organisation, Post
from workflows.designs.declaration import registry as designs
from workflows.determination import terms
from workflows.determination.models import Decision, SourceConsent
from workflows.determination.words import About, ConsentState, Outcome
from workflows.handovers import acts as handovers
from workflows.handovers.facts import Fact
from workflows.handovers.models import Handover
from workflows.handovers.words import LegalGround, Purpose


def _day(day: Any) -> str:
    return date_format(date.fromisoformat(day), "j F Y")


def _stage(code: Any) -> str:
    return str(next((s.label for design in designs.values() for s in design.stages if s.code == code), code))


def _among(choices: Any) -> Callable[[Any], str]:
    return lambda code: str(dict(choices.choices).get(code, code))


FACTS = (
    Fact("number", _("Number at the committee"), show=str),
    Fact("stage", _("Stage"), show=_stage),
    Fact("outcome", _("Outcome"), show=_among(Outcome)),
    Fact("decided_on", _("Decided"), show=_day),
    Fact("served_on", _("Served"), show=_day),
)
"""What an outcome says where it is told, in the words of who reads it there."""


def stands(consent: UUID, file: UUID, organisation: Organisation) -> bool:
    """Whether the person agreed, and still does, that an outcome of this file is told."""
    given = SourceConsent.objects.filter(pk=consent, file=file, about=About.TELL, state=ConsentState.GIVEN)
    return given.exists()


def tell(decision: Decision, acting: Post) -> Handover | None:
    """Hand the outcome over to where the request came from, without its reasons; None without a handover or consent."""
    file = decision.file
    consent = file.consents.filter(about=About.TELL, state=ConsentState.GIVEN).first()
    origin = Handover.objects.filter(pk=file.handover).first() if file.handover is not None else None
    if consent is None or origin is None:
        return None
    assert decision.served_on is not None and decision.served_recorded_at is not None
    return handovers.hand_over(
        acting,
        to_organisation=origin.from_organisation,
        purpose=Purpose.OUTCOME,
        ground=LegalGround.CONSENT,
        subject=file.pk,
        facts={
            "number": file.number,
            "stage": decision.stage,
            "outcome": decision.outcome,
            "decided_on": decision.decided_at.astimezone(AMSTERDAM).date().isoformat(),
            "served_on": decision.served_on.isoformat(),
        },
        until=terms.outcome_until(decision.served_recorded_at),
        consent=consent.pk,
        answers=origin.pk,
    )
