"""What is asked for a case is kept without a choice as well; who must not be met is found both ways."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.fields.json
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0006_privacy_officer'),
        ('cases', '0002_named'),
        ('matching', '0001_initial'),
        ('shelters', '0013_treatment_and_school'),
    ]

    operations = [
        migrations.AlterField(
            model_name='choice',
            name='unit',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shelters.unit', verbose_name='unit'),
        ),
        migrations.AddIndex(
            model_name='choice',
            index=django.contrib.postgres.indexes.GinIndex(django.db.models.fields.json.KeyTransform('avoid', 'wanted'), name='matching_choice_avoid'),
        ),
    ]
