"""(d) The national picture on 5,000 units in 35 regions with 1,000,000 stays over ten years.

The first view is what the page asks of the supply: the gate in the wall, read into the picture's own rows, cut by
region. The bare side is one SQL query written by hand for the same table, as the administrator. By turns, on today and
on days long past; the figure is the ratio of the medians. `SIZES=500,5000,50000` shows how cost grows.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Iterator
from datetime import date, timedelta

from django.db import connection, transaction
from django.test import Client

from access import clock
from access.models import Organisation, Post, User
from access.roles import Role
from access.wall import Side, taken
from bench import database, inventory
from bench.figures import Figure, bench
from bench.visiting import signed_in, visited
from insights import picture, reading
from shelters.queries import last_moment

TURNS = 15
GOAL, PAGE_MS, LIST_MS = 2.0, 300.0, 50.0
DESK = "national_desk"

BARE = """
SELECT u.region_id, u.kind, count(*), sum(c.places), sum(coalesce(s.occupied, 0)), sum(coalesce(s.reserved, 0)),
    sum(coalesce(o.places, 0)), sum(CASE WHEN c.active THEN greatest(
        c.places - coalesce(s.occupied, 0) - coalesce(s.reserved, 0) - coalesce(o.places, 0), 0) ELSE 0 END)
FROM shelters_capacity c JOIN shelters_unit u ON u.id = c.unit_id
LEFT JOIN (SELECT unit_id, count(*) FILTER (WHERE arrived_at <= %(at)s) AS occupied,
        count(*) FILTER (WHERE arrived_at > %(at)s OR arrived_at IS NULL) AS reserved
    FROM shelters_stay WHERE period @> %(at)s GROUP BY 1) s ON s.unit_id = u.id
LEFT JOIN (SELECT unit_id, sum(places) AS places FROM shelters_outofservice WHERE period @> %(day)s GROUP BY 1) o
    ON o.unit_id = u.id
WHERE c.holds @> %(day)s GROUP BY 1, 2
"""


def _ours(day: date) -> float:
    begun = time.perf_counter()
    with taken(Side.COMMON), transaction.atomic():
        rows = reading.supply(day, apart=["kind"])  # as the query by hand does
    names = {row.region: "" for row in rows}
    picture.table(day, "region", rows, [], None, names, {})
    return time.perf_counter() - begun


def _bare(admin: object, day: date) -> float:
    begun = time.perf_counter()
    admin.execute(BARE, {"at": last_moment(day), "day": day}).fetchall()  # type: ignore[attr-defined]
    return time.perf_counter() - begun


def _measured(day: date, turns: int = TURNS) -> tuple[float, float]:
    ours, bare = [], []
    with database.admin() as admin:
        admin.prepare_threshold = None
        for _ in range(turns + 2):
            ours.append(_ours(day))
            bare.append(_bare(admin, day))
    return statistics.median(ours[2:]) * 1000, statistics.median(bare[2:]) * 1000


def _client(role: Role, kind: str) -> Client:
    """The browser of somebody who may look."""
    with taken(Side.COMMON), transaction.atomic():
        side = Side.CARE if kind == DESK else Side.COMMON
        # An earlier run on the same database left them there.
        house, _made = Organisation.objects.get_or_create(name=f"Meetpunt {role}", kind=kind, side=side)
        user, _made = User.objects.get_or_create(email=f"{role}@meting.example.invalid", name="Meting Proef")
        post, _made = Post.objects.get_or_create(user=user, role=role, organisation=house, starts_on=date(2020, 1, 1))
    return signed_in(post)


def _pages(note: str) -> Iterator[Figure]:
    """The first view of the picture, and the list of units of the whole country, with every page of it alike."""
    analyst = _client(Role.ANALYST, "ministry")
    yield Figure(
        "national_picture.page", visited(analyst, "/picture/").ms, "ms", "limit", PAGE_MS, more=False, note=note
    )
    desk = _client(Role.NATIONAL_DESK, DESK)
    asked = {"": "", ".last": "?page=100", ".free": "?free=on", ".men": "?gender=man&problem=addiction"}
    for name, query in asked.items():
        figure = f"national_picture.units{name}"
        yield Figure(figure, visited(desk, f"/shelter/{query}").ms, "ms", "limit", LIST_MS, more=False, note=note)


@bench("national_picture")
def national_picture() -> Iterator[Figure]:
    """First view against one query written by hand, today and on days long past; and the whole page."""
    sizes = [int(size) for size in os.environ.get("SIZES", "5000").split(",")]
    for size in sizes:
        with inventory.of(size):
            note = f"{size:,} units, {database.counted('shelters_stay'):,} stays"
            for name, back in (("today", 0), ("five_years_ago", 1825), ("nine_years_ago", 3285)):
                ours, bare = _measured(clock.today() - timedelta(days=back))
                key = f"national_picture.{name}" if size == 5000 else f"national_picture.{size}.{name}"
                yield Figure(f"{key}.ms", ours, "ms", "", note="this machine, this run")
                yield Figure(f"{key}.bare.ms", bare, "ms", "", note="this machine, this run")
                goal = GOAL if size == 5000 else None
                yield Figure(key, ours / bare, "ratio", "one query by hand", goal, more=False, note=note)
            if size == 5000:
                yield from _pages(note)
    connection.close()


@bench("demand")
def demand() -> Iterator[Figure]:
    """Pages on which demand stands beside supply, on the large demonstration set."""
    database.large()
    note = f"{database.counted('shelters_unit'):,} units, {database.counted('placement_placementrecord'):,} requests"
    analyst = _client(Role.ANALYST, "ministry")
    pages = {"demand.beside_supply": "?demand=1", "demand.by_kind": "?by=kind", "demand.why_not": "why-not/",
             "demand.gaps": "gaps/?shown=1", "demand.years": "years/?now=1"}  # fmt: skip
    for name, address in pages.items():
        yield Figure(name, visited(analyst, f"/picture/{address}").ms, "ms", "limit", PAGE_MS, more=False, note=note)
    connection.close()
