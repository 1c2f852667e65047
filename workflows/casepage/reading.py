"""What a page about processes reads: the processes of a case, or one alone, with records and log; two queries."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import BigIntegerField, CharField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models import Case as Choose
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from access import clock
from access.models import Post
from access.roles import Role
from cases.models import Case
from workflows.casepage.records import machine_for, with_records
from workflows.engine import acts
from workflows.engine.machine import Machine
from workflows.engine.models import Process, StepLog

LOG_LIMIT = 400
"""How many lines of the log, newest first, a page reads; more would hide what matters."""

_SHOWN = ("process", "at", "action", "from_state", "to_state", "version", "reason", "facts", "route")


@dataclass
class Read:
    """Machines over the processes a post sees, oldest process first, and the log of each, oldest line first."""

    machines: list[Machine] = field(default_factory=list)
    log: dict[UUID, list[StepLog]] = field(default_factory=dict)


def of_case(case: Case, post: Post) -> Read:
    """The processes on a case that the post sees; read once and remembered on the instance of the case."""
    known: dict[int, Read] = case.__dict__.setdefault("_processes", {})
    if post.pk not in known:
        known[post.pk] = _read(Process.objects.for_post(post).filter(case_id=case.pk), post)
    return known[post.pk]


def of_file(key: UUID, post: Post) -> Read:
    """The processes on a file of another side, which has no case, that the post sees."""
    return _read(Process.objects.for_post(post).filter(case_id=key), post)


def of_process(process_id: UUID, post: Post) -> Read:
    """One process, if the post sees it."""
    return _read(Process.objects.for_post(post).filter(pk=process_id), post)


def _read(processes: QuerySet[Process], post: Post) -> Read:
    now = clock.now()
    rows = with_records(processes, post).select_related("owner_organisation", "assignee__user", "region", "term")
    found = Read([machine_for(process, post, now) for process in rows.order_by("opened_at", "pk")])
    ids = [machine.process.pk for machine in found.machines]
    lines = list(_lines(ids)[:LOG_LIMIT]) if ids else []
    by_process: dict[UUID, list[StepLog]] = defaultdict(list)
    for line in reversed(lines):
        by_process[line.process_id].append(line)
    found.log = {key: _for_reader(own, post) for key, own in by_process.items()}
    return found


def _lines(ids: list[UUID]) -> QuerySet[StepLog]:
    """Lines of the log with the names of who is in them; `to_name` is the colleague somebody handed over to."""
    to = Cast(KeyTextTransform("to", OuterRef("facts")), BigIntegerField())
    name = Subquery(Post.objects.filter(pk=to).values("user__name"), output_field=CharField())
    return (
        StepLog.objects.filter(process__in=ids)
        .select_related("post__user", "organisation", "on_behalf_of__user")
        .only(*_SHOWN, "post__user__name", "organisation__name", "on_behalf_of__user__name")
        .annotate(to_name=Choose(When(action=acts.HAND_OVER, then=name), default=Value("")))
        .order_by("-pk")
    )


def _for_reader(lines: list[StepLog], post: Post) -> list[StepLog]:
    """A shelter provider reads the log from when the process came to it: who refused before is not its business."""
    if post.role != Role.SHELTER_PROVIDER:
        return lines
    start, asked = 0, False
    for number, line in enumerate(lines):
        if line.route:  # the acts that leave the process where it is carry none
            start = number if not asked and line.route.get("by") == "process" else start
            asked = line.route.get("by") == "process"
    return lines[start:]
