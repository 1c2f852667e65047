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
    return _of_file(process)[0]


def number_of(process: Process) -> str:
    """The number of the case a process runs on, by which people speak of it; it tells nothing about the person."""
    return _of_file(process)[1]


def _of_file(process: Process) -> tuple[UUID | None, str]:
    """Person and number of the case, read once; only the care side can."""
    if process.case_id is None or process.side != Side.CARE:
        return None, ""
    known = process.__dict__.get("_of_file")
    if known is None:
        row = Case.objects.filter(pk=process.case_id).values_list("person_id", "number").first()
        known = process.__dict__["_of_file"] = row or (None, "")
    return known  # type: ignore[no-any-return]
