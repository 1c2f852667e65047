"""Why a line was changed; and how units stand at a moment, beside on a day."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from shelters import functions


class Migration(migrations.Migration):

    dependencies = [
        ('shelters', '0005_stays_by_period'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='capacity',
            name='remember',
        ),
        migrations.AddField(
            model_name='capacity',
            name='remark',
            field=models.CharField(blank=True, db_default='', max_length=300, verbose_name='why it was changed'),
        ),
        migrations.AddField(
            model_name='capacitypast',
            name='remark',
            field=models.CharField(blank=True, db_default='', max_length=300, verbose_name='why it was changed'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='capacity',
            trigger=pgtrigger.compiler.Trigger(name='remember', sql=pgtrigger.compiler.UpsertTriggerSql(func='IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF; NEW.known_since := GREATEST(NEW.known_since, OLD.known_since); IF NEW.known_since > OLD.known_since THEN INSERT INTO shelters_capacitypast (of, unit_id, holds, scheme_id, places, active, forms, genders, age_from, age_to, children, pregnant, couple, pets, wheelchair, psychiatric, addiction, mild_intellectual_disability, somatic, behaviour, residence, contra_indications, security, languages, staff_day, staff_night, financing, route, waiting_list, intake_days, maximum_stay_days, source, as_of, remark, entered_by_id, known_since, known_until) VALUES (OLD.id, OLD.unit_id, OLD.holds, OLD.scheme_id, OLD.places, OLD.active, OLD.forms, OLD.genders, OLD.age_from, OLD.age_to, OLD.children, OLD.pregnant, OLD.couple, OLD.pets, OLD.wheelchair, OLD.psychiatric, OLD.addiction, OLD.mild_intellectual_disability, OLD.somatic, OLD.behaviour, OLD.residence, OLD.contra_indications, OLD.security, OLD.languages, OLD.staff_day, OLD.staff_night, OLD.financing, OLD.route, OLD.waiting_list, OLD.intake_days, OLD.maximum_stay_days, OLD.source, OLD.as_of, OLD.remark, OLD.entered_by_id, OLD.known_since, NEW.known_since); END IF; RETURN NEW;', hash='055f3b5ba8d77b366e9460a200c21d4ff2d930a7', operation='UPDATE', pgid='pgtrigger_remember_87676', table='shelters_capacity', when='BEFORE')),
        ),
        migrations.RunSQL(f"{functions.AT};{functions.ON}", migrations.RunSQL.noop),
    ]
