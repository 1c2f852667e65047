"""The schemes the sector knows, the questions the database answers, and what units offered until now."""

from django.db import migrations

from shelters import functions

COMENSHA = "comensha.nl, wegwijzermensenhandel.nl"
REGISTER = "regioatlas.nl, wegwijzermensenhandel.nl"
SCHEMES = (
    # code, Dutch, English, exclusive, months, stated every, source
    ("cosm", "COSM (categorale opvang, bedenktijd)", "COSM (categorical shelter, reflection period)", True, 3, "week", COMENSHA),
    ("omm", "OMM (multiproblematiek)", "OMM (multiple problems)", True, None, "week", COMENSHA),
    ("labour", "Opvang na arbeidsuitbuiting (NLA/SZW)", "Shelter after labour exploitation (NLA/SZW)", False, None, "month", COMENSHA),
    ("womens", "Vrouwenopvang (Wmo)", "Women\'s shelter (Wmo)", False, None, "month", REGISTER),
    ("mens", "Mannenopvang (Wmo)", "Men\'s shelter (Wmo)", False, None, "month", REGISTER),
    ("social", "Maatschappelijke opvang (Wmo)", "Social shelter (Wmo)", False, None, "month", REGISTER),
    ("youth", "Jeugdhulp", "Youth care", False, None, "month", COMENSHA),
    ("protected", "Beschermde opvang (Nidos)", "Protected shelter for unaccompanied minors (Nidos)", False, None, "month", COMENSHA),
    ("other", "Overige opvang en hulp", "Other shelter and help", False, None, "month", "Loods"),
)
AS_OF = "2026-11-22"


def lay(apps, schema_editor):
    scheme = apps.get_model("shelters", "Scheme")
    scheme.objects.using(schema_editor.connection.alias).bulk_create(
        scheme(
            code=code, name_nl=dutch, name_en=english, exclusive=exclusive, maximum_months=months,
            stated_every=every, source=source, as_of=AS_OF, order=place,
        )
        for place, (code, dutch, english, exclusive, months, every, source) in enumerate(SCHEMES)
    )


CARRY = """
INSERT INTO shelters_capacity (unit_id, holds, scheme_id, places, active, forms, genders, children, pregnant, couple,
    pets, wheelchair, psychiatric, addiction, mild_intellectual_disability, somatic, behaviour, residence,
    contra_indications, security, languages, staff_day, staff_night, financing, route, intake_days, source, known_since)
SELECT id, daterange(current_date, NULL), COALESCE((SELECT code FROM shelters_scheme WHERE code = scheme), 'other'),
    places, active, '{}', genders,
    CASE WHEN 'children' = ANY(takes) THEN 'yes' ELSE '' END, CASE WHEN 'pregnant' = ANY(takes) THEN 'yes' ELSE '' END,
    '', '', CASE WHEN 'wheelchair' = ANY(takes) THEN 'yes' ELSE '' END,
    CASE WHEN 'psychiatric' = ANY(takes) THEN 'yes' ELSE '' END, '', '', '', '', '{}', '', '', '{}', '', '', '', '',
    '{}', 'own_count', now()
FROM shelters_unit;
UPDATE shelters_stay SET arrived_at = lower(period)
"""
BACK = """
UPDATE shelters_unit u SET places = c.places, active = c.active, scheme = c.scheme_id, genders = c.genders
FROM shelters_capacity c WHERE c.unit_id = u.id AND c.holds @> current_date
"""


class Migration(migrations.Migration):
    dependencies = [("shelters", "0002_inventory")]

    operations = [
        migrations.RunSQL(f"{functions.AT};{functions.ON};{functions.BETWEEN};{functions.SUPPLY}", functions.DROP),
        migrations.RunPython(lay, migrations.RunPython.noop),
        migrations.RunSQL(CARRY, BACK),
    ]
