"""Who is named for which case, asked of the database by person."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from cases.functions import DROP, NAMED


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("access", "0006_privacy_officer"), ("cases", "0001_initial")]

    operations = [
        AddIndexConcurrently("caseaccess", models.Index(fields=["user"], name="cases_access_user")),
        migrations.RunSQL(NAMED, DROP),
    ]
