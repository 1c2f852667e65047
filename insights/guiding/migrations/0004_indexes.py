"""What the gates look up lies in indexes, made while others go on writing; and the gates ask for it in that order."""

from django.db import migrations

from insights.guiding import functions


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("guiding", "0003_signs"), ("guidance", "0004_told_in_the_index")]

    operations = [
        *(
            migrations.RunSQL(
                f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON {what}", f"DROP INDEX CONCURRENTLY IF EXISTS {name}"
            )
            for name, what in functions.INDEXES.items()
        ),
        migrations.RunSQL(f"{functions.DROP};{functions.MAKE}", migrations.RunSQL.noop),
    ]
