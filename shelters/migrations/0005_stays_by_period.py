"""An index by which the stays of a day are found; made while others go on writing."""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("shelters", "0004_units_are_dated")]

    operations = [
        AddIndexConcurrently(
            "stay", django.contrib.postgres.indexes.GistIndex(fields=["period"], name="shelters_stay_period")
        ),
    ]
