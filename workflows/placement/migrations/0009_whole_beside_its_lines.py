"""Demand counted for the lines of a cut and their whole in one reading; unmet requests found by themselves."""

from django.db import migrations

from workflows.placement import functions


class Migration(migrations.Migration):
    dependencies = [("placement", "0008_wishes")]

    operations = [
        migrations.RunSQL(
            ";".join(
                (functions.DROP, functions.DEMAND, functions.REASONS, functions.STAYS, functions.UNMET)
            ),
            migrations.RunSQL.noop,
        ),
    ]
