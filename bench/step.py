"""(a) Committed steps per second of the whole engine, against a hand-written transaction and three peers.

Every contender makes the same step, received to triage, on rows of its own in the same database, with a log row,
each step committed by itself. They take turns in short rounds in a random order, so that whatever else the machine
does meets all of them; the figure is the ratio of the median rates.

The engine does all it does in the program: it takes the side of the wall, locks, checks sight, version, state,
permission, conditions and form, sets owner by routing, term, ladder and next notice, writes row and log. The bare
transaction does by hand what cannot be left out: begin, lock and read the row, read whether the post may, read the
term, write the row, write the log, commit: seven round trips, no Django.

The peers do the same as far as it is theirs: SpiffWorkflow and django-fsm-2 have the rows of the engine with the same
indexes and keys, read the term, write who must act by when, and a line of the log, by Django's ORM as their
documentation does; they ask no permission of the database and count no working days. viewflow.workflow keeps its own
tables of processes and tasks beside the same log.
"""

from __future__ import annotations

import random
import statistics
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django_fsm import has_transition_perm
from psycopg.types.json import Jsonb
from rich.progress import track
from SpiffWorkflow.util.task import TaskState

from access.models import Organisation, Post, Region, User
from access.roles import Role
from access.wall import Side, taken
from bench import database
from bench.figures import Figure, bench
from bench.peers.flows import SERIALIZER, ReferralFlow, spiff_workflow, write_log
from bench.peers.models import FsmItem, SpiffItem
from workflows.engine.models import Process, Term
from workflows.engine.steps import open_process, perform
from workflows.referral.machine import Referral

ROUNDS, STEPS = 12, 60


def _post() -> Post:
    with taken(Side.COMMON), transaction.atomic():
        tag = uuid.uuid4().hex[:8]
        region = Region.objects.create(code=f"B{tag}", name=f"Meetregio {tag}", source="bench", as_of=date(2026, 1, 1))
        organisation = Organisation.objects.create(name=f"Meetorganisatie {tag}", kind="care_coordination", side="care")
        user = User.objects.create(email=f"{tag}@example.invalid", name="Meting")
        post = Post.objects.create(
            user=user, role=Role.CARE_COORDINATOR, organisation=organisation, starts_on=date(2020, 1, 1)
        )
        post.regions.add(region)
    with taken(Side.CARE), transaction.atomic():
        post = Post.objects.select_related("organisation", "user").get(pk=post.pk)
        assert post.region_ids is not None and post.acts_for is not None  # as a request has them, read beforehand
    return post


class Engine:
    """The whole engine of Loods."""

    def __init__(self, post: Post) -> None:
        self.post = post
        self.region = next(iter(post.region_ids))

    def fresh(self, count: int) -> list[Any]:
        template = self._opened()
        rows = []
        for _ in range(count):
            row = Process(**{f.attname: getattr(template, f.attname) for f in Process._meta.concrete_fields})
            row.pk = uuid.uuid4()
            rows.append(row)
        with taken(Side.CARE), transaction.atomic():
            Process.objects.bulk_create(rows)
        return [row.pk for row in rows]

    def _opened(self) -> Process:
        with taken(Side.CARE), transaction.atomic():
            machine = type("Blank", (Referral,), {"record_model": None})
            opened = open_process(machine, acting=self.post, region_id=self.region)
            transaction.set_rollback(True)
        return opened

    def step(self, item: Any) -> None:
        with taken(Side.CARE), transaction.atomic():
            perform(item, "begin_triage", self.post, {"reason": ""}, version=1)


class Bare:
    """Separate statements written by hand, on copies of the same tables: their indexes and keys, but no policies."""

    def __init__(self, post: Post) -> None:
        self.post = post
        self.region = next(iter(post.region_ids))
        self.connection = database.admin()
        self.connection.prepare_threshold = None  # as the program connects
        self.connection.execute("CREATE SCHEMA IF NOT EXISTS bare")
        for table in ("engine_process", "engine_steplog"):
            self.connection.execute(f"DROP TABLE IF EXISTS bare.{table} CASCADE")
            self.connection.execute(f"CREATE TABLE bare.{table} (LIKE {table} INCLUDING ALL)")
            for name, definition in self.connection.execute(
                "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
                " WHERE contype = 'f' AND conrelid = %s::regclass",
                [table],
            ).fetchall():
                definition = definition.replace("REFERENCES engine_process", "REFERENCES bare.engine_process")
                self.connection.execute(f"ALTER TABLE bare.{table} ADD CONSTRAINT {name} {definition}")

    def fresh(self, count: int) -> list[Any]:
        ids = [uuid.uuid4() for _ in range(count)]
        now = datetime.now(UTC)
        with self.connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO bare.engine_process (id, side, kind, state, restricted, region_id, urgent, facts,"
                " opened_at, entered_at, episode, owner_role, owner_organisation_id, waiting_on, paused_for, plan,"
                " rung, version)"
                " VALUES (%s, 'care', 'referral', 'received', false, %s, false, '{}', %s, %s, 1, 'care_coordinator',"
                " %s, '', '0', '{}', 0, 1)",
                [(i, self.region, now, now, self.post.organisation_id) for i in ids],
            )
        return ids

    def step(self, item: Any) -> None:
        run = self.connection.execute
        run("BEGIN")
        row = run("SELECT * FROM bare.engine_process WHERE id = %s FOR NO KEY UPDATE", [item]).fetchone()
        assert row is not None
        may = run(
            "SELECT 1 FROM access_post p JOIN access_post_regions r ON r.post_id = p.id WHERE p.id = %s AND p.role = %s"
            " AND r.region_id = %s AND p.starts_on <= current_date AND (p.ends_on IS NULL OR p.ends_on > current_date)",
            [self.post.pk, "care_coordinator", self.region],
        ).fetchone()
        assert may is not None
        term = run(
            "SELECT id, amount FROM engine_term WHERE key = 'referral.triage' AND valid_from <= now()"
            " ORDER BY valid_from DESC LIMIT 1"
        ).fetchone()
        now = datetime.now(UTC)
        due = now + timedelta(days=term[1])
        plan = [due - timedelta(days=1), due, due + timedelta(days=1), due + timedelta(days=3)]
        run(
            "UPDATE bare.engine_process SET state = 'triage', entered_at = %s, episode = episode + 1, owner_role = %s,"
            " owner_organisation_id = %s, term_id = %s, term_started_at = %s, due_at = %s, plan = %s, rung = 0,"
            " next_notice_at = %s, paused_for = '0', version = version + 1 WHERE id = %s AND version = 1",
            [now, "care_coordinator", self.post.organisation_id, term[0], now, due, plan, plan[0], item],
        )
        run(
            "INSERT INTO bare.engine_steplog (side, process_id, at, action, from_state, to_state, version, post_id,"
            " organisation_id, reason, facts, route, due_at)"
            " VALUES ('care', %s, %s, 'begin_triage', 'received', 'triage', 2, %s, %s, '', %s, %s, %s)",
            [item, now, self.post.pk, self.post.organisation_id, Jsonb({}), Jsonb({"by": "declaration"}), due],
        )
        run("COMMIT")


class Viewflow:
    """viewflow.workflow: a task is run and the next one made."""

    def __init__(self, post: Post) -> None:
        self.post = post

    def fresh(self, count: int) -> list[Any]:
        with taken(Side.CARE), transaction.atomic():
            for _ in range(count):
                ReferralFlow.start.run()
            return list(
                ReferralFlow.task_class.objects.filter(flow_task=ReferralFlow.received, status="NEW")
                .select_related("process")
                .order_by("-pk")[:count]
            )

    def step(self, item: Any) -> None:
        with taken(Side.CARE), transaction.atomic():
            ReferralFlow.received.run(item, post_id=self.post.pk)


class Rows:
    """Rows of a peer as the engine has them, and what a step must write into them: who acts by when."""

    model: Any

    def __init__(self, post: Post) -> None:
        self.post = post
        self.region = next(iter(post.region_ids))

    def fresh(self, count: int, **more: Any) -> list[Any]:
        now = timezone.now()
        same = {
            "side": "care", "kind": "referral", "region_id": self.region, "opened_at": now, "entered_at": now,
            "owner_role": "care_coordinator", "owner_organisation_id": self.post.organisation_id,
        }  # fmt: skip
        with taken(Side.CARE), transaction.atomic():
            rows = [self.model(**same, state="received", **more) for _ in range(count)]
            return [row.pk for row in self.model.objects.bulk_create(rows)]

    def locked(self, item: Any) -> Any:
        return self.model.objects.select_for_update(no_key=True).get(pk=item)

    def written(self, row: Any, *more: str) -> None:
        """Owner, term and ladder as a program around a peer would write them, and the line of the log."""
        now = timezone.now()
        term = Term.objects.filter(key="referral.triage", valid_from__lte=now).order_by("-valid_from").first()
        due = now + timedelta(days=term.amount)  # type: ignore[union-attr]
        row.entered_at, row.term, row.term_started_at, row.due_at = now, term, now, due
        row.plan = [due - timedelta(days=1), due, due + timedelta(days=1), due + timedelta(days=3)]
        row.next_notice_at, row.rung = row.plan[0], 0
        row.episode, row.version = row.episode + 1, row.version + 1
        row.save(
            update_fields=[
                "state", "entered_at", "term", "term_started_at", "due_at", "plan", "next_notice_at", "rung", "episode",
                "version", *more,
            ]
        )  # fmt: skip
        write_log(row.pk, self.post.pk, organisation_id=self.post.organisation_id, due_at=due)


class Spiff(Rows):
    """SpiffWorkflow: the workflow is read from JSON by its own serializer, its task is run, and it is written back."""

    model = SpiffItem

    def __init__(self, post: Post) -> None:
        super().__init__(post)
        self.begun = SERIALIZER.serialize_json(spiff_workflow())

    def fresh(self, count: int, **more: Any) -> list[Any]:
        return super().fresh(count, workflow=self.begun, **more)

    def step(self, item: Any) -> None:
        with taken(Side.CARE), transaction.atomic():
            row = self.locked(item)
            workflow = SERIALIZER.deserialize_json(row.workflow)
            task = next(t for t in workflow.get_tasks(state=TaskState.READY) if t.task_spec.manual)
            assert task.task_spec.name == "received"
            task.run()
            workflow.do_engine_steps()
            row.workflow = SERIALIZER.serialize_json(workflow)
            row.state = "triage"
            self.written(row, "workflow")


class DjangoFsm(Rows):
    """django-fsm-2: a field and a method."""

    model = FsmItem

    def step(self, item: Any) -> None:
        with taken(Side.CARE), transaction.atomic():
            row = self.locked(item)
            assert has_transition_perm(row.begin_triage, self.post)
            row.begin_triage()
            self.written(row)


def rates(contenders: dict[str, Any], rounds: int = ROUNDS, steps: int = STEPS) -> dict[str, float]:
    """Median committed steps per second of each contender over interleaved rounds; the first round is thrown away."""
    measured: dict[str, list[float]] = {name: [] for name in contenders}
    order = list(contenders)
    for round_ in track(range(rounds + 1), description="step", transient=True):
        random.Random(round_).shuffle(order)
        for name in order:
            contender = contenders[name]
            items = contender.fresh(steps)
            step: Callable[[Any], None] = contender.step
            begun = time.perf_counter()
            for item in items:
                step(item)
            if round_:
                measured[name].append(steps / (time.perf_counter() - begun))
    return {name: statistics.median(values) for name, values in measured.items()}


@bench("step")
def step() -> Iterator[Figure]:
    """The whole engine against the bare transaction and the peers."""
    post = _post()
    found = rates(
        {
            "engine": Engine(post),
            "bare transaction": Bare(post),
            "viewflow.workflow": Viewflow(post),
            "SpiffWorkflow": Spiff(post),
            "django-fsm-2": DjangoFsm(post),
        }
    )
    for name, rate in found.items():
        yield Figure(f"step.{name.replace(' ', '_')}.rate", rate, "steps per second", "", note="this machine, this run")
    for name, goal in (
        ("bare transaction", 1.0),
        ("SpiffWorkflow", 1.7),
        ("viewflow.workflow", 3.0),
        ("django-fsm-2", None),
    ):
        against = "step" if name == "bare transaction" else f"step.{name}"
        yield Figure(against, found["engine"] / found[name], "ratio", name, goal)
