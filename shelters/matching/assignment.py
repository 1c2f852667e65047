"""All who wait and all places at once: a proposal for people to decide on. It assigns nobody.

Hard rules are never broken: what does not fit is no choice of the solver's (scipy's `milp`, HiGHS). Beside it stands
what first come, first served would give, with what each would mean.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shelters.matching.rules import WISHES, asked_of, weights_of
from shelters.matching.wanted import Wanted

SOLVE_SECONDS = 4.0
PLACED, URGENT, DAY, FIT = 1000, 1000, 5, 1
"""What counts how much: that somebody is placed; that it is urgent; each day of waiting; each point of fit in 100."""
LONGEST = 180
"""Days of waiting beyond which more days add nothing, so that one old request does not outweigh all others."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Waiting:
    """One open request: whose is not said here."""

    key: UUID
    wanted: Wanted
    urgent: bool
    waited: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """Which unit for which request, and what that would mean. `proven`: nothing better is possible."""

    units: Mapping[UUID, int]
    placed: int
    urgent_placed: int
    days_ended: int
    longest_left: int
    fit: int
    proven: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """The proposal beside first come, first served. `nowhere`: requests to which no unit answers at all."""

    proposed: Proposal
    in_order: Proposal
    nowhere: tuple[UUID, ...]


def compare(
    waiting: Sequence[Waiting], units: Mapping[int, Mapping[str, Any]], progress: Progress = lambda done, all_: None
) -> Comparison:
    """A proposed assignment of open requests to places, and what first come, first served would give.

    In: `units`, what `facts_of` says of each; `progress`, told how many requests were compared, and of the end.
    """
    fits: list[dict[int, int]] = []
    for nth, one in enumerate(waiting):
        fits.append(_fits(one.wanted, units))
        progress(nth + 1, len(waiting) + 1)
    in_order = _meaning(waiting, fits, _first_come(waiting, fits, units))
    chosen, proven = _solved(waiting, fits, units)
    progress(len(waiting) + 1, len(waiting) + 1)
    nowhere = tuple(one.key for one, some in zip(waiting, fits, strict=True) if not some)
    return Comparison(_meaning(waiting, fits, chosen, proven), in_order, nowhere)


def _fits(wanted: Wanted, units: Mapping[int, Mapping[str, Any]]) -> dict[int, int]:
    """Units that answer to every requirement, with how well they fit (of 100)."""
    rules, weights = asked_of(wanted), weights_of(wanted)
    most = 10 * sum(weights.values()) or 1
    return {
        key: 100 * sum(wish.score(wanted, unit) * weights[wish.code] for wish in WISHES) // most
        for key, unit in units.items()
        if all(rule.fits(wanted, unit) for rule in rules)
    }


def _value(one: Waiting, fit: int) -> int:
    return PLACED + URGENT * one.urgent + DAY * min(one.waited, LONGEST) + FIT * fit


def _first_come(
    waiting: Sequence[Waiting], fits: list[dict[int, int]], units: Mapping[int, Mapping[str, Any]]
) -> dict[int, int]:
    """Who waits longest takes the best place that is left, and so on."""
    left = {key: unit["free"] for key, unit in units.items()}
    given: dict[int, int] = {}
    for nth in sorted(range(len(waiting)), key=lambda n: (-waiting[n].waited, waiting[n].key)):
        one = waiting[nth]
        open_ = [
            key
            for key in fits[nth]
            if left[key] >= one.wanted.places
            and not any(unit == key and _apart(one, waiting[other]) for other, unit in given.items())
        ]
        if open_:
            given[nth] = best = max(open_, key=lambda key: (fits[nth][key], -key))
            left[best] -= one.wanted.places
    return given


def _apart(one: Waiting, other: Waiting) -> bool:
    return other.key in one.wanted.apart or one.key in other.wanted.apart


def _solved(
    waiting: Sequence[Waiting], fits: list[dict[int, int]], units: Mapping[int, Mapping[str, Any]]
) -> tuple[dict[int, int], bool]:
    """The best assignment, and whether it was proven to be (or the time ran out on a good one)."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp  # only here: it is large, and every process would load it
    from scipy.sparse import coo_matrix

    pairs = [(nth, key) for nth, some in enumerate(fits) for key in some]
    if not pairs:
        return {}, True
    row_of = {key: len(waiting) + n for n, key in enumerate(units)}
    limits: list[int] = [1] * len(waiting) + [max(unit["free"], 0) for unit in units.values()]
    cells: list[tuple[int, int, int]] = []
    at: dict[tuple[int, int], int] = {}
    for column, (nth, key) in enumerate(pairs):
        at[nth, key] = column
        cells += [(nth, column, 1), (row_of[key], column, waiting[nth].wanted.places)]
    place_of = {one.key: nth for nth, one in enumerate(waiting)}
    for nth, one in enumerate(waiting):
        for other in sorted(place_of[ref] for ref in one.wanted.apart if ref in place_of):
            for key in fits[nth].keys() & fits[other].keys():
                cells += [(len(limits), at[nth, key], 1), (len(limits), at[other, key], 1)]
                limits.append(1)
    rows, columns, values = zip(*cells, strict=True)
    matrix = coo_matrix((values, (rows, columns)), shape=(len(limits), len(pairs)))
    answer = milp(
        c=-np.array([_value(waiting[nth], fits[nth][key]) for nth, key in pairs], dtype=float),
        constraints=LinearConstraint(matrix.tocsr(), -np.inf, np.array(limits, dtype=float)),
        integrality=np.ones(len(pairs)),
        bounds=Bounds(0, 1),
        options={"time_limit": SOLVE_SECONDS},
    )
    if answer.x is None:
        return _first_come(waiting, fits, units), False
    return {nth: key for (nth, key), take in zip(pairs, answer.x, strict=True) if take > 0.5}, answer.status == 0


def _meaning(
    waiting: Sequence[Waiting], fits: list[dict[int, int]], given: dict[int, int], proven: bool = False
) -> Proposal:
    left = [one.waited for nth, one in enumerate(waiting) if nth not in given]
    return Proposal(
        units={waiting[nth].key: key for nth, key in given.items()},
        placed=len(given),
        urgent_placed=sum(waiting[nth].urgent for nth in given),
        days_ended=sum(waiting[nth].waited for nth in given),
        longest_left=max(left, default=0),
        fit=sum(fits[nth][key] for nth, key in given.items()) // (len(given) or 1),
        proven=proven,
    )


def value_of(waiting: Sequence[Waiting], units: Mapping[int, Mapping[str, Any]], proposal: Proposal) -> int:
    """What a proposal is worth by the weights above: for comparing two."""
    by_key = {one.key: one for one in waiting}
    return sum(
        _value(by_key[key], _fits(by_key[key].wanted, {unit: units[unit]})[unit])
        for key, unit in proposal.units.items()
    )
