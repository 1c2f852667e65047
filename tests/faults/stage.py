"""What the fault tests do inside the program, in a process of its own: filling the database, deciding about mails.

python -m tests.faults.stage fill PROCESSES ORGANISATIONS SECONDS SEED
python -m tests.faults.stage settle
"""

from __future__ import annotations

import io
import json
import os
import random
import sys
from datetime import date, timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from access.models import Organisation, Post, Region, User  # noqa: E402
from access.roles import Role  # noqa: E402
from access.wall import Side, taken  # noqa: E402
from workflows.engine.models import Delivery, Process, Rung, Term  # noqa: E402
from workflows.engine.outbox import Decision, deliver, settle  # noqa: E402

SINCE = date(2020, 1, 1)


def _people(organisations: int) -> list[tuple[Organisation, Region, Post]]:
    """A national desk, and organisations with a region, coordinator and supervisor each; some addresses are refused."""
    desk = Organisation.objects.create(name="Landelijk", kind=Organisation.Kind.NATIONAL_DESK, side=Side.CARE)
    Post.objects.create(
        user=User.objects.create(email="desk@example.invalid", name="Persoon Landelijk"),
        role=Role.NATIONAL_DESK, organisation=desk, starts_on=SINCE,
    )  # fmt: skip
    made = []
    for n in range(organisations):
        region = Region.objects.create(code=f"F{n:03}", name=f"Regio {n}", source="made up", as_of=SINCE)
        own = Organisation.objects.create(name=f"Organisatie {n}", kind="care_coordination", side=Side.CARE)
        posts = []
        for role in (Role.CARE_COORDINATOR, Role.SUPERVISOR):
            name = "refused" if n % 20 == 7 else "persoon"
            user = User.objects.create(email=f"{name}{n}.{role}@example.invalid", name=f"Persoon {n} {role.label}")
            post = Post.objects.create(user=user, role=role, organisation=own, starts_on=SINCE)
            post.regions.set([region])
            posts.append(post)
        made.append((own, region, posts[0]))
    return made


def fill(processes: int, organisations: int, seconds: float, seed: int) -> None:
    """Open processes whose first three rungs come due at random within `seconds` from now, the fourth much later."""
    chance = random.Random(seed)
    with taken(Side.COMMON), transaction.atomic():
        teams = _people(organisations)
    with taken(Side.CARE), transaction.atomic():
        term = Term.objects.get(key="placement.requested")
        now = timezone.now()
        rows = []
        for _ in range(processes):
            own, region, coordinator = chance.choice(teams)
            moments = sorted(now + timedelta(seconds=chance.uniform(0, seconds)) for _ in range(3))
            rows.append(
                Process(
                    side=Side.CARE,
                    kind="placement",
                    state="requested",
                    region=region,
                    opened_at=now,
                    entered_at=now,
                    owner_role=Role.CARE_COORDINATOR,
                    owner_organisation=own,
                    term=term,
                    term_started_at=now,
                    assignee=coordinator if chance.random() < 0.3 else None,
                    due_at=moments[Rung.OVERDUE - 1],
                    plan=[*moments, now + timedelta(days=9)],
                    next_notice_at=moments[0],
                )
            )
        Process.objects.bulk_create(rows, batch_size=500)
    json.dump({"processes": len(rows)}, sys.stdout)


def decide() -> None:
    """As the national desk, send again what is undecided, until the mail server has answered about everything."""
    rounds = settled = 0
    with taken(Side.CARE):
        with transaction.atomic():
            desk = Post.objects.select_related("organisation").get(role=Role.NATIONAL_DESK)
        while rounds < 8:
            with transaction.atomic():
                open_ones = list(Delivery.objects.for_post(desk).undecided().filter(state="uncertain"))
                settled += len(settle(desk, [row.pk for row in open_ones], Decision.AGAIN))
            if not open_ones:
                break
            deliver(Side.CARE)
            rounds += 1
    json.dump({"rounds": rounds, "settled": settled}, sys.stdout)


if __name__ == "__main__":
    if sys.argv[1] == "fill":
        call_command("bootstrap_database", verbosity=0, stdout=io.StringIO())
        call_command("migrate", verbosity=0)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        fill(int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5]))
    else:
        decide()
