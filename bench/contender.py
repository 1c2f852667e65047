"""One who wants the last place, as a process of its own: says "ready", then for each line "unit way" tries once.

Answers with "won" or "lost" and the milliseconds it took. `way`: `ours` (the door of the shelters) or `bare` (a row
lock and an insert that the constraint judges).
"""

from __future__ import annotations

import sys
import time

import django


def main() -> None:
    """Connect first, so that what is measured is the taking."""
    django.setup()
    from django.db import IntegrityError, connection, transaction

    from access import clock
    from access.wall import Side, taken
    from shelters import door

    def ours(unit: int, ref: object) -> bool:
        try:
            with taken(Side.CARE), transaction.atomic():
                door.hold(unit, ref, clock.now())  # type: ignore[arg-type]
        except door.NoPlace:
            return False
        return True

    def bare(unit: int, ref: object) -> bool:
        try:
            with taken(Side.CARE), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT id FROM shelters_unit WHERE id = %s FOR NO KEY UPDATE", [unit])
                cursor.execute(
                    "INSERT INTO shelters_stay (id, unit_id, place, period, ref, known_since) "
                    "VALUES (gen_random_uuid(), %s, 1, tstzrange(now(), NULL), %s, now())",
                    [unit, ref],
                )
        except IntegrityError:
            return False
        return True

    from uuid import uuid4

    bare(-1, uuid4())
    print("ready", flush=True)
    for line in sys.stdin:
        unit, way = line.split()
        begun = time.perf_counter()
        won = (ours if way == "ours" else bare)(int(unit), uuid4())
        print("won" if won else "lost", (time.perf_counter() - begun) * 1000, flush=True)


if __name__ == "__main__":
    main()
