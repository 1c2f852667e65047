"""Which navigator fits: what stands in the way, and what speaks for somebody. No database, no person's name.

Hard: a conflict, having been asked away, another gender than the person wishes, a caseload that would be too full. Of
what is left: a language in common counts most, then knowing the form of exploitation, then room in the caseload.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

LANGUAGE, EXPERTISE, ROOM = 100, 40, 30
"""Points; room is a share of it."""


@dataclass(frozen=True)
class Wish:
    """What a guidance asks: by codes."""

    languages: frozenset[str] = frozenset()
    gender: str = ""
    forms: frozenset[str] = frozenset()
    weight: int = 2


@dataclass(frozen=True)
class Candidate:
    """A navigator who works in the region. `load` is what they carry, `most` what they can."""

    key: int
    languages: frozenset[str] = frozenset()
    gender: str = ""
    knows: frozenset[str] = frozenset()
    load: int = 0
    most: int = 24
    conflict: bool = False
    asked_away: bool = False


@dataclass(frozen=True)
class Judged:
    """A candidate: `never` cannot be chosen, `against` only with a reason; more points fit better."""

    candidate: Candidate
    never: bool = False
    against: tuple[str, ...] = ()
    points: float = 0
    shares: frozenset[str] = field(default_factory=frozenset)
    expert: frozenset[str] = field(default_factory=frozenset)


def judge(candidate: Candidate, wish: Wish) -> Judged:
    """One candidate against a wish. `against` holds the codes ``gender`` and ``full``."""
    against = []
    if wish.gender and candidate.gender != wish.gender:
        against.append("gender")
    if candidate.load + wish.weight > candidate.most:
        against.append("full")
    shares, expert = candidate.languages & wish.languages, candidate.knows & wish.forms
    room = max(candidate.most - candidate.load - wish.weight, 0) / candidate.most if candidate.most else 0
    points = (LANGUAGE if shares else 0) + (EXPERTISE if expert else 0) + ROOM * room
    return Judged(candidate, candidate.conflict or candidate.asked_away, tuple(against), points, shares, expert)


def ranked(candidates: Iterable[Candidate], wish: Wish) -> list[Judged]:
    """Those who can be chosen, the best first: nothing against them, then the most points, then the oldest post."""
    judged = (judge(candidate, wish) for candidate in candidates)
    return sorted(
        (one for one in judged if not one.never), key=lambda one: (len(one.against), -one.points, one.candidate.key)
    )
