"""Places and occupied places at the end of each month, over many years."""

from django.db import migrations

from shelters import functions


class Migration(migrations.Migration):
    dependencies = [("shelters", "0006_remark_and_moment")]

    operations = [migrations.RunSQL(functions.SERIES, migrations.RunSQL.noop)]
