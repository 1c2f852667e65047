"""The gates of the comparison: sums per design over files of every side, never a file, a person or an opinion.

They run with the rights of the tables' owner. `comparison_figures` gives lines (design, figure, part): of how many
(`number`), how many (`counted`), or the quantiles of what was measured, with the ordered values between which each
lies, as `insights.comparison.certainty.ranks` has it. Counted are first requests made in the period; a reconsideration
counts with the request it belongs to. `waiting` names the states, as ``kind:state``, in which others were waited for.

All is told as it stood at the end of the period: what happened afterwards counts in a later one. So asking the same
again tomorrow tells of nobody to whom something happened today.

What is measured of one file does not cross: a quantile, and each end of where it lies, is told only if there are at
least `fewest` values on either side of it. So the median needs 2 x `fewest` files and nine in ten 10 x `fewest`.
"""

from __future__ import annotations

_LOCAL = "::timestamp AT TIME ZONE 'Europe/Amsterdam'"
_OVER = f"((to_day + 1){_LOCAL})"
_IN_PERIOD = f"p.opened_at >= (from_day{_LOCAL}) AND p.opened_at < {_OVER}"
_STATE = f"""(SELECT l.to_state FROM engine_steplog l
    WHERE l.process_id = p.id AND l.at < {_OVER} ORDER BY l.id DESC LIMIT 1) AS state"""  # noqa: S608

_RUNS = f"""
runs AS (
    SELECT d.process_id, d.design, d.file_id, p.kind, {_STATE}, p.opened_at, f.handover, d.suspended_for,
        COALESCE(f.disappeared_since < {_OVER}, false) AS gone,
        NOT f.shown_adult AND (f.birth_date IS NULL OR f.birth_estimated
            OR f.birth_date > (p.opened_at AT TIME ZONE 'Europe/Amsterdam')::date - interval '18 years') AS minor,
        f.exploitation_id IS NOT NULL AS linked
    FROM determination_determination d
    JOIN engine_process p ON p.id = d.process_id
    JOIN determination_file f ON f.id = d.file_id
    WHERE d.reconsiders_id IS NULL AND {_IN_PERIOD}
    UNION ALL
    SELECT i.process_id, 'investigation_led', NULL, p.kind, {_STATE}, p.opened_at, i.handover, interval '0',
        false, NULL, NULL
    FROM investigation_led_investigation i JOIN engine_process p ON p.id = i.process_id
    WHERE {_IN_PERIOD}
)
"""  # noqa: S608  pieces of our own

_FIGURES = f"""
WITH {_RUNS}, last AS (
    SELECT DISTINCT ON (c.determination_id) c.determination_id, c.id, c.outcome, c.decided_at,
        CASE WHEN c.served_recorded_at < {_OVER} THEN c.served_recorded_at END AS served_at
    FROM determination_decision c WHERE c.stage = 'conclusive' AND c.decided_at < {_OVER}
    ORDER BY c.determination_id, c.version DESC
), again AS (
    SELECT d.file_id, n.outcome, d.process_id
    FROM determination_determination d JOIN engine_process p ON p.id = d.process_id
    LEFT JOIN last n ON n.determination_id = d.process_id
    WHERE d.reconsiders_id IS NOT NULL AND p.opened_at < {_OVER}
), spans AS (
    SELECT l.process_id, r.design, r.kind, l.to_state AS state,
        lead(l.at) OVER (PARTITION BY l.process_id ORDER BY l.id) - l.at AS took
    FROM engine_steplog l JOIN runs r ON r.process_id = l.process_id WHERE l.at < {_OVER}
), stood AS (
    SELECT design, kind, process_id, state, sum(extract(epoch FROM took)) / 86400 AS days
    FROM spans WHERE took IS NOT NULL GROUP BY design, kind, process_id, state
), one AS (
    SELECT r.*, n.id AS decision,
        COALESCE(n.outcome, CASE WHEN i.decided_at < {_OVER} THEN r.state END) AS outcome,
        COALESCE(n.decided_at, CASE WHEN i.decided_at < {_OVER} THEN i.decided_at END) AS decided_at, n.served_at,
        r.state IN ('withdrawn', 'no_cooperation') AS withdrawn,
        EXISTS (SELECT FROM again a WHERE a.file_id = r.file_id) AS reconsidered,
        EXISTS (SELECT FROM again a WHERE a.file_id = r.file_id AND a.outcome IS NOT NULL) AS decided_again,
        EXISTS (SELECT FROM again a WHERE a.file_id = r.file_id AND a.outcome <> n.outcome) AS changed,
        EXISTS (SELECT FROM determination_hearing h WHERE h.determination_id = r.process_id AND h.wish = 'wanted'
            AND h.recorded_at < {_OVER}) AS heard,
        (SELECT count(*) FROM determination_evidence e WHERE e.file_id = r.file_id AND e.received_at < {_OVER})
            AS pieces,
        o.subject
    FROM runs r
    LEFT JOIN last n ON n.determination_id = r.process_id
    LEFT JOIN investigation_led_investigation i ON i.process_id = r.process_id
    LEFT JOIN handovers_handover o ON o.id = r.handover
), met AS (
    SELECT one.*, one.decided_at IS NOT NULL AND EXISTS (
        SELECT FROM engine_process e JOIN placement_placementrecord k ON k.process_id = e.id
        WHERE e.case_id = one.subject AND k.arrived_at < one.decided_at
            AND (e.closed_at IS NULL OR e.closed_at > one.opened_at)) AS helped,
        EXISTS (SELECT FROM reflection_period_reflectionperiod k
            WHERE k.case_id = one.subject AND k.follows = 'complaint'
                AND k.ended_on BETWEEN one.opened_at::date AND to_day)
        OR EXISTS (SELECT FROM investigation_led_investigation i JOIN handovers_handover h ON h.id = i.handover
            WHERE h.subject = one.subject AND i.cooperated_on BETWEEN one.opened_at::date AND to_day) AS reported
    FROM one
), shares (design, figure, part, number, counted) AS (
    SELECT design, 'files', '', count(*), count(*) FROM met GROUP BY design
    UNION ALL SELECT design, 'decided', '', count(*), count(decided_at) FROM met GROUP BY design
    UNION ALL SELECT m.design, 'outcome', m.outcome, w.number, count(*)
        FROM met m JOIN (SELECT design, count(*) AS number FROM met WHERE decided_at IS NOT NULL GROUP BY design) w
            ON w.design = m.design
        WHERE m.decided_at IS NOT NULL GROUP BY m.design, m.outcome, w.number
    UNION ALL SELECT design, 'withdrawn', '', count(*), count(*) FILTER (WHERE withdrawn) FROM met GROUP BY design
    UNION ALL SELECT design, 'disappeared', '', count(*), count(*) FILTER (WHERE gone) FROM met
        WHERE file_id IS NOT NULL GROUP BY design
    UNION ALL SELECT design, 'reconsidered', '', count(*), count(*) FILTER (WHERE reconsidered) FROM met
        WHERE decision IS NOT NULL GROUP BY design
    UNION ALL SELECT design, 'changed', '', count(*), count(*) FILTER (WHERE changed) FROM met
        WHERE decided_again GROUP BY design
    UNION ALL SELECT design, 'heard', '', count(*), count(*) FILTER (WHERE heard) FROM met
        WHERE decision IS NOT NULL GROUP BY design
    UNION ALL SELECT design, 'helped', '', count(*), count(*) FILTER (WHERE helped) FROM met
        WHERE subject IS NOT NULL AND decided_at IS NOT NULL GROUP BY design
    UNION ALL SELECT design, 'reported', '', count(*), count(*) FILTER (WHERE reported) FROM met
        WHERE subject IS NOT NULL AND file_id IS NOT NULL GROUP BY design
    UNION ALL SELECT design, 'group', 'minor', count(*), count(*) FILTER (WHERE minor) FROM met
        WHERE minor IS NOT NULL GROUP BY design
    UNION ALL SELECT design, 'group', 'handed_over', count(*), count(handover) FROM met GROUP BY design
    UNION ALL SELECT design, 'group', 'linked', count(*), count(*) FILTER (WHERE linked) FROM met
        WHERE linked IS NOT NULL GROUP BY design
), measured (design, figure, part, value) AS (
    SELECT design, 'to_decision', '', extract(epoch FROM decided_at - opened_at) / 86400 FROM met
        WHERE decided_at IS NOT NULL
    UNION ALL SELECT design, 'to_service', '', extract(epoch FROM served_at - opened_at) / 86400 FROM met
        WHERE served_at IS NOT NULL
    UNION ALL SELECT m.design, 'waiting', '', COALESCE(sum(s.days), 0)
        FROM met m LEFT JOIN stood s ON s.process_id = m.process_id AND s.kind || ':' || s.state = ANY(waiting)
        WHERE m.decided_at IS NOT NULL GROUP BY m.design, m.process_id
    UNION ALL SELECT design, 'step', state, days FROM stood
    UNION ALL SELECT design, 'evidence', '', pieces FROM met WHERE decision IS NOT NULL
), ordered AS (
    SELECT design, figure, part, count(*)::integer AS n, array_agg(value ORDER BY value)::double precision[] AS v,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY value) AS median,
        percentile_cont(0.9) WITHIN GROUP (ORDER BY value) AS p90
    FROM measured GROUP BY design, figure, part
), between_ AS (
    SELECT *, floor(n * 0.5 - 1.959964 * sqrt(n * 0.25))::integer AS a,
        ceil(n * 0.5 + 1.959964 * sqrt(n * 0.25))::integer + 1 AS b,
        floor(n * 0.9 - 1.959964 * sqrt(n * 0.09))::integer AS c,
        ceil(n * 0.9 + 1.959964 * sqrt(n * 0.09))::integer + 1 AS d
    FROM ordered
)
SELECT design::text, figure::text, part::text, number::integer, counted::integer, NULL::double precision,
    NULL::double precision, NULL::double precision, NULL::double precision, NULL::double precision,
    NULL::double precision FROM shares
UNION ALL
SELECT design::text, figure::text, part::text, n, NULL,
    CASE WHEN n >= 2 * fewest THEN median END, CASE WHEN n >= 10 * fewest THEN p90 END,
    CASE WHEN a >= fewest AND b <= n - fewest + 1 THEN v[a] END,
    CASE WHEN a >= fewest AND b <= n - fewest + 1 THEN v[b] END,
    CASE WHEN c >= fewest AND d <= n - fewest + 1 THEN v[c] END,
    CASE WHEN c >= fewest AND d <= n - fewest + 1 THEN v[d] END
FROM between_
"""  # noqa: S608  pieces of our own

FIGURES = f"""
CREATE OR REPLACE FUNCTION comparison_figures(from_day date, to_day date, waiting text[], fewest integer)
RETURNS TABLE (design text, figure text, part text, number integer, counted integer, median double precision,
    p90 double precision, low double precision, high double precision, p90_low double precision,
    p90_high double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
{_FIGURES}
$$
"""

AGREEMENT = f"""
CREATE OR REPLACE FUNCTION comparison_agreement(from_day date, to_day date)
RETURNS TABLE (design text, one text, other text, weight double precision, units integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
WITH {_RUNS}, found AS (
    SELECT r.design, o.determination_id AS unit, o.stage, o.id, o.finding,
        count(*) OVER (PARTITION BY o.determination_id, o.stage) AS members
    FROM determination_opinion o JOIN runs r ON r.process_id = o.determination_id
    WHERE o.submitted_at < {_OVER}
), said AS (
    SELECT f.design, count(DISTINCT (f.unit, f.stage))::integer AS units FROM found f WHERE f.members > 1
    GROUP BY f.design
)
SELECT a.design::text, a.finding::text, b.finding::text, sum(1.0 / (a.members - 1))::double precision, s.units
FROM found a JOIN found b ON b.unit = a.unit AND b.stage = a.stage AND b.id <> a.id
JOIN said s ON s.design = a.design
GROUP BY a.design, a.finding, b.finding, s.units
$$
"""  # noqa: S608  pieces of our own
DROP = "DROP FUNCTION IF EXISTS comparison_figures; DROP FUNCTION IF EXISTS comparison_agreement"
