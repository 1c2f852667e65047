"""What is asked for whom, and what came of it, beside what only the process knew."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import access.clock


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0005_names_raise_the_stamp'),
        ('engine', '0003_worklist'),
        ('placement', '0002_initial'),
        ('shelters', '0005_stays_by_period'),
    ]

    operations = [
        migrations.CreateModel(
            name='Unmet',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('since', models.DateTimeField(verbose_name='since')),
                ('until', models.DateTimeField(null=True, verbose_name='until')),
                ('reason', models.CharField(max_length=40, verbose_name='reason')),
            ],
        ),
        migrations.AddField(
            model_name='placementrecord',
            name='held_until',
            field=models.DateTimeField(null=True, verbose_name='reserved until'),
        ),
        migrations.AddField(
            model_name='placementrecord',
            name='asked_at',
            field=models.DateTimeField(default=access.clock.now, verbose_name='asked'),
        ),
        migrations.AddField(
            model_name='placementrecord',
            name='children',
            field=models.BooleanField(default=False, verbose_name='children along'),
        ),
        migrations.AddField(
            model_name='placementrecord',
            name='forms',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('sexual', 'Sexual exploitation'), ('labour', 'Labour exploitation'), ('criminal', 'Criminal exploitation'), ('other', 'Other exploitation')], max_length=10), default=list, size=None, verbose_name='forms of exploitation'),
        ),
        migrations.AddField(
            model_name='placementrecord',
            name='gender',
            field=models.CharField(choices=[('unknown', 'Unknown'), ('woman', 'Woman'), ('man', 'Man'), ('other', 'Other')], default='unknown', max_length=10, verbose_name='gender'),
        ),
        migrations.AddField(
            model_name='placementrecord',
            name='minor',
            field=models.BooleanField(default=False, verbose_name='minor'),
        ),
        migrations.AddField(
            model_name='placementrecord',
            name='person_key',
            field=models.UUIDField(default=uuid.uuid4, editable=False),
        ),
        migrations.AddField(
            model_name='placementrecord',
            name='problems',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('psychiatric', 'Psychiatric care'), ('addiction', 'Addiction'), ('mild_intellectual_disability', 'Mild intellectual disability'), ('somatic', 'Medical care'), ('behaviour', 'Behaviour that asks for more guidance')], max_length=40), default=list, size=None, verbose_name='problems'),
        ),
        migrations.AddField(
            model_name='placementrecord',
            name='region',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.region', verbose_name='region'),
        ),
        migrations.AddField(
            model_name='placementrecord',
            name='stopped_at',
            field=models.DateTimeField(null=True, verbose_name='no longer asked for since'),
        ),
        migrations.AddField(
            model_name='placementrecord',
            name='stopped_by',
            field=models.CharField(blank=True, choices=[('withdrawn', 'Withdrawn'), ('moot', 'Placed another way')], max_length=10, verbose_name='why it is no longer asked for'),
        ),
        migrations.AddField(
            model_name='unmet',
            name='process',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='engine.process'),
        ),
        migrations.AddConstraint(
            model_name='unmet',
            constraint=models.UniqueConstraint(condition=models.Q(('until', None)), fields=('process',), name='placement_unmet_open_once'),
        ),
        migrations.AddConstraint(
            model_name='unmet',
            constraint=models.CheckConstraint(condition=models.Q(('until', None), ('until__gte', models.F('since')), _connector='OR'), name='placement_unmet_order'),
        ),
    ]
