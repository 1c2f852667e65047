"""What this side does with what is handed over to it: a request opens a file, information becomes evidence.

Nothing of the side it comes from is named but the handover. What it says is read through the handover and only while
that is in force; the file keeps who the person is and how to reach them, because without that there is no request.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.dateparse import parse_date

from access.models import Region
from workflows.determination import acts
from workflows.determination.models import File
from workflows.determination.words import Capacity, Source
from workflows.handovers.models import Handover
from workflows.handovers.words import Purpose

CAPACITIES = {
    "care_coordinator": Capacity.CASEWORKER,
    "caseworker": Capacity.CASEWORKER,
    "national_desk": Capacity.CASEWORKER,
    "navigator": Capacity.NAVIGATOR,
    "shelter_provider": Capacity.SHELTER,
}


def request(handover: Handover, facts: dict[str, Any]) -> None:
    """Open a file for a request that was handed over; a second time nothing."""
    if File.objects.filter(handover=handover.pk).exists():
        return
    file = acts.open_file(
        None,
        organisation=handover.to_organisation,
        handover=handover.pk,
        capacity=CAPACITIES.get(handover.from_post.role, Capacity.OTHER),
        requester_name=handover.from_organisation.name,
        agreed=True,
        **_of_person(facts),
    )
    _keep(file, handover)


def _of_person(facts: dict[str, Any]) -> dict[str, Any]:
    """The fields of a file that the facts of a case give, by the codes of the case's catalogue."""
    given = {name: str(facts.get(name) or "")[:200] for name in ("name", "alias", "contact", "safe_contact")}
    return {
        **given,
        "alias": given["alias"] or ("" if given["name"] else "?"),
        "birth_date": parse_date(str(facts.get("birth_date") or "")),
        "shown_adult": facts.get("age_group") == "adult",
        "languages": [str(code)[:10] for code in facts.get("languages") or []],
        "guardian_name": str(facts.get("guardian") or "")[:200],
        "region": Region.objects.filter(code=str(facts.get("region") or "")).first(),
    }


def evidence(handover: Handover, facts: dict[str, Any]) -> None:
    """Add what was handed over to the file of the request it goes with: the one it answers, or that of the same case.
    Without such a file it waits to be read.
    """
    same = Handover.objects.filter(subject=handover.subject, purpose=Purpose.REQUEST_DETERMINATION)
    fits = Q(handover=handover.answers) if handover.answers else Q(handover__in=same.values("pk"))
    file = File.objects.filter(fits, organisation=handover.to_organisation).order_by("-received_at").first()
    if file is not None:
        _keep(file, handover)


def _keep(file: File, handover: Handover) -> None:
    """What was handed over is a piece of the file that is read through the handover, while that is in force."""
    if not file.evidence.filter(handover=handover.pk).exists():
        acts.add_evidence(file, None, source=Source.CARE, title=handover.from_organisation.name, handover=handover.pk)
