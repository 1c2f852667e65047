"""Occupied places per month count somebody who was moved to another place once."""

from django.db import migrations

from shelters import functions


class Migration(migrations.Migration):
    dependencies = [("shelters", "0010_stays_not_over")]

    operations = [migrations.RunSQL(functions.SERIES, migrations.RunSQL.noop)]
