"""The index by which the stays of a day are found tells also whose they are; made while others go on writing."""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("shelters", "0011_series_of_moved")]

    operations = [
        RemoveIndexConcurrently("stay", "shelters_stay_period"),
        AddIndexConcurrently(
            "stay",
            django.contrib.postgres.indexes.GistIndex(
                fields=["period"], include=["unit", "arrived_at"], name="shelters_stay_period"
            ),
        ),
    ]
