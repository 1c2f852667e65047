"""What this side does with what police hand over at first contact: a case, and a navigator within 24 hours.

The story does not come along by itself: what the police tell is read through the handover, while that is in force. The
case keeps who the person is and how to reach them safely, because without that nobody can be found.
"""

from __future__ import annotations

from typing import Any

from django.utils.dateparse import parse_date

from access import clock
from access.models import Post, Region
from access.words import Exploitation, Gender, Need
from cases.intake import take_in
from cases.models import Case
from cases.models import Referral as Report
from cases.words import LegalGround, SourceKind
from workflows.casepage.circumstances import circumstances
from workflows.engine.steps import open_process
from workflows.guidance.machine import GuidanceMachine
from workflows.guidance.models import Guidance
from workflows.guidance.words import RequestedBy
from workflows.handovers.models import Handover


def request(handover: Handover, facts: dict[str, Any]) -> None:
    """Open a case with an urgent guidance for a person whom police handed over; a second time nothing.

    Without a region that we know it waits to be read by a person.
    """
    if Guidance.objects.filter(handover=handover.pk).exists():
        return
    region = _region(handover.to_organisation_id, facts)
    if region is None:
        return
    report = _taken_in(handover, facts, region)
    case = Case.objects.select_related("person").get(pk=report.case_id)
    open_process(
        GuidanceMachine,
        acting=None,
        case_id=case.pk,
        region_id=region.pk,
        urgent=True,
        facts=circumstances(case),
        record={"requested_by": RequestedBy.POLICE, "handover": handover.pk},
    )


def _region(organisation: int, facts: dict[str, Any]) -> Region | None:
    named = Region.objects.filter(code=str(facts.get("region") or "")).first()
    return named or Region.objects.filter(posts__organisation=organisation).order_by("pk").first()


def _taken_in(handover: Handover, facts: dict[str, Any], region: Region) -> Report:
    text = {name: str(facts.get(name) or "")[:200] for name in ("name", "alias", "safe_contact")}
    born = parse_date(str(facts.get("birth_date") or ""))
    person = {
        **text,
        "birth_date": born,
        "adult_confirmed": born is None and facts.get("age_group") == "adult",
        "gender": facts.get("gender") if facts.get("gender") in Gender.values else Gender.UNKNOWN,
        "languages": [str(code)[:3] for code in facts.get("languages") or []],
    }
    case = {
        "region": region,
        "forms": [code for code in facts.get("forms") or [] if code in Exploitation.values],
        "needs": [code for code in facts.get("needs") or [] if code in Need.values],
    }
    referral = {
        "source_kind": SourceKind.POLICE,
        "source_name": handover.from_organisation.name[:200],
        "legal_ground": LegalGround.CONSENT if handover.consent else LegalGround.DUTY_TO_REPORT,
        "received_at": clock.now(),
        "urgent": True,
    }
    return take_in(_receiver(handover, region), person=person, case=case, referral=referral)


def _receiver(handover: Handover, region: Region) -> Post:
    """In whose name the report is registered: the oldest post of the organisation that works in the region."""
    held = Post.objects.held_on(clock.today()).filter(organisation=handover.to_organisation_id)
    posts = [post for post in held.order_by("pk") if post.works_in(region.pk)]
    if not posts:
        raise LookupError("nobody of the receiving organisation works in the region")
    return posts[0]
