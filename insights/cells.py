"""What the picture is made of: groups of like units per region, as the gate in the wall gives them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Supply:
    """A group of like units of a region on one day. An empty set of genders or forms means: no distinction made.

    `problems` are those the units take, `consult` those they take in consultation. `placeable` is None when nobody gave
    their word. `measure`: places, or the caseload of ambulatory help, which are never added up.
    """

    region: int
    kind: str
    scheme: str
    forms: frozenset[str]
    genders: frozenset[str]
    problems: frozenset[str]
    consult: frozenset[str]
    children: bool
    minors: bool
    measure: str
    units: int
    places: int
    occupied: int
    reserved: int
    out_of_service: int
    free: int
    placeable: int | None
    stated_on: date | None
