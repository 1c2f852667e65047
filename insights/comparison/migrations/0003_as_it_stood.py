"""The gates tell what stood at the end of the period."""

from django.db import migrations

from insights.comparison import functions


class Migration(migrations.Migration):
    dependencies = [("comparison", "0002_fewest")]

    operations = [migrations.RunSQL(functions.FIGURES + ";" + functions.AGREEMENT, migrations.RunSQL.noop)]
