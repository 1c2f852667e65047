"""Demand: what the cases ask for, beside what the shelters offer. Counted by the database (`placement.functions`).

Every number says of what it is: *requests* (each placement process is one), *persons* (a person counts once, however
many requests, reports or forms of exploitation there are) or *stays*. See `docs/demand.md`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from psycopg.types.json import Jsonb

from access.models import Post
from access.queries import named_rows
from workflows.placement.forms import RefusalReason
from workflows.placement.functions import CUTS
from workflows.placement.models import PlacementRecord
from workflows.placement.queries import AskQuerySet

CONTRA_INDICATIONS = (RefusalReason.ADDICTION, RefusalReason.PSYCHIATRIC, RefusalReason.BEHAVIOUR)
"""Reasons of refusal that are a contra-indication: demand is there and the place is, but not for this person."""
WITHIN = ("region", "kind", "form", "gender", "problem", "multiple", "children", "minor")
"""To what a count can be limited."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Of one reason: requests it was given for, how often it was given, and persons it was given for."""

    requests: int
    times: int
    persons: int


@dataclass(slots=True)
class Demand:
    """The count for one line of a cut. What the cut does not name is None.

    **What became of the requests asked in the period**, as it stood at its end; `asked` = `met` + `unmet` +
    `withdrawn` + `moot` + `open`:

    - `asked`: requests; `persons`: the people they are for.
    - `met`: somebody came to a place through it.
    - `unmet` (`unmet_persons`): it was said that there is no place, and that is how it stands: the search did not go
      on, or the request was withdrawn meanwhile. `unmet_reasons`: why.
    - `withdrawn`: no longer asked for; `moot`: closed by itself, because the person came to a place another way.
    - `open`: none of these; somebody still seeks.
    - `refused` (`refused_persons`): at least one unit refused, whatever came of it; `refusals`: how many did.
      `refusal_reasons`: why.
    - `waiting_days`: median days that those who were met had waited, from the question (or the day from which a place
      was wanted, if later) until the arrival. None when nobody was met.

    **At the end of the period**, whenever it was asked:

    - `waiting` (`waiting_persons`): requests for which nobody came to a place yet and which nobody withdrew, those of
      which it was said that there is no place included; `waiting_so_far_days`: median days they wait already.
    - `there`: people in a place. `overstay` (`overstay_persons`): stays of those that have reached the longest stay of
      the unit or else of its scheme; `over_days`: median days beyond it. `blocked` (`blocked_persons`): overstays of
      people for whom another place is asked: the blocked outflow; `waits_for`: of which kind (the one asked first).
      All of these in the region and kind of the place where they are.
    - `outside` (`outside_persons`): stays in a place that does not fit, in the region and kind that was *asked*. A
      place does not fit when it is of another kind, or when its unit said that it does not take a need that was asked,
      children along, this gender, these forms of exploitation, or minors (adults). What nobody has said, or is taken
      in consultation, fits.
    """

    region: int | None = None
    kind: str | None = None
    forms: tuple[str, ...] | None = None
    form: str | None = None
    gender: str | None = None
    problems: tuple[str, ...] | None = None
    problem: str | None = None
    multiple: bool | None = None
    children: bool | None = None
    minor: bool | None = None
    month: date | None = None

    asked: int = 0
    persons: int = 0
    met: int = 0
    unmet: int = 0
    unmet_persons: int = 0
    withdrawn: int = 0
    moot: int = 0
    open: int = 0
    refused: int = 0
    refused_persons: int = 0
    refusals: int = 0
    waiting_days: float | None = None
    unmet_reasons: dict[str, Reason] = field(default_factory=dict)
    refusal_reasons: dict[str, Reason] = field(default_factory=dict)

    waiting: int = 0
    waiting_persons: int = 0
    waiting_so_far_days: float | None = None

    there: int = 0
    overstay: int = 0
    overstay_persons: int = 0
    over_days: float | None = None
    blocked: int = 0
    blocked_persons: int = 0
    waits_for: dict[str, int] = field(default_factory=dict)
    outside: int = 0
    outside_persons: int = 0


Key = tuple[Any, ...]


def demand(
    since: date, until: date, *, by: Iterable[str] = (), within: Mapping[str, Iterable[Any]] | None = None
) -> list[Demand]:
    """Demand from a day until (not including) another, as it stood at the end; three queries, whatever the cut.

    In: `by`, names of `CUTS`; by nothing gives one line for everything. `form` and `problem` count a request under each
    that it has, so that these lines do not add up to the whole; `forms` and `problems` count it once, and so do the
    others. Persons and medians never add up: a cut of its own is asked for them.
    `within`: values to which the count is limited, by names of `WITHIN`.
    Out: lines in the order of the cut; with a cut, only lines on which there is something.
    Errors: ValueError for a name that is none, or an end that is not after the start.
    """
    cut = list(by)
    limits = _checked(since, until, cut, within)
    lines, whole = _read(since, until, cut, limits)
    found = lines if cut else whole
    for row in named_rows("SELECT * FROM placement_reasons(%s, %s, %s, %s)", [since, until, cut, Jsonb(limits)]):
        line = _line(found, row)
        reasons = line.unmet_reasons if row["about"] == "unmet" else line.refusal_reasons
        reasons[row["reason"]] = Reason(row["asked"], row["times"], row["persons"])
    if not cut and not found:
        return [Demand()]
    return _ordered(found)


def counts(
    since: date, until: date, by: Iterable[str], within: Mapping[str, Iterable[Any]] | None = None
) -> tuple[list[Demand], Demand]:
    """As `demand` by a cut, without reasons; out: its lines, and the whole beside them. Two queries."""
    cut = list(by)
    lines, whole = _read(since, until, cut, _checked(since, until, cut, within))
    return _ordered(lines), next(iter(whole.values()), Demand())


def unmet(
    since: date, until: date, by: Iterable[str], within: Mapping[str, Iterable[Any]] | None = None
) -> list[Demand]:
    """Of `demand` by a cut only the requests that were not met; lines without any are left out. One query."""
    cut = list(by)
    given = [since, until, cut, Jsonb(_checked(since, until, cut, within))]
    found: dict[Key, Demand] = {}
    for row in named_rows("SELECT * FROM placement_unmet_requests(%s, %s, %s, %s)", given):
        _add(found, row)
    return _ordered(found)


def _read(
    since: date, until: date, cut: list[str], limits: dict[str, list[Any]]
) -> tuple[dict[Key, Demand], dict[Key, Demand]]:
    """The lines of a cut and, by a cut or not, the whole of them."""
    lines: dict[Key, Demand] = {}
    whole: dict[Key, Demand] = {}
    given = [cut, Jsonb(limits)]
    for row in named_rows("SELECT * FROM placement_demand(%s, %s, %s, %s)", [since, until, *given]):
        _add(whole if row["whole"] else lines, row)
    for row in named_rows("SELECT * FROM placement_stays(%s::date - 1, %s, %s)", [until, *given]):
        _add(whole if row["whole"] else lines, row)
    return lines, whole


def _ordered(lines: dict[Key, Demand]) -> list[Demand]:
    return [lines[key] for key in sorted(lines, key=_in_order)]


def _checked(
    since: date, until: date, cut: Sequence[str], within: Mapping[str, Iterable[Any]] | None
) -> dict[str, list[Any]]:
    limits = {name: list(values) for name, values in (within or {}).items()}
    if unknown := (set(cut) - set(CUTS)) | (set(limits) - set(WITHIN)):
        raise ValueError(f"Demand is not counted by {', '.join(sorted(unknown))}.")
    if until <= since:
        raise ValueError("The end must be after the beginning.")
    return limits


def asks_for_post(post: Post) -> AskQuerySet:
    """The requests behind the figures that a post may see: those of its regions, restricted cases left out."""
    return PlacementRecord.objects.for_post(post)


_NUMBERS = frozenset(f.name for f in fields(Demand)) - frozenset(CUTS) - {"unmet_reasons", "refusal_reasons"}


def _key(row: Mapping[str, Any]) -> Key:
    return tuple(tuple(value) if isinstance(value := row[name], list) else value for name in CUTS)


def _line(lines: dict[Key, Demand], row: Mapping[str, Any]) -> Demand:
    key = _key(row)
    if key not in lines:
        lines[key] = Demand(**dict(zip(CUTS, key, strict=True)))
    return lines[key]


def _add(lines: dict[Key, Demand], row: Mapping[str, Any]) -> None:
    line = _line(lines, row)
    for name in _NUMBERS & row.keys():
        value = row[name]
        if value is not None:
            setattr(line, name, json.loads(value) if name == "waits_for" else value)


def _in_order(key: Key) -> list[tuple[bool, Any]]:
    return [(value is None, value if value is not None else 0) for value in key]
