"""Signs of new exploitation are counted, and the gates are asked for one cut and for some figures."""

from django.db import migrations

from insights.guiding import functions


class Migration(migrations.Migration):
    dependencies = [("guiding", "0002_lessons"), ("guidance", "0003_signs")]

    operations = [migrations.RunSQL(f"{functions.DROP};{functions.MAKE}", migrations.RunSQL.noop)]
