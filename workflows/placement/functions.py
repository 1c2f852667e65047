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


_GONE = "LEAST(r.arrived_at, r.stopped_at)"
_WAITING = f"tstzrange(r.asked_at, CASE WHEN r.asked_at > {_GONE} THEN r.asked_at ELSE {_GONE} END)"
_WANTED = f"GREATEST(r.asked_at, r.wanted_from{_LOCAL})"


def _days(until: str) -> str:
    return f"GREATEST(extract(epoch FROM {until} - {_WANTED}) / 86400, 0)"


_ASKED = f"""
WITH span AS (SELECT since{_LOCAL} AS a, until{_LOCAL} AS b),
ask AS (
    SELECT r.process_id, r.person_key, {_cuts("r.region_id", "r.kind")},
        r.asked_at >= span.a AS within_span,
        CASE WHEN r.arrived_at < span.b THEN 'met' WHEN u.reason IS NOT NULL THEN 'unmet'
            WHEN r.stopped_at < span.b THEN r.stopped_by ELSE 'open' END AS came_of,
        u.reason AS unmet_reason, COALESCE(n.refusals, 0) AS refusals,
        COALESCE({_GONE} >= span.b, true) AS waiting,
        {_days("LEAST(r.arrived_at, span.b)")} AS days
    FROM span, placement_placementrecord r
    LEFT JOIN LATERAL (SELECT reason FROM placement_unmet u WHERE u.process_id = r.process_id
        AND u.since < span.b AND (u.until IS NULL OR u.until >= span.b)) u ON true
    LEFT JOIN LATERAL (SELECT count(*)::integer AS refusals FROM placement_refusal n
        WHERE n.process_id = r.process_id AND n.at < span.b) n ON true
    {_ONE_BY_ONE}
    WHERE (r.asked_at >= span.a AND r.asked_at < span.b
        OR {_WAITING} @> span.b - interval '1 microsecond') AND {_within("r.region_id", "r.kind")})
"""  # noqa: S608  names of our own columns and codes of our own lists

DEMAND = f"""
CREATE OR REPLACE FUNCTION placement_demand(
    since date, until date, cut text[] DEFAULT '{{}}', within jsonb DEFAULT '{{}}')
RETURNS TABLE ({_COLUMNS}, asked integer, persons integer, met integer, unmet integer, unmet_persons integer,
    withdrawn integer, moot integer, open integer, refused integer, refused_persons integer, refusals integer,
    waiting_days double precision, waiting integer, waiting_persons integer, waiting_so_far_days double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
{_ASKED}
SELECT {_NAMES}, (count(*) FILTER (WHERE within_span))::integer,
    (count(DISTINCT person_key) FILTER (WHERE within_span))::integer,
    (count(*) FILTER (WHERE within_span AND came_of = 'met'))::integer,
    (count(*) FILTER (WHERE within_span AND came_of = 'unmet'))::integer,
    (count(DISTINCT person_key) FILTER (WHERE within_span AND came_of = 'unmet'))::integer,
    (count(*) FILTER (WHERE within_span AND came_of = 'withdrawn'))::integer,
    (count(*) FILTER (WHERE within_span AND came_of = 'moot'))::integer,
    (count(*) FILTER (WHERE within_span AND came_of = 'open'))::integer,
    (count(*) FILTER (WHERE within_span AND ask.refusals > 0))::integer,
    (count(DISTINCT person_key) FILTER (WHERE within_span AND ask.refusals > 0))::integer,
    COALESCE(sum(ask.refusals) FILTER (WHERE within_span), 0)::integer,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY days) FILTER (WHERE within_span AND came_of = 'met'),
    (count(*) FILTER (WHERE ask.waiting))::integer,
    (count(DISTINCT person_key) FILTER (WHERE ask.waiting))::integer,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY days) FILTER (WHERE ask.waiting)
FROM ask GROUP BY {_NAMES}
$$
"""  # noqa: S608

REASONS = f"""
CREATE OR REPLACE FUNCTION placement_reasons(
    since date, until date, cut text[] DEFAULT '{{}}', within jsonb DEFAULT '{{}}')
RETURNS TABLE ({_COLUMNS}, about text, reason text, asked integer, times integer, persons integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
{_ASKED}
SELECT {_NAMES}, 'unmet', ask.unmet_reason, count(*)::integer, count(*)::integer,
    count(DISTINCT ask.person_key)::integer
FROM ask WHERE ask.within_span AND ask.came_of = 'unmet' GROUP BY {_NAMES}, ask.unmet_reason
UNION ALL
SELECT {_NAMES}, 'refusal', n.reason, count(DISTINCT ask.process_id)::integer, count(*)::integer,
    count(DISTINCT ask.person_key)::integer
FROM ask JOIN placement_refusal n ON n.process_id = ask.process_id AND n.at < (SELECT b FROM span)
WHERE ask.within_span GROUP BY {_NAMES}, n.reason
$$
"""  # noqa: S608

_END = f"((on_day + 1){_LOCAL} - interval '1 microsecond')"
_OPEN_THEN = f"o.asked_at <= {_END} AND COALESCE(LEAST(o.arrived_at, o.stopped_at) > {_END}, true)"
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
STAYS = f"""
CREATE OR REPLACE FUNCTION placement_stays(on_day date, cut text[] DEFAULT '{{}}', within jsonb DEFAULT '{{}}')
RETURNS TABLE ({_COLUMNS}, there integer, overstay integer, overstay_persons integer, over_days double precision,
    blocked integer, blocked_persons integer, waits_for jsonb, outside integer, outside_persons integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
WITH there AS (
    SELECT r.process_id, unit.region_id AS in_region, unit.kind AS in_kind,
        on_day - ((s.arrived_at AT TIME ZONE 'Europe/Amsterdam')::date + COALESCE(
            make_interval(days => line.maximum_stay_days), make_interval(months => scheme.maximum_months)
        ))::date AS over,
        (unit.kind <> r.kind OR COALESCE({_refuses()}, false)) AS outside
    FROM shelters_stay s
    JOIN placement_placementrecord r ON r.process_id = s.ref
    JOIN shelters_unit unit ON unit.id = s.unit_id
    LEFT JOIN shelters_capacity line ON line.unit_id = s.unit_id AND line.holds @> on_day
    LEFT JOIN shelters_scheme scheme ON scheme.code = line.scheme_id
    WHERE s.period @> {_END} AND s.arrived_at <= {_END}
), counted AS (
    SELECT {_cuts("t.in_region", "t.in_kind")}, r.person_key, t.process_id, t.over >= 0 AS overstay, t.over,
        next.kind::text AS next, false AS outside
    FROM there t JOIN placement_placementrecord r USING (process_id)
    LEFT JOIN LATERAL (SELECT o.kind FROM placement_placementrecord o WHERE t.over >= 0
        AND o.person_key = r.person_key AND o.process_id <> r.process_id AND {_OPEN_THEN}
        ORDER BY o.asked_at, o.process_id LIMIT 1) next ON true
    {_ONE_BY_ONE}
    WHERE {_within("t.in_region", "t.in_kind")}
    UNION ALL
    SELECT {_cuts("r.region_id", "r.kind")}, r.person_key, t.process_id, NULL, NULL, NULL, true
    FROM there t JOIN placement_placementrecord r USING (process_id)
    {_ONE_BY_ONE}
    WHERE t.outside AND {_within("r.region_id", "r.kind")}
)
SELECT {_NAMES}, (count(*) FILTER (WHERE NOT counted.outside))::integer,
    (count(*) FILTER (WHERE counted.overstay))::integer,
    (count(DISTINCT person_key) FILTER (WHERE counted.overstay))::integer,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY over) FILTER (WHERE counted.overstay),
    count(next)::integer, (count(DISTINCT person_key) FILTER (WHERE next IS NOT NULL))::integer,
    jsonb_strip_nulls(jsonb_build_object({_WAITS_FOR})),
    (count(*) FILTER (WHERE counted.outside))::integer,
    (count(DISTINCT person_key) FILTER (WHERE counted.outside))::integer
FROM counted GROUP BY {_NAMES}
$$
"""  # noqa: S608

DROP = "; ".join(
    f"DROP FUNCTION IF EXISTS {name}" for name in ("placement_demand", "placement_reasons", "placement_stays")
)
