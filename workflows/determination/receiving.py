"""What this side does with what is handed over to it: a request opens a file, information becomes evidence.

Nothing of the side it comes from is named but the handover. Reading it again later is possible only while the handover
is in force; the file keeps what a request itself says, because without it there is no request.
"""

from __future__ import annotations

from typing import Any

from django.utils.dateparse import parse_date

from access.models import Region
from workflows.determination import acts
from workflows.determination.models import File
from workflows.determination.words import Capacity, Source
from workflows.handovers.models import Handover

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
    acts.open_file(
        None,
        organisation=handover.to_organisation,
        handover=handover.pk,
        capacity=CAPACITIES.get(handover.from_post.role, Capacity.OTHER),
        requester_name=handover.from_organisation.name,
        agreed=True,
        **_of_person(facts),
    )


def _of_person(facts: dict[str, Any]) -> dict[str, Any]:
    """The fields of a file that the facts of a case give, by the codes of the case's catalogue."""
    given = {name: str(facts.get(name) or "") for name in ("name", "alias", "contact", "safe_contact", "story")}
    given["story"] = given["story"][:20_000]
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
    """Add what was handed over to the file it answers or belongs to; without one it waits to be read."""
    file = File.objects.filter(handover=handover.answers).first() if handover.answers else None
    if file is not None:
        acts.add_evidence(file, None, source=Source.CARE, title=handover.from_organisation.name, handover=handover.pk)
