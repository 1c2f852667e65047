"""What every side may know of statements: per region and rhythm, when it was stated last. A gate in the wall."""

FRESHNESS = """
CREATE OR REPLACE FUNCTION capacity_statement_freshness(on_day date)
RETURNS TABLE (region bigint, rhythm text, period daterange, oldest date, published_at timestamptz, lines integer,
    carried integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT DISTINCT ON (s.region_id, s.rhythm) s.region_id, s.rhythm, s.period, l.oldest, s.published_at, l.lines, l.carried
FROM capacity_statement_statement s
CROSS JOIN LATERAL (
    SELECT min(as_of) AS oldest, count(*)::integer AS lines, (count(*) FILTER (WHERE carried))::integer AS carried
    FROM capacity_statement_line WHERE statement_id = s.process_id) l
WHERE (s.published_at AT TIME ZONE 'Europe/Amsterdam')::date <= on_day
ORDER BY s.region_id, s.rhythm, s.period DESC, s.version DESC
$$
"""
DROP = "DROP FUNCTION IF EXISTS capacity_statement_freshness"
