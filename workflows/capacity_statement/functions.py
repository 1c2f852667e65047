"""What every side may know of statements: per region and rhythm, what was stated last and when. A gate in the wall.

The last that is known: a statement in which nobody knew how many were occupied is passed over for an older one. Sums
are of places, without ambulatory help; `missing` are units left out of `occupied`, since nobody knew.
"""

FRESHNESS = """
CREATE OR REPLACE FUNCTION capacity_statement_freshness(on_day date)
RETURNS TABLE (region bigint, rhythm text, period daterange, oldest date, published_at timestamptz, lines integer,
    carried integer, places integer, occupied integer, missing integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT DISTINCT ON (s.region_id, s.rhythm) s.region_id, s.rhythm, s.period, l.oldest, s.published_at, l.lines,
    l.carried, l.places, l.occupied, l.missing
FROM capacity_statement_statement s
CROSS JOIN LATERAL (
    SELECT (min(as_of) FILTER (WHERE occupied IS NOT NULL)) AS oldest, count(*)::integer AS lines,
        (count(*) FILTER (WHERE carried))::integer AS carried,
        (sum(places) FILTER (WHERE kind <> 'ambulatory'))::integer AS places,
        (sum(occupied) FILTER (WHERE kind <> 'ambulatory'))::integer AS occupied,
        (count(*) FILTER (WHERE kind <> 'ambulatory' AND occupied IS NULL))::integer AS missing
    FROM capacity_statement_line WHERE statement_id = s.process_id) l
WHERE (s.published_at AT TIME ZONE 'Europe/Amsterdam')::date <= on_day AND l.oldest IS NOT NULL
ORDER BY s.region_id, s.rhythm, s.period DESC, s.version DESC
$$
"""
DROP = "DROP FUNCTION IF EXISTS capacity_statement_freshness"
