"""The question that every side may ask of statements: when a region was stated last."""

from django.db import migrations

from workflows.capacity_statement import functions


class Migration(migrations.Migration):
    dependencies = [("capacity_statement", "0001_initial"), ("shelters", "0005_stays_by_period")]

    operations = [migrations.RunSQL(functions.FRESHNESS, functions.DROP)]
