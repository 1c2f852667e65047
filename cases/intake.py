"""Taking in a referral: somebody new, somebody we know, or more about a case we have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta
from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, Prefetch, Q, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access import clock
from access.models import Post
from cases import likeness, numbers
from cases.completing import complete
from cases.models import Case, Person, Referral
from cases.versions import save_changes
from cases.words import Gender

CANDIDATES = 300
"""How many persons the database offers for comparison."""

SHOWN = 8
"""How many possible duplicates somebody at an intake can be asked to look at."""


class NotYourRegion(Exception):
    """The post does not work in the region of the case."""


class CaseClosed(Exception):
    """A referral was to be added to a case that is closed."""


def take_in(
    acting: Post,
    *,
    person: Person | Mapping[str, Any],
    case: Case | Mapping[str, Any],
    referral: Mapping[str, Any],
    news_of_person: Mapping[str, Any] | None = None,
    news_of_case: Mapping[str, Any] | None = None,
) -> Referral:
    """Write a referral with its case and person, in the caller's transaction; answer the referral.

    `person` and `case` are values by field name for new ones, or rows that exist and that the post sees. What a
    referral tells about a row that exists comes in `news_of_person` and `news_of_case` and completes it
    (`cases.completing`). Errors: `NotYourRegion`, `CaseClosed`.
    """
    if isinstance(case, Case):
        case = Case.objects.select_for_update().get(pk=case.pk)
        if not case.is_open:
            raise CaseClosed
        if changed := complete(case, news_of_case or {}):
            save_changes(case, changed)
        person = case.person
    elif not acting.works_in(case["region"].pk):
        raise NotYourRegion
    if isinstance(person, Person):
        person = Person.objects.select_for_update().get(pk=person.merged_into_id or person.pk)
        if changed := complete(person, news_of_person or {}):
            save_changes(person, changed)
    else:
        person = Person.objects.create(**person)
    if not isinstance(case, Case):
        case = Case.objects.create(number=numbers.take(), person=person, opened_at=clock.now(), **case)
    return Referral.objects.create(case=case, registered_by=acting, **referral)


@dataclass
class Likeness:
    """A person who may be the one reported: `cases` the post sees, newest first, and `reasons` in words."""

    person: Person
    cases: list[Case]
    reasons: list[str | Promise] = field(default_factory=list)
    weight: int = 0

    def because(self, reason: str | Promise, weight: int) -> None:
        """Add a reason."""
        if reason not in self.reasons:
            self.reasons.append(reason)
            self.weight += weight


@dataclass
class Reported:
    """What is compared of somebody who is not in the file yet."""

    name: str = ""
    alias: str = ""
    safe_contact: str = ""
    birth_date: date | None = None
    birth_date_estimated: bool = False
    gender: str = Gender.UNKNOWN
    nationality: str = ""

    @classmethod
    def of(cls, data: Mapping[str, Any] | Person) -> Reported:
        """From values by field name, or from a person in the file."""
        names = cls.__dataclass_fields__
        if isinstance(data, Person):
            return cls(**{name: getattr(data, name) for name in names})
        return cls(**{name: data[name] for name in names if data.get(name) is not None})


def possible_duplicates(data: Mapping[str, Any] | Person, acting: Post) -> list[Likeness]:
    """Persons this post sees who may be the one `data` tells of, the likeliest first, each with why.

    Nothing is decided and nothing merged: somebody looks. Persons whose cases the post does not see are not there,
    as if they did not exist. A telephone number in common is enough; so are names that are alike; a date of birth
    only together with part of a name, or with gender and nationality.
    """
    reported = Reported.of(data)
    candidates = _candidates(reported)
    if candidates is None:
        return []
    cases = Case.objects.for_post(acting).newest_first().select_related("region")
    rows = Person.objects.for_post(acting).filter(candidates, merged_into=None)
    if isinstance(data, Person):
        rows = rows.exclude(pk=data.pk)
    found = []
    for person in rows.prefetch_related(Prefetch("cases", cases, to_attr="cases_seen"))[:CANDIDATES]:
        likeness_found = _compare(reported, person)
        if likeness_found is not None:
            found.append(likeness_found)
    found.sort(key=lambda one: -one.weight)
    return found[:SHOWN]


def _candidates(reported: Reported) -> Q | None:
    """The condition that brings, by indexes alone, everybody worth comparing; None when nothing is known."""
    conditions = []
    for name in {reported.name, reported.alias} - {""}:
        every_word = Q()
        for keys in likeness.keys_of_words(name):
            every_word &= Q(match_keys__overlap=_array(sorted(keys)))
        if every_word:
            conditions.append(every_word)
    if numbers_known := sorted(f"p:{digits}" for digits in likeness.phones(reported.safe_contact)):
        conditions.append(Q(match_keys__overlap=_array(numbers_known)))
    if reported.birth_date is not None:
        conditions.append(Q(birth_date=reported.birth_date))
        some_word = sorted(set[str]().union(*likeness.keys_of_words(f"{reported.name} {reported.alias}")))
        if some_word:
            years = relativedelta(years=likeness.YEARS_APART + 1)
            near = Q(birth_date__range=(reported.birth_date - years, reported.birth_date + years))
            if not reported.birth_date_estimated:
                near &= Q(birth_date_estimated=True)
            conditions.append(near & Q(match_keys__overlap=_array(some_word)))
    if not conditions:
        return None
    together = conditions[0]
    for condition in conditions[1:]:
        together |= condition
    return together


def _compare(reported: Reported, person: Person) -> Likeness | None:
    found = Likeness(person, person.cases_seen)  # type: ignore[attr-defined]
    names = [n for n in (reported.name, reported.alias) if n]
    known = [n for n in (person.name, person.alias) if n]
    pairs = [(a, b) for a in names for b in known]
    if any(likeness.names_same(a, b) for a, b in pairs):
        found.because(_("The same name"), 5)
    elif any(likeness.names_alike(a, b) for a, b in pairs):
        found.because(_("A name that sounds or is spelled alike"), 3)
    if likeness.phones(reported.safe_contact) & likeness.phones(person.safe_contact):
        found.because(_("The same telephone number"), 5)
    strong = found.weight > 0
    if likeness.births_alike(reported, person):
        exact = reported.birth_date == person.birth_date
        part = any(likeness.shared_words(likeness.words(a), likeness.words(b)) for a, b in pairs)
        same_description = (
            exact
            and not (reported.birth_date_estimated or person.birth_date_estimated)
            and reported.gender == person.gender != Gender.UNKNOWN
            and reported.nationality == person.nationality != ""
        )
        if part and not strong:
            found.because(_("Part of the name"), 1)
        if same_description and not (part or strong):
            found.because(_("The same gender and nationality"), 1)
        if strong or part or same_description:
            found.because(
                _("The same date of birth") if exact else _("About the same date of birth"), 4 if exact else 2
            )
    if _born_otherwise(reported, person):
        found.weight -= 3
    return found if found.weight > 0 else None


def _born_otherwise(one: Reported, other: Person) -> bool:
    """Whether both dates of birth are certain and years apart: then a name that is merely alike says nothing."""
    if one.birth_date is None or other.birth_date is None or one.birth_date_estimated or other.birth_date_estimated:
        return False
    return abs(one.birth_date.year - other.birth_date.year) > 2


def _array(keys: list[str]) -> Value:
    return Value(keys, output_field=ArrayField(CharField(max_length=40)))
