"""The gates of what was learned: sums over guidances and cases of the care side, never a person, a file or a navigator.

No gate cuts by navigator, organisation or region, so that no figure of one navigator can be asked for at all.

`guiding_curves` gives the life tables of one question (`asked`, a key of `GRIDS`). The times of people are put on a
coarse grid, and steps of the grid are taken together until each number that is told (who had the event, who is no
longer followed, who is left) is nought or at least `fewest`: no step and no end of a curve is one person. Groups that
are held against each other share their steps, and so does everybody else with a group (``-`` and ``~``, which are not
told), so that the whole less a group says no more than the group does. A curve ends where too few would be left.
`merged` says that a step was made of several. Step 0 tells how many a group has.

`cut` asks for one way of telling people apart beside everybody; empty for every way. `wanted` asks for some figures,
and an empty list for all: what nobody looks at is not looked up.

`split` is how people are told apart: ``all``, ``form`` (a person counts in each form), ``gender``, or ``navigator``:
people whose first case has a first contact with a navigator within `LANDMARK` days, and others. They are followed from
that day on, so that nobody counts as guided because they stayed long enough to be (no immortal time), and what is
counted is known of both in the same way.

Joins are made in the order in which they stand (`join_collapse_limit`): where the planner believes a table is empty it
would otherwise multiply people by cases before it asks whose they are.
"""

from __future__ import annotations

LANDMARK = 30
"""Days after its beginning on which a case counts as with or without a navigator."""
AFTER = 90
"""In how many days after a measure somebody's stand is looked for."""

GRIDS: dict[str, tuple[int, int]] = {
    "first_contact": (1, 42),
    "willing": (30, 24),
    "complaint": (30, 24),
    "lost": (30, 24),
    "signs": (30, 24),
    "again": (30, 24),
}
"""Of each curve the days of a step, and how many steps it has at most."""
WILLING = ("conditions", "yes", "did")
"""Stands that count as willing to report."""

_STANDS = ", ".join(f"'{stand}'" for stand in WILLING)
_LOCAL = "::timestamp AT TIME ZONE 'Europe/Amsterdam'"
_GRID = ", ".join(f"('{key}', {days}, {most})" for key, (days, most) in GRIDS.items())


def _day(moment: str) -> str:
    return f"({moment} AT TIME ZONE 'Europe/Amsterdam')::date"


def _between(moment: str) -> str:
    return f"{moment} >= (from_day{_LOCAL}) AND {moment} < ((to_day + 1){_LOCAL})"


def _cut(split: str) -> str:
    return f"cut IN ('', '{split}')"


def _guided(when: str) -> str:
    """Guidances asked for in the period, with what happened. In: SQL, with ``{}`` a figure, whether it is wanted."""

    def wanted(figure: str) -> str:
        return when.format(f"'{figure}'")

    return f"""
guided AS (
    SELECT g.process_id, g.case_id, c.person_id, c.forms, s.gender, {_day("p.opened_at")} AS requested,
        {_day("g.first_contact_at")} AS met,
        CASE WHEN p.closed_at < ((to_day + 1){_LOCAL}) THEN {_day("p.closed_at")} END AS ended
    FROM guidance_guidance g
    JOIN engine_process p ON p.id = g.process_id
    JOIN cases_case c ON c.id = g.case_id
    JOIN cases_person s ON s.id = c.person_id
    WHERE {_between("p.opened_at")}
), known AS (
    SELECT g.*, l.lost_on, w.willing_on, LEAST(w.did_on, r.complained_on) AS complained_on, x.signs_on, x.asked_on,
        o.again_on
    FROM guided g
    CROSS JOIN LATERAL (
        SELECT min({_day("l.at")}) AS lost_on FROM engine_steplog l
        WHERE l.process_id = g.process_id AND l.to_state = 'contact_lost' AND l.from_state <> 'contact_lost'
            AND {_day("l.at")} BETWEEN g.met AND to_day AND {wanted("lost")}
    ) l
    CROSS JOIN LATERAL (
        SELECT min(w.on_day) FILTER (WHERE w.stand IN ({_STANDS})) AS willing_on,
            min(w.on_day) FILTER (WHERE w.stand = 'did') AS did_on
        FROM guidance_willingness w WHERE w.guidance_id = g.process_id AND w.on_day <= to_day
            AND ({wanted("willing")} OR {wanted("complaint")})
    ) w
    CROSS JOIN LATERAL (
        SELECT min(r.ended_on) AS complained_on FROM reflection_period_reflectionperiod r
        WHERE r.case_id = g.case_id AND r.follows = 'complaint' AND NOT r.mistaken AND r.ended_on <= to_day
            AND {wanted("complaint")}
    ) r
    CROSS JOIN LATERAL (
        SELECT min(x.known_on) FILTER (WHERE x.answer = 'yes') AS signs_on, max(x.known_on) AS asked_on
        FROM guidance_newexploitation x WHERE x.guidance_id = g.process_id AND x.answer IN ('yes', 'no')
            AND x.known_on BETWEEN g.met AND to_day AND {wanted("signs")}
    ) x
    CROSS JOIN LATERAL (
        SELECT min({_day("o.opened_at")}) AS again_on FROM cases_case o
        WHERE o.person_id = g.person_id AND o.id <> g.case_id AND o.closing_reason <> 'double'
            AND {_day("o.opened_at")} BETWEEN g.met + 1 AND to_day
            AND {wanted("again")}
    ) o
)
"""  # noqa: S608  pieces of our own


_TIMES = f"""
{_guided("asked = {}")}, cohort AS (
    SELECT c.id, c.person_id, {_day("c.opened_at")} AS began, c.closing_reason,
        CASE WHEN c.closed_at < ((to_day + 1){_LOCAL}) THEN {_day("c.closed_at")} END AS ended,
        {_day("g.first_contact_at")} AS met
    FROM cases_case c LEFT JOIN guidance_guidance g ON g.case_id = c.id
    WHERE asked IN ('lost', 'again') AND {_cut("navigator")} AND {_between("c.opened_at")}
        AND c.closing_reason <> 'double'
        AND NOT EXISTS (SELECT FROM cases_case o WHERE o.person_id = c.person_id AND o.closing_reason <> 'double'
            AND (o.opened_at, o.id) < (c.opened_at, c.id))
), held AS (
    SELECT c.began, c.met, c.ended AS ended,
        CASE WHEN c.closing_reason = 'out_of_contact' THEN c.ended END AS happened
    FROM cohort c WHERE asked = 'lost'
    UNION ALL
    SELECT c.began, c.met, NULL,
        (SELECT min({_day("o.opened_at")}) FROM cases_case o WHERE o.person_id = c.person_id AND o.id <> c.id
            AND o.closing_reason <> 'double' AND {_day("o.opened_at")} BETWEEN c.began + 1 AND to_day)
    FROM cohort c WHERE asked = 'again'
    UNION ALL
    SELECT r.offered_on, {_day("g.first_contact_at")}, NULL,
        CASE WHEN r.follows = 'complaint' AND r.ended_on <= to_day THEN r.ended_on END
    FROM reflection_period_reflectionperiod r LEFT JOIN guidance_guidance g ON g.case_id = r.case_id
    WHERE asked = 'complaint' AND {_cut("navigator")} AND NOT r.mistaken AND r.offered_on BETWEEN from_day AND to_day
), compared AS (
    SELECT CASE WHEN h.met <= h.began + {LANDMARK} THEN 'with' ELSE 'without' END AS grp,
        h.began + {LANDMARK} AS began, h.ended, h.happened
    FROM held h
    WHERE h.began + {LANDMARK} < to_day
        AND COALESCE(h.happened, to_day + 1) > h.began + {LANDMARK}
        AND COALESCE(h.ended, to_day + 1) > h.began + {LANDMARK}
), one AS (
    SELECT forms, gender, requested AS began, ended, met AS happened FROM known WHERE asked = 'first_contact'
    UNION ALL SELECT forms, gender, requested, ended, willing_on FROM known WHERE asked = 'willing'
    UNION ALL SELECT forms, gender, requested, ended, complained_on FROM known WHERE asked = 'complaint'
    UNION ALL SELECT forms, gender, met, ended, lost_on FROM known WHERE met IS NOT NULL AND asked = 'lost'
    UNION ALL SELECT forms, gender, met, asked_on, signs_on FROM known WHERE asked_on IS NOT NULL AND asked = 'signs'
    UNION ALL SELECT forms, gender, met, NULL, again_on FROM known WHERE met IS NOT NULL AND asked = 'again'
), apart AS (
    SELECT 'all' AS split, 'all' AS family, 'all' AS grp, began, ended, happened FROM one
    UNION ALL SELECT 'gender', 'each', gender, began, ended, happened FROM one WHERE {_cut("gender")}
    UNION ALL SELECT 'form', f, CASE WHEN f = ANY(o.forms) THEN f ELSE '-' || f END, o.began, o.ended, o.happened
        FROM one o, (SELECT DISTINCT unnest(forms) FROM one) x (f) WHERE {_cut("form")}
    UNION ALL SELECT 'navigator', 'both', grp, began, ended, happened FROM compared
), placed AS (
    SELECT asked AS curve, a.split, a.family, a.grp, g.most,
        COALESCE(a.happened <= LEAST(a.ended, to_day), false) AS took_place,
        GREATEST(1, CEIL((LEAST(a.happened, a.ended, to_day) - a.began)::numeric / g.days))::integer AS bin
    FROM apart a JOIN (VALUES {_GRID}) g (curve, days, most) ON g.curve = asked
    WHERE a.began <= to_day AND COALESCE(a.happened >= a.began, true)
), cells AS (
    SELECT curve, split, family, grp, LEAST(bin, most) AS bin,
        count(*) FILTER (WHERE took_place AND bin <= most)::integer AS d,
        count(*) FILTER (WHERE NOT (took_place AND bin <= most))::integer AS c
    FROM placed GROUP BY curve, split, family, grp, LEAST(bin, most)
), sizes AS (
    SELECT curve, split, family, grp, sum(d + c)::integer AS n FROM cells GROUP BY curve, split, family, grp
)
"""  # noqa: S608  pieces of our own

CURVES = f"""
CREATE OR REPLACE FUNCTION guiding_curves(from_day date, to_day date, fewest integer, asked text, cut text)
RETURNS TABLE (curve text, split text, grp text, step integer, happened integer, gone integer, remaining integer,
    merged boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
SET join_collapse_limit = 1 AS $$
#variable_conflict use_column
DECLARE
    line record;
    names text[]; d integer[]; c integer[]; rest integer[];
    family text := ''; bin integer := 0; lines integer := 0; others integer := 0; k integer;
    told boolean; anything boolean;
BEGIN
    FOR line IN
        WITH {_TIMES}
        SELECT u.* FROM (
            SELECT curve, split, family, 0 AS bin, grp, n AS d, 0 AS c FROM sizes
            UNION ALL SELECT curve, split, family, bin, grp, d, c FROM cells
            UNION ALL SELECT '~', '', '', 0, '', 0, 0
        ) u
        ORDER BY curve COLLATE "C", split COLLATE "C", family COLLATE "C", bin, grp COLLATE "C"
    LOOP
        IF bin > 0 AND (line.bin <> bin OR line.curve || '/' || line.split || '/' || line.family <> family) THEN
            lines := lines + 1;
            told := true; anything := false;
            FOR k IN 1..cardinality(names) LOOP
                anything := anything OR d[k] + c[k] > 0;
                told := told AND (d[k] = 0 OR d[k] >= fewest) AND (c[k] = 0 OR c[k] >= fewest)
                    AND (rest[k] - d[k] - c[k] = 0 OR rest[k] - d[k] - c[k] >= fewest);
            END LOOP;
            IF told AND anything THEN
                FOR k IN 1..cardinality(names) LOOP
                    rest[k] := rest[k] - d[k] - c[k];
                    grp := names[k]; step := bin; happened := d[k]; gone := c[k]; remaining := rest[k];
                    merged := lines > 1;
                    IF left(grp, 1) NOT IN ('-', '~') THEN
                        RETURN NEXT;
                    END IF;
                    d[k] := 0; c[k] := 0;
                END LOOP;
                lines := 0;
            END IF;
        END IF;
        IF line.curve || '/' || line.split || '/' || line.family <> family THEN
            family := line.curve || '/' || line.split || '/' || line.family;
            curve := line.curve; split := line.split;
            names := '{{}}'; d := '{{}}'; c := '{{}}'; rest := '{{}}';
            lines := 0; others := 0;
        END IF;
        bin := line.bin;
        IF bin = 0 THEN  -- how many a group has; small genders go together, so that the whole does not give them away
            IF line.d >= fewest THEN
                names := names || line.grp; d := d || 0; c := c || 0; rest := rest || line.d;
            ELSIF split = 'gender' THEN
                others := others + line.d;
            END IF;
            IF left(line.grp, 1) <> '-' AND line.curve <> '~' THEN
                grp := line.grp; step := 0; happened := 0; gone := 0; remaining := line.d; merged := false;
                RETURN NEXT;
            END IF;
        ELSE
            IF others >= fewest AND array_position(names, '~') IS NULL THEN
                names := names || '~'::text; d := d || 0; c := c || 0; rest := rest || others;
            END IF;
            k := COALESCE(array_position(names, line.grp), array_position(names, '~'));
            IF k IS NOT NULL THEN
                d[k] := d[k] + line.d; c[k] := c[k] + line.c;
            END IF;
        END IF;
    END LOOP;
END
$$
"""  # noqa: S608  pieces of our own

_SPREAD = """
ordered AS (
    SELECT figure, split, grp, count(*)::integer AS n, array_agg(value ORDER BY value)::double precision[] AS v,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY value) AS median,
        percentile_cont(0.9) WITHIN GROUP (ORDER BY value) AS p90
    FROM measured GROUP BY figure, split, grp
), between_ AS (
    SELECT *, floor(n * 0.5 - 1.959964 * sqrt(n * 0.25))::integer AS a,
        ceil(n * 0.5 + 1.959964 * sqrt(n * 0.25))::integer + 1 AS b,
        floor(n * 0.9 - 1.959964 * sqrt(n * 0.09))::integer AS e,
        ceil(n * 0.9 + 1.959964 * sqrt(n * 0.09))::integer + 1 AS f
    FROM ordered
)
"""

_WANTED = "(wanted = '{{}}' OR {} = ANY(wanted))"


def _wanted(figure: str) -> str:
    return _WANTED.format(f"'{figure}'")


FIGURES = f"""
CREATE OR REPLACE FUNCTION guiding_figures(from_day date, to_day date, fewest integer, cut text, wanted text[])
RETURNS TABLE (figure text, split text, grp text, part text, number integer, counted integer, median double precision,
    p90 double precision, low double precision, high double precision, p90_low double precision,
    p90_high double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
SET join_collapse_limit = 1 AS $$
WITH {_guided(_WANTED)}, seen AS (
    SELECT k.*, (SELECT count(*) FROM guidance_contact c WHERE c.guidance_id = k.process_id AND c.reached
        AND c.way <> 'note' AND {_day("c.at")} <= to_day AND {_wanted("contacts")}) AS contacts
    FROM known k
), whole AS (
    SELECT k.*, 'all' AS split, 'all' AS grp FROM seen k
    UNION ALL SELECT k.*, 'gender', k.gender FROM seen k WHERE {_cut("gender")}
    UNION ALL SELECT k.*, 'form', f FROM seen k, unnest(k.forms) f WHERE {_cut("form")}
), counts AS (
    SELECT split, grp, count(*) AS number, count(*) FILTER (WHERE met <= to_day) AS met,
        count(willing_on) AS willing, count(complained_on) AS complaint,
        count(lost_on) FILTER (WHERE met <= to_day) AS lost, count(asked_on) AS asked,
        count(signs_on) FILTER (WHERE asked_on IS NOT NULL) AS signs,
        count(again_on) FILTER (WHERE met <= to_day) AS again
    FROM whole GROUP BY split, grp
), shares (figure, split, grp, part, number, counted) AS (
    SELECT s.figure, c.split, c.grp, '', s.number, s.counted
    FROM counts c CROSS JOIN LATERAL (VALUES
        ('guided', c.number, c.number), ('met', c.number, c.met), ('willing', c.number, c.willing),
        ('complaint', c.number, c.complaint), ('lost', c.met, c.lost), ('signs', c.asked, c.signs),
        ('again', c.met, c.again)
    ) s (figure, number, counted)
    WHERE s.number > 0 AND (s.figure = 'guided' OR {_WANTED.format("s.figure")})
    UNION ALL SELECT 'anew', w.split, w.grp, o.code, w.asked, o.counted
        FROM counts w
        JOIN (SELECT a.split, a.grp, code, count(DISTINCT a.process_id) AS counted
              FROM whole a JOIN guidance_newexploitation x ON x.guidance_id = a.process_id AND x.answer = 'yes'
                AND x.known_on BETWEEN a.met AND to_day, unnest(x.forms) code
              WHERE {_wanted("anew")} GROUP BY a.split, a.grp, code) o ON o.split = w.split AND o.grp = w.grp
    UNION ALL SELECT 'obstacle', w.split, w.grp, o.code, w.number, o.counted
        FROM (SELECT a.split, a.grp, count(DISTINCT a.process_id) AS number FROM whole a
              WHERE {_wanted("obstacle")} AND EXISTS (
                  SELECT FROM guidance_willingness x WHERE x.guidance_id = a.process_id AND x.on_day <= to_day)
              GROUP BY a.split, a.grp) w
        JOIN (SELECT a.split, a.grp, code, count(DISTINCT a.process_id) AS counted
              FROM whole a JOIN guidance_willingness x ON x.guidance_id = a.process_id AND x.on_day <= to_day,
                unnest(x.obstacles) code
              WHERE {_wanted("obstacle")} GROUP BY a.split, a.grp, code) o ON o.split = w.split AND o.grp = w.grp
), measured (figure, split, grp, value) AS (
    SELECT 'days_to_contact', split, grp, met - requested FROM whole
        WHERE met <= to_day AND {_wanted("days_to_contact")}
    UNION ALL SELECT 'days_to_complaint', split, grp, complained_on - requested FROM whole
        WHERE complained_on >= requested AND {_wanted("days_to_complaint")}
    UNION ALL SELECT 'contacts', split, grp, contacts FROM whole WHERE met <= to_day AND {_wanted("contacts")}
), {_SPREAD}
SELECT figure::text, split::text, grp::text, part::text, number::integer, counted::integer, NULL::double precision,
    NULL::double precision, NULL::double precision, NULL::double precision, NULL::double precision,
    NULL::double precision FROM shares
UNION ALL
SELECT figure::text, split::text, grp::text, '', n, NULL,
    CASE WHEN n >= 2 * fewest THEN median END, CASE WHEN n >= 10 * fewest THEN p90 END,
    CASE WHEN a >= fewest AND b <= n - fewest + 1 THEN v[a] END,
    CASE WHEN a >= fewest AND b <= n - fewest + 1 THEN v[b] END,
    CASE WHEN e >= fewest AND f <= n - fewest + 1 THEN v[e] END,
    CASE WHEN e >= fewest AND f <= n - fewest + 1 THEN v[f] END
FROM between_
$$
"""  # noqa: S608  pieces of our own

MEASURES = f"""
CREATE OR REPLACE FUNCTION guiding_measures(from_day date, to_day date)
RETURNS TABLE (measure text, split text, grp text, tried integer, declined integer, number integer, before integer,
    after integer, gained integer, fell integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
SET join_collapse_limit = 1 AS $$
WITH first AS (
    SELECT DISTINCT ON (m.guidance_id, m.measure) m.guidance_id, m.measure, m.tried_on, m.declined
    FROM guidance_measuretried m
    WHERE m.offered_on BETWEEN from_day AND to_day AND COALESCE(m.tried_on, m.offered_on) <= to_day
    ORDER BY m.guidance_id, m.measure, m.tried_on NULLS LAST, m.offered_on, m.id
), seen AS (
    SELECT f.measure, f.tried_on, f.declined, c.forms, s.gender, b.stand IN ({_STANDS}) AS before,
        a.stand IN ({_STANDS}) AS after
    FROM first f
    JOIN guidance_guidance g ON g.process_id = f.guidance_id
    JOIN cases_case c ON c.id = g.case_id
    JOIN cases_person s ON s.id = c.person_id
    LEFT JOIN LATERAL (
        SELECT w.stand FROM guidance_willingness w WHERE w.guidance_id = f.guidance_id AND w.on_day <= f.tried_on
        ORDER BY w.on_day DESC, w.written_at DESC LIMIT 1
    ) b ON true
    LEFT JOIN LATERAL (
        SELECT w.stand FROM guidance_willingness w
        WHERE w.guidance_id = f.guidance_id AND w.on_day > f.tried_on
            AND w.on_day <= LEAST(f.tried_on + {AFTER}, to_day)
        ORDER BY w.on_day DESC, w.written_at DESC LIMIT 1
    ) a ON true
), apart AS (
    SELECT 'all' AS split, 'all' AS grp, s.* FROM seen s
    UNION ALL SELECT 'gender', s.gender, s.* FROM seen s
    UNION ALL SELECT 'form', f, s.* FROM seen s, unnest(s.forms) f
)
SELECT measure::text, split::text, grp::text, count(tried_on)::integer,
    count(*) FILTER (WHERE declined AND tried_on IS NULL)::integer,
    count(*) FILTER (WHERE before IS NOT NULL AND after IS NOT NULL)::integer,
    count(*) FILTER (WHERE before AND after IS NOT NULL)::integer,
    count(*) FILTER (WHERE after AND before IS NOT NULL)::integer,
    count(*) FILTER (WHERE after AND NOT before)::integer, count(*) FILTER (WHERE before AND NOT after)::integer
FROM apart GROUP BY measure, split, grp
$$
"""  # noqa: S608  pieces of our own

WINDOWS = ((0, 30), (31, 90), (91, 180), (181, 365), (366, 730))
"""Days since the first contact, in which somebody's last answer counts."""

WELLBEING = f"""
CREATE OR REPLACE FUNCTION guiding_wellbeing(from_day date, to_day date, fewest integer)
RETURNS TABLE (domain text, span integer, number integer, mean double precision, paired integer, rose double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
SET join_collapse_limit = 1 AS $$
WITH asked AS (
    SELECT m.guidance_id, m.domain, m.score, m.on_day, m.on_day - {_day("g.first_contact_at")} AS since,
        first_value(m.score) OVER w AS first_score, first_value(m.on_day) OVER w AS first_day
    FROM guidance_measurement m
    JOIN guidance_guidance g ON g.process_id = m.guidance_id
    JOIN engine_process p ON p.id = g.process_id
    WHERE {_between("p.opened_at")} AND m.on_day <= to_day AND g.first_contact_at IS NOT NULL
    WINDOW w AS (PARTITION BY m.guidance_id, m.domain ORDER BY m.on_day)
), latest AS (
    SELECT DISTINCT ON (a.guidance_id, a.domain, s.span) a.guidance_id, a.domain, s.span, a.score, a.first_score,
        a.on_day > a.first_day AS later
    FROM asked a JOIN (VALUES {", ".join(f"({n}, {low}, {high})" for n, (low, high) in enumerate(WINDOWS))})
        s (span, low, high) ON a.since BETWEEN s.low AND s.high
    ORDER BY a.guidance_id, a.domain, s.span, a.on_day DESC
), summed AS (
    SELECT domain, span, count(*)::integer AS number, avg(score) AS mean,
        count(*) FILTER (WHERE later)::integer AS paired, avg(score - first_score) FILTER (WHERE later) AS rose
    FROM latest GROUP BY domain, span
)
SELECT domain::text, span, number, CASE WHEN number >= fewest THEN round(mean, 1) END::double precision, paired,
    CASE WHEN paired >= fewest THEN round(rose, 1) END::double precision
FROM summed
$$
"""  # noqa: S608  pieces of our own

MAKE = f"{CURVES};{FIGURES};{MEASURES};{WELLBEING}"
DROP = (
    "DROP FUNCTION IF EXISTS guiding_curves; DROP FUNCTION IF EXISTS guiding_figures;"
    "DROP FUNCTION IF EXISTS guiding_measures; DROP FUNCTION IF EXISTS guiding_wellbeing"
)
