"""The rules by which a place fits, and the wishes by which places are put in order. A new one is one entry.

Each says the same twice: as SQL over `u` (unit), `c` (its line on the first day) and `s` (room on the dates), which is
what searches; and as a function of the facts of one unit, which explains, and against which the SQL is tested. What a
rule does not ask of this person takes nobody's place away. A line that says nothing of something asked does not fit;
it is a near miss that whoever keeps the unit can lift.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from access.words import Need
from shelters.matching.wanted import MONTHS_OF_ADULTHOOD, Dates, Wanted
from shelters.models import SAYS
from shelters.words import Reach, Security, Takes
from shelters.words import Wish as Wished

Facts = Mapping[str, Any]


class Lifter(models.TextChoices):
    """Who can take away what stands in the way."""

    PROVIDER = "provider", _("The provider")
    REQUESTER = "requester", _("You, together with the person")
    COORDINATOR = "coordinator", _("The care coordinator, after looking at safety again")
    TIME = "time", _("Time, or another day")


@dataclass(frozen=True, slots=True)
class Rule:
    """A requirement. `asked`: whether it asks anything of this person; `fits`: whether a unit answers to it."""

    code: str
    text: Any
    lifter: Lifter
    asked: Callable[[Wanted], bool]
    sql: str
    fits: Callable[[Wanted, Facts], bool]


@dataclass(frozen=True, slots=True)
class Wish:
    """What makes one place better than another: from 0 to `TEN`, times its weight."""

    code: str
    text: Any
    weight: int
    sql: str
    score: Callable[[Wanted, Facts], int]


TEN = 10


def _always(_wanted: Wanted) -> bool:
    return True


def _takes(need: Need) -> Rule:
    """A need of which a line says yes, no or in consultation. Only yes fits: the rest is for the provider to say."""
    return Rule(
        need.value,
        need.label,
        Lifter.PROVIDER,
        lambda wanted: need in wanted.needs,
        f"c.{need.value} = '{Takes.YES}'",
        lambda _wanted, unit: unit[need.value] == Takes.YES,
    )


def _age_fits(wanted: Wanted, unit: Facts) -> bool:
    youngest, oldest = unit["age_from"], unit["age_to"]
    old_enough = wanted.lowest_age >= (MONTHS_OF_ADULTHOOD if youngest is None else youngest * 12)
    return old_enough and (oldest is None or wanted.highest_age < (oldest + 1) * 12)


_LEVELS = [level.value for level in Security]
_LEVEL = "array_position(ARRAY['open', 'secret', 'secured']::text[], {}::text)"
assert _LEVELS == ["open", "secret", "secured"]


def _level(code: str) -> int:
    return _LEVELS.index(code) if code in _LEVELS else -1


ROOM = Rule(
    "room", _("Room on these dates"), Lifter.TIME, _always,
    "c.places - COALESCE(s.taken, 0) - COALESCE(o.gone, 0) >= %(places)s",
    lambda w, u: u["free"] >= w.places,
)  # fmt: skip
"""The one rule that costs a look at the stays: it is asked last, of the units that answer to all others."""

RULES: tuple[Rule, ...] = (
    Rule("open", _("The unit takes new people"), Lifter.PROVIDER, _always, "c.active", lambda w, u: u["active"]),
    Rule(
        "kind", _("Kind of shelter"), Lifter.REQUESTER, lambda w: bool(w.kinds),
        "u.kind = ANY(%(kinds)s)", lambda w, u: u["kind"] in w.kinds,
    ),
    Rule(
        "form", _("Form of exploitation"), Lifter.PROVIDER, lambda w: bool(w.forms),
        "(c.forms = '{}' OR c.forms::text[] && %(forms)s::text[])",
        lambda w, u: not u["forms"] or not w.forms.isdisjoint(u["forms"]),
    ),
    Rule(
        "gender", _("Gender"), Lifter.PROVIDER, _always,
        "(c.genders = '{}' OR %(gender)s = ANY(c.genders))",
        lambda w, u: not u["genders"] or w.gender in u["genders"],
    ),
    Rule(
        "own_gender", _("Place for own gender only"), Lifter.REQUESTER, lambda w: w.own_gender,
        "c.genders::text[] = ARRAY[%(gender)s]::text[]", lambda w, u: list(u["genders"]) == [w.gender],
    ),
    Rule(
        "age", _("Age"), Lifter.PROVIDER, _always,
        f"(%(lowest_age)s >= COALESCE(c.age_from * 12, {MONTHS_OF_ADULTHOOD}) "
        "AND (c.age_to IS NULL OR %(highest_age)s < (c.age_to + 1) * 12))",
        _age_fits,
    ),
    *(_takes(need) for need in SAYS),
    Rule(
        "residence", _("Residence status"), Lifter.PROVIDER, _always,
        "(c.residence = '{}' OR %(residence)s = ANY(c.residence))",
        lambda w, u: not u["residence"] or w.residence in u["residence"],
    ),
    Rule(
        "security", _("Security"), Lifter.PROVIDER, lambda w: bool(w.secure),
        f"COALESCE({_LEVEL.format('c.security')} >= {_LEVEL.format('%(secure)s')}, false)",
        lambda w, u: _level(u["security"]) >= _level(w.secure),
    ),
    Rule(
        "unsafe", _("Not in a region that is unsafe for this person"), Lifter.COORDINATOR, lambda w: bool(w.unsafe),
        "NOT (u.region_id = ANY(%(unsafe)s))", lambda w, u: u["region_id"] not in w.unsafe,
    ),
    Rule(
        "apart", _("Nobody there whom this person must not meet"), Lifter.COORDINATOR, lambda w: bool(w.apart),
        "NOT EXISTS (SELECT FROM shelters_stay a WHERE a.unit_id = u.id AND a.ref = ANY(%(apart)s) "
        "AND a.period && tstzrange(%(begin)s, %(end)s))",
        lambda w, u: w.apart.isdisjoint(u["guests"]),
    ),
    ROOM,
)  # fmt: skip

_GIVES = " + ".join(f"(c.{need} = 'yes' AND NOT '{need.value}' = ANY(%(needs)s))::int" for need in SAYS)


def _spare(wanted: Wanted, unit: Facts) -> int:
    """The fewer things a place offers that this person does not ask for, the better: scarce places are used last."""
    return TEN - sum(unit[need.value] == Takes.YES and need not in wanted.needs for need in SAYS)


_NEAR_ENOUGH = {Reach.HERE.value: TEN, Reach.NEARBY.value: 8}
"""What something within reach is worth to who wished for it; of a unit that has not said, nothing is assumed."""


def _within_reach(wished: Wished, weight: int) -> Wish:
    """Something wished for within reach, of which a line says how near it is in the field of that name."""
    worth = " ".join(f"WHEN '{reach}' THEN {points}" for reach, points in _NEAR_ENOUGH.items())
    return Wish(
        wished.value,
        wished.label,
        weight,
        f"CASE WHEN '{wished.value}' = ANY(%(wishes)s) THEN CASE c.{wished.value} {worth} ELSE 0 END ELSE 0 END",
        lambda wanted, unit: _NEAR_ENOUGH.get(unit[wished.value], 0) * (wished in wanted.wishes),
    )


WISHES: tuple[Wish, ...] = (
    Wish(
        "near", _("In a region that was wished for"), 5, "CASE WHEN u.region_id = ANY(%(near)s) THEN 10 ELSE 0 END",
        lambda w, u: TEN * (u["region_id"] in w.near),
    ),
    Wish(
        "far", _("Not in a region to stay away from"), 5, "CASE WHEN u.region_id = ANY(%(far)s) THEN 0 ELSE 10 END",
        lambda w, u: TEN * (u["region_id"] not in w.far),
    ),
    Wish(
        "language", _("The own language is spoken"), 3,
        "CASE WHEN c.languages::text[] && %(languages)s::text[] THEN 10 ELSE 0 END",
        lambda w, u: TEN * (not w.languages.isdisjoint(u["languages"])),
    ),
    Wish(
        "expertise", _("There for this form of exploitation in particular"), 3,
        "CASE WHEN c.forms::text[] && %(forms)s::text[] THEN 10 ELSE 0 END",
        lambda w, u: TEN * (not w.forms.isdisjoint(u["forms"])),
    ),
    _within_reach(Wished.TREATMENT, 3),
    _within_reach(Wished.SCHOOL, 3),
    Wish(
        "length", _("The stay fits in the longest stay"), 2,
        "CASE WHEN %(days)s::int <= COALESCE(c.maximum_stay_days, %(days)s::int) OR "
        "(%(days)s::int IS NULL AND c.maximum_stay_days IS NULL) THEN 10 ELSE 0 END",
        lambda w, u: TEN * (u["maximum_stay_days"] is None or (u["days"] or 10**6) <= u["maximum_stay_days"]),
    ),
    Wish("spare", _("Leaves scarce places for who needs them"), 2, f"{TEN} - ({_GIVES})", _spare),
)  # fmt: skip
assert len(SAYS) == TEN


def weights_of(wanted: Wanted) -> dict[str, int]:
    """The weight of each wish for this person: its own, unless another was given."""
    given = dict(wanted.weights)
    return {wish.code: given.get(wish.code, wish.weight) for wish in WISHES}


def asked_of(wanted: Wanted) -> tuple[Rule, ...]:
    """The rules that ask something for this person, in the order of the list."""
    return tuple(rule for rule in RULES if rule.asked(wanted))


def parameters(wanted: Wanted, dates: Dates) -> dict[str, Any]:
    """What the statements are given."""
    lists = {name: sorted(getattr(wanted, name)) for name in ("kinds", "forms", "needs", "languages", "wishes")}
    keys = {name: sorted(getattr(wanted, name)) for name in ("unsafe", "near", "far", "apart")}
    return lists | keys | {
        "gender": str(wanted.gender), "lowest_age": wanted.lowest_age, "highest_age": wanted.highest_age,
        "residence": wanted.residence, "secure": str(wanted.secure), "places": wanted.places, "days": dates.days,
        "begin": dates.begin, "end": dates.end, "since": dates.since, "until": dates.until,
    }  # fmt: skip


def version() -> str:
    """Which rules these are: changes when a rule, a wish, or a weight does. Kept with every answer."""
    said = [(rule.code, rule.sql) for rule in RULES] + [(wish.code, wish.sql, wish.weight) for wish in WISHES]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:12]
