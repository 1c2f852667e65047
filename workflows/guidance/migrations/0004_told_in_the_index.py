"""What figures ask of each guidance lies in indexes with its answer; made while others go on writing."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("guidance", "0003_signs")]

    operations = [
        AddIndexConcurrently(
            "willingness",
            models.Index(
                fields=["guidance", "on_day", "written_at"], include=["stand", "obstacles"], name="guidance_willing_told"
            ),
        ),
        RemoveIndexConcurrently("willingness", "guidance_willing_day"),
        AddIndexConcurrently(
            "contact",
            models.Index(fields=["guidance", "-at"], include=["way", "reached"], name="guidance_contact_told"),
        ),
        RemoveIndexConcurrently("contact", "guidance_contact_at"),
        AddIndexConcurrently(
            "measurement",
            models.Index(fields=["guidance", "domain", "on_day"], include=["score"], name="guidance_measurement_told"),
        ),
    ]
