"""Occupied places per month count somebody who was moved to another place once."""

from django.db import migrations

from shelters import functions


class Migration(migrations.Migration):
    dependencies = [("shelters", "0009_figures_are_named")]

    operations = [migrations.RunSQL(functions.SERIES, migrations.RunSQL.noop)]
