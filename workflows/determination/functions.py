"""The one question that is asked across the wall: has this person to do with the case the request came from?

A gate: it answers yes or no, for a handover that was made to this side and for one person, and tells nothing else. It
looks at who worked on the case and its processes, who is named for it, who works where the person stays or stayed, and
who works on what was handed over from the same case to the justice side. What its answer is made of it does not say.
"""

CONFLICT = """
CREATE OR REPLACE FUNCTION determination_conflict(asked uuid, who bigint)
RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
WITH origin AS (
    SELECT h.subject, h.from_organisation_id FROM handovers_handover h
    WHERE h.id = asked AND h.to_side = 'determination'
), post AS (
    SELECT p.id, p.organisation_id FROM access_post p WHERE p.user_id = who
), there AS (
    SELECT e.id, e.assignee_id FROM engine_process e JOIN origin o ON o.subject = e.case_id
    UNION
    SELECT e.id, e.assignee_id FROM engine_process e
    JOIN investigation_led_investigation i ON i.process_id = e.id
    JOIN handovers_handover h ON h.id = i.handover
    JOIN origin o ON o.subject = h.subject
)
SELECT EXISTS (SELECT FROM there JOIN post ON post.id = there.assignee_id)
    OR EXISTS (SELECT FROM engine_steplog l JOIN there ON there.id = l.process_id
        JOIN post ON post.id IN (l.post_id, l.on_behalf_of_id))
    OR EXISTS (SELECT FROM cases_caseaccess a JOIN origin o ON o.subject = a.case_id WHERE a.user_id = who)
    OR EXISTS (SELECT FROM cases_timelineentry t JOIN origin o ON o.subject = t.case_id JOIN post ON post.id = t.by_id)
    OR EXISTS (SELECT FROM cases_referral r JOIN origin o ON o.subject = r.case_id
        JOIN post ON post.id = r.registered_by_id)
    OR EXISTS (SELECT FROM shelters_stay s JOIN there ON there.id = s.ref JOIN shelters_unit u ON u.id = s.unit_id
        JOIN post ON post.organisation_id = u.organisation_id)
    OR EXISTS (SELECT FROM handovers_handover h JOIN origin o ON o.subject = h.subject
        JOIN post ON post.id = h.from_post_id
            OR (h.to_side = 'justice' AND h.to_organisation_id = post.organisation_id))
$$
"""
DROP = "DROP FUNCTION IF EXISTS determination_conflict"
