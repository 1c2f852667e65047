"""The count of demand, which the database makes itself, so that it is made in one way everywhere.

All three are gates in the wall: they run with the rights of the tables' owner and give sums per region at the finest,
never a case, a person or what tells persons apart. What is too small to show is left out by whoever shows it.

A *cut* names by what is counted apart (`CUTS`); what it does not name comes back as NULL. A request with two forms of
exploitation is counted under each when cut by `form`, and once, under both together, when cut by `forms`; so with
`problem` and `problems`. Since a person can have several requests, and a median cannot be added up, every cut is asked
for itself. `within` leaves out everything else: ``{"region": [3], "kind": [..], "form": [..], "gender": [..],
"problem": [..], "multiple": [true], "children": [true], "minor": [false]}``, where one of the forms or problems is
enough.
"""

from __future__ import annotations

from access.words import PROBLEMS, Gender, Need
from shelters.words import Kind, Takes

CUTS = {
    "region": "bigint",
    "kind": "text",
    "forms": "text[]",
    "form": "text",
    "gender": "text",
    "problems": "text[]",
    "problem": "text",
    "multiple": "boolean",
    "children": "boolean",
    "minor": "boolean",
    "month": "date",
}
"""By what demand can be counted apart, and what the database gives for it. `multiple`: more than one problem;
`month`: the first day of the month in which the place was asked for."""
_COLUMNS = ", ".join(f"{name} {kind}" for name, kind in CUTS.items())
_NAMES = ", ".join(CUTS)
_LOCAL = "::timestamp AT TIME ZONE 'Europe/Amsterdam'"


def _cut(name: str, value: str) -> str:
    return f"CASE WHEN '{name}' = ANY(cut) THEN {value} END AS {name}"


def _cuts(region: str, kind: str) -> str:
    """Each cut of a request `r`, whose forms and problems are taken one by one as `f` and `p`."""
    values = {
        "region": region,
        "kind": f"{kind}::text",
        "forms": "ARRAY(SELECT unnest(r.forms)::text ORDER BY 1)",
        "form": "f.form",
        "gender": "r.gender::text",
        "problems": "ARRAY(SELECT unnest(r.problems)::text ORDER BY 1)",
        "problem": "p.problem",
        "multiple": "cardinality(r.problems) > 1",
        "children": "r.children",
        "minor": "r.minor",
        "month": "date_trunc('month', r.asked_at AT TIME ZONE 'Europe/Amsterdam')::date",
    }
    return ", ".join(_cut(name, value) for name, value in values.items())


_ONE_BY_ONE = """
LEFT JOIN LATERAL unnest(CASE WHEN 'form' = ANY(cut) THEN r.forms::text[] END) f (form) ON true
LEFT JOIN LATERAL unnest(CASE WHEN 'problem' = ANY(cut) THEN r.problems::text[] END) p (problem) ON true
"""


def _within(region: str, kind: str) -> str:
    one = {
        "region": region,
        "kind": f"{kind}::text",
        "gender": "r.gender::text",
        "multiple": "(cardinality(r.problems) > 1)",
        "children": "r.children",
        "minor": "r.minor",
    }
    some = {"form": "r.forms", "problem": "r.problems"}
    asked = {name: f"within->'{name}' @> to_jsonb({value})" for name, value in one.items()}
    for name, value in some.items():
        asked[name] = f"{value}::text[] && ARRAY(SELECT jsonb_array_elements_text(within->'{name}'))"
    return " AND ".join(f"(within->'{name}' IS NULL OR {condition})" for name, condition in asked.items())


_SINCE, _UNTIL = f"(from_day{_LOCAL})", f"(to_day{_LOCAL})"
_MOMENT = f"((on_day + 1){_LOCAL} - interval '1 microsecond')"


def _waiting(moment: str) -> str:
    """Whether a request `r` was one at a moment; worded like the index `placement_waiting`."""
    gone = "LEAST(r.arrived_at, r.stopped_at)"
    return f"tstzrange(r.asked_at, CASE WHEN r.asked_at > {gone} THEN r.asked_at ELSE {gone} END) @> {moment}"


def _function(name: str, given: str, told: str, query: str) -> str:
    """A gate. Each call is planned for its own cut and period; what is sorted stays in memory."""
    return f"""
CREATE OR REPLACE FUNCTION {name}({given}, cut text[] DEFAULT '{{}}', within jsonb DEFAULT '{{}}')
RETURNS TABLE ({_COLUMNS}, {told})
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan
SET work_mem = '64MB' AS $$
{query}
$$
"""


_IN_PERIOD = f"(r.asked_at >= {_SINCE} AND r.asked_at < {_UNTIL})"
_UNMET_THEN = f"u.since < {_UNTIL} AND (u.until IS NULL OR u.until >= {_UNTIL})"
_REFUSED_THEN = f"n.at >= {_SINCE} AND n.at < {_UNTIL}"

DEMAND = _function(
    "placement_demand",
    "from_day date, to_day date",
    """asked integer, persons integer, met integer, unmet integer, unmet_persons integer, withdrawn integer,
    moot integer, open integer, refused integer, refused_persons integer, refusals integer,
    waiting_days double precision, waiting integer, waiting_persons integer, waiting_so_far_days double precision""",
    f"""
WITH ask AS (
    SELECT {_cuts("r.region_id", "r.kind")}, r.person_key, {_IN_PERIOD} AS in_period,
        CASE WHEN r.arrived_at < {_UNTIL} THEN 'met' WHEN u.process_id IS NOT NULL THEN 'unmet'
            WHEN r.stopped_at < {_UNTIL} THEN r.stopped_by ELSE 'open' END AS came_of,
        COALESCE(n.times, 0) AS times, COALESCE(LEAST(r.arrived_at, r.stopped_at) >= {_UNTIL}, true) AS waits,
        GREATEST(date_part('epoch', LEAST(r.arrived_at, {_UNTIL})
            - GREATEST(r.asked_at, r.wanted_from{_LOCAL})) / 86400, 0) AS days
    FROM placement_placementrecord r
    LEFT JOIN placement_unmet u ON u.process_id = r.process_id AND {_UNMET_THEN}
    LEFT JOIN (SELECT n.process_id, count(*) AS times FROM placement_refusal n WHERE {_REFUSED_THEN}
        GROUP BY n.process_id) n ON n.process_id = r.process_id AND {_IN_PERIOD}
    {_ONE_BY_ONE}
    WHERE ({_IN_PERIOD} OR {_waiting(f"{_UNTIL} - interval '1 microsecond'")}) AND {_within("r.region_id", "r.kind")})
SELECT {_NAMES}, (count(*) FILTER (WHERE in_period))::integer,
    (count(DISTINCT person_key) FILTER (WHERE in_period))::integer,
    (count(*) FILTER (WHERE in_period AND came_of = 'met'))::integer,
    (count(*) FILTER (WHERE in_period AND came_of = 'unmet'))::integer,
    (count(DISTINCT person_key) FILTER (WHERE in_period AND came_of = 'unmet'))::integer,
    (count(*) FILTER (WHERE in_period AND came_of = 'withdrawn'))::integer,
    (count(*) FILTER (WHERE in_period AND came_of = 'moot'))::integer,
    (count(*) FILTER (WHERE in_period AND came_of = 'open'))::integer,
    (count(*) FILTER (WHERE times > 0))::integer, (count(DISTINCT person_key) FILTER (WHERE times > 0))::integer,
    sum(times)::integer,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY days) FILTER (WHERE in_period AND came_of = 'met'),
    (count(*) FILTER (WHERE waits))::integer, (count(DISTINCT person_key) FILTER (WHERE waits))::integer,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY days) FILTER (WHERE waits)
FROM ask GROUP BY {_NAMES}""",  # noqa: S608  names of our own columns and codes of our own lists
)

REASONS = _function(
    "placement_reasons",
    "from_day date, to_day date",
    "about text, reason text, asked integer, times integer, persons integer",
    f"""
SELECT {_NAMES}, said.about, said.reason, count(DISTINCT process_id)::integer, count(*)::integer,
    count(DISTINCT person_key)::integer
FROM (
    SELECT {_cuts("r.region_id", "r.kind")}, r.process_id, r.person_key, what.about, what.reason
    FROM (
        SELECT 'refusal' AS about, n.process_id, n.reason FROM placement_refusal n WHERE {_REFUSED_THEN}
        UNION ALL SELECT 'unmet', u.process_id, u.reason FROM placement_unmet u WHERE {_UNMET_THEN}) what
    JOIN placement_placementrecord r USING (process_id)
    {_ONE_BY_ONE}
    WHERE {_IN_PERIOD} AND (what.about = 'refusal' OR COALESCE(r.arrived_at >= {_UNTIL}, true))
        AND {_within("r.region_id", "r.kind")}) said
GROUP BY {_NAMES}, said.about, said.reason""",  # noqa: S608
)

_ASKED_OF_UNIT = ("children", "pregnant", "couple", "pets", "wheelchair", *PROBLEMS)


def _refuses() -> str:
    """Whether a unit says no to a need that was asked, or is there for others; what nobody has said refuses nobody."""
    needs = [f"(line.{need} = '{Takes.NO}' AND '{need}' = ANY(r.needs))" for need in _ASKED_OF_UNIT]
    return " OR ".join(
        [
            *needs,
            f"(line.{Need.CHILDREN} = '{Takes.NO}' AND r.children)",
            f"(r.gender <> '{Gender.UNKNOWN}' AND cardinality(line.genders) > 0 AND NOT r.gender = ANY(line.genders))",
            "(cardinality(r.forms) > 0 AND cardinality(line.forms) > 0 AND NOT line.forms::text[] && r.forms::text[])",
            "(r.minor AND line.age_from >= 18)",
            "(NOT r.minor AND line.age_to < 18)",
        ]
    )


_WAITS_FOR = ", ".join(f"'{kind}', NULLIF(count(*) FILTER (WHERE next = '{kind}'), 0)" for kind in Kind)

STAYS = _function(
    "placement_stays",
    "on_day date",
    """there integer, overstay integer, overstay_persons integer, over_days double precision, blocked integer,
    blocked_persons integer, waits_for jsonb, outside integer, outside_persons integer""",
    f"""
WITH there AS (
    SELECT r.process_id, r.person_key, r.region_id, r.kind, r.forms, r.gender, r.problems, r.children, r.minor,
        r.asked_at, unit.region_id AS in_region, unit.kind AS in_kind,
        on_day - ((s.arrived_at AT TIME ZONE 'Europe/Amsterdam')::date + COALESCE(
            make_interval(days => line.maximum_stay_days), make_interval(months => scheme.maximum_months)
        ))::date AS over,
        (unit.kind <> r.kind OR COALESCE({_refuses()}, false)) AS outside
    FROM shelters_stay s
    JOIN placement_placementrecord r ON r.process_id = s.ref
    JOIN shelters_unit unit ON unit.id = s.unit_id
    LEFT JOIN shelters_capacity line ON line.unit_id = s.unit_id AND line.holds @> on_day
    LEFT JOIN shelters_scheme scheme ON scheme.code = line.scheme_id
    WHERE s.period @> {_MOMENT} AND s.arrived_at <= {_MOMENT}
), next AS (
    SELECT DISTINCT ON (r.person_key) r.person_key, r.kind::text AS next FROM placement_placementrecord r
    WHERE {_waiting(_MOMENT)} ORDER BY r.person_key, r.asked_at, r.process_id
), place AS (
    SELECT {_cuts("r.in_region", "r.in_kind")}, r.person_key, r.over >= 0 AS too_long, r.over, next.next
    FROM there r LEFT JOIN next ON next.person_key = r.person_key AND r.over >= 0
    {_ONE_BY_ONE}
    WHERE {_within("r.in_region", "r.in_kind")}
), misfit AS (
    SELECT {_cuts("r.region_id", "r.kind")}, r.person_key FROM there r
    {_ONE_BY_ONE}
    WHERE r.outside AND {_within("r.region_id", "r.kind")}
)
SELECT {_NAMES}, count(*)::integer, (count(*) FILTER (WHERE too_long))::integer,
    (count(DISTINCT person_key) FILTER (WHERE too_long))::integer,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY over) FILTER (WHERE too_long),
    count(next)::integer, (count(DISTINCT person_key) FILTER (WHERE next IS NOT NULL))::integer,
    jsonb_strip_nulls(jsonb_build_object({_WAITS_FOR})), NULL::integer, NULL::integer
FROM place GROUP BY {_NAMES}
UNION ALL
SELECT {_NAMES}, NULL, NULL, NULL, NULL, NULL, NULL, NULL, count(*)::integer, count(DISTINCT person_key)::integer
FROM misfit GROUP BY {_NAMES}""",  # noqa: S608
)
"""A line can come in two rows: stays in the place where they are, and stays outside a fitting one by what was asked."""

DROP = "; ".join(
    f"DROP FUNCTION IF EXISTS {name}" for name in ("placement_demand", "placement_reasons", "placement_stays")
)
