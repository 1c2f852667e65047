"""What is asked for somebody, and for which days. Frozen: what was asked is kept with what was answered."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access import clock
from access.words import Gender, Need
from shelters.queries import last_moment
from shelters.words import Security

MONTHS_OF_ADULTHOOD = 18 * 12
"""Convention on the Rights of the Child, art. 1."""
OLDEST = 120 * 12


class Impossible(ValueError):
    """What is asked contradicts itself; `reasons` says how, in words for a page."""

    def __init__(self, reasons: list[Any]) -> None:
        super().__init__("; ".join(str(reason) for reason in reasons))
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class Dates:
    """From a day until (not including) another; without an end the place must stay free for good."""

    since: date
    until: date | None = None

    @property
    def begin(self) -> datetime:
        """From which moment the place is taken: now for today, otherwise when whoever leaves on that day is gone."""
        return clock.now() if self.since == clock.today() else last_moment(self.since)

    @property
    def end(self) -> datetime | None:
        """Until which moment: somebody stays the night before the last day, and leaves on it."""
        return None if self.until is None else last_moment(self.until)

    @property
    def days(self) -> int | None:
        """How long it is expected to last."""
        return None if self.until is None else (self.until - self.since).days


@dataclass(frozen=True, slots=True)
class Wanted:
    """Requirements and wishes of one person. An empty requirement asks for nothing, but what is not known of a person
    (gender, age, residence) fits only where no distinction is made: nothing is assumed in somebody's favour.

    `lowest_age` and `highest_age`: in months, both the same when the age is known. `apart`: keys of the requests of
    people who must not be met. `unsafe`, `near`: keys of regions. `wishes`: what would be good to have within reach
    (`shelters.words.Wish`). `weights`: of wishes, by code; 0 leaves one out.
    """

    kinds: frozenset[str] = frozenset()
    forms: frozenset[str] = frozenset()
    gender: str = Gender.UNKNOWN
    lowest_age: int = 0
    highest_age: int = OLDEST
    needs: frozenset[str] = frozenset()
    residence: str = ""
    security: str = ""
    unsafe: frozenset[int] = frozenset()
    apart: frozenset[UUID] = frozenset()
    places: int = 1
    languages: frozenset[str] = frozenset()
    near: frozenset[int] = frozenset()
    far: frozenset[int] = frozenset()
    wishes: frozenset[str] = frozenset()
    weights: tuple[tuple[str, int], ...] = field(default=())

    @property
    def own_gender(self) -> bool:
        """Whether only a place for the own gender will do."""
        return Need.GENDER_SPECIFIC in self.needs

    @property
    def secure(self) -> str:
        """How well the place must be protected: what was asked, and at least secured when the need says so."""
        return Security.SECURED if Need.SECURITY in self.needs else self.security

    def as_facts(self) -> dict[str, Any]:
        """As plain values, in a fixed order, to be kept."""
        return {
            name: sorted(map(str, value)) if isinstance(value, frozenset) else value
            for name, value in asdict(self).items()
        }


def check(wanted: Wanted, dates: Dates) -> None:
    """Errors: Impossible, with every contradiction there is, before anything is searched."""
    wrong: list[Any] = []
    if dates.until is not None and dates.until <= dates.since:
        wrong.append(_("The stay ends before it begins. Choose an end after the first day."))
    if wanted.lowest_age > wanted.highest_age:
        wrong.append(_("The youngest possible age is higher than the oldest."))
    if wanted.places < 1:
        wrong.append(_("Ask for at least one place."))
    if wanted.own_gender and wanted.gender == Gender.UNKNOWN:
        wrong.append(_("A place for the own gender only is asked, and the gender is not known."))
    if wanted.near & wanted.unsafe:
        wrong.append(_("A region is wished for that is also named as unsafe."))
    if wanted.near & wanted.far:
        wrong.append(_("A region is wished for both near and far."))
    if wrong:
        raise Impossible(wrong)
