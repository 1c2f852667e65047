"""An inventory of any size for the measurements, in a database of its own: units, dated lines and ten years of stays.

Made in the database itself, set-based, with the constraints that only guard writing put aside; it looks like what the
program would have written: no place is taken twice, one stay in twenty was known differently before, one unit in ten
has places out of service, and every second unit has a word on what is placeable.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from access import clock
from access.models import Organisation
from access.regions import load_builtin
from access.wall import Side, taken
from bench import database

REGIONS = 35
YEARS, LENGTH = 10, 73  # days from the beginning of one stay in a place to that of the next
PLACES = 4

_UNITS = """
INSERT INTO shelters_unit (id, organisation_id, region_id, name, kind)
SELECT n, %(house)s, (SELECT id FROM access_region WHERE level = 'care' ORDER BY id OFFSET n %% %(regions)s LIMIT 1),
    'Unit ' || n, (ARRAY['crisis', 'long_stay', 'move_on', 'supervised', 'emergency', 'ambulatory'])[1 + n %% 6]
FROM generate_series(1, %(units)s) n;
"""
_LINES = """
INSERT INTO shelters_capacity (unit_id, holds, scheme_id, places, active, forms, genders, children, pregnant, couple,
    pets, wheelchair, psychiatric, addiction, mild_intellectual_disability, somatic, behaviour, residence,
    contra_indications, security, languages, staff_day, staff_night, financing, route, intake_days, source, as_of,
    known_since)
SELECT u.id, daterange(%(today)s::date - 3700 + part * 1850, CASE WHEN part = 0 THEN %(today)s::date - 1850 END),
    (ARRAY['cosm', 'omm', 'womens', 'social', 'other'])[1 + u.id %% 5], %(places)s, true,
    (ARRAY['{sexual}', '{labour,criminal}', '{}'])[1 + u.id %% 3]::varchar[],
    (ARRAY['{woman}', '{man}', '{}', '{woman,man,other}'])[1 + u.id %% 4]::varchar[],
    (ARRAY['yes', 'no', ''])[1 + u.id %% 3], '', '', '', '', (ARRAY['yes', 'consult', 'no', ''])[1 + u.id %% 4],
    (ARRAY['yes', 'no', 'no', ''])[1 + (u.id / 4) %% 4], '', '', '', '{}', '', '', '{}', '', '', '', '', '{}',
    'own_count', %(today)s::date - (u.id %% 14)::int, %(today)s::date - 3700
FROM shelters_unit u, generate_series(0, 1) part;
"""
_STAYS = """
INSERT INTO shelters_stay (id, unit_id, place, period, arrived_at, planned_until, ref, known_since)
SELECT gen_random_uuid(), u.id, place, tstzrange(came, CASE WHEN came + stayed < %(today)s THEN came + stayed END),
    came, NULL, gen_random_uuid(), came
FROM shelters_unit u, generate_series(1, %(places)s) place, generate_series(1, %(each)s) nth,
LATERAL (SELECT %(today)s::timestamptz - make_interval(days => %(length)s * nth)
        + make_interval(days => ((u.id * 31 + place * 17) %% 60)::int, hours => ((u.id + nth) %% 24)::int) AS came,
    make_interval(days => 10 + ((u.id * 7 + nth * 13 + place) %% 60)::int) AS stayed) when_
WHERE came < %(today)s;
"""
_REST = """
INSERT INTO shelters_staypast (unit_id, place, period, arrived_at, ref, of, known_since, known_until)
SELECT unit_id, place, tstzrange(lower(period), NULL), arrived_at, ref, id, known_since, upper(period)
FROM shelters_stay WHERE NOT upper_inf(period) AND abs(hashtext(id::text)) %% 20 = 0;
INSERT INTO shelters_outofservice (unit_id, period, places, reason, remark, known_since)
SELECT id, daterange(%(today)s::date - 5, %(today)s::date + 20), 1, 'repair', '', %(today)s FROM shelters_unit
WHERE id %% 10 = 0;
INSERT INTO shelters_placeable (unit_id, at, places, remark)
SELECT id, %(today)s::timestamptz - make_interval(hours => (id %% 100)::int), 1, '' FROM shelters_unit
WHERE id %% 2 = 0;
"""


@contextmanager
def of(units: int, stays_per_unit: int = 200) -> Iterator[None]:
    """Work in a database with so many units and stays; it is dropped afterwards."""
    with database.another("inventory"):
        _fill(units, stays_per_unit)
        yield


def _fill(units: int, stays_per_unit: int) -> None:
    with taken(Side.COMMON), transaction.atomic():
        load_builtin()
        house = Organisation.objects.create(name="Opvang Meetpunt", kind="shelter", side=Side.CARE)
    values = {
        "house": house.pk, "units": units, "regions": REGIONS, "today": clock.today(), "places": PLACES,
        "length": LENGTH, "each": max(1, stays_per_unit // PLACES),
    }  # fmt: skip
    with database.admin() as admin:
        admin.execute("SET session_replication_role = replica")  # no triggers, no foreign keys: nothing changes again
        admin.execute("ALTER TABLE shelters_stay DROP CONSTRAINT shelters_stay_place_once")
        admin.execute("DROP INDEX shelters_stay_period")
        for script in (_UNITS, _LINES, _STAYS, _REST):
            for statement in script.strip().rstrip(";").split(";\n"):
                admin.execute(statement, values)
        admin.execute(
            "CREATE INDEX shelters_stay_period ON shelters_stay USING gist (period) INCLUDE (unit_id, arrived_at)"
        )
        admin.execute("VACUUM (ANALYZE)")
