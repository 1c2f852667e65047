from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "INSERT INTO access_configuration (id, stamp, clock_offset) VALUES (1, 1, interval '0')",
            "DELETE FROM access_configuration",
        )
    ]
