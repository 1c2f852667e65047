"""Rows of the worklist made at once, without walking a machine; invented."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from access import clock
from access.models import Post
from workflows.engine.models import Process, Term

STATES = [
    ("referral", "received"),
    ("referral", "triage"),
    ("referral", "onward"),
    ("placement", "requested"),
    ("placement", "seeking"),
    ("placement", "no_place"),
]


def a_process(owner: Post, **values: Any) -> Process:
    """An open process (not saved) in the queue of `owner`'s role and organisation."""
    now = clock.now()
    started: datetime = values.pop("started", now - timedelta(days=1))
    fields: dict[str, Any] = {
        "side": owner.organisation.side,
        "kind": "referral",
        "state": "triage",
        "region_id": min(owner.region_ids, default=None),
        "owner_role": owner.role,
        "owner_organisation": owner.organisation,
        "opened_at": started,
        "entered_at": started,
        "term": Term.objects.get(key="referral.triage"),
        "term_started_at": started,
        "due_at": now + timedelta(days=2),
        "plan": [None, None, None, None],
    }
    return Process(**(fields | values))


def many_processes(random: Random, owners: list[Post], number: int, cases: list[UUID]) -> list[Process]:
    """So many open processes of every sort, saved: owners, holders, terms, pauses and snoozes as chance has it.

    Ends of terms lie on whole hours, so that many are the same.
    """
    now, made = clock.now(), []
    for _ in range(number):
        owner = random.choice(owners)
        colleagues = [p for p in owners if p.role == owner.role and p.organisation_id == owner.organisation_id]
        holder = random.choice([None, *colleagues])
        kind, state = random.choice(STATES)
        hours = random.randint(*random.choice([(-80, -1), (0, 13), (14, 150), (151, 400)]))
        due = (now + timedelta(hours=hours)).replace(minute=0, second=0, microsecond=0)
        made.append(
            a_process(
                owner,
                kind=kind,
                state=state,
                region_id=random.choice([*sorted(owner.region_ids), None]),
                case_id=random.choice([None, *cases]),
                urgent=random.random() < 0.2,
                started=now - timedelta(hours=random.randint(1, 500)),
                due_at=due,
                assignee=holder,
                assigned_at=now if holder else None,
                waiting_on=random.choice(["", "", "receiving_organisation"]),
                paused_at=random.choice([None, None, None, now]),
                snoozed_until=random.choice([None, None, None, now + timedelta(hours=5), now - timedelta(hours=5)]),
                rung=random.choice([0, 1, 2, 3]),
            )
        )
    return Process.objects.bulk_create(made)
