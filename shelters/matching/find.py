"""The places that fit, in order; those that nearly fit, with what stands in the way; and why nothing fits.

`find` is one statement. `explain` is another, which keeps for every unit which rules it fails, as bits: the fewest bits
that any unit fails is the smallest set of requirements that must give way. Every unit goes through `for_post`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from access.clock import AMSTERDAM
from access.models import Post
from shelters.matching.rules import ROOM, RULES, WISHES, Lifter, Rule, asked_of, parameters, weights_of
from shelters.matching.wanted import Dates, Wanted, check
from shelters.models import SAYS, Unit
from shelters.words import Takes

TEN_BEST, NEAR = 10, 10

_WORST = """
(SELECT a.unit_id, (SELECT sum(b.places) FROM shelters_outofservice b
        WHERE b.unit_id = a.unit_id AND b.period @> GREATEST(lower(a.period), %(since)s)) AS gone
    FROM shelters_outofservice a WHERE a.period && daterange(%(since)s, %(until)s))"""
_ROOM_OF_EACH = f"""
LEFT JOIN LATERAL (SELECT count(DISTINCT place) AS taken FROM shelters_stay
    WHERE unit_id = c.unit_id AND COALESCE(upper(period), 'infinity') > %(begin)s
        AND period && tstzrange(%(begin)s, %(end)s)) s ON true
LEFT JOIN LATERAL (SELECT max(gone) AS gone FROM {_WORST} w WHERE w.unit_id = c.unit_id) o ON true
"""  # noqa: S608
"""Places taken by anybody on any of the dates, and the most that are out of service at once, unit by unit."""

_ROOM_OF_ALL = f"""
LEFT JOIN (SELECT unit_id, count(DISTINCT place) AS taken FROM shelters_stay
    WHERE period && tstzrange(%(begin)s, %(end)s) GROUP BY unit_id) s ON s.unit_id = c.unit_id
LEFT JOIN (SELECT unit_id, max(gone) AS gone FROM {_WORST} w GROUP BY unit_id) o ON o.unit_id = c.unit_id
"""  # noqa: S608
"""The same, worked out in one go: quicker where every unit is looked at."""

_FREE = "(c.places - COALESCE(s.taken, 0) - COALESCE(o.gone, 0))::int"


@dataclass(frozen=True, slots=True)
class Reason:
    """What a wish brought a place: `points` of the most that it could."""

    code: str
    text: Any
    points: int
    most: int


@dataclass(frozen=True, slots=True)
class Match:
    """A place that fits, why it stands where it stands, and whether only CoMensha places people there."""

    unit: int
    name: str
    region: str
    organisation: str
    free: int
    points: int
    reasons: tuple[Reason, ...]
    exclusive: bool


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing that stands in the way: what exactly, who can lift it, and from which day it is gone by itself."""

    code: str
    text: Any
    detail: str
    lifter: Lifter
    on: date | None = None
    soft: bool = False


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A place that would fit but for its obstacles."""

    unit: int
    name: str
    region: str
    organisation: str
    obstacles: tuple[Obstacle, ...]


@dataclass(frozen=True, slots=True)
class Removed:
    """How many units a rule ruled out, alone or with others; `alone`: those that fail nothing else."""

    code: str
    text: Any
    units: int
    alone: int


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A smallest set of requirements that, if they all gave way, would open so many units. Never applied by itself."""

    codes: tuple[str, ...]
    texts: tuple[Any, ...]
    units: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """Of all units looked at: how many fit, what each rule removed, the smallest relaxations, and near misses."""

    looked: int
    fit: int
    removed: tuple[Removed, ...]
    smallest: tuple[Relaxation, ...]
    near: tuple[NearMiss, ...]


def find(wanted: Wanted, post: Post, dates: Dates, limit: int = TEN_BEST) -> list[Match]:
    """The best places that answer to every requirement, best first.

    Errors: Impossible when what is asked contradicts itself.
    """
    check(wanted, dates)
    weights = weights_of(wanted)
    columns = ", ".join(f"({wish.sql}) * {weights[wish.code]}" for wish in WISHES)
    total = " + ".join(f"c.points[{nth}]" for nth in range(1, len(WISHES) + 1))
    where = " AND ".join(rule.sql for rule in asked_of(wanted) if rule is not ROOM)
    statement = f"""
WITH fits AS MATERIALIZED (
    SELECT c.unit_id, c.places, c.scheme_id, ARRAY[{columns}] AS points
    FROM shelters_unit u JOIN shelters_capacity c ON c.unit_id = u.id AND c.holds @> %(since)s
    WHERE {where} AND u.id IN ({{units}})
), best AS MATERIALIZED (
    SELECT c.unit_id AS id, c.scheme_id, c.points, {total} AS total, {_FREE} AS free
    FROM fits c {_ROOM_OF_EACH}
    WHERE {ROOM.sql} ORDER BY total DESC, free DESC, c.unit_id LIMIT {int(limit)}
)
SELECT best.id, u.name, r.name, h.name, best.free, best.total, best.points, m.exclusive
FROM best JOIN shelters_unit u ON u.id = best.id JOIN access_region r ON r.id = u.region_id
    JOIN access_organisation h ON h.id = u.organisation_id JOIN shelters_scheme m ON m.code = best.scheme_id
ORDER BY best.total DESC, best.free DESC, best.id"""  # noqa: S608  rules are our own
    rows = _ask(statement, post, parameters(wanted, dates))
    return [
        Match(unit, name, region, house, free, total, _reasons(points, weights), exclusive)
        for unit, name, region, house, free, total, points, exclusive in rows
    ]


def explain(wanted: Wanted, post: Post, dates: Dates, near: int = NEAR) -> Explanation:
    """Why what fits fits and the rest does not. No requirement gives way here: it is said what would happen if."""
    check(wanted, dates)
    rules = asked_of(wanted)
    bits = " | ".join(f"CASE WHEN {rule.sql} THEN 0 ELSE {1 << nth} END" for nth, rule in enumerate(rules))
    soft = " + ".join(f"(c.{need} = '{Takes.CONSULT}')::int" for need in SAYS if need in wanted.needs) or "0"
    statement = f"""
WITH looked AS MATERIALIZED (
    SELECT u.id, ({bits}) AS failed, {soft} AS soft, {_total(weights_of(wanted))} AS total
    FROM shelters_unit u JOIN shelters_capacity c ON c.unit_id = u.id AND c.holds @> %(since)s {_ROOM_OF_ALL}
    WHERE u.id IN ({{units}})
), counted AS (SELECT failed, count(*) AS units FROM looked GROUP BY failed)
SELECT 'mask', failed, units FROM counted
UNION ALL (SELECT 'near', id, failed FROM looked WHERE failed <> 0
    ORDER BY bit_count(failed::bit(32)), soft DESC, total DESC, id LIMIT {int(near) * 5})"""  # noqa: S608
    masks: dict[int, int] = {}
    closest: list[tuple[int, int]] = []
    given = parameters(wanted, dates)
    for what, one, other in _ask(statement, post, given):
        if what == "mask":
            masks[one] = other
        else:
            closest.append((one, other))
    failing = {mask: n for mask, n in masks.items() if mask}
    fewest = min((mask.bit_count() for mask in failing), default=0)
    smallest = sorted((m for m in failing if m.bit_count() == fewest), key=lambda m: (-failing[m], m))
    return Explanation(
        looked=sum(masks.values()),
        fit=masks.get(0, 0),
        removed=tuple(
            Removed(rule.code, rule.text, _having(failing, 1 << nth), failing.get(1 << nth, 0))
            for nth, rule in enumerate(rules)
        ),
        smallest=tuple(
            Relaxation(tuple(r.code for r in _of(rules, m)), tuple(r.text for r in _of(rules, m)), failing[m])
            for m in smallest
        ),
        near=_near(closest, rules, wanted, post, dates)[:near],
    )


def facts_of(units: Iterable[int], wanted: Wanted, post: Post, dates: Dates) -> dict[int, dict[str, Any]]:
    """What the rules look at, by unit: what its line says, who is there, and what is free on the dates."""
    keys = list(units)
    statement = f"""
SELECT u.id, u.name, u.kind, u.region_id, r.name, h.name, c.active, c.forms::text[], c.genders::text[], c.age_from,
    c.age_to, c.residence::text[], c.security, c.languages::text[], c.maximum_stay_days, c.treatment, c.school, {_FREE},
    {", ".join(f"c.{need}" for need in SAYS)},
    ARRAY(SELECT ref FROM shelters_stay t WHERE t.unit_id = u.id AND t.period && tstzrange(%(begin)s, %(end)s)),
    ARRAY(SELECT upper(period) FROM shelters_stay t WHERE t.unit_id = u.id AND t.arrived_at IS NULL
        AND t.period && tstzrange(%(begin)s, %(end)s) AND NOT upper_inf(t.period) ORDER BY 1),
    ARRAY(SELECT planned_until FROM shelters_stay t WHERE t.unit_id = u.id AND t.arrived_at IS NOT NULL
        AND t.period && tstzrange(%(begin)s, %(end)s) AND t.planned_until IS NOT NULL ORDER BY 1)
FROM shelters_unit u JOIN shelters_capacity c ON c.unit_id = u.id AND c.holds @> %(since)s {_ROOM_OF_EACH}
    JOIN access_region r ON r.id = u.region_id JOIN access_organisation h ON h.id = u.organisation_id
WHERE u.id = ANY(%(keys)s) AND u.id IN ({{units}})"""  # noqa: S608
    names = (
        "id", "name", "kind", "region_id", "region", "organisation", "active", "forms", "genders", "age_from",
        "age_to", "residence", "security", "languages", "maximum_stay_days", "treatment",
        "school", "free",
        *(need.value for need in SAYS), "guests", "expires", "leaves",
    )  # fmt: skip
    rows = _ask(statement, post, parameters(wanted, dates) | {"keys": keys})
    return {row[0]: dict(zip(names, row, strict=True)) | {"days": dates.days} for row in rows}


def _ask(statement: str, post: Post, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Rows of a statement in which `{units}` stands for the units that a post may see."""
    units = Unit.objects.for_post(post).order_by().values("pk").query
    if units.is_empty():  # a post that sees none
        return []
    seen, values = units.sql_with_params()
    for nth, value in enumerate(values):
        seen = seen.replace("%s", f"%(seen_{nth})s", 1)
        given = given | {f"seen_{nth}": value}
    with connection.cursor() as cursor:
        cursor.execute(statement.replace("{units}", seen), given)
        return cursor.fetchall()


def _total(weights: dict[str, int]) -> str:
    return " + ".join(f"({wish.sql}) * {weights[wish.code]}" for wish in WISHES)


def _reasons(points: list[int], weights: dict[str, int]) -> tuple[Reason, ...]:
    given = zip(WISHES, points, strict=True)
    return tuple(Reason(wish.code, wish.text, got, 10 * weights[wish.code]) for wish, got in given)


def _having(masks: dict[int, int], bit: int) -> int:
    return sum(n for mask, n in masks.items() if mask & bit)


def _of(rules: tuple[Rule, ...], mask: int) -> list[Rule]:
    return [rule for nth, rule in enumerate(rules) if mask & 1 << nth]


def _near(
    closest: list[tuple[int, int]], rules: tuple[Rule, ...], wanted: Wanted, post: Post, dates: Dates
) -> tuple[NearMiss, ...]:
    """Near misses, those first that lack least: fewest obstacles, and of these the softest."""
    if not closest:
        return ()
    facts = facts_of((unit for unit, _mask in closest), wanted, post, dates)
    found = [
        NearMiss(
            unit, facts[unit]["name"], facts[unit]["region"], facts[unit]["organisation"],
            tuple(obstacle(rule, wanted, facts[unit]) for rule in _of(rules, mask)),
        )
        for unit, mask in closest
        if unit in facts
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda miss: (len(miss.obstacles), -sum(one.soft for one in miss.obstacles))))


def obstacle(rule: Rule, wanted: Wanted, unit: dict[str, Any]) -> Obstacle:
    """What exactly keeps a unit from answering to a rule."""
    if rule.code in SAYS:
        said = unit[rule.code]
        detail = {Takes.CONSULT: _("in consultation"), Takes.NO: _("the unit says no")}.get(said, _("nobody has said"))
        return Obstacle(rule.code, rule.text, detail, rule.lifter, soft=said != Takes.NO)
    if rule.code == "age":
        months, detail = _age(wanted, unit)
        return Obstacle(rule.code, rule.text, detail, rule.lifter, soft=0 < months <= 6)
    if rule.code == "room":
        return _no_room(rule, wanted, unit)
    if rule.code == "residence" and not wanted.residence:
        return Obstacle(rule.code, rule.text, _("the residence status is not known"), Lifter.REQUESTER, soft=True)
    if rule.code == "gender" and wanted.gender == "unknown":
        return Obstacle(rule.code, rule.text, _("the gender is not known"), Lifter.REQUESTER, soft=True)
    if rule.code == "security" and not unit["security"]:
        return Obstacle(rule.code, rule.text, _("nobody has said"), rule.lifter, soft=True)
    return Obstacle(rule.code, rule.text, "", rule.lifter)


def _age(wanted: Wanted, unit: dict[str, Any]) -> tuple[int, str]:
    """How many months the age is beside the limit, and in words; 0 where nobody has said that minors are welcome."""
    youngest, oldest = unit["age_from"], unit["age_to"]
    if youngest is None and wanted.lowest_age < 18 * 12:
        return 0, _("nobody has said from which age")
    below = (youngest or 0) * 12 - wanted.lowest_age
    if below > 0:
        return below, _("from %(years)s years: %(months)s months too young") % {"years": youngest, "months": below}
    above = wanted.highest_age - (oldest + 1) * 12 + 1
    return above, _("to %(years)s years: %(months)s months too old") % {"years": oldest, "months": above}


def _no_room(rule: Rule, wanted: Wanted, unit: dict[str, Any]) -> Obstacle:
    """When there is room again, if enough of those who are there have an end that is known."""
    short = wanted.places - unit["free"]
    ends = [(_day(end), True) for end in unit["expires"]] + [(day, False) for day in unit["leaves"]]
    coming = sorted(ends)[:short]
    if len(coming) < short:
        return Obstacle(rule.code, rule.text, _("full; nobody knows until when"), Lifter.TIME)
    day, expires = coming[-1]
    text = _("a reservation expires on %(day)s") if expires else _("somebody plans to leave on %(day)s")
    return Obstacle(rule.code, rule.text, text % {"day": day.strftime("%d-%m-%Y")}, Lifter.TIME, on=day, soft=True)


def _day(moment: datetime) -> date:
    return moment.astimezone(AMSTERDAM).date()


assert len(RULES) < 32  # bits of an integer
