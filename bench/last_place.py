"""The last place of a unit, wanted by eight processes at once: our door and a bare row lock, by turns."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from django.db import transaction

from access.models import Organisation, Region
from access.regions import load_builtin
from access.wall import Side, taken
from bench.figures import Figure, bench
from shelters import inventory
from shelters.models import Stay

WANT, ROUNDS = 8, 30
GOAL = 2.0


def _units(count: int) -> list[int]:
    """Units of one place each."""
    with taken(Side.COMMON), transaction.atomic():
        load_builtin()
        house, _made = Organisation.objects.get_or_create(  # it is there when an earlier run was broken off
            name="Opvang Meetpunt", defaults={"kind": "shelter", "side": Side.CARE}
        )
    with taken(Side.CARE), transaction.atomic():
        region = Region.objects.care().order_by("pk").first()
        assert region is not None
        return [
            inventory.add_unit(organisation=house, region=region, name=f"Plaats {n}", kind="crisis", places=1).pk
            for n in range(count)
        ]


def _contenders() -> list[subprocess.Popen[str]]:
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.contender"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "bench.settings"},
        )
        for _ in range(WANT)
    ]
    for one in started:
        assert one.stdout is not None and one.stdout.readline().strip() == "ready"
    return started


def _round(contenders: list[Any], unit: int, way: str) -> tuple[int, list[float]]:
    """How many won, and how long each took."""
    for one in contenders:
        one.stdin.write(f"{unit} {way}\n")
        one.stdin.flush()
    answers = [one.stdout.readline().split() for one in contenders]
    return sum(answer[0] == "won" for answer in answers), [float(answer[1]) for answer in answers]


@bench("last_place")
def last_place() -> Iterator[Figure]:
    """95th percentile of all tries, and rounds in which not exactly one won."""
    units = _units(2 * ROUNDS)
    contenders = _contenders()
    times: dict[str, list[float]] = {"ours": [], "bare": []}
    wrong = 0
    for nth, unit in enumerate(units):
        way = ("ours", "bare")[nth % 2]
        won, took = _round(contenders, unit, way)
        wrong += won != 1
        times[way] += took
    for one in contenders:
        one.communicate(timeout=30)
    with taken(Side.CARE), transaction.atomic():
        doubled = Stay.objects.filter(unit__in=units).count() - len(units)
    ours, bare = (sorted(times[way])[int(len(times[way]) * 0.95)] for way in ("ours", "bare"))
    yield Figure("last_place.p95.ms", ours, "ms", "", note=f"{WANT} processes, {ROUNDS} rounds")
    yield Figure("last_place.bare.p95.ms", bare, "ms", "")
    yield Figure("last_place", ours / bare, "ratio", "a bare row lock with constraint", GOAL, more=False)
    yield Figure("last_place.wrong", wrong + abs(doubled), "rounds", "one winner each", 0, more=False)
