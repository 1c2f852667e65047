"""Urgency, units in their order, questions of providers, the next step, longer stays and taking over by a region.

Every new column is empty or has a constant default: no row is rewritten.
"""

import datetime
import uuid

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0006_privacy_officer'),
        ('engine', '0005_signals'),
        ('placement', '0005_count_of_its_own'),
        ('shelters', '0009_figures_are_named'),
    ]

    operations = [
        migrations.AddField(
            model_name='placementrecord',
            name='came_of',
            field=models.CharField(blank=True, choices=[('safe', 'Was reached and is safe'), ('back', 'Came back and asks for a place again'), ('reported', 'Reported missing to the police, for safety'), ('not_found', 'Everything was tried, not found')], db_default='', default='', max_length=20, verbose_name='what came of looking'),
        ),
        migrations.AddField(
            model_name='placementrecord',
            name='doubled',
            field=models.BooleanField(db_default=False, default=False, verbose_name='registered in another place too'),
        ),
        migrations.AddField(
            model_name='placementrecord',
            name='left_at',
            field=models.DateTimeField(null=True, verbose_name='left'),
        ),
        migrations.AddField(
            model_name='placementrecord',
            name='list_open',
            field=models.BooleanField(db_default=False, default=False, verbose_name='another unit is to be asked'),
        ),
        migrations.AddField(
            model_name='placementrecord',
            name='longer_until',
            field=models.DateField(null=True, verbose_name='stays longer until'),
        ),
        migrations.AddField(
            model_name='placementrecord',
            name='longest_until',
            field=models.DateField(null=True, verbose_name='longest stay here'),
        ),
        migrations.AddField(
            model_name='placementrecord',
            name='next_step',
            field=models.CharField(blank=True, db_default='', default='', max_length=30, verbose_name='next step'),
        ),
        migrations.AddField(
            model_name='placementrecord',
            name='stay_from',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='placementrecord',
            name='staying',
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='placementrecord',
            name='to_region',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.region', verbose_name='to region'),
        ),
        migrations.AddField(
            model_name='placementrecord',
            name='urgency',
            field=models.CharField(blank=True, choices=[('normal', 'Normal'), ('urgent', 'Urgent: within hours'), ('night', 'Emergency at night: at once'), ('police_bed', 'In an emergency bed through the police')], db_default='', default='', max_length=20, verbose_name='urgency'),
        ),
        migrations.CreateModel(
            name='LongerStay',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(verbose_name='at')),
                ('since', models.DateField(verbose_name='since')),
                ('until', models.DateField(verbose_name='until')),
                ('reason', models.CharField(choices=[('no_move_on', 'No move-on place'), ('procedure', 'Waits for a decision on residence'), ('criminal_case', 'The criminal case needs it'), ('health', 'Health does not allow a move'), ('safety', 'Not safe anywhere else yet'), ('other', 'Another reason')], max_length=20, verbose_name='reason')),
                ('remark', models.TextField(blank=True, verbose_name='remark')),
                ('post', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.post')),
                ('process', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='engine.process')),
            ],
            options={
                'verbose_name': 'longer stay',
                'verbose_name_plural': 'longer stays',
            },
        ),
        migrations.CreateModel(
            name='Turn',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveSmallIntegerField(verbose_name='place in the order')),
                ('chosen_at', models.DateTimeField(verbose_name='chosen')),
                ('asked_at', models.DateTimeField(null=True, verbose_name='asked')),
                ('held_until', models.DateTimeField(null=True, verbose_name='reserved until')),
                ('said', models.TextField(blank=True, verbose_name='said with the question')),
                ('question', models.TextField(blank=True, verbose_name='question of the provider')),
                ('question_at', models.DateTimeField(null=True, verbose_name='asked back')),
                ('answer', models.TextField(blank=True, verbose_name='answer to the provider')),
                ('waited', models.DurationField(default=datetime.timedelta(0))),
                ('ended_at', models.DateTimeField(null=True, verbose_name='over')),
                ('outcome', models.CharField(blank=True, choices=[('accepted', 'Accepted'), ('declined', 'Declined'), ('expired', 'No answer in time'), ('taken_back', 'The question was taken back'), ('fell_through', 'Accepted, the person did not come'), ('full', 'No free place when it was its turn'), ('moot', 'No longer needed'), ('left_out', 'Not asked: another choice was made')], max_length=20, verbose_name='what came of it')),
                ('chosen_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.post', verbose_name='chosen by')),
                ('process', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='engine.process')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shelters.unit', verbose_name='unit')),
            ],
            options={
                'verbose_name': 'unit that is asked',
                'verbose_name_plural': 'units that are asked',
                'ordering': ['number'],
            },
        ),
        migrations.AddField(
            model_name='placementrecord',
            name='turn',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='placement.turn', verbose_name='unit that is asked'),
        ),
        migrations.AddConstraint(
            model_name='longerstay',
            constraint=models.CheckConstraint(condition=models.Q(('until__gt', models.F('since'))), name='placement_longer_order'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='longerstay',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='f5c2e3935c0f2da279f0ae02c22ebc7fdccf9773', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_f6b3b', table='placement_longerstay', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='turn',
            constraint=models.UniqueConstraint(fields=('process', 'number'), name='placement_turn_once'),
        ),
        migrations.AddConstraint(
            model_name='turn',
            constraint=models.UniqueConstraint(condition=models.Q(('asked_at__isnull', False), ('ended_at', None)), fields=('process',), name='placement_one_asked'),
        ),
        migrations.AddConstraint(
            model_name='turn',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('outcome', '')), models.Q(('ended_at__isnull', False), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='placement_turn_over'),
        ),
    ]
