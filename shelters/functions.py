"""The questions to the inventory that the database answers itself, so that they are asked in one way everywhere.

`shelters_at` tells how each unit stands at a moment, `shelters_on` on a day, which means at its last moment; both for
the care side. `shelters_supply` adds units up to what may be known on every side: it is a gate in the wall, runs with
the rights of the tables' owner and gives nothing finer than the region. `known` is the moment as of which we look
(NULL: as we know it now); `apart` names what tells groups of like units apart besides the region (NULL: everything).
"""

from __future__ import annotations

from access.words import PROBLEMS
from shelters.words import Kind, Measure

_MOMENT = "(((on_day + 1)::timestamp AT TIME ZONE 'Europe/Amsterdam') - interval '1 microsecond')"
_KNOWN_NOW = "(known IS NULL OR known_since <= known)"
_KNOWN_THEN = "known IS NOT NULL AND known_since <= known AND known < known_until"
_ASKED = "(only_units IS NULL OR unit_id = ANY(only_units))"


def _as_known(table: str, past: str, columns: str, condition: str) -> str:
    """Rows of a table and of its past as they were known."""
    return (
        f"SELECT {columns} FROM {table} WHERE {condition} AND {_ASKED} AND {_KNOWN_NOW} "  # noqa: S608  our own names
        f"UNION ALL SELECT {columns} FROM {past} WHERE {condition} AND {_ASKED} AND {_KNOWN_THEN}"
    )


def _list_of(answer: str) -> str:
    given = ", ".join(f"CASE WHEN found.{need} = '{answer}' THEN '{need}' END" for need in PROBLEMS)
    return f"array_remove(ARRAY[{given}]::text[], NULL)"


def _standing(columns: str, read: str, moment: str, day: str) -> str:
    """Units as they stand at a moment of a day: `columns` of `line`, `stay`, `gone` and `word`.

    `read`: more columns of a line than those of every question.
    """
    capacity = _as_known(
        "shelters_capacity", "shelters_capacitypast", f"unit_id, id, places, active{read}", f"holds @> {day}"
    )
    stays = _as_known("shelters_stay", "shelters_staypast", "unit_id, arrived_at", f"period @> {moment}")
    outs = _as_known("shelters_outofservice", "shelters_outofservicepast", "unit_id, places", f"period @> {day}")
    return f"""
SELECT {columns}
FROM ({capacity}) line
LEFT JOIN (
    SELECT unit_id, (count(*) FILTER (WHERE arrived_at <= {moment}))::integer AS occupied,
        (count(*) FILTER (WHERE arrived_at IS NULL OR arrived_at > {moment}))::integer AS reserved
    FROM ({stays}) s GROUP BY unit_id) stay USING (unit_id)
LEFT JOIN (SELECT unit_id, sum(places)::integer AS places FROM ({outs}) o GROUP BY unit_id) gone USING (unit_id)
LEFT JOIN (
    SELECT DISTINCT ON (unit_id) unit_id, places::integer, at FROM shelters_placeable
    WHERE at <= LEAST({moment}, known) AND at > LEAST({moment}, known) - interval '7 days' AND {_ASKED}
    ORDER BY unit_id, at DESC, id DESC) word USING (unit_id)"""  # noqa: S608


_FREE = """CASE WHEN line.active THEN GREATEST(line.places - COALESCE(stay.occupied, 0) - COALESCE(stay.reserved, 0)
        - COALESCE(gone.places, 0), 0) ELSE 0 END"""

_STANDS = """(unit bigint, capacity bigint, places integer, active boolean, occupied integer, reserved integer,
    out_of_service integer, free integer, placeable integer, word_at timestamptz)"""
_EACH = f"""line.unit_id, line.id, line.places::integer, line.active, COALESCE(stay.occupied, 0),
    COALESCE(stay.reserved, 0), COALESCE(gone.places, 0), {_FREE}, word.places, word.at"""

AT = f"""
CREATE OR REPLACE FUNCTION shelters_at(
    moment timestamptz, known timestamptz DEFAULT NULL, only_units bigint[] DEFAULT NULL)
RETURNS TABLE {_STANDS}
LANGUAGE sql STABLE AS $${_standing(_EACH, "", "moment", "(moment AT TIME ZONE 'Europe/Amsterdam')::date")}
$$
"""

ON = f"""
CREATE OR REPLACE FUNCTION shelters_on(on_day date, known timestamptz DEFAULT NULL, only_units bigint[] DEFAULT NULL)
RETURNS TABLE {_STANDS}
LANGUAGE sql STABLE AS $$ SELECT * FROM shelters_at({_MOMENT}, known, only_units) $$
"""  # noqa: S608

BETWEEN = f"""
CREATE OR REPLACE FUNCTION shelters_between(
    since date, until date, known timestamptz DEFAULT NULL, only_units bigint[] DEFAULT NULL)
RETURNS TABLE (unit bigint, occupied_days bigint, place_days bigint)
LANGUAGE sql STABLE AS $$
WITH line AS ({
    _as_known(
        "shelters_capacity",
        "shelters_capacitypast",
        "unit_id, places, holds * daterange(since, until) AS span",
        "holds && daterange(since, until)",
    )
}), stay AS (
    SELECT unit_id, daterange(
        (GREATEST(arrived_at, lower(period)) AT TIME ZONE 'Europe/Amsterdam')::date,
        (upper(period) AT TIME ZONE 'Europe/Amsterdam')::date) AS days
    FROM ({
    _as_known(
        "shelters_stay",
        "shelters_staypast",
        "unit_id, arrived_at, period",
        "arrived_at IS NOT NULL AND (upper_inf(period) OR upper(period) > arrived_at) AND period && tstzrange("
        "since::timestamp AT TIME ZONE 'Europe/Amsterdam', until::timestamp AT TIME ZONE 'Europe/Amsterdam')",
    )
}) s)
SELECT there.unit_id, COALESCE(taken.days, 0), there.days FROM (
    SELECT unit_id, sum(places * (upper(span) - lower(span)))::bigint AS days FROM line GROUP BY unit_id) there
LEFT JOIN (
    SELECT unit_id, sum(upper(line.span * stay.days) - lower(line.span * stay.days))::bigint AS days
    FROM line JOIN stay USING (unit_id) WHERE line.span && stay.days GROUP BY unit_id) taken USING (unit_id)
$$
"""  # noqa: S608


def _apart(name: str, value: str) -> str:
    return f"CASE WHEN apart IS NULL OR '{name}' = ANY(apart) THEN {value} END AS {name}"


def _dimensions() -> str:
    """What tells groups of like units apart, each only where it is asked for: hashing it is what a picture costs."""
    values = {
        "kind": "unit.kind",
        "scheme": "found.scheme_id",
        "forms": "found.forms::text[]",
        "genders": "found.genders::text[]",
        "problems": _list_of("yes"),
        "consult": _list_of("consult"),
        "children": "found.children = 'yes'",
        "minors": "COALESCE(found.age_from < 18, false)",
    }
    return ", ".join(_apart(name, value) for name, value in values.items())


SUPPLY = f"""
CREATE OR REPLACE FUNCTION shelters_supply(
    on_day date, known timestamptz DEFAULT NULL, apart text[] DEFAULT NULL)
RETURNS TABLE (region bigint, kind text, scheme text, forms text[], genders text[], problems text[], consult text[],
    children boolean, minors boolean, measure text, units integer, places integer, occupied integer, reserved integer,
    out_of_service integer, free integer, placeable integer, stated_on date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
SELECT unit.region_id, {_dimensions()},
    CASE WHEN unit.kind = '{Kind.AMBULATORY}' THEN '{Measure.CASELOAD}' ELSE '{Measure.PLACES}' END,
    count(*)::integer, sum(found.places)::integer, sum(found.occupied)::integer, sum(found.reserved)::integer,
    sum(found.gone)::integer, sum(found.free)::integer, sum(LEAST(found.placeable, found.free))::integer,
    min(found.as_of)
FROM ({
    _standing(
        f'''unit_id, line.scheme_id, line.forms, line.genders, line.children, line.age_from, line.as_of,
    {', '.join(f"line.{need}" for need in PROBLEMS)}, line.places, COALESCE(stay.occupied, 0) AS occupied,
    COALESCE(stay.reserved, 0) AS reserved, COALESCE(gone.places, 0) AS gone, {_FREE} AS free,
    word.places AS placeable''',
        f", scheme_id, forms, genders, age_from, children, as_of, {', '.join(PROBLEMS)}",
        _MOMENT,
        "on_day",
    ).replace(f" AND {_ASKED}", "")
}) found
JOIN shelters_unit unit ON unit.id = found.unit_id
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
$$
"""  # noqa: S608  names of our own columns and codes of our own lists

SERIES = """
CREATE OR REPLACE FUNCTION shelters_series(
    since date, until date, in_region bigint DEFAULT NULL, of_kind text DEFAULT NULL)
RETURNS TABLE (on_day date, places bigint, occupied bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
-- Counted by adding up who came and who left, month after month, instead of asking for each month; places alike.
WITH day AS (
    SELECT n, (date_trunc('month', since) + make_interval(months => n) - interval '1 day')::date AS d
    FROM generate_series(1, 1 + (extract(year FROM age(date_trunc('month', until), date_trunc('month', since))) * 12
        + extract(month FROM age(date_trunc('month', until), date_trunc('month', since))))::integer) n
), ends AS (
    SELECT n, d, ((d + 1)::timestamp AT TIME ZONE 'Europe/Amsterdam') - interval '1 microsecond' AS at FROM day
), unit AS (
    SELECT id FROM shelters_unit
    WHERE kind <> 'ambulatory' AND (in_region IS NULL OR region_id = in_region) AND (of_kind IS NULL OR kind = of_kind)
), moments AS (SELECT array_agg(at ORDER BY n) AS at, array_agg(d ORDER BY n) AS d FROM ends
), stayed AS (
    -- After which ends of months somebody came and left: there are few such pairs, however many stays.
    -- Whoever was moved to another place has two rows with one arrival: the second begins when the first ends.
    SELECT width_bucket(
            GREATEST(arrived_at, lower(period)) - interval '1 microsecond', (SELECT at FROM moments)) AS came,
        width_bucket(upper(period) - interval '1 microsecond', (SELECT at FROM moments)) AS went, count(*) AS stays
    FROM shelters_stay WHERE arrived_at IS NOT NULL AND unit_id IN (SELECT id FROM unit)
        AND (upper_inf(period) OR upper(period) > arrived_at) AND NOT isempty(period)
    GROUP BY 1, 2
), held AS (
    SELECT COALESCE(width_bucket(lower(holds) - 1, (SELECT d FROM moments)), 0) AS began,
        width_bucket(upper(holds) - 1, (SELECT d FROM moments)) AS ended, sum(places) AS places
    FROM shelters_capacity WHERE unit_id IN (SELECT id FROM unit) AND NOT isempty(holds)
    GROUP BY 1, 2
), moved AS (
    SELECT n, sum(places) AS places, sum(stays) AS stays FROM (
        SELECT came AS n, 0 AS places, stays FROM stayed
        UNION ALL SELECT went, 0, -stays FROM stayed WHERE went IS NOT NULL
        UNION ALL SELECT began, places, 0 FROM held
        UNION ALL SELECT ended, -places, 0 FROM held WHERE ended IS NOT NULL) one
    GROUP BY n
)
SELECT e.d, (COALESCE(sum(m.places) OVER so_far, 0))::bigint, (COALESCE(sum(m.stays) OVER so_far, 0))::bigint
FROM ends e LEFT JOIN moved m ON m.n = e.n - 1 WINDOW so_far AS (ORDER BY e.n) ORDER BY e.n
$$
"""
DROP = "; ".join(
    f"DROP FUNCTION IF EXISTS {name}"
    for name in ("shelters_series", "shelters_supply", "shelters_between", "shelters_on", "shelters_at")
)
