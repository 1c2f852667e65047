"""Supply told apart only by what is asked, where the older function goes; ten years counted in one reading."""

from django.db import migrations

from shelters import functions


class Migration(migrations.Migration):
    dependencies = [("shelters", "0013_treatment_and_school")]

    operations = [
        migrations.RunSQL(
            f"DROP FUNCTION IF EXISTS shelters_supply(date, timestamptz); {functions.SUPPLY}; {functions.SERIES}",
            migrations.RunSQL.noop,
        ),
    ]
