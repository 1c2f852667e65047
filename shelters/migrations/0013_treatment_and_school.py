"""How near treatment and school are to a unit. Nobody has said so yet: no row is rewritten."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('shelters', '0012_stays_counted_in_the_index'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='capacity',
            name='remember',
        ),
        migrations.AddField(
            model_name='capacity',
            name='school',
            field=models.CharField(blank=True, choices=[('here', 'In the house'), ('nearby', 'Nearby'), ('none', 'Not within reach')], db_default='', default='', max_length=10, verbose_name='school'),
        ),
        migrations.AddField(
            model_name='capacity',
            name='treatment',
            field=models.CharField(blank=True, choices=[('here', 'In the house'), ('nearby', 'Nearby'), ('none', 'Not within reach')], db_default='', default='', max_length=10, verbose_name='treatment'),
        ),
        migrations.AddField(
            model_name='capacitypast',
            name='school',
            field=models.CharField(blank=True, choices=[('here', 'In the house'), ('nearby', 'Nearby'), ('none', 'Not within reach')], db_default='', default='', max_length=10, verbose_name='school'),
        ),
        migrations.AddField(
            model_name='capacitypast',
            name='treatment',
            field=models.CharField(blank=True, choices=[('here', 'In the house'), ('nearby', 'Nearby'), ('none', 'Not within reach')], db_default='', default='', max_length=10, verbose_name='treatment'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='capacity',
            trigger=pgtrigger.compiler.Trigger(name='remember', sql=pgtrigger.compiler.UpsertTriggerSql(func='IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF; NEW.known_since := GREATEST(NEW.known_since, OLD.known_since); IF NEW.known_since > OLD.known_since THEN INSERT INTO shelters_capacitypast (of, unit_id, holds, scheme_id, places, active, forms, genders, age_from, age_to, children, pregnant, couple, pets, wheelchair, psychiatric, addiction, mild_intellectual_disability, somatic, behaviour, residence, contra_indications, security, languages, staff_day, staff_night, treatment, school, financing, route, waiting_list, intake_days, maximum_stay_days, source, as_of, remark, entered_by_id, known_since, known_until) VALUES (OLD.id, OLD.unit_id, OLD.holds, OLD.scheme_id, OLD.places, OLD.active, OLD.forms, OLD.genders, OLD.age_from, OLD.age_to, OLD.children, OLD.pregnant, OLD.couple, OLD.pets, OLD.wheelchair, OLD.psychiatric, OLD.addiction, OLD.mild_intellectual_disability, OLD.somatic, OLD.behaviour, OLD.residence, OLD.contra_indications, OLD.security, OLD.languages, OLD.staff_day, OLD.staff_night, OLD.treatment, OLD.school, OLD.financing, OLD.route, OLD.waiting_list, OLD.intake_days, OLD.maximum_stay_days, OLD.source, OLD.as_of, OLD.remark, OLD.entered_by_id, OLD.known_since, NEW.known_since); END IF; RETURN NEW;', hash='69f339d401acbcaca57469955d543b8268463454', operation='UPDATE', pgid='pgtrigger_remember_87676', table='shelters_capacity', when='BEFORE')),
        ),
    ]
