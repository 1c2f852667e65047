"""Pages of guidance and of what was learned, on 200,000 cases of which 20,000 were guided.

The navigator carries 30 people, of whom much is written; a hundred colleagues carry as many. For each page how many
statements the database is asked, and the median time on the server. In what time the figures of what was learned come
is asked with the waiting page put aside: the page itself, whole.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection, transaction
from django.test import Client

from access import clock
from access.models import Organisation, Post, Region, User
from access.roles import Role
from access.wall import Side, taken
from bench import database, guided
from bench.figures import Figure, bench
from bench.visiting import signed_in, visited
from cases.models import Case
from insights import pace
from insights.guiding.definitions import QUESTIONS
from workflows.engine.models import Process
from workflows.engine.steps import open_process
from workflows.guidance import calendar
from workflows.guidance.machine import GuidanceMachine
from workflows.guidance.models import Guidance

TURNS, LEARNED_TURNS = 15, 5
GOAL_MS, LEARNED_MS, QUERIES = 50.0, 300.0, 10


def _post(role: Role, house: Organisation, region: Region | None = None) -> Post:
    with taken(Side.COMMON), transaction.atomic():
        user = User.objects.create(email=f"{role}@meting.example.invalid", name="Meting Proef")
        post = Post.objects.create(user=user, role=role, organisation=house, starts_on=clock.today().replace(day=1))
        if region is not None:
            post.regions.add(region)
    return post


def figures(name: str, client: Client, address: str, goal: float, note: str) -> Iterator[Figure]:
    """Time and statements of a page, each against its limit."""
    seen = visited(client, address, TURNS if goal == GOAL_MS else LEARNED_TURNS)
    yield Figure(name, seen.ms, "ms", "limit", goal, more=False, note=note)
    yield Figure(f"{name}.queries", seen.queries, "queries", "limit", QUERIES, more=False)


def _asked_for(coordinator: Post, region: Region) -> Process:
    """A guidance that waits for a navigator, in the middle of the others."""
    with taken(Side.CARE), transaction.atomic():
        free = Case.objects.filter(region=region, closed_at=None)
        case = free.exclude(pk__in=Guidance.objects.values("case")).order_by("pk").first()
        assert case is not None
        return open_process(GuidanceMachine, acting=coordinator, case_id=case.pk, region_id=region.pk, record={})


@bench("guidance")
def guidance() -> Iterator[Figure]:
    """Every page of guidance and of what was learned."""
    import scipy.stats  # noqa: F401  what draws curves is at hand, as in a process that has drawn one

    with guided.many() as navigator:
        count = database.counted("guidance_guidance")
        note = f"{count:,} guidances, caseload of {guided.CASELOAD}"
        with taken(Side.CARE), transaction.atomic():
            navigator = Post.objects.select_related("user", "organisation").get(pk=navigator.pk)
            region = navigator.regions.get()
            guided_ = list(Guidance.objects.running().filter(navigator=navigator.pk).values_list("pk", "case"))
            assert len(guided_) == guided.CASELOAD
            key, case = guided_[0]
            secret = calendar.make(navigator)
        browser = signed_in(navigator)
        pages = {
            "home": "/guidance/", "plan": f"/guidance/{key}/plan/", "safety": f"/guidance/{key}/safety/",
            "reporting": f"/guidance/{key}/reporting/", "checklists": f"/guidance/{key}/checklists/",
            "checklist": f"/guidance/{key}/checklists/criminal/", "write": f"/guidance/{key}/write/goal/",
            "case": f"/cases/{case}/", "contact": f"/process/{key}/contact/",
            "calendar": f"/guidance/calendar/{secret}.ics",
        }  # fmt: skip
        for name, address in pages.items():
            yield from figures(f"guidance.{name}", browser, address, GOAL_MS, note)
        coordinator = _post(Role.CARE_COORDINATOR, navigator.organisation, region)
        waiting = _asked_for(coordinator, region)
        matching = signed_in(coordinator)
        yield from figures("guidance.match", matching, f"/process/{waiting.pk}/match/", GOAL_MS, note)
        yield from figures("guidance.team", matching, "/guidance/navigators/", GOAL_MS, note)
        yield from _learned(f"{count:,} guidances, {database.counted('cases_case'):,} cases")
    connection.close()


def _learned(note: str) -> Iterator[Figure]:
    with taken(Side.COMMON), transaction.atomic():
        house = Organisation.objects.create(name="Ministerie Meting", kind="ministry", side=Side.COMMON)
    analyst = signed_in(_post(Role.ANALYST, house))
    pages = {"overview": "", "cost": "cost/", "lessons": "lessons/"}
    for question in QUESTIONS:
        pages[question.key] = f"{question.key}/"
        if question.curve:
            pages[f"{question.key}.form"] = f"{question.key}/?by=form"
        if question.compared:
            pages[f"{question.key}.navigator"] = f"{question.key}/?by=navigator"
    pages["willingness.ten_years"] = "willingness/?years=10"
    pages["lost.navigator.ten_years"] = "lost/?by=navigator&years=10"
    usual, pace.LONG = pace.LONG, float("inf")
    try:
        for name, address in pages.items():
            yield from figures(f"guidance.learned.{name}", analyst, f"/learned/{address}", LEARNED_MS, note)
    finally:
        pace.LONG = usual
