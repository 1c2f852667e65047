"""Lessons, with what was done with each."""

import uuid

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import access.clock


class Migration(migrations.Migration):

    dependencies = [
        ('guiding', '0001_gates'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Lesson',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('side', models.CharField(choices=[('common', 'Common'), ('care', 'Care'), ('determination', 'Determination'), ('justice', 'Justice')], max_length=20)),
                ('measure', models.CharField(choices=[('psychologist', 'Investigative psychologist'), ('judge', 'Specialised examining judge'), ('lead_time', 'Shorter lead time with target dates'), ('experience', 'Expert by experience at police contact'), ('navigator', 'Navigator at the interview'), ('anonymity', 'Anonymity'), ('housing', 'Safe housing first'), ('other', 'Something else')], max_length=15, verbose_name='measure')),
                ('title', models.CharField(max_length=120, verbose_name='title')),
                ('tried', models.TextField(verbose_name='what was tried')),
                ('seen', models.TextField(verbose_name='what was seen')),
                ('advice', models.TextField(verbose_name='what we would do again, or not')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('asked', 'Approval asked'), ('shared', 'Shared'), ('returned', 'Returned')], default='draft', max_length=10, verbose_name='how it stands')),
                ('changed_at', models.DateTimeField(default=access.clock.now, verbose_name='changed')),
                ('shared_at', models.DateTimeField(null=True, verbose_name='shared')),
                ('version', models.PositiveIntegerField(default=1)),
                ('approver', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by')),
                ('writer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='written by')),
            ],
            options={
                'verbose_name': 'lesson',
                'verbose_name_plural': 'lessons',
            },
        ),
        migrations.CreateModel(
            name='LessonStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('side', models.CharField(choices=[('common', 'Common'), ('care', 'Care'), ('determination', 'Determination'), ('justice', 'Justice')], max_length=20)),
                ('at', models.DateTimeField(default=access.clock.now, verbose_name='at')),
                ('act', models.CharField(choices=[('write', 'Written'), ('change', 'Changed'), ('ask', 'Approval asked'), ('approve', 'Approved and shared'), ('send_back', 'Returned'), ('withdraw', 'No longer shared')], max_length=10, verbose_name='what')),
                ('reason', models.TextField(blank=True, verbose_name='why')),
                ('lesson', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='guiding.lesson')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'step of a lesson',
                'verbose_name_plural': 'steps of lessons',
                'ordering': ['id'],
            },
        ),
        migrations.AddIndex(
            model_name='lesson',
            index=models.Index(fields=['state', '-changed_at'], name='guiding_lesson_state'),
        ),
        migrations.AddConstraint(
            model_name='lesson',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'shared'), _negated=True), models.Q(('approver__isnull', False), ('shared_at__isnull', False), ('side', 'common'), models.Q(('approver', models.F('writer')), _negated=True)), _connector='OR'), name='guiding_lesson_approved_by_another'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='lessonstep',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8d6a88e7705f9cc2ee4461a05940981e12644ca8', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_a113c', table='guiding_lessonstep', when='BEFORE')),
        ),
    ]
