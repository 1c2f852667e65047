"""Nobody stays in two places: who is in a place now is written down first, then the database holds everybody to it.

Beside running work: the rows of who stays now are written in one short transaction under the role of the care side,
because row-level security binds the owner too, and the indexes are built concurrently. Where somebody is in two places
already, the newest stay counts and the double registration is shown on each.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models, transaction

from access.wall import Side, taken

FILL = """
WITH here AS (
    SELECT r.process_id, r.person_key,
        row_number() OVER (PARTITION BY r.person_key ORDER BY r.arrived_at DESC NULLS LAST, r.process_id) AS place,
        count(*) OVER (PARTITION BY r.person_key) AS stays
    FROM placement_placementrecord r JOIN engine_process p ON p.id = r.process_id
    WHERE p.kind = 'placement' AND p.state = 'in_place' AND p.closed_at IS NULL
)
UPDATE placement_placementrecord r
SET staying = CASE WHEN here.place = 1 THEN r.person_key END, doubled = here.stays > 1
FROM here WHERE r.process_id = here.process_id
"""


def fill(apps, schema_editor):
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(%s, 'placement_placementrecord', 'UPDATE')", [Side.CARE.role])
        if not cursor.fetchone()[0]:
            return  # a new database: the role of the care side has no rights yet, and there is nothing to fill
    with taken(Side.CARE, connection.alias), transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(FILL)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("placement", "0006_whole")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS placement_one_stay_at_once "
                    "ON placement_placementrecord (staying) WHERE staying IS NOT NULL",
                    "DROP INDEX CONCURRENTLY IF EXISTS placement_one_stay_at_once",
                )
            ],
            state_operations=[
                migrations.AddConstraint(
                    model_name="placementrecord",
                    constraint=models.UniqueConstraint(
                        fields=["staying"],
                        condition=models.Q(staying__isnull=False),
                        name="placement_one_stay_at_once",
                    ),
                )
            ],
        ),
        AddIndexConcurrently(
            model_name="placementrecord",
            index=models.Index(
                fields=["process"], condition=models.Q(list_open=True), name="placement_list_open"
            ),
        ),
    ]
