"""The count of demand, which the database makes itself, so that it is made in one way everywhere.

All four are gates in the wall: they run with the rights of the tables' owner and give sums per region at the finest,
never a case, a person or what tells persons apart. What is too small to show is left out by whoever shows it.

A *cut* names by what is counted apart (`CUTS`); what it does not name comes back as NULL. A request with two forms of
exploitation is counted under each when cut by `form`, and once, under both together, when cut by `forms`; so with
`problem` and `problems`. Since a person can have several requests, and a median cannot be added up, every cut is
counted for itself; with its lines comes the `whole` of what they were cut from, from the same reading of the rows.
`within` leaves out everything else: ``{"region": [3], "kind": [..], "form": [..], "gender": [..],
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


_EXPANDED = """
LEFT JOIN LATERAL unnest(CASE WHEN 'form' = ANY(cut) THEN r.forms::text[] END) f (form) ON true
LEFT JOIN LATERAL unnest(CASE WHEN 'problem' = ANY(cut) THEN r.problems::text[] END) p (problem) ON true
"""


def _read(row: str) -> str:
    """Of a request only what the cut asks: what is read is kept until everything is counted."""
    names = {"region_id": "region", "kind": "kind", "gender": "gender", "children": "children", "minor": "minor",
             "asked_at": "month"}  # fmt: skip
    ones = [f"CASE WHEN '{name}' = ANY(cut) THEN {row}.{column} END AS {column}" for column, name in names.items()]
    some = [
        f"CASE WHEN cut && '{{{names}}}'::text[] THEN {row}.{column} END AS {column}"
        for column, names in (("forms", "form,forms"), ("problems", "problem,problems,multiple"))
    ]
    return ", ".join([*ones, *some])


def _lines(source: str, region: str, kind: str, columns: str) -> str:
    """The rows of a source on the lines of a cut: each once, or under each of its forms or problems.

    What the cut does not ask is known to be empty when it is planned, and costs nothing for each row.
    """
    one_by_one = "".join(
        f"LEFT JOIN (SELECT process_id, unnest({many})::text AS {one} FROM {source} WHERE '{one}' = ANY(cut)) {alias} "  # noqa: S608
        f"ON {alias}.process_id = r.process_id "
        for one, many, alias in (("form", "forms", "f"), ("problem", "problems", "p"))
    )
    return f"""
    SELECT {_cuts(region, kind)}, {columns} FROM {source} r {one_by_one}
    WHERE cardinality(cut) > 0"""  # noqa: S608


def _counted(lines: str, whole: str, figures: str) -> str:
    """The figures of each line and of the whole. A whole of nothing is no line.

    A cut that is not asked is said to be empty once more, so that nothing is grouped by it.
    """
    nothing = ", ".join(f"NULL::{kind}" for kind in CUTS.values())
    apart = ", ".join(_cut(name, name) for name in CUTS)
    numbers = ", ".join(str(2 + n) for n in range(len(CUTS)))
    return f"""
SELECT false AS whole, {apart}, {figures} FROM {lines} GROUP BY {numbers}
UNION ALL
SELECT true, {nothing}, {figures} FROM {whole} HAVING count(*) > 0"""  # noqa: S608


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
RETURNS TABLE (whole boolean, {_COLUMNS}, {told})
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan
SET work_mem = '64MB' AS $$
{query}
$$
"""


_IN_PERIOD = f"(r.asked_at >= {_SINCE} AND r.asked_at < {_UNTIL})"
_UNMET_THEN = f"u.since < {_UNTIL} AND (u.until IS NULL OR u.until >= {_UNTIL})"
_REFUSED_THEN = f"n.at >= {_SINCE} AND n.at < {_UNTIL}"

_MET, _UNMET, _WITHDRAWN, _MOOT, _OPEN = range(1, 6)
"""What came of a request, as a number: it is compared for every request of a year."""
_OF_PERSON = {
    "asked": "count(came_of)",
    "met": f"count(*) FILTER (WHERE came_of = {_MET})",
    "unmet": f"count(*) FILTER (WHERE came_of = {_UNMET})",
    "withdrawn": f"count(*) FILTER (WHERE came_of = {_WITHDRAWN})",
    "moot": f"count(*) FILTER (WHERE came_of = {_MOOT})",
    "open": f"count(*) FILTER (WHERE came_of = {_OPEN})",
    "refused": "count(times)",
    "times": "sum(times)",
    "waits": "count(*) FILTER (WHERE waits)",
}
"""What is counted of one person: a person is one, and what a person asked is added up afterwards."""
_PERSON = ", ".join(["person_key", *(f"({count})::integer AS {name}" for name, count in _OF_PERSON.items())])
_ADDED = ", ".join(["person_key", *(f"sum({name})::integer" for name in _OF_PERSON)])
_ADDS_UP = "(cardinality(cut) > 0 AND NOT cut && '{form,problem}'::text[])"
"""Whether each request stands on one line, so that what is counted of a person on the lines adds up to the whole."""
_ASKED_FIGURES = """sum(asked)::integer, (count(*) FILTER (WHERE asked > 0))::integer, sum(met)::integer,
    sum(unmet)::integer, (count(*) FILTER (WHERE unmet > 0))::integer, sum(withdrawn)::integer, sum(moot)::integer,
    sum(open)::integer, sum(refused)::integer, (count(*) FILTER (WHERE refused > 0))::integer,
    COALESCE(sum(times), 0)::integer, NULL::double precision, sum(waits)::integer,
    (count(*) FILTER (WHERE waits > 0))::integer, NULL::double precision"""
_MEDIANS = f"""NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY days) FILTER (WHERE came_of = {_MET}), NULL, NULL,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY days) FILTER (WHERE waits)"""
_WAITS = f"COALESCE(LEAST(r.arrived_at, r.stopped_at) >= {_UNTIL}, true)"

DEMAND = _function(
    "placement_demand",
    "from_day date, to_day date",
    """asked integer, persons integer, met integer, unmet integer, unmet_persons integer, withdrawn integer,
    moot integer, open integer, refused integer, refused_persons integer, refusals integer,
    waiting_days double precision, waiting integer, waiting_persons integer, waiting_so_far_days double precision""",
    f"""
WITH ask AS MATERIALIZED (
    SELECT {_read("r")}, r.process_id, r.person_key,
        CASE WHEN NOT {_IN_PERIOD} THEN NULL WHEN r.arrived_at < {_UNTIL} THEN {_MET}
            WHEN u.process_id IS NOT NULL THEN {_UNMET} WHEN r.stopped_at < {_UNTIL} THEN
            CASE r.stopped_by WHEN 'moot' THEN {_MOOT} ELSE {_WITHDRAWN} END ELSE {_OPEN} END AS came_of,
        n.times, {_WAITS} AS waits,
        CASE WHEN r.arrived_at < {_UNTIL} OR {_WAITS} THEN GREATEST(date_part('epoch', LEAST(r.arrived_at, {_UNTIL})
            - GREATEST(r.asked_at, CASE WHEN r.wanted_from IS NOT NULL THEN r.wanted_from{_LOCAL} END)) / 86400, 0)
            END AS days
    FROM placement_placementrecord r
    LEFT JOIN placement_unmet u ON u.process_id = r.process_id AND {_UNMET_THEN}
    LEFT JOIN (SELECT n.process_id, count(*)::integer AS times FROM placement_refusal n WHERE {_REFUSED_THEN}
        GROUP BY n.process_id) n ON n.process_id = r.process_id AND {_IN_PERIOD}
    WHERE ({_IN_PERIOD} OR {_waiting(f"{_UNTIL} - interval '1 microsecond'")}) AND {_within("r.region_id", "r.kind")}
), line AS NOT MATERIALIZED ({
        _lines("ask", "r.region_id", "r.kind", "r.person_key, r.came_of, r.times, r.waits, r.days")
    }
), of_line AS MATERIALIZED (SELECT {_NAMES}, {_PERSON} FROM line GROUP BY {_NAMES}, person_key
), of_all AS (
    SELECT {_PERSON} FROM ask WHERE NOT {_ADDS_UP} GROUP BY person_key
    UNION ALL SELECT {_ADDED} FROM of_line WHERE {_ADDS_UP} GROUP BY person_key
)
{_counted("of_line", "of_all", _ASKED_FIGURES)}
UNION ALL
{_counted("line WHERE days IS NOT NULL", "ask WHERE days IS NOT NULL", _MEDIANS)}""",  # noqa: S608  our own names
)
"""A line comes in two rows: what is counted, and the medians."""

REASONS = _function(
    "placement_reasons",
    "from_day date, to_day date",
    "about text, reason text, asked integer, times integer, persons integer",
    f"""
SELECT cardinality(cut) = 0, {_NAMES}, said.about, said.reason, count(DISTINCT process_id)::integer, count(*)::integer,
    count(DISTINCT person_key)::integer
FROM (
    SELECT {_cuts("r.region_id", "r.kind")}, r.process_id, r.person_key, what.about, what.reason
    FROM (
        SELECT 'refusal' AS about, n.process_id, n.reason FROM placement_refusal n WHERE {_REFUSED_THEN}
        UNION ALL SELECT 'unmet', u.process_id, u.reason FROM placement_unmet u WHERE {_UNMET_THEN}) what
    JOIN placement_placementrecord r USING (process_id)
    {_EXPANDED}
    WHERE {_IN_PERIOD} AND (what.about = 'refusal' OR COALESCE(r.arrived_at >= {_UNTIL}, true))
        AND {_within("r.region_id", "r.kind")}) said
GROUP BY {_NAMES}, said.about, said.reason""",  # noqa: S608
)

UNMET = _function(
    "placement_unmet_requests",
    "from_day date, to_day date",
    "unmet integer",
    f"""
SELECT cardinality(cut) = 0, {_NAMES}, count(*)::integer
FROM (
    SELECT {_cuts("r.region_id", "r.kind")} FROM placement_unmet u
    JOIN placement_placementrecord r USING (process_id)
    {_EXPANDED}
    WHERE {_UNMET_THEN} AND {_IN_PERIOD} AND COALESCE(r.arrived_at >= {_UNTIL}, true)
        AND {_within("r.region_id", "r.kind")}) said
GROUP BY {_NAMES}""",  # noqa: S608
)
"""Of what `placement_demand` counts only the requests that were not met: few, and found from their own table."""

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


def _over() -> str:
    """How many days a stay has gone on beyond the longest of its unit or scheme; NULL while it has not reached it.

    A month has at least 28 days: of most stays that says enough, and the calendar need not be asked.
    """
    ends = "(s.arrived_at AT TIME ZONE 'Europe/Amsterdam')::date + line.maximum_stay_days"
    ends_of = """((s.arrived_at AT TIME ZONE 'Europe/Amsterdam')::date
            + make_interval(months => scheme.maximum_months))::date"""
    return f"""CASE WHEN line.maximum_stay_days IS NOT NULL THEN NULLIF(GREATEST(on_day - ({ends}), -1), -1)
            WHEN s.arrived_at <= {_MOMENT} - 28 * scheme.maximum_months * interval '1 day'
            THEN NULLIF(GREATEST(on_day - {ends_of}, -1), -1) END"""


_THERE_FIGURES = """count(*)::integer, NULL::integer, NULL::integer, NULL::double precision, NULL::integer,
    NULL::integer, NULL::jsonb, NULL::integer, NULL::integer"""
_LONG_FIGURES = f"""NULL, count(*)::integer, count(DISTINCT person_key)::integer,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY over), count(next)::integer,
    (count(DISTINCT person_key) FILTER (WHERE next IS NOT NULL))::integer,
    jsonb_strip_nulls(jsonb_build_object({_WAITS_FOR})), NULL, NULL"""
_MISFIT_FIGURES = "NULL, NULL, NULL, NULL, NULL, NULL, NULL, count(*)::integer, count(DISTINCT person_key)::integer"

STAYS = _function(
    "placement_stays",
    "on_day date",
    """there integer, overstay integer, overstay_persons integer, over_days double precision, blocked integer,
    blocked_persons integer, waits_for jsonb, outside integer, outside_persons integer""",
    f"""
WITH there AS MATERIALIZED (
    SELECT {_read("r")}, r.process_id, r.person_key, unit.region_id AS in_region, unit.kind AS in_kind,
        {_over()} AS over,
        (unit.kind <> r.kind OR COALESCE({_refuses()}, false)) AND {_within("r.region_id", "r.kind")} AS outside,
        {_within("unit.region_id", "unit.kind")} AS inside
    FROM shelters_stay s
    JOIN placement_placementrecord r ON r.process_id = s.ref
    JOIN shelters_unit unit ON unit.id = s.unit_id
    LEFT JOIN shelters_capacity line ON line.unit_id = s.unit_id AND line.holds @> on_day
    LEFT JOIN shelters_scheme scheme ON scheme.code = line.scheme_id
    WHERE s.period @> {_MOMENT} AND s.arrived_at <= {_MOMENT}
), next AS (
    SELECT DISTINCT ON (r.person_key) r.person_key, r.kind::text AS next FROM placement_placementrecord r
    WHERE {_waiting(_MOMENT)} ORDER BY r.person_key, r.asked_at, r.process_id
), place AS NOT MATERIALIZED (SELECT * FROM there WHERE inside
), long AS MATERIALIZED (
    SELECT there.*, next.next FROM there LEFT JOIN next USING (person_key) WHERE inside AND over IS NOT NULL
), misfit AS MATERIALIZED (SELECT * FROM there WHERE outside
), place_line AS ({_lines("place", "r.in_region", "r.in_kind", "r.process_id")}
), long_line AS ({_lines("long", "r.in_region", "r.in_kind", "r.person_key, r.over, r.next")}
), misfit_line AS ({_lines("misfit", "r.region_id", "r.kind", "r.person_key")}
)
{_counted("place_line", "place", _THERE_FIGURES)}
UNION ALL
{_counted("long_line", "long", _LONG_FIGURES)}
UNION ALL
{_counted("misfit_line", "misfit", _MISFIT_FIGURES)}""",  # noqa: S608
)
"""A line can come in three rows: stays in the place where they are, those of them that are too long, and stays outside
a fitting place by what was asked."""

DROP = "; ".join(
    f"DROP FUNCTION IF EXISTS {name}"
    for name in ("placement_demand", "placement_reasons", "placement_stays", "placement_unmet_requests")
)
