"""(f) What the wall's policies cost: the same queries and steps for the side, and for a role without policies.

Both are the program itself, on the same rows of the large set, by turns in a random order: once as the care side, once
as a role that has the rights of the care side and passes policies by (BYPASSRLS). The role is made for the measurement
and dropped after it. The figure is the ratio of the medians.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from access import clock, configuration
from access.models import Post
from access.wall import APP_ROLE, Side, taken
from access.wall.sides import connection
from bench import database
from bench.figures import Figure, bench
from bench.step import Engine, _post
from bench.worklist import busiest
from cases.models import Case
from cases.pages import case_context
from workflows.break_glass import queries as break_glass
from workflows.casepage import reading
from workflows.casepage.lanes import lanes
from workflows.handovers import queries as handovers
from workflows.worklist.filters import Filters
from workflows.worklist.groups import Moments
from workflows.worklist.queries import page

FREE = "loods_bench_without_policies"
TURNS, STEPS, ROUNDS = 24, 60, 14
GOAL = 1.2


@contextmanager
def a_role_without_policies() -> Iterator[None]:
    """A role with the rights of the care side for which no policy counts, within reach of the program's login."""
    with database.admin() as admin:
        _drop(admin)
        admin.execute(f"CREATE ROLE {FREE} NOLOGIN BYPASSRLS INHERIT")
        try:
            admin.execute(f"GRANT {Side.CARE.role} TO {FREE} WITH INHERIT TRUE, SET FALSE")
            admin.execute(f"GRANT {FREE} TO {APP_ROLE} WITH INHERIT FALSE, SET TRUE")
            yield
        finally:
            _drop(admin)


def _drop(admin: Any) -> None:
    admin.execute(f"DROP ROLE IF EXISTS {FREE}")


@contextmanager
def working_as(role: str) -> Iterator[None]:
    """Take another role than that of the side at the start of transactions inside the block."""
    here: Any = connection()
    here._wanted_role = lambda: role
    try:
        yield
    finally:
        del here._wanted_role


ROLES = (Side.CARE.role, FREE)


def compared(rounds: int, work: Callable[[int], float]) -> dict[str, list[float]]:
    """Do the work of each round as both roles, in a random order. In: what does it and tells how long it took."""
    took: dict[str, list[float]] = {role: [] for role in ROLES}
    for turn in range(rounds + 2):
        for role in random.Random(turn).sample(ROLES, len(ROLES)):
            with working_as(role):
                spent = work(turn)
            if turn > 1:  # the first two warm what both use
                took[role].append(spent)
    return took


def figures(name: str, took: dict[str, list[float]], note: str) -> Iterator[Figure]:
    """The medians and their ratio."""
    walled, free = (statistics.median(took[role]) * 1000 for role in ROLES)
    yield Figure(f"{name}.with_policies", walled, "ms", "", note="this machine, this run")
    yield Figure(f"{name}.without_policies", free, "ms", "", note="this machine, this run")
    yield Figure(name, walled / free, "ratio", "role without policies", GOAL, more=False, note=note)


def _list(posts: list[Post]) -> Callable[[int], float]:
    filters = Filters()

    def work(turn: int) -> float:
        spent = 0.0
        for post in random.Random(turn).sample(posts, len(posts)):
            moments = Moments.around(clock.now())
            with taken(Side.CARE), transaction.atomic():
                configuration.refresh()  # it opens the transaction, as session and post do in the program
                begun = time.perf_counter()
                found = page(post, filters, moments)
                spent += time.perf_counter() - begun
                assert found.rows
        return spent / len(posts)

    return work


def _cases(posts: list[Post]) -> list[tuple[Post, Any]]:
    """Of each post some cases it sees."""
    with taken(Side.CARE), transaction.atomic():
        return [(post, key) for post in posts for key in Case.objects.for_post(post).values_list("pk", flat=True)[:3]]


def read_case(post: Post, key: Any) -> int:
    """Ask everything that the page of a case asks. Out: how many processes it has."""
    cases = Case.objects.for_post(post).select_related("person", "region")
    case = cases.annotate(glass=break_glass.column(), handed=handovers.column()).get(pk=key)
    break_glass.running_on(case)
    shown = lanes(reading.of_case(case, post), post)
    case_context(case, post)
    handovers.in_force_of(case.handed)
    return len(shown)


def _page(pairs: list[tuple[Post, Any]]) -> Callable[[int], float]:
    def work(turn: int) -> float:
        spent = 0.0
        for post, key in random.Random(turn).sample(pairs, len(pairs)):
            with taken(Side.CARE), transaction.atomic():
                configuration.refresh()
                begun = time.perf_counter()
                read_case(post, key)
                spent += time.perf_counter() - begun
        return spent / len(pairs)

    return work


def _step(engine: Engine) -> Callable[[int], float]:
    def work(turn: int) -> float:
        items = engine.fresh(STEPS)
        begun = time.perf_counter()
        for item in items:
            engine.step(item)
        return (time.perf_counter() - begun) / STEPS

    return work


@bench("wall")
def wall() -> Iterator[Figure]:
    """Worklist, page of a case and a step, with policies and without."""
    database.large()
    posts = busiest()
    pairs = _cases(posts)
    processes = f"{database.counted('engine_process'):,} processes"
    with a_role_without_policies():
        yield from figures("wall.worklist", compared(TURNS, _list(posts)), processes)
        yield from figures("wall.case_page", compared(TURNS, _page(pairs)), f"{len(pairs)} cases")
        yield from figures("wall.step", compared(ROUNDS, _step(Engine(_post()))), "committed one by one")
