"""(g) What each page that people work with costs on the large set: server time and queries, role by role.

Each page is asked by somebody whose work is among the largest of their role, through the whole program (middleware,
wall, log of reads, template), in one process without a network. The figure is the median against the limit of a page.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection, transaction
from django.urls import reverse

from access.models import Post
from access.roles import Role
from access.wall import Side, taken
from bench import database
from bench.figures import Figure, bench
from bench.visiting import signed_in, visited

PAGE_MS, QUERIES = 50.0, 10
OTHER_LIMITS = {"picture.everybody": 300.0, "case.place": 200.0}
"""Milliseconds of pages with a limit of their own: the picture's first view, and the search of a place."""

MANY = """
SELECT p.id FROM access_post p JOIN access_user u ON u.id = p.user_id AND u.is_active
    JOIN access_organisation o ON o.id = p.organisation_id
    LEFT JOIN LATERAL (
        SELECT count(*) AS n FROM engine_process e
        WHERE e.closed_at IS NULL AND e.owner_organisation_id = p.organisation_id
    ) work ON true
WHERE p.role = %s AND p.starts_on <= current_date AND (p.ends_on IS NULL OR p.ends_on > current_date)
ORDER BY work.n DESC, p.id LIMIT 1
"""
"""The post of a role whose organisation has most open work."""

CASE = """
SELECT c.id, p.id FROM engine_process p JOIN cases_case c ON c.id = p.case_id
WHERE p.closed_at IS NULL AND p.owner_organisation_id = %s AND NOT c.restricted AND p.kind = %s
ORDER BY (SELECT count(*) FROM engine_process q WHERE q.case_id = c.id) DESC, p.id LIMIT 1
"""
"""The file with most processes among those on which the organisation has an open process of a kind."""

WORK = {
    "worklist": "/", "worklist.queue": "/?who=queue", "worklist.all": "/?who=colleagues",
    "worklist.overdue": "/?group=overdue", "worklist.by_region": "/?sort=region", "notices": "/notices/",
    "settings": "/settings/", "machine": "/processes/placement/", "picture.everybody": "/picture/places/",
}  # fmt: skip
FILES = {"cases": "/cases/", "handovers": "/handovers/", "shelter": "/shelter/", "shelter.changes": "/shelter/changes/",
         "statements": "/statements/", "advice": "/advice/"}  # fmt: skip
BOARD = {"board": "/board/", "board.open": "/board/?what=open"}
PROVIDER = {"provider": "/provider/", "shelter": "/shelter/", "notices": "/notices/"}
BY_ROLE = {
    Role.CARE_COORDINATOR: WORK | FILES | {"intake": "/intake/", "guides": "/guidance/navigators/"},
    Role.CASEWORKER: WORK | FILES,
    Role.SUPERVISOR: {name: at for name, at in (WORK | FILES | BOARD).items() if not name.startswith("worklist")},
    Role.NATIONAL_DESK: WORK | FILES | BOARD,
    Role.SHELTER_PROVIDER: PROVIDER,
}
ON_A_CASE = {
    "case": "case:page", "case.duplicates": "cases:duplicates", "case.place": "matching:place",
    "case.handovers": "handovers:case",
}  # fmt: skip
ON_A_PROCESS = {"case.log": "case:log", "placement": "placement:course", "hand_over": "workflows:hand_over"}


def busiest(role: Role) -> Post | None:
    """The post of a role with most work around it; None where the set has nobody in that role."""
    with database.admin() as admin:
        row = admin.execute(MANY, [role]).fetchone()
    if row is None:
        return None
    with taken(Side.COMMON), transaction.atomic():
        return Post.objects.select_related("organisation", "user").get(pk=row[0])


def pages_of(role: Role, post: Post) -> dict[str, str]:
    """Names and addresses of what the role works with."""
    pages = dict(BY_ROLE[role])
    if role == Role.CARE_COORDINATOR:
        with database.admin() as admin:
            row = admin.execute(CASE, [post.organisation_id, "placement"]).fetchone()
        if row:
            case, process = row
            pages |= {name: reverse(view, args=[case]) for name, view in ON_A_CASE.items()}
            pages |= {name: reverse(view, args=[process]) for name, view in ON_A_PROCESS.items()}
    return pages


@bench("pages")
def pages() -> Iterator[Figure]:
    """Every page against the limit of a page, on the large demonstration set."""
    database.large()
    note = f"{database.counted('cases_case'):,} cases, {database.counted('engine_process'):,} processes"
    for role in BY_ROLE:
        post = busiest(role)
        if post is None:
            continue
        client = signed_in(post)
        for name, address in pages_of(role, post).items():
            visit = visited(client, address)
            of = f"pages.{role}.{name}"
            limit = OTHER_LIMITS.get(name, PAGE_MS)
            yield Figure(of, visit.ms, "ms", "limit of a page", limit, more=False, note=note)
            if visit.queries > QUERIES:
                yield Figure(f"{of}.queries", visit.queries, "queries", "limit of a page", QUERIES, more=False)
    connection.close()
