"""What the picture is made of: groups of like units per region, as the gate in the wall gives them."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class Supply(NamedTuple):  # of which a picture makes thousands
    """A group of like units of a region on one day. An empty set of genders or forms means: no distinction made.

    What was not asked to be told apart (`reading.supply`) is None, and asking it then is an error, never "none".

    `problems` are those the units take, `consult` those they take in consultation. `placeable` is None when nobody gave
    their word. `measure`: places, or the caseload of ambulatory help, which are never added up.
    """

    region: int
    kind: str | None
    scheme: str | None
    forms: frozenset[str] | None
    genders: frozenset[str] | None
    problems: frozenset[str] | None
    consult: frozenset[str] | None
    children: bool | None
    minors: bool | None
    measure: str
    units: int
    places: int
    occupied: int
    reserved: int
    out_of_service: int
    free: int
    placeable: int | None
    stated_on: date | None
