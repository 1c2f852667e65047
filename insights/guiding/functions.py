"""The gates of what was learned: sums over guidances and cases of the care side, never a person, a file or a navigator.

No gate cuts by navigator, organisation or region, so that no figure of one navigator can be asked for at all.

`guiding_curves` gives the life tables of one question (`asked`, a key of `GRIDS`). The times of people are put on a
coarse grid, and steps of the grid are taken together until each number that is told (who had the event, who is no
longer followed, who is left) is nought or at least `fewest`: no step and no end of a curve is one person. Groups that
are held against each other share their steps, and so does everybody else with a group (``-`` and ``~``, which are not
told), so that the whole less a group says no more than the group does. A curve ends where too few would be left.
`merged` says that a step was made of several. Step 0 tells how many a group has.

`cut` asks for one way of telling people apart beside everybody (``navigator``: of curves those two groups alone); empty
for every way. `wanted` asks for some figures,
and an empty list for all: what nobody looks at is not looked up.

`split` is how people are told apart: ``all``, ``form`` (a person counts in each form), ``gender``, or ``navigator``:
people whose first case has a first contact with a navigator within `LANDMARK` days, and others. They are followed from
that day on, so that nobody counts as guided because they stayed long enough to be (no immortal time), and what is
counted is known of both in the same way.

How a gate is run (`_RUN`). Days are days in the Netherlands (`timezone`). Joins are made in the order in which they
stand (`join_collapse_limit`): where the planner believes a table is empty it would otherwise multiply people by cases
before it asks whose they are. And the plan is made for what was asked (`plan_cache_mode`), so that what nobody asked
for is not in it. What is looked up of each guidance lies in an index alone (``guiding.0004`` and ``guidance.0004``).
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
_LOCAL = "::timestamptz"
_RUN = """SET search_path = public, pg_temp
SET timezone = 'Europe/Amsterdam' SET join_collapse_limit = 1 SET plan_cache_mode = force_custom_plan
SET work_mem = '32MB'"""
_GRID = ", ".join(f"('{key}', {days}, {most})" for key, (days, most) in GRIDS.items())


def _day(moment: str) -> str:
    return f"{moment}::date"


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
    FROM engine_process p
    JOIN guidance_guidance g ON g.process_id = p.id
    LEFT JOIN cases_case c ON c.id = g.case_id AND (cut IN ('', 'form', 'gender') OR {wanted("again")})
    LEFT JOIN cases_person s ON s.id = c.person_id AND {_cut("gender")}
    WHERE p.kind = 'guidance' AND {_between("p.opened_at")}
), found AS MATERIALIZED (
    SELECT g.*,
        CASE WHEN {wanted("lost")} THEN (
            SELECT min({_day("l.at")}) FROM engine_steplog l
            WHERE l.process_id = g.process_id AND l.to_state = 'contact_lost' AND l.from_state <> 'contact_lost'
                AND {_day("l.at")} BETWEEN g.met AND to_day
        ) END AS lost_on,
        CASE WHEN {wanted("willing")} OR {wanted("complaint")} OR {wanted("obstacle")} THEN (
            SELECT ARRAY[min(w.on_day), min(w.on_day) FILTER (WHERE w.stand IN ({_STANDS})),
                min(w.on_day) FILTER (WHERE w.stand = 'did')]
            FROM guidance_willingness w WHERE w.guidance_id = g.process_id AND w.on_day <= to_day
        ) END AS stood,
        CASE WHEN {wanted("complaint")} THEN (
            SELECT min(r.ended_on) FROM reflection_period_reflectionperiod r
            WHERE r.case_id = g.case_id AND r.follows = 'complaint' AND NOT r.mistaken AND r.ended_on <= to_day
        ) END AS followed,
        CASE WHEN {wanted("signs")} THEN (
            SELECT ARRAY[min(x.known_on) FILTER (WHERE x.answer = 'yes'), max(x.known_on)]
            FROM guidance_newexploitation x WHERE x.guidance_id = g.process_id AND x.answer IN ('yes', 'no')
                AND x.known_on BETWEEN g.met AND to_day
        ) END AS answered,
        CASE WHEN {wanted("again")} THEN (
            SELECT min({_day("o.opened_at")}) FROM cases_case o
            WHERE o.person_id = g.person_id AND o.id <> g.case_id AND o.closing_reason <> 'double'
                AND {_day("o.opened_at")} BETWEEN g.met + 1 AND to_day
        ) END AS again_on
    FROM guided g
), known AS (
    SELECT f.process_id, f.case_id, f.person_id, f.forms, f.gender, f.requested, f.met, f.ended, f.lost_on,
        f.stood[1] AS told_on, f.stood[2] AS willing_on, LEAST(f.stood[3], f.followed) AS complained_on,
        f.answered[1] AS signs_on, f.answered[2] AS asked_on, f.again_on
    FROM found f
)
"""  # noqa: S608  pieces of our own


_TIMES = f"""
{_guided("asked = {}")}, cases AS (
    SELECT c.id, c.person_id, c.opened_at, c.closed_at, c.closing_reason, ({_between("c.opened_at")}) AS within,
        row_number() OVER w AS nth, lead(c.opened_at) OVER w AS next_at
    FROM cases_case c
    WHERE asked IN ('lost', 'again') AND {_cut("navigator")} AND c.closing_reason <> 'double'
    WINDOW w AS (PARTITION BY c.person_id ORDER BY c.opened_at, c.id)
), cohort AS (
    SELECT c.id, c.person_id, {_day("c.opened_at")} AS began, {_day("c.next_at")} AS next_on, c.closing_reason,
        CASE WHEN asked = 'lost' AND c.closed_at < ((to_day + 1){_LOCAL}) THEN {_day("c.closed_at")} END AS ended,
        {_day("g.first_contact_at")} AS met
    FROM cases c LEFT JOIN guidance_guidance g ON g.case_id = c.id
    WHERE c.nth <= 1 AND c.within
), held AS (
    SELECT c.began, c.met, c.ended AS ended,
        CASE WHEN c.closing_reason = 'out_of_contact' THEN c.ended END AS happened
    FROM cohort c WHERE asked = 'lost'
    UNION ALL
    SELECT c.began, c.met, NULL,
        CASE WHEN c.next_on > to_day THEN NULL WHEN c.next_on > c.began THEN c.next_on
            WHEN c.next_on = c.began THEN (
                SELECT min({_day("o.opened_at")}) FROM cases_case o WHERE o.person_id = c.person_id
                    AND o.closing_reason <> 'double' AND {_day("o.opened_at")} BETWEEN c.began + 1 AND to_day)
        END
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
    SELECT 'all' AS split, 'all' AS family, 'all' AS grp, began, ended, happened FROM one WHERE cut <> 'navigator'
    UNION ALL SELECT 'gender', 'each', gender, began, ended, happened FROM one WHERE {_cut("gender")}
    UNION ALL SELECT 'form', f, f, o.began, o.ended, o.happened FROM one o, unnest(o.forms) f WHERE {_cut("form")}
    UNION ALL SELECT 'navigator', 'both', grp, began, ended, happened FROM compared
), placed AS (
    SELECT asked AS curve, a.split, a.family, a.grp, g.most,
        COALESCE(a.happened <= LEAST(a.ended, to_day), false) AS took_place,
        GREATEST(1, (LEAST(a.happened, a.ended, to_day) - a.began + g.days - 1) / g.days) AS bin
    FROM apart a JOIN (VALUES {_GRID}) g (curve, days, most) ON g.curve = asked
    WHERE a.began <= to_day AND COALESCE(a.happened >= a.began, true)
), counted AS (
    SELECT curve, split, family, grp, LEAST(bin, most) AS bin,
        count(*) FILTER (WHERE took_place AND bin <= most)::integer AS d,
        count(*) FILTER (WHERE NOT (took_place AND bin <= most))::integer AS c
    FROM placed GROUP BY curve, split, family, grp, LEAST(bin, most)
), cells AS (
    SELECT curve, split, family, grp, bin, d, c FROM counted
    UNION ALL  -- everybody outside a form is the whole less the form
    SELECT w.curve, 'form', f.family, '-' || f.family, w.bin, w.d - COALESCE(p.d, 0), w.c - COALESCE(p.c, 0)
    FROM (SELECT DISTINCT family FROM counted WHERE split = 'form') f
    JOIN counted w ON w.split = 'all'
    LEFT JOIN counted p ON p.split = 'form' AND p.family = f.family AND p.bin = w.bin
    WHERE w.d + w.c > COALESCE(p.d + p.c, 0)
), sizes AS (
    SELECT curve, split, family, grp, sum(d + c)::integer AS n FROM cells GROUP BY curve, split, family, grp
)
"""  # noqa: S608  pieces of our own

CURVES = f"""
CREATE OR REPLACE FUNCTION guiding_curves(from_day date, to_day date, fewest integer, asked text, cut text)
RETURNS TABLE (curve text, split text, grp text, step integer, happened integer, gone integer, remaining integer,
    merged boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER {_RUN} AS $$
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
LANGUAGE sql STABLE SECURITY DEFINER {_RUN} AS $$
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
        count(told_on) AS told, count(willing_on) AS willing, count(complained_on) AS complaint,
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
        FROM (SELECT split, grp, told AS number FROM counts WHERE told > 0) w
        JOIN (SELECT a.split, a.grp, s.code, count(*) AS counted
              FROM (SELECT k.process_id, code
                    FROM seen k JOIN guidance_willingness x ON x.guidance_id = k.process_id AND x.on_day <= to_day,
                        unnest(x.obstacles) code
                    WHERE {_wanted("obstacle")} GROUP BY k.process_id, code) s
              JOIN whole a ON a.process_id = s.process_id GROUP BY a.split, a.grp, s.code) o
            ON o.split = w.split AND o.grp = w.grp
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
CREATE OR REPLACE FUNCTION guiding_measures(from_day date, to_day date, cut text DEFAULT '')
RETURNS TABLE (measure text, split text, grp text, tried integer, declined integer, number integer, before integer,
    after integer, gained integer, fell integer)
LANGUAGE sql STABLE SECURITY DEFINER {_RUN} AS $$
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
    LEFT JOIN cases_case c ON c.id = g.case_id AND cut IN ('', 'form', 'gender')
    LEFT JOIN cases_person s ON s.id = c.person_id AND {_cut("gender")}
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
    UNION ALL SELECT 'gender', s.gender, s.* FROM seen s WHERE {_cut("gender")}
    UNION ALL SELECT 'form', f, s.* FROM seen s, unnest(s.forms) f WHERE {_cut("form")}
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
_SAID = "(m.on_day - DATE '1900-01-01') * 10 + m.score"
"""A day and the answer on it as one number: the last of some is the largest, and its last figure what was answered."""
_LAST = ", ".join(
    f"max(a.said) FILTER (WHERE a.since BETWEEN {low} AND {high}) AS last_{n}" for n, (low, high) in enumerate(WINDOWS)
)
_SPANS = ", ".join(f"({n}, a.last_{n})" for n in range(len(WINDOWS)))

WELLBEING = f"""
CREATE OR REPLACE FUNCTION guiding_wellbeing(from_day date, to_day date, fewest integer)
RETURNS TABLE (domain text, span integer, number integer, mean double precision, paired integer, rose double precision)
LANGUAGE sql STABLE SECURITY DEFINER {_RUN} AS $$
WITH guided AS MATERIALIZED (
    SELECT g.process_id, {_day("g.first_contact_at")} AS met
    FROM engine_process p JOIN guidance_guidance g ON g.process_id = p.id
    WHERE p.kind = 'guidance' AND {_between("p.opened_at")} AND g.first_contact_at IS NOT NULL
), asked AS (
    SELECT a.domain, min(a.said) AS first, {_LAST}
    FROM (
        SELECT m.guidance_id, m.domain, m.on_day - g.met AS since, {_SAID} AS said
        FROM guided g JOIN guidance_measurement m ON m.guidance_id = g.process_id
        WHERE m.on_day <= to_day
    ) a GROUP BY a.guidance_id, a.domain
), summed AS (
    SELECT a.domain, s.span, count(*)::integer AS number, avg(s.last % 10) AS mean,
        count(*) FILTER (WHERE s.last > a.first)::integer AS paired,
        avg(s.last % 10 - a.first % 10) FILTER (WHERE s.last > a.first) AS rose
    FROM asked a CROSS JOIN LATERAL (VALUES {_SPANS}) s (span, last)
    WHERE s.last IS NOT NULL GROUP BY a.domain, s.span
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

INDEXES = {
    "guiding_asked": "engine_process (opened_at) INCLUDE (id, closed_at) WHERE kind = 'guidance'",
    "guiding_lost": "engine_steplog (process_id, at) WHERE to_state = 'contact_lost'",
    "guiding_cases": "cases_case (person_id, opened_at, id) INCLUDE (closing_reason, closed_at)",
}
"""What the gates find in tables of others: guidances by when they were asked for, contact that was lost, and the cases
of a person one after another.
"""
