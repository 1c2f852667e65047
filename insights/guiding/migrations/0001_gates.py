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

    operations = [
        # Gates are made as they are now; tables that came later are there by `0003_signs`, which makes them again.
        migrations.RunSQL(f"SET LOCAL check_function_bodies = off;{functions.MAKE}", functions.DROP)
    ]
