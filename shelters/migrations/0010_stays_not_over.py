"""An index by which the stays of a unit are found that are not over; made while others go on writing."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("shelters", "0009_figures_are_named")]

    operations = [
        AddIndexConcurrently(
            "stay",
            models.Index(
                models.F("unit"),
                models.Func("period", template="COALESCE(upper(%(expressions)s), 'infinity')"),
                name="shelters_stay_end",
            ),
        ),
    ]
