"""The count of demand, planned for its own cut and period, where it was made in the older way before."""

from django.db import migrations

from workflows.placement import functions


class Migration(migrations.Migration):
    dependencies = [("placement", "0004_demand_of_before")]

    operations = [
        migrations.RunSQL(
            f"{functions.DROP};{functions.DEMAND};{functions.REASONS};{functions.STAYS}", migrations.RunSQL.noop
        ),
    ]
