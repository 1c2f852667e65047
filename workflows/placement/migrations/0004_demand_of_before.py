"""The demand of before, from the log, which is the truth about the past; indexes and the count, beside running work.

Rows are filled in batches, each in a transaction of its own under the role of the care side, because row-level security
binds the owner too. It can be broken off and run again.
"""

import django.contrib.postgres.indexes
import django.db.models.functions.comparison
import pgtrigger.compiler
import pgtrigger.migrations
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models, transaction

from access.wall import Side, taken
from workflows.placement import functions

BATCH = 10_000
PROBLEMS = ["psychiatric", "addiction", "mild_intellectual_disability", "somatic", "behaviour"]
NEXT = """
SELECT array_agg(process_id ORDER BY process_id) FROM (
    SELECT process_id FROM placement_placementrecord WHERE process_id > %s ORDER BY process_id LIMIT %s) k
"""
FILL = """
UPDATE placement_placementrecord r SET
    asked_at = p.opened_at,
    region_id = COALESCE((SELECT (l.facts->>'moved_from')::bigint FROM engine_steplog l
        WHERE l.process_id = p.id AND l.action = 'move' ORDER BY l.id LIMIT 1), p.region_id),
    forms = COALESCE(CASE WHEN p.facts ? 'forms' THEN ARRAY(SELECT jsonb_array_elements_text(p.facts->'forms')) END,
        c.forms, '{}'),
    gender = COALESCE(NULLIF(p.facts->>'gender', ''), n.gender, 'unknown'),
    problems = ARRAY(SELECT one FROM unnest(%s::text[]) one WHERE one = ANY(r.needs)),
    children = 'children' = ANY(r.needs) OR COALESCE((p.facts->>'children_along')::integer, c.children_along, 0) > 0,
    minor = COALESCE(CASE
        WHEN n.id IS NULL THEN false
        WHEN n.birth_date IS NULL THEN NOT n.adult_confirmed
        WHEN NOT n.birth_date_estimated THEN
            (p.opened_at AT TIME ZONE 'Europe/Amsterdam')::date < n.birth_date + interval '18 years'
        ELSE NOT n.adult_confirmed AND extract(year FROM p.opened_at AT TIME ZONE 'Europe/Amsterdam')
            <= extract(year FROM n.birth_date) + 18 END, false),
    person_key = COALESCE(c.person_id, p.id),
    stopped_at = CASE WHEN p.state = 'withdrawn' THEN p.closed_at END,
    stopped_by = CASE WHEN p.state <> 'withdrawn' THEN ''
        WHEN (SELECT l.action FROM engine_steplog l WHERE l.process_id = p.id ORDER BY l.id DESC LIMIT 1) = 'become_moot'
        THEN 'moot' ELSE 'withdrawn' END
FROM engine_process p LEFT JOIN cases_case c ON c.id = p.case_id LEFT JOIN cases_person n ON n.id = c.person_id
WHERE p.id = r.process_id AND r.process_id = ANY(%s)
"""
UNMET = """
INSERT INTO placement_unmet (id, process_id, since, until, reason)
SELECT gen_random_uuid(), process_id, at, ended, reason FROM (
    SELECT l.process_id, l.at, l.action, COALESCE(l.facts->>'ground', '') AS reason,
        (SELECT m.at FROM engine_steplog m WHERE m.process_id = l.process_id AND m.id > l.id
            AND m.to_state <> 'no_place' AND NOT (m.to_state = 'withdrawn' AND m.action <> 'become_moot')
            ORDER BY m.id LIMIT 1) AS ended
    FROM engine_steplog l WHERE l.process_id = ANY(%s)) found
WHERE action = 'find_none' AND NOT EXISTS (
    SELECT FROM placement_unmet u WHERE u.process_id = found.process_id AND u.since = found.at)
"""


def fill(apps, schema_editor):
    connection = schema_editor.connection
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM placement_placementrecord)")
        if not cursor.fetchone()[0]:
            return  # nothing to fill; in a new database the role of the care side has no rights yet
        cursor.execute(f"GRANT SELECT, INSERT ON placement_unmet TO {Side.CARE.role}")
    last = "00000000-0000-0000-0000-000000000000"
    while last:
        with taken(Side.CARE, connection.alias), transaction.atomic(using=connection.alias):
            last = fill_batch(connection, last)


def fill_batch(connection, after):
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [after, BATCH])
        keys = cursor.fetchone()[0]
        if keys:
            cursor.execute(FILL, [PROBLEMS, keys])
            cursor.execute(UNMET, [keys])
        return keys[-1] if keys else None


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("cases", "0001_initial"), ("engine", "0003_worklist"), ("placement", "0003_demand")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        AddIndexConcurrently(
            model_name='placementrecord',
            index=models.Index(fields=['asked_at'], name='placement_asked_at'),
        ),
        AddIndexConcurrently(
            model_name='placementrecord',
            index=models.Index(fields=['person_key'], name='placement_person_key'),
        ),
        AddIndexConcurrently(
            model_name='placementrecord',
            index=django.contrib.postgres.indexes.GistIndex(models.Func(models.F('asked_at'), models.Case(models.When(models.Q(('asked_at__gt', django.db.models.functions.comparison.Least('arrived_at', 'stopped_at'))), then=models.F('asked_at')), default=django.db.models.functions.comparison.Least('arrived_at', 'stopped_at')), function='tstzrange'), name='placement_waiting'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='placementrecord',
            trigger=pgtrigger.compiler.Trigger(name='frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."needs" IS DISTINCT FROM (NEW."needs") OR OLD."wanted_from" IS DISTINCT FROM (NEW."wanted_from") OR OLD."asked_at" IS DISTINCT FROM (NEW."asked_at") OR OLD."region_id" IS DISTINCT FROM (NEW."region_id") OR OLD."forms" IS DISTINCT FROM (NEW."forms") OR OLD."gender" IS DISTINCT FROM (NEW."gender") OR OLD."problems" IS DISTINCT FROM (NEW."problems") OR OLD."children" IS DISTINCT FROM (NEW."children") OR OLD."minor" IS DISTINCT FROM (NEW."minor"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='dc8db1a5ebb49f957896b8f58acaddbbce07ecd0', operation='UPDATE', pgid='pgtrigger_frozen_99a9c', table='placement_placementrecord', when='BEFORE')),
        ),
        migrations.RunSQL(f"{functions.DEMAND};{functions.REASONS};{functions.STAYS}", functions.DROP),
    ]
