"""The gate that answers whether somebody has to do with a case."""

from django.db import migrations

from workflows.determination.functions import CONFLICT, DROP


class Migration(migrations.Migration):
    dependencies = [
        ("determination", "0001_initial"),
        ("investigation_led", "0001_initial"),
        ("handovers", "0001_initial"),
        ("engine", "0003_worklist"),
        ("shelters", "0009_figures_are_named"),
        ("cases", "0001_initial"),
    ]
    operations = [migrations.RunSQL(CONFLICT, DROP)]
