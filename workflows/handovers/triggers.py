"""What the database itself holds of handovers: who may change what, and that the content follows its handover.

Inside a trigger `current_user` is the role of the side taken, which no setting can change.
"""

from __future__ import annotations

import pgtrigger

_WHO_STANDS_WHERE = """
    IF NOT EXISTS (
        SELECT FROM access_organisation f, access_organisation t, access_post p
        WHERE f.id = NEW.from_organisation_id AND f.side = NEW.from_side
          AND t.id = NEW.to_organisation_id AND t.side = NEW.to_side
          AND p.id = NEW.from_post_id AND p.organisation_id = f.id
    ) THEN
        RAISE EXCEPTION 'a handover names organisations of the sides it crosses';
    END IF;
    IF NEW.ended_at IS NOT NULL OR NEW.received_at IS NOT NULL THEN
        RAISE EXCEPTION 'a handover begins in force';
    END IF;
    RETURN NEW;
"""

_WHO_CHANGES_WHAT = """
    IF to_jsonb(NEW) - '{ended_at,ended_why,received_at}'::text[]
       IS DISTINCT FROM to_jsonb(OLD) - '{ended_at,ended_why,received_at}'::text[] THEN
        RAISE EXCEPTION 'a handover does not change';
    END IF;
    IF (NEW.ended_at, NEW.ended_why) IS DISTINCT FROM (OLD.ended_at, OLD.ended_why)
       AND (OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL OR current_user <> 'loods_' || OLD.from_side) THEN
        RAISE EXCEPTION 'a handover is ended once, by the side it comes from';
    END IF;
    IF NEW.received_at IS DISTINCT FROM OLD.received_at
       AND (OLD.received_at IS NOT NULL OR NEW.received_at IS NULL OR current_user <> 'loods_' || OLD.to_side) THEN
        RAISE EXCEPTION 'a handover is received once, by the side it goes to';
    END IF;
    RETURN NEW;
"""

_CONTENT_ENDS = """
    UPDATE handovers_handovercontent SET ended_at = NEW.ended_at WHERE handover_id = NEW.id;
    RETURN NULL;
"""

_TAKE_OVER = """
    SELECT h.from_side, h.to_side, h.until, h.ended_at
      INTO NEW.from_side, NEW.to_side, NEW.until, NEW.ended_at
      FROM handovers_handover h WHERE h.id = NEW.handover_id AND h.received_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'content belongs to a handover of the same side that nobody received yet';
    END IF;
    RETURN NEW;
"""

_ONLY_ENDS = """
    IF to_jsonb(NEW) - 'ended_at' IS DISTINCT FROM to_jsonb(OLD) - 'ended_at'
       OR OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL THEN
        RAISE EXCEPTION 'what was handed over does not change';
    END IF;
    RETURN NEW;
"""


def of_handover() -> list[pgtrigger.Trigger]:
    """Triggers of the table of handovers."""
    return [
        pgtrigger.Trigger(
            name="who_stands_where", when=pgtrigger.Before, operation=pgtrigger.Insert, func=_WHO_STANDS_WHERE
        ),
        pgtrigger.Trigger(
            name="who_changes_what", when=pgtrigger.Before, operation=pgtrigger.Update, func=_WHO_CHANGES_WHAT
        ),
        pgtrigger.Trigger(
            name="content_ends", when=pgtrigger.After, operation=pgtrigger.UpdateOf("ended_at"), func=_CONTENT_ENDS
        ),
        pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
    ]


def of_content() -> list[pgtrigger.Trigger]:
    """Triggers of the table of contents."""
    return [
        pgtrigger.Trigger(name="take_over", when=pgtrigger.Before, operation=pgtrigger.Insert, func=_TAKE_OVER),
        pgtrigger.Trigger(name="only_ends", when=pgtrigger.Before, operation=pgtrigger.Update, func=_ONLY_ENDS),
        pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
    ]
