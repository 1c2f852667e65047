"""(e) A capacity statement of 200 lines: opened in its grid, saved, submitted and published.

The limits are numbers of statements, which do not depend on the machine; the times beside them are for the eye.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from access import clock, configuration
from access.models import Organisation, Post, Region, User
from access.roles import Role
from access.wall import Side, taken
from bench import inventory
from bench.figures import Figure, bench
from shelters.models import Capacity
from workflows.capacity_statement import grid, opening, periods
from workflows.capacity_statement.models import Line, Statement
from workflows.engine.steps import perform

LINES = 200
OPENING, PUBLISHING = 10, 10


def _post(role: Role, region: Region | None = None) -> Post:
    with taken(Side.COMMON), transaction.atomic():
        kind = "national_desk" if role is Role.NATIONAL_DESK else "care_coordination"
        house = Organisation.objects.create(name=f"Meetpunt {role}", kind=kind, side=Side.CARE)
        user = User.objects.create(email=f"{role}@example.invalid", name="Meting Proef")
        post = Post.objects.create(user=user, role=role, organisation=house, starts_on=date(2020, 1, 1))
        if region is not None:
            post.regions.add(region)
        configuration.refresh()
    with taken(Side.CARE), transaction.atomic():
        assert post.region_ids is not None and post.acts_for is not None
    return post


@bench("statement")
def statement() -> Iterator[Figure]:
    """Statements that opening the grid and publishing 200 lines take."""
    with inventory.of(LINES, stays_per_unit=40):
        with taken(Side.CARE), transaction.atomic():
            region = Region.objects.care().order_by("pk").first()
            assert region is not None
            with connection.cursor() as cursor:
                cursor.execute("UPDATE shelters_unit SET region_id = %s", [region.pk])
            Capacity.objects.update(scheme_id="cosm")
        coordinator, desk = _post(Role.CARE_COORDINATOR, region), _post(Role.NATIONAL_DESK)
        with taken(Side.CARE):
            begun = time.perf_counter()
            period = periods.period_of("week", clock.today())
            process = opening.open_one(region.pk, "week", period, clock.now())
            assert process is not None
            yield Figure("statement.opened.ms", (time.perf_counter() - begun) * 1000, "ms", "", note=f"{LINES} lines")
            with transaction.atomic():
                made = Statement.objects.get(pk=process.pk)
                begun = time.perf_counter()
                with CaptureQueriesContext(connection) as asked:
                    sheet = grid.read(made)
                yield Figure("statement.grid.ms", (time.perf_counter() - begun) * 1000, "ms", "")
                assert len(sheet.rows) == LINES
                yield Figure(
                    "statement.grid", len(asked), "queries", "limit", OPENING, more=False, note="without the frame"
                )
            with transaction.atomic():
                lines = list(Line.objects.filter(statement=made))
                data = {
                    f"{name}-{line.pk}": str(getattr(line, name) or 0) for line in lines for name in grid.NUMBERS[:4]
                }
                data |= {f"{name}-{line.pk}": "" for line in lines for name in ("placeable", "waiting", "out_until")}
                data |= {f"as_of-{line.pk}": str(clock.today()) for line in lines}
                data |= {f"source-{line.pk}": "own_count" for line in lines}
                data |= {f"remark-{line.pk}": "measured" for line in lines}
                data |= {f"out_of_service-{line.pk}": "0" for line in lines}
                data |= {f"confirmed-{line.pk}": "1" for line in lines}
                typed = grid.Typed(data, lines, [], clock.today())
                assert not typed.errors, typed.errors
                begun = time.perf_counter()
                with CaptureQueriesContext(connection) as asked:
                    grid.save(made, typed, coordinator)
                yield Figure("statement.saved.ms", (time.perf_counter() - begun) * 1000, "ms", "")
                yield Figure(
                    "statement.saved", len(asked), "statements", "limit", 10, more=False, note=f"{LINES} lines"
                )
                made.long_stays.update(reason="no_move_on")
            perform(process.pk, "submit", coordinator, {})
            begun = time.perf_counter()
            with CaptureQueriesContext(connection) as asked:
                perform(process.pk, "publish", desk, {})
            yield Figure("statement.published.ms", (time.perf_counter() - begun) * 1000, "ms", "")
            yield Figure(
                "statement.published", len(asked), "statements", "limit", PUBLISHING, more=False, note=f"{LINES} lines"
            )
