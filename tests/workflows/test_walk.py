"""Random walks over every machine: whatever people do, in whatever order and at whatever time, these things hold.

No step without permission; no open state without owner; the end of a term is start plus term plus pauses; the log
replayed gives the state; a refused act changes nothing; a closed process rests.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django import forms
from django.db import transaction
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from access import clock
from access.models import Post
from access.roles import Role
from access.wall import Side, taken
from cases.models import Case, Person
from cases.models import Referral as Report
from tests.factories.access import DeputyFactory, OrganisationFactory, PostFactory, RegionFactory
from tests.factories.determination import Committee
from tests.factories.shelters import a_unit
from workflows.capacity_statement.periods import period_of
from workflows.determination.models import File
from workflows.engine import acts, errors
from workflows.engine.calendars import Unit as U
from workflows.engine.calendars import end_of_term
from workflows.engine.machine import Machine, form_of, registry, roles_of, stays
from workflows.engine.models import Notice, Process, Rung, StepLog, Term
from workflows.engine.steps import open_process, perform
from workflows.engine.sweep import sweep
from workflows.guidance.models import Guidance

pytestmark = pytest.mark.django_db
START = datetime(2026, 12, 21, 9, 0, tzinfo=UTC)
ENTERS = {"open", acts.REOPEN}


class World:
    """A region with its people, a unit of two places, and one case."""

    def __init__(self) -> None:
        region, elsewhere = RegionFactory(), RegionFactory()
        team, house = OrganisationFactory(), OrganisationFactory(kind="shelter")
        self.region = region
        self.posts = [
            PostFactory(role=Role.CARE_COORDINATOR, organisation=team, regions=[region]),
            PostFactory(role=Role.CARE_COORDINATOR, organisation=team, regions=[region]),
            PostFactory(role=Role.CASEWORKER, organisation=team, regions=[region]),
            PostFactory(role=Role.SHELTER_PROVIDER, organisation=house, regions=[region]),
            PostFactory(role=Role.NATIONAL_DESK, organisation__kind="national_desk"),
            PostFactory(role=Role.SUPERVISOR, organisation=team, regions=[region]),
            PostFactory(role=Role.CARE_COORDINATOR, regions=[elsewhere]),
            PostFactory(role=Role.PROSECUTOR, regions=[region]),
            PostFactory(role=Role.PRIVACY_OFFICER, organisation__side=Side.CARE),
            PostFactory(role=Role.NAVIGATOR, organisation=team, regions=[region]),
            PostFactory(role=Role.NAVIGATOR, organisation=house, regions=[region]),
        ]
        DeputyFactory(absent=self.posts[0], deputy=self.posts[1])
        ministry = OrganisationFactory(kind="ministry", side=Side.COMMON)
        common = [PostFactory(role=role, organisation=ministry) for role in (Role.ACTION_OWNER, Role.ANALYST)]
        self.committee = Committee(members=10)
        police = [
            PostFactory(role=Role.INVESTIGATOR, regions=[region]),
            PostFactory(role=Role.PROSECUTOR, regions=[region]),
            PostFactory(role=Role.INVESTIGATOR, regions=[elsewhere]),
            PostFactory(role=Role.PROSECUTOR, regions=[elsewhere]),
        ]
        self.of_side = {
            Side.CARE: self.posts,
            Side.COMMON: common * 4,
            Side.DETERMINATION: [self.committee.secretary, *self.committee.members, self.committee.supervisor],
            Side.JUSTICE: police * 2,
        }
        with taken(Side.CARE):
            a_unit(organisation=house, region=region, name="Proef", kind="crisis", places=2)
            person = Person.objects.create(name="Testpersoon Wandeling")
            self.case = Case.objects.create(number="L-2026-000001", person=person, region=region)
            self.report = Report.objects.create(
                case=self.case, source_kind="police", legal_ground="consent", registered_by=self.posts[0]
            )

    def open(self, machine: type[Machine]) -> Process:
        """Open a process on the case; a machine that is not known here has to be added."""
        record: dict[str, Callable[[], dict[str, Any]]] = {
            "referral": lambda: {"report": self.report},
            "placement": dict,
            "break_glass": lambda: {"case": self.case, "post": self.posts[2], "reason": "Verzonnen gevaar."},
            "break_glass_tried": lambda: {"post": self.posts[2], "user": self.posts[2].user, "on": clock.today()},
            "reflection_period": lambda: {"offered_on": clock.today(), "offered_by": "police", "language": "ti"},
            "investigation_led": dict,
            "guidance": lambda: {"requested_by": "care"},
            "safety_plan": lambda: {"guidance": guided(self.open(registry["guidance"]))},
            "police_contact": lambda: {"authority": "police", "event": "interview", "planned_at": clock.now()},
            "supply_adjustment": lambda: {"title": "Proef", "kind": "crisis", "as_of": clock.today()},
            "capacity_statement": lambda: {
                "region": self.region,
                "rhythm": "week",
                "period": period_of("week", clock.today()),
                "expires_on": clock.today() + timedelta(days=30),
            },
        }
        if machine.side is Side.DETERMINATION:
            self.committee.profiles()
            file = File.objects.get(pk=self.committee.file(machine.kind).pk)
            record[machine.kind] = lambda: {"file": file, "design": machine.kind}
        return open_process(
            machine,
            acting=self.of_side[machine.side][0],
            case_id=self.case.pk,
            region_id=self.region.pk,
            record=record[machine.kind](),
        )


def guided(process: Process) -> Guidance:
    """The row of a guidance."""
    return Guidance.objects.get(pk=process.pk)


def filled_in(machine: Machine, form: type[Any], pick: int) -> dict[str, Any]:
    """Answers to a form: now and then one is left out, so that refusals are walked too."""
    asked = form({}, machine=machine)
    answers: dict[str, Any] = {}
    for number, (name, field) in enumerate(asked.fields.items()):
        if pick % 7 == 6 and number == 0:
            continue
        if isinstance(field, forms.ModelMultipleChoiceField):
            answers[name] = [row.pk for row in field.queryset[: (1, 3, 7, 7, 4)[pick % 5]]]
        elif isinstance(field, forms.MultipleChoiceField):
            answers[name] = [list(field.choices)[pick % len(list(field.choices))][0]]
        elif isinstance(field, forms.ModelChoiceField):
            rows = list(field.queryset[:3])
            answers[name] = rows[pick % len(rows)].pk if rows else ""
        elif isinstance(field, forms.BooleanField):
            answers[name] = pick % 2 == 0
        elif isinstance(field, forms.ChoiceField):
            answers[name] = list(field.choices)[pick % len(list(field.choices))][0]
        elif isinstance(field, forms.DateTimeField):
            answers[name] = ""
        elif isinstance(field, forms.DateField):
            left_out = not field.required and pick % 2
            day = clock.today() + timedelta(days=30 if pick % 3 else 0)
            answers[name] = "" if left_out else day.isoformat()
        else:
            answers[name] = "because"
    return answers


def attempt(world: World, process: Process, what: str, who: int, pick: int, version: int) -> None:
    """Try one thing as one post; the walk does not care whether it may."""
    post: Post = world.posts[who]
    machine = registry[process.kind]
    if what == "step":
        actions = sorted(machine.actions())
        leaving = sorted({t.slug for t in machine.from_state(Process.objects.get(pk=process.pk).state)})
        action = leaving[pick % len(leaving)] if leaving and pick % 5 else actions[pick % len(actions)]
        now_at = Process.objects.get(pk=process.pk)
        transition = machine.transition_of(action, now_at.state)
        if who == 0 and transition:  # often somebody who may, so that walks go far
            post = next((p for p in world.posts if transition.has_perm(machine(now_at, p, clock.now()), p)), post)
        data = filled_in(machine(now_at, post, clock.now()), form_of(transition), pick) if transition else {}
        seen_before = Process.objects.for_post(post).filter(pk=process.pk).exists()
        perform(process.pk, action, post, data, version=version)
        assert transition is not None
        assert post.role in roles_of(transition), "a step without permission"
        assert seen_before, "a step on a process that the post does not see"
        event(f"{process.kind}: {action}")
    elif what == "take":
        acts.take(process.pk, post, version=version, from_colleague=pick % 2 == 0)
    elif what == "give_back":
        acts.give_back(process.pk, post, version=version)
    elif what == "hand_over":
        acts.hand_over(process.pk, post, world.posts[pick % len(world.posts)], version=version)
    elif what == "pause":
        acts.pause(process.pk, post, reason="waiting for papers", version=version)
    elif what == "resume":
        acts.resume(process.pk, post, version=version)
    elif what == "snooze":
        acts.snooze(process.pk, post, clock.now() + timedelta(minutes=30), version=version)
    elif what == "reopen":
        acts.reopen(process.pk, post, reason="new facts", version=version)
    elif what == "sweep":
        sweep(machine.side)


def holds(process_id: Any) -> None:
    """Everything that must be true of a process, computed from its log alone."""
    process = Process.objects.get(pk=process_id)
    lines = list(StepLog.objects.filter(process=process).order_by("id"))
    assert lines[0].action == "open"
    machine = registry[process.kind]

    staying = {transition.slug for transition in machine.transitions() if stays(transition)}
    state, version, entered, paused, since = "", 0, lines[0].at, timedelta(0), None
    for line in lines:
        assert line.from_state == state, "the log does not follow on itself"
        assert line.version == version + 1
        state, version = line.to_state, line.version
        stayed = line.action in staying and line.to_state == line.from_state
        if (line.action in machine.actions() and not stayed) or line.action in ENTERS:
            entered, paused, since = line.at, timedelta(0), None
        elif line.action == acts.PAUSE:
            since = line.at
        elif line.action == acts.RESUME:
            assert since is not None
            paused, since = paused + (line.at - since), None
    assert (state, version) == (process.state, process.version), "the log replayed does not give the state"
    assert process.entered_at == entered
    assert process.paused_at == since

    step = machine.step_of(state)
    if step.final:
        assert process.closed_at == entered
        assert (process.owner_role, process.assignee_id, process.next_notice_at, process.due_at) == (
            "",
            None,
            None,
            None,
        )
        return
    assert process.closed_at is None
    assert process.owner_role, "an open state without owner"
    assert process.owner_organisation_id is not None
    declared = machine(process, None, entered)
    term, began = Term.objects.get(key=declared.term(step).key), declared.began()
    assert (process.term_id, process.term_started_at) == (term.pk, began)
    assert process.due_at == end_of_term(began, term.amount, U(term.unit), paused=paused, statutory=term.statutory)
    assert (process.next_notice_at is None) == (since is not None or process.rung == Rung.SECOND_ESCALATION)
    told = Notice.objects.filter(process=process, episode=process.episode, rung__gt=0).values_list("rung", flat=True)
    assert sorted(told) == sorted(set(told))
    assert max(told, default=0) == process.rung


@pytest.fixture
def world() -> World:
    """The world in which every walk of a machine begins; each is undone before the next."""
    return World()


WALKS = int(os.environ.get("LOODS_WALKS", "40"))
"""Walks over each machine; more find more, and take longer."""

doings = st.tuples(
    st.sampled_from(["step"] * 8 + ["take", "give_back", "hand_over", "pause", "resume", "snooze", "reopen", "sweep"]),
    st.sampled_from([0, 0, 0, 1, 2, 3, 3, 4, 4, 5, 6, 7]),
    st.integers(0, 60),
    st.sampled_from([0, 0, 1, 7, 60, 60 * 5, 60 * 24, 60 * 24 * 9]),
    st.sampled_from([True] * 9 + [False]),
)


@pytest.mark.parametrize("kind", sorted(registry))
@settings(
    max_examples=WALKS,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
@given(walk=st.lists(doings, min_size=4, max_size=18))
def test_whatever_people_do_these_things_hold(
    world: World, kind: str, walk: list[tuple[str, int, int, int, bool]]
) -> None:
    now = START
    with transaction.atomic():
        with taken(registry[kind].side):
            world.posts = world.of_side[registry[kind].side]
            with clock.at(now):
                first = world.open(registry[kind])
            holds(first.pk)
            for what, who, pick, minutes, fresh in walk:
                now += timedelta(minutes=minutes)
                before = Process.objects.get(pk=first.pk)
                logged = StepLog.objects.count()
                with clock.at(now):
                    try:
                        attempt(world, first, what, who, pick, before.version if fresh else before.version + 1)
                    except errors.EngineError:
                        after = Process.objects.get(pk=first.pk)
                        assert (after.state, after.version) == (before.state, before.version)
                        assert StepLog.objects.count() == logged, "a refused act left a trace"
                        continue  # what held before holds
                for process in Process.objects.filter(case_id=world.case.pk):
                    holds(process.pk)
        transaction.set_rollback(True)
