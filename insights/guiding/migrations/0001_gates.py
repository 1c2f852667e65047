"""The gates of what was learned."""

from django.db import migrations

from insights.guiding import functions


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("guidance", "0001_initial"),
        ("reflection_period", "0001_initial"),
        ("cases", "0002_named"),
        ("engine", "0005_signals"),
    ]

    operations = [migrations.RunSQL(functions.MAKE, functions.DROP)]
