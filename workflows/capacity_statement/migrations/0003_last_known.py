"""Of a region the last figure is told that is known, with its age, and how many units did not know."""

from django.db import migrations

from workflows.capacity_statement import functions


class Migration(migrations.Migration):
    dependencies = [("capacity_statement", "0002_freshness")]

    operations = [migrations.RunSQL(f"{functions.DROP};{functions.FRESHNESS}", migrations.RunSQL.noop)]
