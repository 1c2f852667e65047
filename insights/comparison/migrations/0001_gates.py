"""The gates of the comparison."""

from django.db import migrations

from insights.comparison import functions


class Migration(migrations.Migration):
    dependencies = [
        ("determination", "0002_conflict"),
        ("investigation_led", "0001_initial"),
        ("handovers", "0001_initial"),
        ("placement", "0005_count_of_its_own"),
        ("reflection_period", "0001_initial"),
        ("engine", "0005_signals"),
    ]

    operations = [migrations.RunSQL(f"{functions.FIGURES};{functions.AGREEMENT}", functions.DROP)]
