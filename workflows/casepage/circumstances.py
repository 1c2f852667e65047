"""What a process knows of the case it runs on."""

from __future__ import annotations

from typing import Any

from cases.models import Case


def circumstances(case: Case) -> dict[str, Any]:
    """What routing rules ask, and what whoever gives a place must know without seeing the file; codes, no names."""
    return {
        "forms": list(case.forms),
        "age_group": str(case.person.age_group),
        "gender": str(case.person.gender),
        "children_along": case.children_along,
    }
