"""(b) The first page of a worklist on the large set, against the bare indexed query.

The worklist is what the page asks: the rows of the post's own work and its queue behind `for_post()`, under the role of
its side with row-level security, read into model instances. The bare query asks for the same first rows by hand, as
the administrator, without policies, through psycopg alone. Both are asked of the posts with the longest queues, by
turns; the figure is the ratio of the medians.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterator

from django.db import transaction

from access import clock, configuration
from access.models import Post
from access.roles import Role
from access.wall import Side, taken
from bench import database
from bench.figures import Figure, bench
from workflows.worklist.filters import Filters
from workflows.worklist.groups import Moments
from workflows.worklist.queries import page

POSTS, TURNS = 12, 30

BARE = """
SELECT * FROM (
    (SELECT id, kind, state, case_id, region_id, urgent, entered_at, due_at, owner_role, owner_organisation_id,
            assignee_id, waiting_on, paused_at, snoozed_until, version
     FROM engine_process
     WHERE closed_at IS NULL AND owner_organisation_id = %(organisation)s AND owner_role = %(role)s
        AND assignee_id IS NULL AND region_id = ANY(%(regions)s) AND paused_at IS NULL AND waiting_on = ''
     ORDER BY due_at, id LIMIT %(size)s)
    UNION ALL
    (SELECT id, kind, state, case_id, region_id, urgent, entered_at, due_at, owner_role, owner_organisation_id,
            assignee_id, waiting_on, paused_at, snoozed_until, version
     FROM engine_process
     WHERE closed_at IS NULL AND assignee_id = %(post)s AND paused_at IS NULL AND waiting_on = ''
     ORDER BY due_at, id LIMIT %(size)s)
) rows ORDER BY due_at, id LIMIT %(size)s
"""


def busiest(count: int = POSTS) -> list[Post]:
    """The coordinators' posts with the longest queues."""
    with database.admin() as admin:
        rows = admin.execute(
            "SELECT p.id FROM access_post p JOIN (SELECT owner_organisation_id AS o, count(*) AS n FROM engine_process"
            " WHERE closed_at IS NULL AND owner_role = %s GROUP BY 1) q ON q.o = p.organisation_id"
            " JOIN access_user u ON u.id = p.user_id AND u.is_active"
            " WHERE p.role = %s AND p.starts_on <= current_date AND (p.ends_on IS NULL OR p.ends_on > current_date)"
            " ORDER BY q.n DESC, p.id LIMIT %s",
            [Role.CARE_COORDINATOR, Role.CARE_COORDINATOR, count],
        ).fetchall()
    with taken(Side.CARE), transaction.atomic():
        configuration.refresh()
        posts = list(Post.objects.filter(pk__in=[pk for (pk,) in rows]).select_related("organisation", "user"))
        for post in posts:
            assert post.region_ids is not None and post.acts_for is not None  # as a request has them, read beforehand
    return posts


@bench("worklist")
def worklist() -> Iterator[Figure]:
    """First page against the bare indexed query."""
    database.large()
    posts, filters = busiest(), Filters()
    size = filters.size + 1
    ours: list[float] = []
    bare: list[float] = []
    rows = 0
    with database.admin() as admin:
        admin.prepare_threshold = None  # as the program connects
        for turn in range(TURNS + 2):
            for post in random.Random(turn).sample(posts, len(posts)):
                moments = Moments.around(clock.now())
                with taken(Side.CARE), transaction.atomic():
                    configuration.refresh()  # in the program session and post have opened the transaction by now
                    begun = time.perf_counter()
                    found = page(post, filters, moments)
                    took = time.perf_counter() - begun
                wanted = {
                    "organisation": post.organisation_id, "role": post.role, "regions": sorted(post.region_ids),
                    "post": post.pk, "size": size,
                }  # fmt: skip
                begun = time.perf_counter()
                plain = admin.execute(BARE, wanted).fetchall()
                if turn > 1:
                    ours.append(took)
                    bare.append(time.perf_counter() - begun)
                    rows += len(found.rows)
                    assert len(found.rows) == min(len(plain), filters.size) or len(plain) < size
    assert rows, "the large set gives nobody work"
    for name, taken_ in (("worklist.page", ours), ("worklist.bare", bare)):
        yield Figure(f"{name}.p50", statistics.median(taken_) * 1000, "ms", "", note="this machine, this run")
        yield Figure(f"{name}.p95", sorted(taken_)[int(len(taken_) * 0.95)] * 1000, "ms", "")
    processes = database.counted("engine_process")
    ratio = statistics.median(ours) / statistics.median(bare)
    yield Figure("worklist", ratio, "ratio", "bare indexed query", 1.5, more=False, note=f"{processes:,} processes")
