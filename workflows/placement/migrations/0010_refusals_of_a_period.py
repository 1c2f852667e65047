"""An index by which the refusals of a period are found and read alone; made while others go on writing."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("placement", "0009_whole_beside_its_lines")]

    operations = [
        AddIndexConcurrently(
            "refusal",
            models.Index(fields=["at"], include=["process", "reason"], name="placement_refusal_at"),
        ),
    ]
