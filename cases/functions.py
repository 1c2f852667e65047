"""Who is named for which restricted case: the one question about it, answered by the database.

`cases_named(holder, posts, at)`: the cases that a person, or a person who holds one of the posts they act for, is named
for at a moment; the naming has not ended. A function of the care side without rights of its own. It stands in every
list as a sub-select that runs only when a restricted row is met; as a queryset it would be planned each time, which
costs a worklist more than reading its rows.
"""

NAMED = """
CREATE OR REPLACE FUNCTION cases_named(holder bigint, posts bigint[], at timestamptz)
RETURNS uuid[]
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN ARRAY(
        SELECT a.case_id FROM cases_caseaccess a
        WHERE (a.user_id = holder OR a.user_id IN (SELECT p.user_id FROM access_post p WHERE p.id = ANY(posts)))
            AND (a.until IS NULL OR a.until > at));
END
$$
"""
DROP = "DROP FUNCTION IF EXISTS cases_named(bigint, bigint[], timestamptz)"
