"""Wishes said with the request, and from when a term counts once the urgency was changed."""

import django.contrib.postgres.fields
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('placement', '0007_one_stay_at_once'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='placementrecord',
            name='frozen',
        ),
        migrations.AddField(
            model_name='placementrecord',
            name='wishes',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('treatment', 'Treatment in the house or nearby'), ('school', 'School in the house or nearby')], max_length=20), db_default=[], default=list, size=None, verbose_name='wishes'),
        ),
        migrations.AddField(
            model_name='placementrecord',
            name='term_from',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='placementrecord',
            name='term_episode',
            field=models.PositiveIntegerField(null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='placementrecord',
            trigger=pgtrigger.compiler.Trigger(name='frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."needs" IS DISTINCT FROM (NEW."needs") OR OLD."wanted_from" IS DISTINCT FROM (NEW."wanted_from") OR OLD."asked_at" IS DISTINCT FROM (NEW."asked_at") OR OLD."region_id" IS DISTINCT FROM (NEW."region_id") OR OLD."forms" IS DISTINCT FROM (NEW."forms") OR OLD."gender" IS DISTINCT FROM (NEW."gender") OR OLD."problems" IS DISTINCT FROM (NEW."problems") OR OLD."children" IS DISTINCT FROM (NEW."children") OR OLD."minor" IS DISTINCT FROM (NEW."minor") OR OLD."wishes" IS DISTINCT FROM (NEW."wishes"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='d810085560c1d2d0972e62cec62adb541abdc24c', operation='UPDATE', pgid='pgtrigger_frozen_99a9c', table='placement_placementrecord', when='BEFORE')),
        ),
    ]
