"""Supply told apart only by what is asked; the older function goes, so that there is one."""

from django.db import migrations

from shelters import functions


class Migration(migrations.Migration):
    dependencies = [("shelters", "0013_treatment_and_school")]

    operations = [
        migrations.RunSQL(
            f"DROP FUNCTION IF EXISTS shelters_supply(date, timestamptz); {functions.SUPPLY}", migrations.RunSQL.noop
        ),
    ]
