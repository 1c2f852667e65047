"""The gate tells a quantile only with enough values on either side of it."""

from django.db import migrations

from insights.comparison import functions


class Migration(migrations.Migration):
    dependencies = [("comparison", "0001_gates")]

    operations = [
        migrations.RunSQL(
            f"DROP FUNCTION IF EXISTS comparison_figures(date, date, text[]);{functions.FIGURES}",
            migrations.RunSQL.noop,
        )
    ]
