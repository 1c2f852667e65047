"""What a unit offers stands in its dated lines alone. Backwards the columns come again, with a number to begin with."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shelters", "0003_schemes_and_questions")]

    operations = [
        migrations.AlterField("unit", "places", models.PositiveSmallIntegerField("places", default=1)),
        migrations.RemoveIndex(
            model_name="unit",
            name="shelters_unit_region",
        ),
        migrations.RemoveField(
            model_name="unit",
            name="active",
        ),
        migrations.RemoveField(
            model_name="unit",
            name="genders",
        ),
        migrations.RemoveField(
            model_name="unit",
            name="places",
        ),
        migrations.RemoveField(
            model_name="unit",
            name="scheme",
        ),
        migrations.RemoveField(
            model_name="unit",
            name="takes",
        ),
    ]
