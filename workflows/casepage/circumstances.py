"""What a process knows of the case it runs on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from access.wall import Side
from cases.models import Case
from cases.words import AgeGroup, Gender
from workflows.engine.models import Process


def circumstances(case: Case) -> dict[str, Any]:
    """What routing rules ask, and what whoever gives a place must know without seeing the file; codes, no names."""
    return {
        "forms": list(case.forms),
        "age_group": str(case.person.age_group),
        "gender": str(case.person.gender),
        "children_along": case.children_along,
    }


def known_of_person(process: Process) -> list[tuple[str, str]]:
    """What somebody who sees no file is told about the person: name and value, in words."""
    facts = process.facts
    told = []
    if facts.get("age_group") in AgeGroup.values:
        told.append((_("Age"), str(AgeGroup(facts["age_group"]).label)))
    if facts.get("gender") in Gender.values:
        told.append((_("Gender"), str(Gender(facts["gender"]).label)))
    if facts.get("children_along"):
        told.append((_("Children along"), str(facts["children_along"])))
    return told


def subject_of(process: Process) -> UUID | None:
    """Whom a process is about, for the access log alone: also where the post does not see the file itself."""
    if process.case_id is None or process.side != Side.CARE:
        return None  # only the care side can read who a case is about
    return Case.objects.filter(pk=process.case_id).values_list("person_id", flat=True).first()
